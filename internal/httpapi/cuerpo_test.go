package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

// told writes refusals as "step code field".
func told(rs pa0580.Refusals) string {
	var out []string
	for _, r := range rs {
		out = append(out, fmt.Sprintf("%d %s %s", r.Paso, r.Code, r.Campo))
	}
	return strings.Join(out, ", ")
}

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"everything there is":        {`{"documento": {"tipo": "CI", "numero": "1"}, "referencia": {"tipo": "NIS", "numero": "1"}, "tipo_gestion": 5, "observacion": "ñ\n", "unidad": "u"}`, ""},
		"nothing":                    {`{}`, ""},
		"null is not sent":           {`{"documento": null, "tipo_gestion": null, "observacion": null}`, ""},
		"a text where a number goes": {`{"tipo_gestion": "5"}`, "30 TIPO_GESTION tipo_gestion"},
		"a fraction":                 {`{"tipo_gestion": 5.0}`, "30 TIPO_GESTION tipo_gestion"},
		"a number beyond any":        {`{"tipo_gestion": 99999999999999999999}`, "30 TIPO_GESTION tipo_gestion"},
		"a number where a text goes": {`{"documento": {"numero": 1}, "referencia": {"tipo": [], "numero": {}}, "observacion": false, "unidad": 1}`,
			"10 DOCUMENTO_FORMATO documento.numero, 20 REFERENCIA_TIPO referencia.tipo, 20 REFERENCIA_FORMATO referencia.numero, 40 OBSERVACION observacion, 0 CAMPO unidad"},
		"a text where an object goes": {`{"documento": "1", "referencia": "2"}`, "10 DOCUMENTO_FORMATO documento, 20 REFERENCIA_FORMATO referencia"},
		"an unknown field":            {`{"color": 1}`, "0 CAMPO_AJENO color"},
		"an unknown field deeper":     {`{"documento": {"pais": "PY"}}`, "0 CAMPO_AJENO documento.pais"},
		"the case matters":            {`{"Tipo_Gestion": 5}`, "0 CAMPO_AJENO Tipo_Gestion"},
		"a client's own time":         {`{"guardada_at": 1, "hora": 1, "fechaGuardado": 1, "at": 1, "Timestamp": 1, "created_at": 1}`, "50 HORA_AJENA guardada_at, 50 HORA_AJENA hora, 50 HORA_AJENA fechaGuardado, 50 HORA_AJENA at, 50 HORA_AJENA Timestamp, 50 HORA_AJENA created_at"},
		"a field twice":               {`{"tipo_gestion": 5, "tipo_gestion": 4}`, "30 TIPO_GESTION tipo_gestion"},
		"a document twice":            {`{"documento": {"tipo": "CI", "numero": "1", "numero": "2"}}`, "10 DOCUMENTO_FORMATO documento.numero"},
		"a document for a name":       {`{"1234567": 1, "Juan Pérez": 1}`, "0 CAMPO_AJENO (otro), 0 CAMPO_AJENO (otro)"},
		"a null character":            {`{"observacion": "a\u0000b"}`, "40 OBSERVACION observacion"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refusals, err := decode[nuevaGestion]([]byte(tt.in))
			if got := told(refusals); err != nil || got != tt.want {
				t.Errorf("refused %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

func TestDecodeGivesWhatWasSent(t *testing.T) {
	t.Parallel()
	got, refusals, err := decode[correccion]([]byte(` {"version": 3, "documento": {"tipo": "CI", "numero": "1.234"}, "observacion": ""} `))
	if err != nil || refusals != nil {
		t.Fatal(err, refusals)
	}
	if got.Version != 3 || *got.Documento != (documento{"CI", "1.234"}) || got.Observacion == nil || *got.Observacion != "" || got.Referencia != nil || got.TipoGestion != nil {
		t.Errorf("read %+v", got)
	}
	many, refusals, err := decode[nuevoLote]([]byte(`{"comandos": [{"accion": "aprobar", "version": 1}, {"version": "2", "color": 1}, 3]}`))
	if err != nil || len(many.Comandos) != 3 || many.Comandos[0].Accion != "aprobar" || many.Comandos[0].Version != 1 {
		t.Errorf("read %+v, %v", many, err)
	}
	if got, want := told(refusals), "0 CAMPO comandos[1].version, 0 CAMPO_AJENO comandos[1].color, 0 CAMPO comandos[2]"; got != want {
		t.Errorf("refused %s, want %s", got, want)
	}
	found, refusals, err := decode[busqueda]([]byte(`{"documento": {"tipo": "CI", "numero": "1"}, "estado": ["pendiente"], "limite": 5}`))
	if err != nil || refusals != nil || found.Limite != 5 || len(found.Estado) != 1 {
		t.Errorf("read %+v, %v, %v", found, refusals, err)
	}
	// Where people do say days, a field about time is a field like any other.
	if _, refusals, _ := decode[datosFeriado]([]byte(`{"fecha": "2026-12-08"}`)); told(refusals) != "0 CAMPO_AJENO fecha" {
		t.Errorf("refused %s", told(refusals))
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"nothing": "", "spaces": "  ", "half": `{"a": 12`, "a list": `[]`, "a text": `"CI"`, "two": `{} {}`, "a comma too many": `{"a": 1,}`,
		"Latin-1": "{\"observacion\": \"a\xf1o\"}", "too deep": strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	} {
		if _, _, err := decode[nuevaGestion]([]byte(in)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

// FuzzDecode never panics, and what it says never quotes what was sent.
func FuzzDecode(f *testing.F) {
	for _, in := range []string{
		`{"documento":{"tipo":"CI","numero":"1"}}`, `{"documento":"CANARIO"}`, `{"CANARIO":1}`, `{"tipo_gestion":"CANARIO"}`,
		`{"observacion":["CANARIO"]}`, `{"documento":{"tipo":{"CANARIO":[]},"numero":7}}`, `{"a":CANARIO}`, `CANARIO`, `{"version":1e9}`,
	} {
		f.Add(in, "CANARIO")
	}
	f.Fuzz(func(t *testing.T, body, secret string) {
		quoted, err := json.Marshal("9876" + secret)
		if err != nil {
			t.Skip()
		}
		for _, in := range []string{
			body, `{"documento":` + string(quoted) + `,` + body, `{` + string(quoted) + `:1}`, `{"tipo_gestion":` + string(quoted) + `}`,
			`{"documento":{"tipo":` + body + `,"numero":` + string(quoted) + `}}`, string(quoted),
		} {
			_, refusals, err := decode[nuevaGestion]([]byte(in))
			said := fmt.Sprint(refusals, err, told(refusals))
			var p *problema
			if errors.As(err, &p) {
				said += p.Detail
			}
			if strings.Contains(said, "9876"+secret) {
				t.Errorf("%q is quoted in %s", in, said)
			}
			if _, _, err := decode[nuevoLote]([]byte(in)); err != nil && p == nil {
				t.Errorf("%q is readable for one command and not for another", in)
			}
		}
	})
}
