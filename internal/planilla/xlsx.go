package planilla

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/pa0580"
)

// xlsx writes a workbook, a sheet for each table: counts and moments as such, sums as
// formulas that carry their values, to print on A4 across with the headings on each page.
func (d impreso) xlsx() ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close()
	at := pa0580.Local(d.fecha).Format(time.RFC3339)
	err := book.SetDocProps(&excelize.DocProperties{
		Title: titulo, Subject: d.nombre, Creator: "Gestiones", LastModifiedBy: "Gestiones", Created: at, Modified: at, Language: "es-PY",
	})
	if err != nil {
		return nil, err
	}
	w := libro{File: book, impreso: d}
	if err := w.styles(); err != nil {
		return nil, err
	}
	for i, t := range d.tablas {
		if i == 0 {
			err = book.SetSheetName("Sheet1", t.nombre)
		} else {
			_, err = book.NewSheet(t.nombre)
		}
		if err == nil {
			err = w.sheet(t, i == 0)
		}
		if err != nil {
			return nil, fmt.Errorf("sheet %s: %w", t.nombre, err)
		}
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// enLinea is how many letters fit over all columns of any table.
const enLinea = 130

type libro struct {
	*excelize.File
	impreso

	titulo, dato, cabeza, texto, cuenta, numero, momento, total, totalCuenta, firma, pie int // styles
}

func (w *libro) styles() error {
	var thin []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		thin = append(thin, excelize.Border{Type: side, Color: "B0B0B0", Style: 1})
	}
	above := []excelize.Border{{Type: "top", Color: "000000", Style: 1}}
	shade := excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E3EAF2"}}
	plain, bold := letraHoja(10, false), letraHoja(10, true)
	middle := &excelize.Alignment{Vertical: "center"}
	wrapped := &excelize.Alignment{Vertical: "center", WrapText: true}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	day := "dd/mm/yyyy hh:mm"
	const thousands = 3 // #,##0: the sign goes by the reader's language
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&w.titulo, excelize.Style{Font: letraHoja(12, true), Alignment: wrapped}},
		{&w.dato, excelize.Style{Font: plain, Alignment: wrapped}},
		{&w.cabeza, excelize.Style{Font: bold, Alignment: centre, Border: thin, Fill: shade}},
		{&w.texto, excelize.Style{Font: plain, Alignment: wrapped, Border: thin, NumFmt: 49}}, // as text: a long number stays as it is
		{&w.cuenta, excelize.Style{Font: plain, Alignment: middle, Border: thin, NumFmt: thousands}},
		{&w.numero, excelize.Style{Font: plain, Alignment: middle, Border: thin, NumFmt: 1}},
		{&w.momento, excelize.Style{Font: plain, Alignment: middle, Border: thin, CustomNumFmt: &day}},
		{&w.total, excelize.Style{Font: bold, Alignment: middle, Border: thin, Fill: shade}},
		{&w.totalCuenta, excelize.Style{Font: bold, Alignment: middle, Border: thin, Fill: shade, NumFmt: thousands}},
		{&w.firma, excelize.Style{Font: plain, Border: above, Alignment: centre}},
		{&w.pie, excelize.Style{Font: letraHoja(8, false)}},
	} {
		var err error
		if *s.id, err = w.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// letraHoja names its font and colour: without them each program takes its own.
func letraHoja(size float64, bold bool) *excelize.Font {
	return &excelize.Font{Family: "Calibri", Color: "000000", Size: size, Bold: bold}
}

func (w *libro) sheet(t tabla, signed bool) error {
	if err := w.layout(t); err != nil {
		return err
	}
	stream, err := w.NewStreamWriter(t.nombre)
	if err != nil {
		return err
	}
	h := &hoja{stream, t, t.anchosHoja(), 1}
	for i, width := range slices.Backward(h.anchos) { // a stream writes the last one given first
		if err := h.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	top := 1 + len(w.datos) + 2
	err = h.SetPanes(&excelize.Panes{Freeze: true, YSplit: top, TopLeftCell: cell(1, top+1), ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	if err := w.head(h); err != nil {
		return err
	}
	first := h.next
	for _, f := range t.filas {
		if err := h.line(w.cells(t, f, first, h.next, false), h.alto(f)); err != nil {
			return err
		}
	}
	if t.total {
		if err := h.line(w.cells(t, t.totales(), first, h.next, true)); err != nil {
			return err
		}
	}
	if signed {
		if err := w.sign(h); err != nil {
			return err
		}
	}
	if err := h.Flush(); err != nil {
		return err
	}
	return w.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: t.nombre, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", t.nombre, top-1, top),
	})
}

// layout comes before any row: a stream writes it first.
func (w *libro) layout(t tabla) error {
	a4, across, wide, tall := 9, "landscape", 1, 0
	fit, margin, edge, foot := true, 0.4, 0.7, 0.3 // in inches
	if err := w.SetSheetProps(t.nombre, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := w.SetPageLayout(t.nombre, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	err := w.SetPageMargins(t.nombre, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &edge, Footer: &foot})
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(w.nombre, "&", "&&")
	// A space ends a letter's size: what follows may begin with a digit.
	return w.SetHeaderFooter(t.nombre, &excelize.HeaderFooterOptions{OddFooter: "&L&8 " + name + " - &A&C&8 " + w.huella + "&R&8 Página &P de &N"})
}

// head writes what stands above the rows.
func (w *libro) head(h *hoja) error {
	if err := h.across(w.titulo, titulo); err != nil {
		return err
	}
	for _, line := range w.datos {
		var parts []string
		for _, x := range line {
			if x.valor != "" {
				parts = append(parts, x.rotulo+": "+x.valor)
			}
		}
		if err := h.across(w.dato, strings.Join(parts, "      ")); err != nil {
			return err
		}
	}
	groups, names := make([]any, len(h.columnas)), make([]any, len(h.columnas))
	for i, c := range h.columnas {
		groups[i] = excelize.Cell{StyleID: w.cabeza, Value: c.grupo}
		names[i] = excelize.Cell{StyleID: w.cabeza, Value: c.titulo}
	}
	for from, to := range h.grupos() {
		if err := h.MergeCell(cell(from+1, h.next), cell(to, h.next)); err != nil {
			return err
		}
	}
	if err := h.line(groups); err != nil {
		return err
	}
	return h.line(names)
}

// sign writes the notes, leaves room for signatures, and says what was signed.
func (w *libro) sign(h *hoja) error {
	h.next++
	for _, x := range append([]dato{w.motivo}, w.notas...) { // below, for what stands above does not scroll
		if x.valor == "" {
			continue
		}
		if err := h.across(w.dato, x.rotulo+": "+x.valor); err != nil {
			return err
		}
	}
	h.next += 3
	row := make([]any, len(h.columnas))
	width := len(row) / max(2, len(w.firmas))
	for i, f := range w.firmas {
		from := i * width
		text := f.rotulo
		if f.valor != "" {
			text = f.valor + ", " + f.rotulo
		}
		for j := from; j < from+width-1; j++ {
			row[j] = excelize.Cell{StyleID: w.firma, Value: ""}
		}
		row[from] = excelize.Cell{StyleID: w.firma, Value: text}
		if err := h.MergeCell(cell(from+1, h.next), cell(from+width-1, h.next)); err != nil {
			return err
		}
	}
	if err := h.line(row); err != nil {
		return err
	}
	h.next++
	return h.line([]any{excelize.Cell{StyleID: w.pie, Value: "Huella: " + w.huella}})
}

// cells are those of a row; the rows begin at first, and that of totals adds up those
// above it.
func (w *libro) cells(t tabla, fila []any, first, row int, total bool) []any {
	out := make([]any, len(fila))
	for i, v := range fila {
		c := excelize.Cell{Value: v}
		if paid, ok := v.(pa0580.Guaranies); ok {
			c.Value = int64(paid) // a number: a Guaranies would be written as text
		}
		switch col := t.columnas[i]; {
		case total && col.sumada():
			c.StyleID = w.totalCuenta
			if len(t.filas) > 0 {
				c.Formula = fmt.Sprintf("SUM(%s:%s)", cell(i+1, first), cell(i+1, row-1))
			}
		case total:
			c.StyleID = w.total
		case col.sumada():
			c.StyleID, c.Formula = w.cuenta, t.formula(col, row)
		case col.clase == numero:
			c.StyleID = w.numero
		case col.clase == momento:
			c.StyleID = w.momento
		default:
			c.StyleID = w.texto
		}
		out[i] = c
	}
	return out
}

// formula adds up the cells of a row that c is the sum of.
func (t tabla) formula(c columna, row int) string {
	var terms []string
	for _, clave := range c.suma {
		i := slices.IndexFunc(t.columnas, func(x columna) bool { return x.clave == clave })
		terms = append(terms, cell(i+1, row))
	}
	return strings.Join(terms, "+")
}

// grupos are the neighbours under one heading: the first column and the one behind
// the last.
func (t tabla) grupos() iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for from := 0; from < len(t.columnas); {
			to := from + 1
			for to < len(t.columnas) && t.columnas[to].grupo == t.columnas[from].grupo {
				to++
			}
			if t.columnas[from].grupo != "" && to > from+1 && !yield(from, to) {
				return
			}
			from = to
		}
	}
}
