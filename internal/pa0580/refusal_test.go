package pa0580_test

import (
	"errors"
	"fmt"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

func TestRefusalsIn(t *testing.T) {
	t.Parallel()
	uno := pa0580.Refuse(20, pa0580.CodeReferenceType, "referencia.tipo", "Falta el tipo.")
	dos := pa0580.Refuse(30, pa0580.CodeTipoGestion, "tipo_gestion", "Va de 1 a 5.")
	tests := map[string]struct {
		err  error
		want pa0580.Refusals
	}{
		"no error":        {},
		"a fault":         {err: errors.New("load gestión: connection refused")},
		"one refusal":     {uno, pa0580.Refusals{uno}},
		"one, wrapped":    {fmt.Errorf("load: %w", uno), pa0580.Refusals{uno}},
		"several":         {pa0580.Refusals{uno, dos}, pa0580.Refusals{uno, dos}},
		"several wrapped": {fmt.Errorf("load: %w", pa0580.Refusals{uno, dos}), pa0580.Refusals{uno, dos}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "refusals", pa0580.RefusalsIn(tc.err), tc.want)
		})
	}
	equal(t, "text of several", pa0580.Refusals{uno, dos}.Error(), "REFERENCIA_TIPO: Falta el tipo.; TIPO_GESTION: Va de 1 a 5.")
}

// A command that ended sin_efecto is told by its code alone.
func TestRecorded(t *testing.T) {
	t.Parallel()
	fallback := pa0580.Recorded("NUNCA_VISTO").Message
	for _, code := range []pa0580.Code{
		pa0580.CodeStale, pa0580.CodeWrongEstado, pa0580.CodeOwnGestion, pa0580.CodeCorte, pa0580.CodeMonthClosed,
		pa0580.CodeMonthNotOver, pa0580.CodeMonthOrder, pa0580.CodeDigest, pa0580.CodeUnapplied,
	} {
		r := pa0580.Recorded(code)
		equal(t, "code", r.Code, code)
		if r.Message == "" || r.Message == fallback {
			t.Errorf("%s is told as %q", code, r.Message)
		}
	}
}
