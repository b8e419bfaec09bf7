package planilla_test

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ande.gov.py/gestiones/internal/app"
)

// inPDF reads the tables' rows off the pages, each whole and nothing besides; and on each
// page what it is of and which of how many.
func inPDF(t *testing.T, p app.Planilla, rows []row, lines, adjusted [][]string, a app.Archivo) {
	t.Helper()
	pages := pdfPages(t, a)
	var want []string
	for _, r := range rows {
		cells := slices.Clone(r.texts)
		for _, n := range r.counts {
			cells = append(cells, miles(n))
		}
		want = append(want, drawn(strings.Join(append(cells, inGuaranies(t, r.paid)...), " ")))
	}
	for _, l := range lines {
		want = append(want, strings.Join(append(l[:11:11], inGuaranies(t, l[11:])...), " "))
	}
	for _, l := range adjusted {
		behind := 11 // stands the amount
		if l[0] != "TOTAL" {
			behind = len(l) - 1
			l = slices.Concat(l[:11], inGuaranies(t, l[11:behind]), []string{"Motivo:"}, l[behind:]) // below it
		} else {
			l = slices.Concat(l[:11], inGuaranies(t, l[behind:]))
		}
		want = append(want, strings.Join(l, " "))
	}
	var got []string
	for i, page := range pages {
		text := drawn(page)
		for _, must := range []string{huella, fmt.Sprintf("Página %d de %d", i+1, len(pages)), "Planilla N°: 412"} {
			if !strings.Contains(text, must) {
				t.Errorf("page %d does not say %q: %s", i+1, must, text)
			}
		}
		got = append(got, tableOf(text)...)
	}
	if got, want := strings.Join(got, " "), drawn(strings.Join(want, " ")); got != want {
		t.Errorf("the pages have\n%s\nwant\n%s", got, want)
	}
	all := drawn(strings.Join(pages, " "))
	for _, rate := range p.Tarifas {
		if !strings.Contains(all, "Tarifa desde octubre de 2026: "+rate.Norma) {
			t.Errorf("no page names the tariff")
		}
	}
	for _, must := range []string{"Jefe de Unidad", "Responsable", p.Jefe, "«firma» después, ₲ aparte. □", "3 fraccionamiento de deuda"} {
		if !strings.Contains(all, must) {
			t.Errorf("no page says %q", must)
		}
	}
	if code := qr(t, a, slices.IndexFunc(pages, func(p string) bool { return strings.Contains(p, "Responsable") })); code != huella {
		t.Errorf("the QR says %q", code)
	}
}

// inGuaranies is an amount as paper has it.
func inGuaranies(t *testing.T, amounts []string) (out []string) {
	t.Helper()
	for _, n := range amounts {
		if n != "" {
			n = "₲ " + miles(number(t, n))
		}
		out = append(out, n)
	}
	return out
}

// drawn is a text as a page gives it back: no font has every letter, and cells have no lines.
func drawn(s string) string {
	s = strings.Map(func(r rune) rune {
		if r > 0xFFFF {
			return '□'
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// tableOf is what stands on a page between headings and foot, or what is below a table.
func tableOf(page string) []string {
	for _, last := range []string{
		" Ord. Extra. Todas Pago Ajustes A pagar Importe ₲ ", " Ord. Extra. Todas Pago Ajustes A pagar ",
		" Guardada Importe ₲ ", " Guardada ", " Ajuste Líneas Importe ₲ ", " Ajuste Líneas ",
	} {
		i := strings.Index(page, last)
		if i < 0 {
			continue
		}
		rest := page[i+len(last)-1:]
		for _, end := range []string{" planilla-", " Tipos de gestión:"} {
			if j := strings.Index(rest, end); j >= 0 {
				rest = rest[:j]
			}
		}
		if rest = strings.TrimSpace(rest); rest != "" {
			return []string{rest}
		}
	}
	return nil
}

func miles(n int) string {
	if n < 0 {
		return "-" + miles(-n)
	}
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s.%03d", miles(n/1000), n%1000)
}

// readers are one program that reads PDFs, made once: it is compiled before.
var readers = sync.OnceValues(func() (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{MinIdle: 1, MaxIdle: 1, MaxTotal: 1})
})

// pdfPages are the texts of a file's pages.
func pdfPages(t *testing.T, a app.Archivo) []string {
	t.Helper()
	var pages []string
	eachPage(t, a, func(reader pdfium.Pdfium, page requests.Page) {
		text, err := reader.GetPageText(&requests.GetPageText{Page: page})
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, text.Text)
		onPaper(t, reader, page)
		picture(t, reader, page, fmt.Sprintf("%s-%02d.png", a.Nombre, len(pages)))
	})
	return pages
}

// onPaper looks for what is written over the margins of a page, or between them and its foot.
func onPaper(t *testing.T, reader pdfium.Pdfium, page requests.Page) {
	t.Helper()
	const mm = 72 / 25.4 // in points, from the left and from below
	got, err := reader.GetPageTextStructured(&requests.GetPageTextStructured{Page: page, Mode: requests.GetPageTextStructuredModeRects})
	if err != nil || len(got.Rects) == 0 {
		t.Fatalf("nothing is on the page: %v", err)
	}
	for _, r := range got.Rects {
		at := r.PointPosition
		inFoot, above := at.Top <= 9*mm && at.Bottom >= 4*mm, at.Bottom >= 19*mm-1
		if at.Left < 10*mm-1 || at.Right > 287*mm+1 || at.Top > 200*mm+1 || !inFoot && !above {
			t.Errorf("page %d: %q is at %+v", page.ByIndex.Index+1, r.Text, at)
		}
	}
}

func eachPage(t *testing.T, a app.Archivo, do func(pdfium.Pdfium, requests.Page)) {
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
	for i := range count.PageCount {
		do(reader, requests.Page{ByIndex: &requests.PageByIndex{Document: doc.Document, Index: i}})
	}
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

// qr reads the code on a page as a telephone's camera would, from its picture.
func qr(t *testing.T, a app.Archivo, page int) string {
	t.Helper()
	var text string
	eachPage(t, a, func(reader pdfium.Pdfium, at requests.Page) {
		if at.ByIndex.Index != page {
			return
		}
		res, err := reader.RenderPageInDPI(&requests.RenderPageInDPI{DPI: 150, Page: at})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Cleanup()
		bits, err := gozxing.NewBinaryBitmapFromImage(res.Result.Image)
		if err != nil {
			t.Fatal(err)
		}
		found, err := qrcode.NewQRCodeReader().Decode(bits, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil {
			t.Fatalf("read the QR of page %d: %v", page+1, err)
		}
		text = found.GetText()
	})
	return text
}
