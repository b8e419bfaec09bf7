package planilla

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/skip2/go-qrcode"
)

// DejaVu Sans Condensed has every letter of our names, and «₲».
var (
	//go:embed fuentes/DejaVuSansCondensed.ttf
	letra []byte
	//go:embed fuentes/DejaVuSansCondensed-Bold.ttf
	negrita []byte
)

// On A4 across, in mm; letters in points.
const (
	ancho, alto = 297.0, 210.0
	margen      = 10.0
	util        = ancho - 2*margen
	pieAlto     = 9.0
	fondo       = alto - margen - pieAlto // nothing but the foot is below it

	letraDatos = 9.0
	datosAlto  = 5.0
	letraTabla = 7.5
	renglon    = 4.2 // a line of a table
	sombra     = 232 // grey behind headings and totals

	firmaAlto = 18.0 // room to sign
	qrLado    = 26.0

	family  = "DejaVu"
	paginas = "{n}" // how many there are, known at the end
)

// pdf writes the tables one after the other, each from a new page, their headings on
// each page.
func (d documento) pdf() ([]byte, error) {
	w := &papel{Fpdf: fpdf.New("L", "mm", "A4", ""), documento: d}
	w.AddUTF8FontFromBytes(family, "", letra)
	w.AddUTF8FontFromBytes(family, "B", negrita)
	w.SetMargins(margen, margen, margen)
	w.SetAutoPageBreak(false, 0) // rows are kept whole
	w.SetCatalogSort(true)
	w.SetCreationDate(d.fecha.UTC())
	w.SetModificationDate(d.fecha.UTC())
	w.SetTitle(letras(d.nombre), true)
	w.SetSubject(titulo, true)
	w.SetLang("es-PY")
	w.AliasNbPages(paginas)
	w.SetLineWidth(0.1)
	w.SetDrawColor(120, 120, 120)
	w.SetFooterFunc(w.foot)
	for i, t := range d.tablas {
		w.table(t)
		if i == 0 {
			if err := w.sign(); err != nil {
				return nil, err
			}
		}
	}
	var out bytes.Buffer
	if err := w.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type papel struct {
	*fpdf.Fpdf
	documento
}

func (w *papel) foot() {
	w.SetFont(family, "", 7)
	w.SetTextColor(90, 90, 90)
	w.SetXY(margen, alto-pieAlto)
	w.CellFormat(util/4, 4, letras(w.nombre), "", 0, "L", false, 0, "")
	w.CellFormat(util/2, 4, "Huella: "+w.huella, "", 0, "C", false, 0, "")
	w.CellFormat(util/4, 4, fmt.Sprintf("Página %d de "+paginas, w.PageNo()), "", 0, "R", false, 0, "")
	w.SetTextColor(0, 0, 0)
}

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

// anchos are the columns' widths, in mm.
func (t tabla) anchos() []float64 {
	all := 0.0
	for _, c := range t.columnas {
		all += c.ancho
	}
	out := make([]float64, len(t.columnas))
	for i, c := range t.columnas {
		out[i] = c.ancho * util / all
	}
	return out
}

// page begins one, with what stands above the rows.
func (w *papel) page(t tabla, widths []float64) {
	w.AddPage()
	w.head()
	w.headings(t, widths)
}

// head writes what the document is of. What does not fit into one line takes one each.
func (w *papel) head() {
	w.SetFont(family, "B", 10.5)
	w.CellFormat(util, 6, strings.ToUpper(titulo), "", 1, "L", false, 0, "")
	for _, line := range append(slices.Clone(w.datos), []dato{w.motivo}) {
		line = slices.DeleteFunc(slices.Clone(line), func(x dato) bool { return x.valor == "" })
		wide := 0.0
		for _, x := range line {
			label, value := w.widths(x)
			wide += label + value
		}
		alone := wide > util
		for _, x := range line {
			w.dato(x, alone)
		}
		if !alone && len(line) > 0 {
			w.Ln(datosAlto)
		}
	}
	w.Ln(2)
}

// widths are those of a label and of its value, with the gap behind it.
func (w *papel) widths(x dato) (label, value float64) {
	const gap = 8
	w.SetFont(family, "B", letraDatos)
	label = w.GetStringWidth(x.rotulo+":") + 2*w.GetCellMargin()
	w.SetFont(family, "", letraDatos)
	return label, w.GetStringWidth(letras(x.valor)) + gap
}

// dato writes a label and its value, which alone may take several lines.
func (w *papel) dato(x dato, alone bool) {
	label, value := w.widths(x)
	w.SetFont(family, "B", letraDatos)
	w.CellFormat(label, datosAlto, x.rotulo+":", "", 0, "L", false, 0, "")
	w.SetFont(family, "", letraDatos)
	if alone {
		w.MultiCell(0, datosAlto, letras(x.valor), "", "L", false)
		return
	}
	w.CellFormat(value, datosAlto, letras(x.valor), "", 0, "L", false, 0, "")
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
	lines := make([][]string, len(fila))
	height := 1
	for i, v := range fila {
		lines[i] = []string{pdfCell(t.columnas[i], v)}
		if t.columnas[i].clase == texto {
			lines[i] = w.fit(lines[i][0], widths[i])
		}
		height = max(height, len(lines[i]))
	}
	tall := float64(height) * renglon
	if w.GetY()+tall > fondo {
		w.page(t, widths)
		w.SetFont(family, style, letraTabla)
	}
	x, y := margen, w.GetY()
	for i := range fila {
		align := "L"
		if _, ok := fila[i].(int); ok {
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
	w.SetXY(margen, y+tall)
}

// fit breaks a text into the lines that a cell needs.
func (w *papel) fit(text string, width float64) []string {
	if w.GetStringWidth(text)+2*w.GetCellMargin() <= width {
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

// letras puts a box for what no font of a PDF has: letters beyond 16 bits, such as emoji.
func letras(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '□'
		}
		return r
	}, s)
}

// sign leaves room for signatures, and puts the digest beside them, to read and to scan.
func (w *papel) sign() error {
	code, err := qrcode.Encode(w.huella, qrcode.Medium, 256)
	if err != nil {
		return fmt.Errorf("write the digest as QR: %w", err)
	}
	if w.GetY()+firmaAlto+qrLado/2 > fondo {
		w.AddPage()
		w.head()
	}
	y := w.GetY() + firmaAlto
	w.RegisterImageOptionsReader("huella", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code))
	w.ImageOptions("huella", ancho-margen-qrLado, w.GetY()+2, qrLado, qrLado, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	w.SetFont(family, "", letraDatos)
	const gap = 12.0
	each := (util - qrLado - gap*float64(len(w.firmas)+1)) / float64(max(2, len(w.firmas)))
	for i, f := range w.firmas {
		x := margen + gap + float64(i)*(each+gap)
		w.Line(x, y, x+each, y)
		w.SetXY(x, y+1)
		w.CellFormat(each, 4.5, f.rotulo, "", 0, "C", false, 0, "")
		w.SetXY(x, y+5)
		w.shrink(letras(f.valor), each, letraDatos)
		w.CellFormat(each, 4.5, letras(f.valor), "", 0, "C", false, 0, "")
		w.SetFontSize(letraDatos)
	}
	w.SetXY(margen, y+12)
	return nil
}

func pdfCell(c columna, v any) string {
	switch v := v.(type) {
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

// miles writes a count with '.' between thousands.
func miles(n int) string {
	if n < 0 {
		return "-" + miles(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s.%03d", miles(n/1000), n%1000)
}

func sum(widths []float64) (all float64) {
	for _, w := range widths {
		all += w
	}
	return all
}
