package attacks_test

import (
	"testing"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

// The short form of «bench lost-engine».
func TestLostEngine(t *testing.T) {
	all, err := attacks.LostEngine(t.Context(), attacks.LostOptions{
		Options: options(t), Total: 120, World: procs.World{Unidades: 2, Agentes: 4, Referencias: 500},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 4 {
		t.Errorf("%d recoveries", len(all))
	}
	for _, r := range all {
		t.Logf("%+v", r)
		if r.Wrong() || r.Gestiones == 0 {
			t.Errorf("%+v", r)
		}
	}
}
