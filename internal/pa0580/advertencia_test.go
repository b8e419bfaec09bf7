package pa0580_test

import (
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

func TestAdvertencias(t *testing.T) {
	t.Parallel()
	found := func(v pa0580.Tension, titular string) *pa0580.Hallazgo {
		return &pa0580.Hallazgo{Existe: true, Tension: v, Titular: titular}
	}
	ruc := pa0580.Documento{Tipo: pa0580.RUC, Normal: "1234567-9"}
	tests := map[string]struct {
		tipo       pa0580.TipoGestion // solicitudes where none is given
		documento  pa0580.Documento   // C.I. 1234567 where none is given
		referencia pa0580.TipoReferencia
		hallazgo   *pa0580.Hallazgo
		contexto   pa0580.Contexto
		want       []pa0580.Advertencia
	}{
		"nothing to say":                           {},
		"nothing to say of what OPEN SGC has":      {hallazgo: found("BT", "1234567")},
		"the same matter twice in a day":           {contexto: pa0580.Contexto{Iguales: 1}, want: []pa0580.Advertencia{"repetida"}},
		"a grand client in baja tensión":           {tipo: 1, hallazgo: found("BT", ""), want: []pa0580.Advertencia{"no_es_mt"}},
		"a grand client in media tensión":          {tipo: 1, hallazgo: found("MT", "")},
		"another type in baja tensión":             {tipo: 2, hallazgo: found("BT", "")},
		"an expediente is no supply":               {tipo: 1, referencia: "EXPEDIENTE", hallazgo: found("", "")},
		"before OPEN SGC answers nothing is known": {tipo: 1},
		"a reference that does not exist":          {tipo: 1, hallazgo: &pa0580.Hallazgo{Tension: "BT", Titular: "7654321"}},
		"the holder is somebody else":              {hallazgo: found("BT", "7654321"), want: []pa0580.Advertencia{"otro_titular"}},
		"the holder's RUC is the C.I. of the same": {hallazgo: found("BT", "1234567-9")},
		"the holder's C.I. is the RUC of the same": {documento: ruc, hallazgo: found("BT", "1234567")},
		"a RUC and another C.I.":                   {documento: ruc, hallazgo: found("BT", "123456"), want: []pa0580.Advertencia{"otro_titular"}},
		"fewer than unusual":                       {contexto: pa0580.Contexto{DelDia: 59, Inusual: 60}},
		"an unusual number for a day":              {contexto: pa0580.Contexto{DelDia: 60, Inusual: 60}, want: []pa0580.Advertencia{"cantidad_inusual"}},
		"no number is unusual where none is set":   {contexto: pa0580.Contexto{DelDia: 9000}},
		"all at once": {
			tipo: 1, hallazgo: found("BT", "7654321"), contexto: pa0580.Contexto{Iguales: 2, DelDia: 61, Inusual: 60},
			want: []pa0580.Advertencia{"repetida", "no_es_mt", "otro_titular", "cantidad_inusual"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := guardada(octubre15)
			if tc.tipo != 0 {
				g.Tipo = tc.tipo
			}
			if tc.documento.Normal != "" {
				g.Documento = tc.documento
			}
			if tc.referencia != "" {
				g.Referencia.Tipo = tc.referencia
			}
			g.Hallazgo = tc.hallazgo
			equal(t, "advertencias", g.Advertencias(tc.contexto), tc.want)
		})
	}
}
