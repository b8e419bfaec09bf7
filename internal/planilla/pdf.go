package planilla

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

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
func (d impreso) pdf() ([]byte, error) {
	w := d.papel()
	for i, t := range d.tablas {
		w.table(t)
		if i == 0 {
			if err := w.sign(); err != nil {
				return nil, err
			}
		}
	}
	return w.bytes()
}

// papel is an empty document.
func (d impreso) papel() *papel {
	if d.titulo == "" {
		d.titulo = titulo
	}
	if d.pie == "" {
		d.pie = "Huella: " + d.huella
	}
	w := &papel{Fpdf: fpdf.New("L", "mm", "A4", ""), impreso: d}
	w.AddUTF8FontFromBytes(family, "", letra)
	w.AddUTF8FontFromBytes(family, "B", negrita)
	w.SetMargins(margen, margen, margen)
	w.SetAutoPageBreak(false, 0) // rows are kept whole
	w.SetCatalogSort(true)
	w.SetCreationDate(d.fecha.UTC())
	w.SetModificationDate(d.fecha.UTC())
	w.SetTitle(letras(d.nombre), true)
	w.SetSubject(d.titulo, true)
	w.SetLang("es-PY")
	w.AliasNbPages(paginas)
	w.SetLineWidth(0.1)
	w.SetDrawColor(120, 120, 120)
	w.SetFooterFunc(w.foot)
	return w
}

func (w *papel) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := w.Output(&out); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type papel struct {
	*fpdf.Fpdf
	impreso
}

func (w *papel) foot() {
	w.SetFont(family, "", 7)
	w.SetTextColor(90, 90, 90)
	w.SetXY(margen, alto-pieAlto)
	w.CellFormat(util/4, 4, letras(w.nombre), "", 0, "L", false, 0, "")
	w.CellFormat(util/2, 4, w.pie, "", 0, "C", false, 0, "")
	w.CellFormat(util/4, 4, fmt.Sprintf("Página %d de "+paginas, w.PageNo()), "", 0, "R", false, 0, "")
	w.SetTextColor(0, 0, 0)
}

// page begins one, with what stands above the rows.
func (w *papel) page(t tabla, widths []float64) {
	w.AddPage()
	w.head()
	if t.lema != "" {
		w.line(dato{t.nombre, t.lema})
		w.SetY(w.GetY() + 1.5)
	}
	w.headings(t, widths)
}

// head writes what the document is of and, on the first page, why it was closed as it was.
func (w *papel) head() {
	w.SetFont(family, "B", 10.5)
	w.CellFormat(util, 6, strings.ToUpper(w.titulo), "", 1, "L", false, 0, "")
	for _, line := range w.datos {
		w.line(line...)
	}
	if w.PageNo() == 1 {
		w.line(w.motivo)
	}
	w.Ln(2)
}

// line writes labels with their values side by side, as many as fit. What is longer than
// a line takes some of its own.
func (w *papel) line(datos ...dato) {
	for _, x := range datos {
		if x.valor == "" {
			continue
		}
		label, value := w.widths(x)
		if w.GetX() > margen && w.GetX()+label+value > margen+util {
			w.Ln(datosAlto)
		}
		w.SetFont(family, "B", letraDatos)
		w.CellFormat(label, datosAlto, x.rotulo+":", "", 0, "L", false, 0, "")
		w.SetFont(family, "", letraDatos)
		if label+value <= util {
			w.CellFormat(value, datosAlto, letras(x.valor), "", 0, "L", false, 0, "")
			continue
		}
		w.SetLeftMargin(w.GetX())
		w.MultiCell(0, datosAlto, letras(x.valor), "", "L", false)
		w.SetLeftMargin(margen)
		w.SetX(margen)
	}
	if w.GetX() > margen {
		w.Ln(datosAlto)
	}
}

// widths are those of a label and of its value, with the gap behind it.
func (w *papel) widths(x dato) (label, value float64) {
	const gap = 8
	w.SetFont(family, "B", letraDatos)
	label = w.GetStringWidth(x.rotulo+":") + 2*w.GetCellMargin()
	w.SetFont(family, "", letraDatos)
	return label, w.GetStringWidth(letras(x.valor)) + gap
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

// sign writes the notes, leaves room for signatures, and puts the digest beside them, to
// scan.
func (w *papel) sign() error {
	code, err := qrcode.Encode(w.huella, qrcode.Medium, 256)
	if err != nil {
		return fmt.Errorf("write the digest as QR: %w", err)
	}
	notes := 2 * datosAlto * float64(len(w.notas)) // none is longer than two lines
	if w.GetY()+notes+firmaAlto+qrLado/2 > fondo {
		w.AddPage()
		w.head()
	}
	w.SetY(w.GetY() + 1.5)
	for _, x := range w.notas {
		w.line(x)
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
