package planilla_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/planilla"
)

const huella = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// una is a planilla of many pages, with whatever is awkward to write.
func una(funcionarios, lineas int) app.Planilla {
	octubre := pa0580.NewMes(2026, time.October)
	p := app.Planilla{
		ID: "0199e0a4-7a3c-7000-8000-000000000001", Numero: 412, Mes: octubre,
		Codigo: "SCA", Nombre: "Sección Comercial Asunción & Cía. 🏢 " + strings.Repeat("de la Región Oriental ", 8), Jefe: "Jimena Ñandutí Ortiz", Motivo: "La jefatura está de licencia;\n«firma» después, ₲ aparte. 🙏",
		Huella: huella, CerradaAt: pa0580.LocalTime(2026, time.November, 3, 18, 20, 7),
	}
	names := []string{"Ana Benítez", "=HYPERLINK(\"http://x\";\"y\")", "María de las Mercedes Fernández de la Mora y Gutiérrez Villalba Caballero", "Óscar <b>Ñu</b> & Cía", "+595 21", "Zulma\tTab", "Luz 😀 Ñamandú"}
	for i := range funcionarios {
		f := app.Fila{
			Legajo: fmt.Sprintf("%05d", 10427+i), CI: strconv.Itoa(2345678 + i), Nombre: names[i%len(names)],
			Modo: []pa0580.Modo{pa0580.Permanente, pa0580.Apoyo}[i%2], Mes: []pa0580.Mes{octubre, octubre.Prev()}[i%7/6],
		}
		for tipo := range f.Ordinarias {
			f.Ordinarias[tipo], f.Extraordinarias[tipo] = (i*7+tipo*311)%1900, (i+tipo)%5
		}
		p.Filas = append(p.Filas, f)
	}
	for i := range lineas {
		p.Anexo = append(p.Anexo, app.Linea{
			Gestion: pa0580.GestionID(fmt.Sprintf("0199e0a4-7a3c-7000-8000-%012d", i)), Legajo: "10427", Modo: pa0580.Permanente, Mes: octubre,
			Documento: "•••4567", Referencia: pa0580.Referencia{Tipo: pa0580.Expediente, Numero: fmt.Sprintf("EXP-%d/2026", i)},
			Tipo: pa0580.TiposGestion()[i%5], Jornada: pa0580.Ordinaria, GuardadaAt: pa0580.LocalTime(2026, time.October, 1+i%31, 7+i%8, i%60, i%60).Add(700 * time.Millisecond), // whole seconds are written
		})
	}
	return p
}

func write(t *testing.T, p app.Planilla, f app.Formato) app.Archivo {
	t.Helper()
	a, err := planilla.Imprenta{}.Unidad(p, f)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, a)
	return a
}

// keep leaves a file to be looked at, where GESTIONES_MUESTRAS says so.
func keep(t *testing.T, a app.Archivo) {
	t.Helper()
	if dir := os.Getenv("GESTIONES_MUESTRAS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, a.Nombre), a.Contenido, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// row is one of the planilla's, as text, and its counts.
type row struct {
	texts  []string
	counts []int
}

// want are the rows that every format must give, totals last.
func want(p app.Planilla) []row {
	var out []row
	all := row{texts: []string{"TOTAL", "", "", "", ""}, counts: make([]int, 13)}
	for _, f := range p.Filas {
		r := row{texts: []string{f.Legajo, f.CI, f.Nombre, string(f.Modo), f.Mes.String()}}
		r.counts = append(append(r.counts, f.Ordinarias[:]...), f.Extraordinarias[:]...)
		ord, extra := 0, 0
		for i := range 5 {
			ord, extra = ord+f.Ordinarias[i], extra+f.Extraordinarias[i]
		}
		r.counts = append(r.counts, ord, extra, ord+extra)
		for i, n := range r.counts {
			all.counts[i] += n
		}
		out = append(out, r)
	}
	return append(out, all)
}

// All formats are read back by other programs' code, and give the same figures.
func TestEveryFormatGivesTheSame(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ funcionarios, lineas int }{{0, 0}, {1, 1}, {90, 140}} {
		p := una(size.funcionarios, size.lineas)
		t.Run(fmt.Sprintf("%d rows", size.funcionarios), func(t *testing.T) {
			t.Parallel()
			want := want(p)
			for name, got := range map[string][]row{
				"CSV":  fromCSV(t, write(t, p, app.CSV)),
				"JSON": fromJSON(t, write(t, p, app.JSON)),
				"XLSX": fromXLSX(t, p, write(t, p, app.XLSX)),
			} {
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s gives\n%v, want\n%v", name, got, want)
				}
			}
			inPDF(t, p, want, write(t, p, app.PDF))
			annexes(t, p)
		})
	}
}

