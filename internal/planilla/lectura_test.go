package planilla_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

func fromCSV(t *testing.T, a app.Archivo) []row {
	t.Helper()
	var out []row
	for _, line := range readCSV(t, a)[1:] {
		r := row{texts: line[:5]}
		r.texts[2] = unquoted(r.texts[2])
		for _, n := range line[5:20] {
			r.counts = append(r.counts, number(t, n))
		}
		r.paid = line[20:]
		out = append(out, r)
	}
	return out
}

func readCSV(t *testing.T, a app.Archivo) [][]string {
	t.Helper()
	text, marked := strings.CutPrefix(string(a.Contenido), "\uFEFF")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Errorf("%s: no mark before it, or lines without CRLF", a.Nombre)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range rows {
		for _, cell := range line {
			if _, err := strconv.Atoi(cell); err != nil && cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
				t.Errorf("%s: %q would be a formula", a.Nombre, cell)
			}
		}
	}
	return rows
}

// unquoted takes off the apostrophe that keeps a text from being a formula.
func unquoted(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && strings.ContainsAny(rest[:1], "=+-@") {
		return rest
	}
	return s
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func fromJSON(t *testing.T, a app.Archivo) []row {
	t.Helper()
	var in struct {
		Planilla    int
		Mes, Huella string
		Unidad      struct{ Codigo string }
		CerradaAt   time.Time `json:"cerrada_at"`
		Tarifas     []map[string]string
		Filas       []map[string]any
		Totales     map[string]int
	}
	if err := json.Unmarshal(a.Contenido, &in); err != nil {
		t.Fatal(err)
	}
	at := pa0580.LocalTime(2026, time.November, 3, 18, 20, 7)
	if in.Planilla != 412 || in.Mes != "2026-10" || in.Unidad.Codigo != "SCA" || in.Huella != huella || !in.CerradaAt.Equal(at) {
		t.Errorf("headed %+v", in)
	}
	var out []row
	for _, f := range in.Filas {
		var r row
		for _, key := range []string{"legajo", "ci", "nombre", "modo", "mes"} {
			r.texts = append(r.texts, f[key].(string))
		}
		for _, key := range countKeys() {
			r.counts = append(r.counts, int(f[key].(float64)))
		}
		if amount, rated := f["importe"]; rated {
			r.paid = []string{inJSON(amount)}
		}
		out = append(out, r)
	}
	total := row{texts: []string{"TOTAL", "", "", "", ""}}
	for _, key := range countKeys() {
		total.counts = append(total.counts, in.Totales[key])
	}
	if amount, rated := in.Totales["importe"]; rated {
		total.paid = []string{strconv.Itoa(amount)}
		if len(in.Tarifas) != 1 || in.Tarifas[0]["desde"] != "2026-10" || in.Tarifas[0]["norma"] != "Resolución P/N° 12345/2026" {
			t.Errorf("paid by %v", in.Tarifas)
		}
	}
	return append(out, total)
}

// inJSON is an amount as CSV has it: null is empty.
func inJSON(v any) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(v.(float64), 'f', -1, 64)
}

func countKeys() []string {
	var out []string
	for _, j := range []string{"ordinarias", "extraordinarias"} {
		for tipo := range 5 {
			out = append(out, fmt.Sprintf("%s_tipo_%d", j, tipo+1))
		}
	}
	return append(out, "total_ordinarias", "total_extraordinarias", "total", "ajustes", "neto")
}

// anexoFromCSV takes off what keeps a reason from being a formula.
func anexoFromCSV(t *testing.T, a app.Archivo) [][]string {
	t.Helper()
	lines := readCSV(t, a)[1:]
	for _, l := range lines {
		l[len(l)-1] = unquoted(l[len(l)-1])
	}
	return lines
}

// anexoFromJSON writes the values as CSV does, those of ajustes apart.
func anexoFromJSON(t *testing.T, a app.Archivo) (lines, adjusted [][]string) {
	t.Helper()
	var in struct{ Anexo, Ajustes []map[string]any }
	if err := json.Unmarshal(a.Contenido, &in); err != nil {
		t.Fatal(err)
	}
	if in.Ajustes == nil {
		t.Error("no list of ajustes")
	}
	for _, l := range in.Anexo {
		at, err := time.Parse(time.RFC3339, l["guardada"].(string))
		if err != nil || !strings.HasSuffix(l["guardada"].(string), "-03:00") {
			t.Fatalf("a line is %v, %v", l, err)
		}
		l["guardada"] = at.Format("02/01/2006 15:04:05")
		lines = append(lines, values(t, l, "gestion", "legajo", "modo", "mes", "documento", "referencia_tipo", "referencia", "tipo_gestion", "tipo_gestion_nombre", "jornada", "guardada"))
	}
	for _, l := range in.Ajustes {
		adjusted = append(adjusted, values(t, l, "gestion", "legajo", "modo", "mes", "documento", "referencia_tipo", "referencia", "tipo_gestion", "jornada", "ajuste", "lineas", "motivo"))
	}
	return lines, adjusted
}

// values are those of an object's keys, which are all that it has.
func values(t *testing.T, in map[string]any, keys ...string) []string {
	t.Helper()
	if amount, rated := in["importe"]; rated { // behind the counts, before a reason
		at := len(keys)
		if keys[at-1] == "motivo" {
			at--
		}
		in["importe"], keys = inJSON(amount), slices.Insert(keys, at, "importe")
	}
	if len(in) != len(keys) {
		t.Errorf("a line is %v", in)
	}
	var out []string
	for _, key := range keys {
		out = append(out, fmt.Sprint(in[key]))
	}
	return out
}
