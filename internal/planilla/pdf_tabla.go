package planilla

import (
	"fmt"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// table begins a page and fills as many as the rows need.
func (w *papel) table(t tabla) {
	widths := t.anchos()
	w.page(t, widths)
	for _, f := range t.filas {
		w.row(t, widths, f, "")
	}
	if t.total {
		w.row(t, widths, t.totales(), "B")
	}
}

// anchos are the widths, in mm, of the columns that stand side by side.
func (t tabla) anchos() []float64 {
	var out []float64
	for _, c := range t.columnas {
		if !c.debajo {
			out = append(out, c.ancho)
		}
	}
	all := sum(out)
	for i := range out {
		out[i] *= util / all
	}
	return out
}

func (w *papel) headings(t tabla, widths []float64) {
	w.SetFont(family, "B", letraTabla)
	w.SetFillColor(sombra, sombra, sombra)
	grouped := map[int]int{}
	for from, to := range t.grupos() {
		grouped[from] = to
	}
	top := w.GetY()
	for i := 0; i < len(widths); {
		x := margen + sum(widths[:i])
		to, ok := grouped[i]
		if !ok { // as high as both lines
			w.SetXY(x, top)
			w.CellFormat(widths[i], 2*renglon, t.columnas[i].titulo, "1", 0, "C", true, 0, "")
			i++
			continue
		}
		w.SetXY(x, top)
		w.CellFormat(sum(widths[i:to]), renglon, t.columnas[i].grupo, "1", 0, "C", true, 0, "")
		for ; i < to; i++ {
			w.SetXY(margen+sum(widths[:i]), top+renglon)
			w.CellFormat(widths[i], renglon, t.columnas[i].titulo, "1", 0, "C", true, 0, "")
		}
	}
	w.SetXY(margen, top+2*renglon)
}

// row writes one, on a new page where it does not fit on this one.
func (w *papel) row(t tabla, widths []float64, fila []any, style string) {
	w.SetFont(family, style, letraTabla)
	lines := make([][]string, len(widths))
	height := 1
	for i, v := range fila[:len(widths)] {
		lines[i] = []string{pdfCell(t.columnas[i], v)}
		if t.columnas[i].clase == texto {
			lines[i] = w.fit(lines[i][0], widths[i])
		}
		height = max(height, len(lines[i]))
	}
	below := w.below(t, fila, len(widths))
	tall, under := float64(height)*renglon, float64(len(below))*renglon
	if w.GetY()+tall+under > fondo {
		w.page(t, widths)
		w.SetFont(family, style, letraTabla)
	}
	x, y := margen, w.GetY()
	for i := range widths {
		align := "L"
		if _, ok := entero(fila[i]); ok {
			align = "R"
		}
		w.SetFillColor(sombra, sombra, sombra)
		w.Rect(x, y, widths[i], tall, map[bool]string{true: "FD", false: "D"}[style != ""])
		w.SetFontSize(letraTabla)
		for n, text := range lines[i] {
			w.shrink(text, widths[i], letraTabla) // a number is not broken
			w.SetXY(x, y+float64(n)*renglon)
			w.CellFormat(widths[i], renglon, text, "", 0, align, false, 0, "")
		}
		x += widths[i]
	}
	if w.SetXY(margen, y+tall); len(below) > 0 {
		w.Rect(margen, y+tall, util, under, "D")
		w.SetFontSize(letraTabla)
	}
	for _, text := range below {
		w.CellFormat(util, renglon, text, "", 1, "L", false, 0, "")
	}
}

// below are the lines of what stands under a row, from a column on, with their names.
func (w *papel) below(t tabla, fila []any, from int) (lines []string) {
	for i, v := range fila[from:] {
		c := t.columnas[from+i]
		if text := pdfCell(c, v); text != "" {
			lines = append(lines, w.fit(c.titulo+": "+text, util)...)
		}
	}
	return lines
}

// fit breaks a text into the lines that a cell needs. A single word that is little too
// long, a month or an id, is not broken: it takes smaller letters.
func (w *papel) fit(text string, width float64) []string {
	const little = 1.25
	wide := w.GetStringWidth(text) + 2*w.GetCellMargin()
	if wide <= width || wide <= little*width && !strings.Contains(text, " ") {
		return []string{text}
	}
	return w.SplitText(text, width)
}

// shrink takes smaller letters where a text would not fit.
func (w *papel) shrink(text string, width, size float64) {
	if wide := w.GetStringWidth(text) + 2*w.GetCellMargin(); wide > width {
		w.SetFontSize(size * width / wide)
	}
}

func pdfCell(c columna, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case pa0580.Guaranies:
		return v.String()
	case int:
		if c.clase == numero {
			return fmt.Sprint(v)
		}
		return miles(v)
	case time.Time:
		return v.Format("02/01/2006 15:04:05")
	case string:
		return letras(oneLine(v))
	}
	panic("planilla: a cell of no class") // columns hold what clase says
}

func sum(widths []float64) (all float64) {
	for _, w := range widths {
		all += w
	}
	return all
}
