package planilla_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/planilla"
)

// octubre is a closed month of three units.
func octubre() app.Consolidada {
	c := app.Consolidada{
		Mes: pa0580.NewMes(2026, time.October), CerradoAt: pa0580.LocalTime(2026, time.November, 3, 18, 20, 0),
		CerradoPor: "Hugo Ferreira", ConfirmadoPor: "Rosa Giménez", Huella: huella,
	}
	for i, n := range []int{3, 40, 7} {
		p := ajustada(una(n, 0), []int{1, 30, 0}[i])
		p.Numero, p.Codigo, p.Conforme = int64(412+i), fmt.Sprintf("S%d", i), i != 1
		c.Planillas = append(c.Planillas, p)
	}
	return c
}

// The month's planilla adds its units up, and has every row of theirs, in every format.
func TestTheMonthAddsItsUnitsUp(t *testing.T) {
	t.Parallel()
	rated := octubre()
	for i := range rated.Planillas[:2] { // the third pays by counts alone
		rated.Planillas[i] = tarifada(rated.Planillas[i])
	}
	for name, c := range map[string]app.Consolidada{"by counts": octubre(), "by a tariff": rated} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addsUp(t, c)
		})
	}
}

func addsUp(t *testing.T, c app.Consolidada) {
	t.Helper()
	units, people := wantMes(c)
	of := byFormat(t)(planilla.Imprenta{}.Mes(t.Context(), c))
	texts := mesFromJSON(t, of[app.JSON])
	pages := pdfPages(t, of[app.PDF])
	for name, got := range map[string][2][][]string{
		"CSV":  {mesFromCSV(t, of[app.CSV], 2), mesFromCSV(t, of[app.AnexoCSV], 4)},
		"XLSX": {mesFromXLSX(t, of[app.XLSX], "Unidades"), mesFromXLSX(t, of[app.XLSX], "Funcionarios")},
		"JSON": {append(texts[0], units[len(units)-1]), append(texts[1], people[len(people)-1])}, // its totals are compared with them there
	} {
		for i, want := range [][][]string{units, people} {
			if fmt.Sprint(got[i]) != fmt.Sprint(want) {
				t.Errorf("%s gives\n%v\nwant\n%v", name, got[i], want)
			}
		}
	}
	var drawnPages []string
	for _, page := range pages {
		drawnPages = append(drawnPages, tableOf(drawn(page))...)
	}
	if got, want := strings.Join(drawnPages, " "), inMiles(t, units, len(units[0]))+" "+inMiles(t, people, len(people[0])); got != want {
		t.Errorf("the PDF has\n%s\nwant\n%s", got, want)
	}
	for _, must := range []string{"3, N° 412 a 414", "Recursos Humanos", "Hugo Ferreira"} {
		if !strings.Contains(drawn(pages[0]), must) {
			t.Errorf("the PDF does not say %q", must)
		}
	}
	if code := qr(t, of[app.PDF], 0); code != huella {
		t.Errorf("the QR says %q", code)
	}
}

// wantMes are the rows of units and those of funcionarios, totals last.
func wantMes(c app.Consolidada) (units, people [][]string) {
	all, total := make([]int, 15), 0
	rated := slices.ContainsFunc(c.Planillas, func(p app.Planilla) bool { return pagan(p.Filas) })
	amount := func(r row) []string {
		if rated && r.paid == nil {
			return []string{""}
		}
		return r.paid
	}
	for _, p := range c.Planillas {
		rows := want(p)
		for i, r := range rows {
			number := strconv.Itoa(int(p.Numero))
			if i == len(rows)-1 {
				units = append(units, slices.Concat([]string{number, p.Codigo, p.Nombre, map[bool]string{true: "sí", false: "no"}[p.Conforme]}, figures(r.counts), amount(r)))
				for j, n := range r.counts {
					all[j] += n
				}
				if len(r.paid) > 0 {
					n, _ := strconv.Atoi(r.paid[0])
					total += n
				}
				continue
			}
			people = append(people, slices.Concat([]string{number, p.Codigo}, r.texts, figures(r.counts), amount(r)))
		}
	}
	sums := figures(all)
	if rated {
		sums = append(sums, strconv.Itoa(total))
	}
	return append(units, append([]string{"TOTAL", "", "", ""}, sums...)),
		append(people, append([]string{"TOTAL", "", "", "", "", "", ""}, sums...))
}

func figures(counts []int) []string {
	var out []string
	for _, n := range counts {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// inMiles are rows of so many columns as paper has them. The first ones are no counts,
// and behind the counts may be an amount.
func inMiles(t *testing.T, rows [][]string, columns int) string {
	t.Helper()
	texts := map[int]int{19: 4, 20: 4, 22: 7, 23: 7}[columns]
	var out []string
	for _, r := range rows {
		for i, cell := range r[:texts+15] {
			if i >= texts {
				cell = miles(number(t, cell))
			}
			out = append(out, cell)
		}
		out = append(out, inGuaranies(t, r[texts+15:])...)
	}
	return drawn(strings.Join(out, " "))
}

func mesFromCSV(t *testing.T, a app.Archivo, named int) [][]string {
	t.Helper()
	rows := readCSV(t, a)[1:]
	for _, r := range rows {
		r[named] = unquoted(r[named])
	}
	return rows
}

func mesFromXLSX(t *testing.T, a app.Archivo, sheet string) [][]string {
	t.Helper()
	rows, err := open(t, a).GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	last := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "TOTAL" })
	for i := firstRow - 2; i < last; i++ { // an empty cell ends no line
		rows[i] = append(rows[i], make([]string, len(rows[last])-len(rows[i]))...)
	}
	return rows[firstRow-2 : last+1] // one line of data, not two
}

// mesFromJSON are the rows, without totals, which are compared with what they add up.
func mesFromJSON(t *testing.T, a app.Archivo) (out [2][][]string) {
	t.Helper()
	var in struct {
		Mes, Huella   string
		CerradoPor    string `json:"cerrado_por"`
		ConfirmadoPor string `json:"confirmado_por"`
		Unidades      []map[string]any
		Filas         []map[string]any
		Totales       map[string]int
	}
	if err := json.Unmarshal(a.Contenido, &in); err != nil {
		t.Fatal(err)
	}
	if in.Mes != "2026-10" || in.Huella != huella || in.CerradoPor != "Hugo Ferreira" || in.ConfirmadoPor != "Rosa Giménez" {
		t.Errorf("headed %s %s %s %s", in.Mes, in.Huella, in.CerradoPor, in.ConfirmadoPor)
	}
	sums := map[string]int{}
	for i, table := range []struct {
		rows []map[string]any
		keys []string
	}{
		{in.Unidades, []string{"planilla", "codigo", "unidad", "conformidad"}},
		{in.Filas, []string{"planilla", "codigo", "legajo", "ci", "nombre", "modo", "mes"}},
	} {
		for _, r := range table.rows {
			var line []string
			for _, key := range append(table.keys, countKeys()...) {
				line = append(line, fmt.Sprint(r[key]))
			}
			if amount, rated := r["importe"]; rated {
				n, _ := amount.(float64)
				line, sums["importe"] = append(line, inJSON(amount)), sums["importe"]+int(n)
			}
			out[i] = append(out[i], line)
			for _, key := range countKeys() {
				sums[key] += int(r[key].(float64))
			}
		}
	}
	for key, n := range sums {
		if in.Totales[key]*2 != n { // units and funcionarios both come to it
			t.Errorf("%s is %d in all, its rows come to %d", key, in.Totales[key], n/2)
		}
	}
	return out
}
