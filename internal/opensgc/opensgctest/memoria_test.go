package opensgctest_test

import (
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc/opensgctest"
)

func TestMemoria(t *testing.T) {
	t.Parallel()
	opensgctest.Run(t, func(_ *testing.T, seed ...app.ReferenciaSGC) opensgctest.Subject {
		m := opensgctest.New(seed...)
		return opensgctest.Subject{SGC: m, Break: m.Break}
	})
}
