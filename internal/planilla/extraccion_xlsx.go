package planilla

import (
	"io"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
)

const hojaDeExtraccion = "Gestiones"

// extraccionXLSX keeps its rows in a temporary file, beyond some 16 MB, and puts the
// workbook together in memory, compressed: see [app.MaxFilasXLSX].
type extraccionXLSX struct {
	columnas []columna
	out      io.Writer
	book     *excelize.File
	rows     *excelize.StreamWriter
	next     int
	cells    []any
	styles   map[clase]int
	head     int
}

func newExtraccionXLSX(columns []columna, out io.Writer) (_ *extraccionXLSX, err error) {
	w := &extraccionXLSX{columnas: columns, out: out, book: excelize.NewFile(), next: 1, styles: map[clase]int{}}
	defer func() {
		if err != nil {
			w.Soltar()
		}
	}()
	if err := w.book.SetSheetName("Sheet1", hojaDeExtraccion); err != nil {
		return nil, err
	}
	if w.head, err = w.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return nil, err
	}
	for c, format := range map[clase]string{texto: "@", fecha: "dd/mm/yyyy", momento: "dd/mm/yyyy hh:mm:ss", numero: "0"} {
		if w.styles[c], err = w.book.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
			return nil, err
		}
	}
	if w.rows, err = w.book.NewStreamWriter(hojaDeExtraccion); err != nil {
		return nil, err
	}
	return w, w.begin()
}

// begin writes what comes before the rows: widths, the headings, and that these stay
// in sight.
func (w *extraccionXLSX) begin() error {
	heads := make([]any, len(w.columnas))
	for i, c := range w.columnas {
		if err := w.rows.SetColWidth(i+1, i+1, c.ancho); err != nil {
			return err
		}
		heads[i] = excelize.Cell{StyleID: w.head, Value: c.titulo}
	}
	if err := w.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return w.line(heads)
}

func (w *extraccionXLSX) line(cells []any) error {
	err := w.rows.SetRow(cell(1, w.next), cells)
	w.next++
	return err
}

func (w *extraccionXLSX) Fila(g app.Extraida) error {
	w.cells = extraida(g, w.cells)[:len(w.columnas)]
	for i, v := range w.cells {
		if v != nil {
			w.cells[i] = excelize.Cell{StyleID: w.styles[w.columnas[i].clase], Value: v}
		}
	}
	return w.line(w.cells)
}

func (w *extraccionXLSX) Cerrar() error {
	if err := w.book.AutoFilter(hojaDeExtraccion, "A1:"+cell(len(w.columnas), w.next-1), nil); err != nil {
		return err
	}
	if err := w.rows.Flush(); err != nil {
		return err
	}
	return w.book.Write(w.out)
}

func (w *extraccionXLSX) Soltar() { _ = w.book.Close() } // its temporary file goes with it