// The month's planilla adds its units up, and has every row of theirs.
func TestTheMonthAddsItsUnitsUp(t *testing.T) {
	t.Parallel()
	c := app.Consolidada{Mes: pa0580.NewMes(2026, time.October), CerradoAt: pa0580.LocalTime(2026, time.November, 3, 18, 20, 0), CerradoPor: "Hugo Ferreira", Huella: huella}
	want, rows := make([]int, 13), 0
	for i, n := range []int{3, 40, 7} {
		p := una(n, 0)
		p.Numero, p.Codigo, p.Conforme = int64(412+i), fmt.Sprintf("S%d", i), i != 1
		c.Planillas, rows = append(c.Planillas, p), rows+n
		for j, count := range totals(p) {
			want[j] += count
		}
	}
	files := map[app.Formato]app.Archivo{}
	for _, f := range (planilla.Imprenta{}).Formatos() {
		a, err := planilla.Imprenta{}.Mes(c, f)
		if err != nil {
			t.Fatal(err)
		}
		files[f] = a
		keep(t, a)
	}
	units := readCSV(t, files[app.CSV])
	if len(units) != 5 {
		t.Fatalf("%d lines of units: %v", len(units), units)
	}
	for j, cell := range units[4][4:] {
		if number(t, cell) != want[j] {
			t.Errorf("%s is %s, want %d", units[0][4+j], cell, want[j])
		}
	}
	if all := readCSV(t, files[app.Anexo]); len(all) != rows+2 || all[len(all)-1][19] != units[4][16] {
		t.Errorf("%d lines of %d rows, %v and %v in all", len(all), rows, all[len(all)-1], units[4])
	}
	book := open(t, files[app.XLSX])
	for _, sheet := range []string{"Unidades", "Funcionarios"} {
		last, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(last, func(r []string) bool { return len(r) > 0 && r[0] == "TOTAL" })
		if total := last[i][len(last[i])-1]; total != units[4][16] {
			t.Errorf("%s has %s in all, want %s", sheet, total, units[4][16])
		}
	}
	pages := strings.Join(pdfPages(t, files[app.PDF]), " ")
	for _, must := range []string{"3, N° 412 a 414", "Recursos Humanos", "Hugo Ferreira", miles(want[12])} {
		if !strings.Contains(pages, must) {
			t.Errorf("the PDF does not say %q", must)
		}
	}
}

// totals are a planilla's totals.
func totals(p app.Planilla) []int {
	all := want(p)
	return all[len(all)-1].counts
}

