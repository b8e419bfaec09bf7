package attacks_test

import (
	"testing"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

// The short form of «bench morning».
func TestMorningWithoutTemporal(t *testing.T) {
	r, err := attacks.Morning(t.Context(), attacks.MorningOptions{
		Options: options(t), Gestiones: 48, World: procs.World{Unidades: 2, Agentes: 4, Referencias: 500},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if r.Wrong() || r.Waiting != 48 || r.Loaded != 48 || r.SinEfecto != 16 {
		t.Errorf("%+v", r)
	}
}
