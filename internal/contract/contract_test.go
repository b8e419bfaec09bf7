package contract

import (
	"encoding/json"
	"slices"
	"testing"
)

// Histories keep what a reconciliation found: one of an older version reads as it did, and
// one that found nothing new is written as it was.
func TestAReconciliationReadsAsItWasWritten(t *testing.T) {
	t.Parallel()
	const old = `{"comandos":0,"ajenas":0,"verificaciones":1,"movidas":0,"ordenes":0,"cierres":1,"fallas":0,"cortada":"ajenas","rotas":"pedidos, movidas"}`
	var r Reconciliada
	if err := json.Unmarshal([]byte(old), &r); err != nil || r.Verificaciones != 1 || !slices.Equal(r.PasosRotos(), []string{"pedidos", "movidas"}) {
		t.Errorf("read %+v with %q, %v", r, r.PasosRotos(), err)
	}
	r.Rotas = ""
	if r.PasosRotos() != nil {
		t.Errorf("%q broke where none did", r.PasosRotos())
	}
	r.Romper("pedidos")
	r.Romper("movidas")
	if text, err := json.Marshal(r); err != nil || string(text) != old {
		t.Errorf("written %s, %v", text, err)
	}
}
