package pa0580

import (
	"errors"
	"testing"
)

// Whatever becomes of an order that needs two people: only one of HR who did not
// give it confirms it, once, while it waits; it is withdrawn only while it waits.
func TestWhoConfirmsAnOrder(t *testing.T) {
	t.Parallel()
	const hugo, rosa, rita = FuncionarioID("hugo"), FuncionarioID("rosa"), FuncionarioID("rita")
	waiting := Orden{Autor: hugo, Doble: true}
	with := func(change func(*Orden)) Orden {
		o := waiting
		change(&o)
		return o
	}
	tests := map[string]struct {
		orden               Orden
		quien               FuncionarioID
		confirmar, retirar  Code // empty: it is accepted
		espera, sigueEspera bool // before, and after it was confirmed
	}{
		"by another":               {waiting, rosa, "", "", true, false},
		"by who gave it":           {waiting, hugo, CodeForbidden, "", true, true},
		"needs nobody":             {Orden{Autor: hugo}, rosa, CodeWrongEstado, CodeWrongEstado, false, false},
		"by who confirmed it":      {with(func(o *Orden) { o.Confirmo = rosa }), rosa, "", CodeWrongEstado, false, false},
		"confirmed by a third":     {with(func(o *Orden) { o.Confirmo = rita }), rosa, CodeConflict, CodeWrongEstado, false, false},
		"confirmed, its author":    {with(func(o *Orden) { o.Confirmo = rosa }), hugo, CodeForbidden, CodeWrongEstado, false, false},
		"withdrawn":                {with(func(o *Orden) { o.Hecha, o.Codigo = true, CodeWithdrawn }), rosa, CodeWithdrawn, "", false, false},
		"superseded":               {with(func(o *Orden) { o.Hecha, o.Codigo = true, CodeSuperseded }), rosa, CodeSuperseded, CodeSuperseded, false, false},
		"confirmed and refused":    {with(func(o *Orden) { o.Confirmo, o.Hecha, o.Codigo = rosa, true, CodeDigest }), rosa, "", CodeWrongEstado, false, false},
		"confirmed and closed":     {with(func(o *Orden) { o.Confirmo, o.Hecha = rosa, true }), rita, CodeConflict, CodeWrongEstado, false, false},
		"superseded, its author's": {with(func(o *Orden) { o.Hecha, o.Codigo = true, CodeSuperseded }), hugo, CodeForbidden, CodeSuperseded, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.orden.PorConfirmar(); got != tt.espera {
				t.Errorf("waits: %t", got)
			}
			confirmed, withdrawn := tt.orden, tt.orden
			if got := codeOf(confirmed.Confirmar(tt.quien)); got != tt.confirmar || confirmed.PorConfirmar() != tt.sigueEspera {
				t.Errorf("confirmed: %q, %+v", got, confirmed)
			}
			if got := codeOf(withdrawn.Retirar()); got != tt.retirar || withdrawn.PorConfirmar() {
				t.Errorf("withdrawn: %q, %+v", got, withdrawn)
			}
		})
	}
}

func codeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}
