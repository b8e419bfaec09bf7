package soak

import (
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/teststack"
)

// The short form: everything fails once in each of its ways, a month is closed
// meanwhile, and nothing that was acknowledged is lost, doubled or left behind.
func TestShortSoak(t *testing.T) {
	t.Parallel()
	boot.SizeStickyCache()
	report, err := Run(t.Context(), Options{
		Postgres: teststack.Postgres(t), Temporal: teststack.Temporal(t),
		Seed: 1, For: 15 * time.Minute, Enough: true, Episode: Short, Progress: t.Logf,
	})
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	report.Write(&said)
	t.Log(said.String())
	if !report.OK() {
		t.Error("something was violated, or never reached")
	}
}
