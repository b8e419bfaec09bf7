package planilla_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
			Gestion: pa0580.GestionID(fmt.Sprintf("0199e0a4-7a3c-7000-8000-%012d", i)), Legajo: fmt.Sprintf("%05d", 10427+i/2), Modo: []pa0580.Modo{pa0580.Permanente, pa0580.Apoyo}[i%2], Mes: []pa0580.Mes{octubre, octubre.Prev()}[i%5/4],
			Documento: fmt.Sprintf("•••%04d", i%10_000), Referencia: []pa0580.Referencia{{Tipo: pa0580.Expediente, Numero: fmt.Sprintf("EXP-%d/2026", i)}, {Tipo: pa0580.NIS, Numero: strconv.Itoa(1234567 + i)}}[i%2],
			Tipo: pa0580.TiposGestion()[i%5], Jornada: []pa0580.Jornada{pa0580.Ordinaria, pa0580.Extraordinaria}[i%3/2], GuardadaAt: pa0580.LocalTime(2026, time.October, 1+i%31, 7+i%8, i%60, i%60).Add(700 * time.Millisecond), // whole seconds are written
		})
	}
	return p
}

// files are a planilla's, by format.
func files(t testing.TB, p app.Planilla) map[app.Formato]app.Archivo {
	t.Helper()
	return byFormat(t)(planilla.Imprenta{}.Unidad(t.Context(), p))
}

func byFormat(t testing.TB) func([]app.Archivo, error) map[app.Formato]app.Archivo {
	return func(all []app.Archivo, err error) map[app.Formato]app.Archivo {
		t.Helper()
		if err != nil || len(all) != len(app.Formatos()) {
			t.Fatalf("%d formats, %v", len(all), err)
		}
		out := map[app.Formato]app.Archivo{}
		for _, a := range all {
			if out[a.Formato] = a; sha256.Sum256(a.Contenido) != a.SHA256 {
				t.Errorf("%s has another digest", a.Nombre)
			}
			keep(t, a)
		}
		return out
	}
}

// keep leaves a file to be looked at, where GESTIONES_MUESTRAS says so.
func keep(t testing.TB, a app.Archivo) {
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

// wantAnexo are the annex's lines, as every format must give them.
func wantAnexo(p app.Planilla) [][]string {
	var out [][]string
	for _, l := range p.Anexo {
		out = append(out, []string{
			string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, string(l.Referencia.Tipo), l.Referencia.Numero,
			strconv.Itoa(int(l.Tipo)), l.Tipo.String(), string(l.Jornada), l.GuardadaAt.Format("02/01/2006 15:04:05"),
		})
	}
	return out
}

// All formats are read back by other programs' code, and give the same figures.
func TestEveryFormatGivesTheSame(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ funcionarios, lineas int }{{0, 0}, {1, 1}, {90, 140}} {
		p := una(size.funcionarios, size.lineas)
		t.Run(fmt.Sprintf("%d rows", size.funcionarios), func(t *testing.T) {
			t.Parallel()
			of, want := files(t, p), want(p)
			for name, got := range map[string][]row{
				"CSV": fromCSV(t, of[app.CSV]), "JSON": fromJSON(t, of[app.JSON]), "XLSX": fromXLSX(t, p, of[app.XLSX]),
			} {
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s gives\n%v, want\n%v", name, got, want)
				}
			}
			lines := wantAnexo(p)
			for name, got := range map[string][][]string{
				"CSV": readCSV(t, of[app.AnexoCSV])[1:], "JSON": anexoFromJSON(t, of[app.JSON]), "XLSX": anexoFromXLSX(t, of[app.XLSX]),
			} {
				if fmt.Sprint(got) != fmt.Sprint(lines) {
					t.Errorf("%s has the annex\n%v, want\n%v", name, got, lines)
				}
			}
			inPDF(t, p, want, lines, of[app.PDF])
		})
	}
}

// An annex that is too long for a workbook and a paper is in CSV and JSON, and they say so.
func TestALongAnnexIsLeftToCSV(t *testing.T) {
	t.Parallel()
	p := una(3, 12)
	for limit, long := range map[int]bool{11: true, 12: false} {
		of := byFormat(t)(planilla.Imprenta{MaxAnexo: limit}.Unidad(t.Context(), p))
		book := open(t, of[app.XLSX])
		if got := slices.Equal(book.GetSheetList(), []string{"Planilla"}); got != long {
			t.Errorf("12 lines of %d: sheets %v", limit, book.GetSheetList())
		}
		rows, err := book.GetRows("Planilla")
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"XLSX": fmt.Sprint(rows), "PDF": strings.Join(pdfPages(t, of[app.PDF]), " ")} {
			if got := strings.Contains(text, "sus 12 líneas son más de las que este archivo lleva") && strings.Contains(text, of[app.AnexoCSV].Nombre); got != long {
				t.Errorf("12 lines of %d: %s says %s", limit, name, text)
			}
			if name == "PDF" && strings.Contains(text, string(p.Anexo[7].Gestion)) == long {
				t.Errorf("12 lines of %d: whether the PDF has them", limit)
			}
		}
		if fmt.Sprint(fromXLSX(t, p, of[app.XLSX])) != fmt.Sprint(want(p)) || len(readCSV(t, of[app.AnexoCSV])) != 13 || len(anexoFromJSON(t, of[app.JSON])) != 12 {
			t.Errorf("12 lines of %d: something else is missing", limit)
		}
	}
}

// Whoever asked has left, or the process stops: nothing more is written.
func TestNothingIsWrittenForNobody(t *testing.T) {
	t.Parallel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if all, err := (planilla.Imprenta{}).Unidad(gone, una(1, 1)); !errors.Is(err, context.Canceled) || len(all) > 0 {
		t.Errorf("%d files, %v", len(all), err)
	}
}
