package planilla

const letraSeccion = 9.5

// section writes a table behind the one before it, with its name; one without rows is
// not there.
func (w *papel) section(t tabla) {
	if len(t.filas) == 0 {
		return
	}
	const title, gap, rows = 6.0, 3.0, 2 // a table is not begun for less
	if w.GetY()+gap+title+(2+rows)*renglon > fondo {
		w.AddPage()
		w.head()
	}
	w.SetY(w.GetY() + gap)
	w.SetFont(family, "B", letraSeccion)
	w.CellFormat(util, title, t.nombre, "", 1, "L", false, 0, "")
	widths := t.anchos()
	w.headings(t, widths)
	for _, f := range t.filas {
		style := ""
		if f[0] == deTodo {
			style = "B"
		}
		w.row(t, widths, f, style)
	}
}
