package soak

import (
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/faults"
)

// What a run met goes with its seed and with what it takes to repeat it, beside
// what earlier runs met.
func TestViolationsKeepTheirSeed(t *testing.T) {
	t.Parallel()
	run := func(before Report, seed uint64, violations ...string) Report {
		m := &mundo{o: Options{Seed: seed, For: 3 * time.Minute, Before: before}, faults: faults.New(seed, []faults.Point{"a"}, before.Reached)}
		for _, v := range violations {
			m.violation("%s", v)
		}
		return m.report(before, time.Second)
	}
	first := run(Report{}, 7, "lost")
	first.Reached["a"][faults.Fail] = 1
	quiet := run(first, 8)
	last := run(quiet, 9, "doubled", "left behind")
	if want := []string{"seed 7: lost", "seed 9: doubled", "seed 9: left behind"}; !slices.Equal(last.Violations, want) {
		t.Errorf("violations %q", last.Violations)
	}
	if len(last.Failed) != 2 || last.Failed[0].Seed != 7 || last.Failed[0].From != nil || last.Failed[1].Seed != 9 || last.Failed[1].Minutes != 3 {
		t.Fatalf("failed runs %+v", last.Failed)
	}
	if last.Failed[1].From["a"][faults.Fail] != 1 {
		t.Errorf("a resumed run does not say where it began: %+v", last.Failed[1].From)
	}
	if len(quiet.Failed) != 1 || last.OK() {
		t.Errorf("a run that met nothing is a failed one: %+v", quiet.Failed)
	}
}
