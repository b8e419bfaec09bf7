package pa0580_test

import (
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

func TestParseReferencia(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		tipo, in, want string
		code           pa0580.Code
	}{
		"a NIS as seen in practice":           {tipo: "NIS", in: "1234567", want: "1234567"},
		"the shortest NIS":                    {tipo: "NIS", in: "12345", want: "12345"},
		"the longest NIS":                     {tipo: "NIS", in: "123456789", want: "123456789"},
		"4 digits are no NIS":                 {tipo: "NIS", in: "1234", code: pa0580.CodeReferenceFormat},
		"10 digits are no NIS":                {tipo: "NIS", in: "1234567890", code: pa0580.CodeReferenceFormat},
		"a NIS has no letters":                {tipo: "NIS", in: "12345A", code: pa0580.CodeReferenceFormat},
		"outer space is dropped":              {tipo: "NIS", in: " 1234567\t", want: "1234567"},
		"inner space is not":                  {tipo: "NIS", in: "123 4567", code: pa0580.CodeReferenceFormat},
		"one line only":                       {tipo: "NIS", in: "12345\n67890x", code: pa0580.CodeReferenceFormat},
		"an expediente with all its signs":    {tipo: "EXPEDIENTE", in: "ge/2026-1.234", want: "GE/2026-1.234"},
		"the shortest expediente":             {tipo: "EXPEDIENTE", in: "1/2", want: "1/2"},
		"2 characters are too few":            {tipo: "EXPEDIENTE", in: "12", code: pa0580.CodeReferenceFormat},
		"the longest reclamo":                 {tipo: "RECLAMO", in: strings.Repeat("7", 30), want: strings.Repeat("7", 30)},
		"31 characters are too many":          {tipo: "RECLAMO", in: strings.Repeat("7", 31), code: pa0580.CodeReferenceFormat},
		"a sign that cases do not have":       {tipo: "RECLAMO", in: "123_4", code: pa0580.CodeReferenceFormat},
		"a number is needed":                  {tipo: "RECLAMO", in: "", code: pa0580.CodeReferenceFormat},
		"no such reference":                   {tipo: "MEDIDOR", in: "1234567", code: pa0580.CodeReferenceType},
		"a type is needed":                    {in: "1234567", code: pa0580.CodeReferenceType},
		"the type is written as the API says": {tipo: "nis", in: "1234567", code: pa0580.CodeReferenceType},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := pa0580.PatronesANDE().Parse(tc.tipo, tc.in)
			outcome(t, "Parse", err, 20, tc.code)
			want := pa0580.Referencia{}
			if tc.code == "" {
				want = pa0580.Referencia{Tipo: pa0580.TipoReferencia(tc.tipo), Numero: tc.want}
			}
			equal(t, "referencia", r, want)
		})
	}
}

// Wrong format, not found and unreachable are three answers: this is the second.
func TestInexistente(t *testing.T) {
	t.Parallel()
	r := refusal(t, pa0580.ErrInexistente(pa0580.Referencia{Tipo: pa0580.NIS, Numero: "1234567"}), 20)
	equal(t, "code", r.Code, pa0580.CodeReferenceUnknown)
	equal(t, "names the kind", strings.Contains(r.Message, "NIS"), true)
}

func TestParseTipoGestion(t *testing.T) {
	t.Parallel()
	names := map[int]string{
		1: "GRANDES_CLIENTES", 2: "PREFERENCIAL", 3: "FRACCIONAMIENTO_DEUDA", 4: "SOLICITUDES", 5: "RECLAMOS_CONSULTAS",
	}
	var listed []pa0580.TipoGestion
	for n := -2; n < 9; n++ {
		tipo, err := pa0580.ParseTipoGestion(n)
		name, known := names[n]
		if !known {
			outcome(t, "tipo", err, 30, pa0580.CodeTipoGestion)
			continue
		}
		outcome(t, name, err, 30, "")
		equal(t, "name", tipo.String(), name)
		listed = append(listed, tipo)
	}
	equal(t, "TiposGestion", pa0580.TiposGestion(), listed)
}

func TestParseObservacion(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in, want string
		code     pa0580.Code
	}{
		"none is needed":                  {},
		"blank is none":                   {in: " \r\n\t "},
		"outer space is dropped":          {in: "  Pidió copia. \n", want: "Pidió copia."},
		"lines and tabs are kept":         {in: "uno\r\n\tdos\n\ntres", want: "uno\n\tdos\n\ntres"},
		"2,000 characters, not bytes":     {in: strings.Repeat("ñ", 2000), want: strings.Repeat("ñ", 2000)},
		"2,000 once the space is dropped": {in: " " + strings.Repeat("x", 2000) + "\n", want: strings.Repeat("x", 2000)},
		"2,001 characters":                {in: strings.Repeat("ñ", 2001), code: pa0580.CodeRemark},
		"a line's end counts once":        {in: strings.Repeat("x\r\n", 999) + "xx", want: strings.Repeat("x\n", 999) + "xx"},
		"a null":                          {in: "a\x00b", code: pa0580.CodeRemark},
		"an escape sequence":              {in: "\x1b[31mrojo", code: pa0580.CodeRemark},
		"a lone carriage return":          {in: "a\rb", code: pa0580.CodeRemark},
		"a control beyond ASCII":          {in: "a\u009bb", code: pa0580.CodeRemark},
		"text that is not UTF-8":          {in: "a\xffb", code: pa0580.CodeRemark},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := pa0580.ParseObservacion(tc.in)
			outcome(t, "ParseObservacion", err, 40, tc.code)
			equal(t, "observación", got, tc.want)
			// A reason has the limits of a remark, and belongs to no step.
			got, err = pa0580.ParseMotivo(tc.in)
			outcome(t, "ParseMotivo", err, 0, tc.code)
			equal(t, "motivo", got, tc.want)
		})
	}
}

func TestTooLongSaysHowLong(t *testing.T) {
	t.Parallel()
	_, err := pa0580.ParseObservacion(strings.Repeat("x", 12345))
	if r := refusal(t, err, 40); !strings.Contains(r.Message, "2.000") || !strings.Contains(r.Message, "12.345") {
		t.Errorf("%q does not give the limit and the length as Paraguay writes them", r.Message)
	}
}
