package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/app"
)

// legajos is a list of people, as the store gives it.
type legajos []string

func (l legajos) Funcionarios(_ context.Context, f app.FiltroPersonas) ([]app.Funcionario, error) {
	var out []app.Funcionario
	for _, legajo := range l {
		if strings.Contains(legajo, f.Texto) && legajo > f.Tras && len(out) < f.Limite {
			out = append(out, app.Funcionario{Legajo: legajo})
		}
	}
	return out, nil
}

// A short legajo is part of many others, and sorts after most of them.
func TestFindMatchesTheWholeLegajo(t *testing.T) {
	t.Parallel()
	var all legajos
	for i := range 5000 {
		all = append(all, fmt.Sprint(i))
	}
	slices.Sort(all)
	for _, legajo := range []string{"9", "99", "999", "0", "4999"} {
		if f, err := find(t.Context(), all, legajo); err != nil || f.Legajo != legajo {
			t.Errorf("sought %s, found %q, %v", legajo, f.Legajo, err)
		}
	}
	if f, err := find(t.Context(), all, "5000"); err == nil || !strings.Contains(err.Error(), "5000") {
		t.Errorf("found %q, %v", f.Legajo, err)
	}
}