func fromCSV(t *testing.T, a app.Archivo) []row {
	t.Helper()
	var out []row
	for _, line := range readCSV(t, a)[1:] {
		r := row{texts: line[:5]}
		r.texts[2] = unquoted(r.texts[2])
		for _, n := range line[5:] {
			r.counts = append(r.counts, number(t, n))
		}
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
			if cell != "" && strings.ContainsRune("=+-@\t", rune(cell[0])) {
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
		out = append(out, r)
	}
	total := row{texts: []string{"TOTAL", "", "", "", ""}}
	for _, key := range countKeys() {
		total.counts = append(total.counts, in.Totales[key])
	}
	return append(out, total)
}

func countKeys() []string {
	var out []string
	for _, j := range []string{"ordinarias", "extraordinarias"} {
		for tipo := range 5 {
			out = append(out, fmt.Sprintf("%s_tipo_%d", j, tipo+1))
		}
	}
	return append(out, "total_ordinarias", "total_extraordinarias", "total")
}

// fromXLSX reads the values that the file carries, which must be what its formulas
// come to.
func fromXLSX(t *testing.T, p app.Planilla, a app.Archivo) []row {
	t.Helper()
	book := open(t, a)
	const first = 6 // title, two lines of data, two of headings
	var out []row
	for i := range len(p.Filas) + 1 {
		r := row{}
		for col := range 18 {
			name, _ := excelize.CoordinatesToCellName(col+1, first+i)
			value, err := book.GetCellValue("Planilla", name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			if col < 5 {
				r.texts = append(r.texts, value)
				continue
			}
			if kind, err := book.GetCellType("Planilla", name); err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && kind != excelize.CellTypeFormula {
				t.Errorf("%s holds no number but %v, %v", name, kind, err)
			}
			formula, err := book.GetCellFormula("Planilla", name)
			if err != nil {
				t.Fatal(err)
			}
			if formula != "" {
				computed, err := book.CalcCellValue("Planilla", name, excelize.Options{RawCellValue: true})
				if err != nil || computed != value {
					t.Errorf("%s = %s is %s and carries %s, %v", name, formula, computed, value, err)
				}
			} else if col >= 15 && len(p.Filas) > 0 {
				t.Errorf("%s is a sum without a formula", name)
			}
			r.counts = append(r.counts, number(t, value))
		}
		out = append(out, r)
	}
	return out
}

// Spreadsheets refuse what excelize reads all the same.
func TestTheWorkbookIsWellFormed(t *testing.T) {
	t.Parallel()
	book := open(t, write(t, una(2, 2), app.XLSX))
	for _, sheet := range book.GetSheetList() {
		text, _ := book.Pkg.Load("xl/worksheets/sheet" + map[string]string{"Planilla": "1", "Anexo": "2"}[sheet] + ".xml")
		last := 0
		for _, col := range regexp.MustCompile(`<col min="(\d+)"`).FindAllSubmatch(text.([]byte), -1) {
			if n := number(t, string(col[1])); n <= last {
				t.Errorf("%s: column %d comes behind %d", sheet, n, last)
			} else {
				last = n
			}
		}
		foot, err := book.GetHeaderFooter(sheet)
		if err != nil || last == 0 || !strings.Contains(foot.OddFooter, "&8 "+huella) {
			t.Errorf("%s: %d columns, foot %+v, %v", sheet, last, foot, err)
		}
	}
}

func open(t *testing.T, a app.Archivo) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(a.Contenido))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// annexes compares what CSV and XLSX hold of each gestión.
func annexes(t *testing.T, p app.Planilla) {
	t.Helper()
	lines := readCSV(t, write(t, p, app.Anexo))[1:]
	book := open(t, write(t, p, app.XLSX))
	sheet, err := book.GetRows("Anexo", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if sheet = sheet[5:]; len(lines) != len(p.Anexo) || len(sheet) != len(p.Anexo) {
		t.Fatalf("%d lines and %d rows of %d", len(lines), len(sheet), len(p.Anexo))
	}
	for i, l := range p.Anexo {
		serial, err := strconv.ParseFloat(sheet[i][10], 64)
		if err != nil {
			t.Fatalf("%q is no date: %v", sheet[i][10], err)
		}
		at, err := excelize.ExcelDateToTime(serial, false)
		if err != nil {
			t.Fatal(err)
		}
		sheet[i][10] = at.Round(time.Second).Format("02/01/2006 15:04:05")
		want := []string{
			string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, string(l.Referencia.Tipo), l.Referencia.Numero,
			strconv.Itoa(int(l.Tipo)), l.Tipo.String(), string(l.Jornada), l.GuardadaAt.Format("02/01/2006 15:04:05"),
		}
		if !slices.Equal(lines[i], want) || !slices.Equal(sheet[i], want) {
			t.Errorf("gestión %d:\nCSV  %v\nXLSX %v\nwant %v", i, lines[i], sheet[i], want)
		}
	}
}

// inPDF finds every row on a page, its counts in order, and on each page what it is
// of and which of how many.
func inPDF(t *testing.T, p app.Planilla, rows []row, a app.Archivo) {
	t.Helper()
	pages := pdfPages(t, a)
	for i, page := range pages {
		for _, must := range []string{huella, fmt.Sprintf("Página %d de %d", i+1, len(pages))} {
			if !strings.Contains(page, must) {
				t.Errorf("page %d does not say %q", i+1, must)
			}
		}
	}
	all := strings.Join(strings.Fields(strings.Join(pages, " ")), " ")
	for _, r := range rows {
		var counts []string
		for _, n := range r.counts {
			counts = append(counts, miles(n))
		}
		if must := strings.Join(counts, " "); !strings.Contains(all, must) {
			t.Errorf("no page has %v", r)
		}
		if !strings.Contains(all, r.texts[0]) {
			t.Errorf("no page has %v", r.texts)
		}
	}
	for _, l := range p.Anexo {
		if !strings.Contains(all, string(l.Gestion)) || !strings.Contains(all, l.GuardadaAt.Format("02/01/2006 15:04:05")) {
			t.Errorf("no page has gestión %s", l.Gestion)
		}
	}
	for _, must := range []string{"Jefe de Unidad", "Responsable", p.Jefe, "Planilla N°: 412", "«firma» después, ₲ aparte. □"} {
		if !strings.Contains(all, must) {
			t.Errorf("no page says %q", must)
		}
	}
}

func miles(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d.%03d", n/1000, n%1000)
}

// readers are one program that reads PDFs, made once: it is compiled before.
var readers = sync.OnceValues(func() (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{MinIdle: 1, MaxIdle: 1, MaxTotal: 1})
})

func pdfPages(t *testing.T, a app.Archivo) []string {
	t.Helper()
	pool, err := readers()
	if err != nil {
		t.Fatal(err)
	}
	reader, err := pool.GetInstance(time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	doc, err := reader.OpenDocument(&requests.OpenDocument{File: &a.Contenido})
	if err != nil {
		t.Fatal(err)
	}
	count, err := reader.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: doc.Document})
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for i := range count.PageCount {
		page := requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}}
		text, err := reader.GetPageText(&requests.GetPageText{Page: page})
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, text.Text)
		picture(t, reader, page, fmt.Sprintf("%s-%02d.png", a.Nombre, i+1))
	}
	return pages
}

// picture leaves a page to be looked at.
func picture(t *testing.T, reader pdfium.Pdfium, page requests.Page, name string) {
	t.Helper()
	dir := os.Getenv("GESTIONES_MUESTRAS")
	if dir == "" {
		return
	}
	res, err := reader.RenderPageInDPI(&requests.RenderPageInDPI{DPI: 110, Page: page})
	if err != nil {
		t.Fatal(err)
	}
	defer res.Cleanup()
	var out bytes.Buffer
	if err := png.Encode(&out, res.Result.Image); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}
