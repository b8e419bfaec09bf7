package planilla

import (
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/pa0580"
)

// hoja is a sheet being written, row by row.
type hoja struct {
	*excelize.StreamWriter
	tabla

	anchos []float64 // of the columns, in digits
	next   int       // row
}

// anchosHoja are the columns' widths in digits of a sheet's font, 11 points: as wide as
// the longest count at least, which would be shown as ##### otherwise.
func (t tabla) anchosHoja() []float64 {
	out := make([]float64, len(t.columnas))
	for i, c := range t.columnas {
		out[i] = math.Round(c.ancho*62) / 100
	}
	for _, f := range append(t.filas[:len(t.filas):len(t.filas)], t.totales()) { // ajustes come to less than each
		for i, v := range f {
			if n, ok := entero(v); ok && t.columnas[i].sumada() {
				out[i] = max(out[i], float64(len(miles(n))+2))
			}
		}
	}
	return out
}

// line writes the next row.
func (h *hoja) line(cells []any, opts ...excelize.RowOpts) error {
	err := h.SetRow(cell(1, h.next), cells, opts...)
	h.next++
	return err
}

// alto is a row's height, where a text of its takes more than one line: not every
// program looks for itself.
func (h *hoja) alto(fila []any) excelize.RowOpts {
	lines := 1
	for i, v := range fila {
		if text, ok := v.(string); ok {
			lines = max(lines, renglones(text, int(h.anchos[i])))
		}
	}
	if lines == 1 {
		return excelize.RowOpts{}
	}
	return excelize.RowOpts{Height: min(13.5*float64(lines), excelize.MaxRowHeight)}
}

// renglones are how many lines of so many letters a text takes, words kept whole.
func renglones(text string, letters int) int {
	lines, at := 1, 0
	for _, word := range strings.Fields(text) {
		n := len([]rune(word))
		if at > 0 && at+1+n > letters {
			lines, at = lines+1, 0
		}
		if at > 0 {
			at++
		}
		at += n
		for at > letters { // longer than a line
			lines, at = lines+1, at-letters
		}
	}
	return lines
}

// across writes a text over all columns.
func (h *hoja) across(style int, text string) error {
	lines := renglones(text, enLinea)
	if err := h.MergeCell(cell(1, h.next), cell(len(h.columnas), h.next)); err != nil {
		return err
	}
	err := h.SetRow(cell(1, h.next), []any{excelize.Cell{StyleID: style, Value: text}}, excelize.RowOpts{Height: 18 * float64(lines)})
	h.next++
	return err
}

func cell(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic("planilla: " + err.Error()) // columns and rows are counted from 1
	}
	return name
}

// entero is a count, or guaraní.
func entero(v any) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case pa0580.Guaranies:
		return int(v), true
	}
	return 0, false
}
