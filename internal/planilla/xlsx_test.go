package planilla_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// firstRow comes behind the title, two lines of data and two of headings.
const firstRow = 6

// fromXLSX reads the values that the file carries, which must be what its formulas
// come to.
func fromXLSX(t *testing.T, p app.Planilla, a app.Archivo) []row {
	t.Helper()
	book := open(t, a)
	var out []row
	for i := range len(p.Filas) + 1 {
		r := row{}
		columns := 20
		if pagan(p.Filas) {
			columns++
		}
		for col := range columns {
			name, _ := excelize.CoordinatesToCellName(col+1, firstRow+i)
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
			sum := len(p.Filas) > 0 && (i == len(p.Filas) || col >= 15 && col != 18 && col < 20) // ajustes and amounts are as they are
			if formula := computes(t, book, "Planilla", name, value); (formula != "") != sum {
				t.Errorf("%s has the formula %q", name, formula)
			}
			if col == 20 {
				r.paid = []string{value}
				continue
			}
			r.counts = append(r.counts, number(t, value))
		}
		out = append(out, r)
	}
	return out
}

// computes is a cell's formula, which must come to value; empty where it has none.
func computes(t *testing.T, book *excelize.File, sheet, name, value string) string {
	t.Helper()
	formula, err := book.GetCellFormula(sheet, name)
	if err != nil {
		t.Fatal(err)
	}
	if formula != "" {
		computed, err := book.CalcCellValue(sheet, name, excelize.Options{RawCellValue: true})
		if err != nil || computed != value {
			t.Errorf("%s = %s is %s and carries %s, %v", name, formula, computed, value, err)
		}
	}
	return formula
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

// anexoFromXLSX writes the values as CSV does: a moment is a number in a sheet.
func anexoFromXLSX(t *testing.T, a app.Archivo) [][]string {
	t.Helper()
	sheet, err := open(t, a).GetRows("Anexo", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	columns := len(sheet[firstRow-2])
	sheet = sheet[firstRow-1:]
	for i, line := range sheet {
		line = append(line, make([]string, columns-len(line))...) // an empty cell ends no line
		sheet[i] = line
		serial, err := strconv.ParseFloat(line[10], 64)
		if err != nil {
			t.Fatalf("%q is no date: %v", line[10], err)
		}
		at, err := excelize.ExcelDateToTime(serial, false)
		if err != nil {
			t.Fatal(err)
		}
		line[10] = at.Round(time.Second).Format("02/01/2006 15:04:05")
	}
	return sheet
}

// ajustesFromXLSX is a sheet that is there only where a planilla has some.
func ajustesFromXLSX(t *testing.T, a app.Archivo) [][]string {
	t.Helper()
	book := open(t, a)
	if !slices.Contains(book.GetSheetList(), "Ajustes") {
		return nil
	}
	sheet, err := book.GetRows("Ajustes", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range sheet[firstRow-1:] {
		for col := range 12 {
			name, _ := excelize.CoordinatesToCellName(col+1, firstRow+i)
			value := sheet[firstRow-1+i]
			added := col == 10 || col == 11 && len(value) == 12 // lines, and amounts where there are
			if formula := computes(t, book, "Ajustes", name, append(value, "")[col]); (formula != "") != (added && value[0] == "TOTAL") {
				t.Errorf("Ajustes!%s has the formula %q", name, formula)
			}
		}
	}
	return sheet[firstRow-1:]
}

// Spreadsheets refuse what excelize reads all the same; and people print.
func TestTheWorkbookIsWellFormedAndPrints(t *testing.T) {
	t.Parallel()
	p := tarifada(ajustada(una(90, 12), 2))
	book := open(t, files(t, p)[app.XLSX])
	for n, sheet := range book.GetSheetList() {
		text, _ := book.Pkg.Load(fmt.Sprintf("xl/worksheets/sheet%d.xml", n+1))
		last := 0
		for _, col := range regexp.MustCompile(`<col min="(\d+)"`).FindAllSubmatch(text.([]byte), -1) {
			if n := number(t, string(col[1])); n <= last {
				t.Errorf("%s: column %d comes behind %d", sheet, n, last)
			} else {
				last = n
			}
		}
		foot, err := book.GetHeaderFooter(sheet)
		if err != nil || last == 0 || !strings.Contains(foot.OddFooter, "&8 "+huella) || !strings.Contains(foot.OddFooter, "Página &P de &N") {
			t.Errorf("%s: %d columns, foot %+v, %v", sheet, last, foot, err)
		}
		page, err := book.GetPageLayout(sheet)
		if err != nil || *page.Size != 9 || *page.Orientation != "landscape" || *page.FitToWidth != 1 || *page.FitToHeight != 0 {
			t.Errorf("%s does not print on A4 across: %+v, %v", sheet, page, err)
		}
		if props, err := book.GetSheetProps(sheet); err != nil || !*props.FitToPage {
			t.Errorf("%s does not fit its columns to the page: %+v, %v", sheet, props, err)
		}
		panes, err := book.GetPanes(sheet)
		if err != nil || !panes.Freeze || panes.YSplit != firstRow-1 || panes.TopLeftCell != fmt.Sprintf("A%d", firstRow) {
			t.Errorf("%s scrolls its headings away: %+v, %v", sheet, panes, err)
		}
		want := excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet, RefersTo: fmt.Sprintf("'%s'!$4:$5", sheet)}
		if !slices.Contains(book.GetDefinedName(), want) {
			t.Errorf("%s does not repeat its headings: %+v", sheet, book.GetDefinedName())
		}
	}
	for cell, want := range map[string]func(*excelize.Style) bool{
		"Planilla!A96": func(s *excelize.Style) bool { return s.Font.Bold },
		"Planilla!S96": func(s *excelize.Style) bool { return s.Font.Bold && s.NumFmt == 3 },
		"Ajustes!K6":   func(s *excelize.Style) bool { return s.NumFmt == 3 },
		"Ajustes!L6":   func(s *excelize.Style) bool { return s.NumFmt == 3 },
		"Ajustes!M6":   func(s *excelize.Style) bool { return s.Alignment.WrapText && s.NumFmt == 49 },
		"Planilla!U6":  func(s *excelize.Style) bool { return s.NumFmt == 3 },
		"Anexo!L6":     func(s *excelize.Style) bool { return s.NumFmt == 3 },
		"Planilla!C8":  func(s *excelize.Style) bool { return s.Alignment.WrapText && s.NumFmt == 49 },
		"Anexo!K6":     func(s *excelize.Style) bool { return *s.CustomNumFmt == "dd/mm/yyyy hh:mm" },
	} {
		sheet, at, _ := strings.Cut(cell, "!")
		id, err := book.GetCellStyle(sheet, at)
		if err != nil {
			t.Fatal(err)
		}
		if style, err := book.GetStyle(id); err != nil || style.Font.Family == "" || !want(style) {
			t.Errorf("%s is written in %+v, %v", cell, style, err)
		}
	}
}

// What does not fit is shown as ##### or cut off.
func TestEverythingFitsItsCell(t *testing.T) {
	t.Parallel()
	p := tarifada(ajustada(una(90, 12), 8))
	for i := range p.Filas {
		p.Filas[i].Ordinarias[3] *= 9000 // eleven digits and dots
	}
	p.Filas[0].Importe, p.Anexo[0].Importe = pa0580.EnGuaranies(-987_654_321_012), pa0580.EnGuaranies(-pa0580.MaxMonto)
	p.Filas[0].Ajustes, p.Filas[1].Ajustes = 123_456_789_012, -123_456_789_012 // none, together
	for i := range p.Anexo {
		if p.Anexo[i].Ajuste != 0 {
			p.Anexo[i].Motivo = strings.Repeat("larga ", 333) // the longest that is let in
			break
		}
	}
	book := open(t, files(t, p)[app.XLSX])
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows[firstRow-1:] {
			if len(row) < 5 {
				break // below the table
			}
			for j, text := range row {
				name, _ := excelize.ColumnNumberToName(j + 1)
				width, err := book.GetColWidth(sheet, name)
				if err != nil {
					t.Fatal(err)
				}
				high, err := book.GetRowHeight(sheet, firstRow+i)
				if err != nil {
					t.Fatal(err)
				}
				lines := max(1, int(high/13))
				if len([]rune(text)) > lines*int(width) {
					t.Errorf("%s!%s%d: %q does not fit into %d lines of %.1f letters", sheet, name, firstRow+i, text, lines, width)
				}
			}
		}
	}
}
