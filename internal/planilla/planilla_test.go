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

// ajustada adds n ajustes to a planilla, among its lines: rows are added to, taken from,
// and stand there for nothing else.
func ajustada(p app.Planilla, n int) app.Planilla {
	reasons := []string{"=1+1 se pagó dos veces", "Cargada por error;\n«doble», ₲ 🙏", "-1 no corresponde", "@x " + strings.Repeat("mal liquidada ", 142), "No se pagó & <correspondía>"}
	septiembre := p.Mes.Prev()
	p.Filas, p.Anexo = slices.Clone(p.Filas), slices.Clone(p.Anexo)
	for i := range n {
		if i%4 == 3 {
			p.Filas = append(p.Filas, app.Fila{Legajo: fmt.Sprint(20_000 + i), CI: fmt.Sprint(900_000 + i), Nombre: "Zoilo Solo Ajustes", Modo: pa0580.Apoyo, Mes: septiembre.Prev()})
		}
		at := len(p.Filas) - 1
		if i%4 != 3 {
			at = i * 5 % len(p.Filas)
		}
		f, signo := &p.Filas[at], []pa0580.Signo{pa0580.Resta, pa0580.Suma}[at%3/2]
		f.Ajustes += int(signo)
		p.Anexo = slices.Insert(p.Anexo, i*3%(len(p.Anexo)+1), app.Linea{
			Gestion: pa0580.GestionID(fmt.Sprintf("0199b0a4-7a3c-7000-8000-%012d", i)), Ajuste: signo, Motivo: reasons[i%len(reasons)],
			Legajo: f.Legajo, Modo: f.Modo, Mes: f.Mes, Documento: fmt.Sprintf("•••%04d", i), Referencia: pa0580.Referencia{Tipo: pa0580.Expediente, Numero: fmt.Sprintf("EXP-9%d/2026", i)},
			Tipo: pa0580.TiposGestion()[i%5], Jornada: pa0580.Extraordinaria, GuardadaAt: pa0580.LocalTime(2026, time.September, 1+i%30, 8, 0, 0),
		})
	}
	return p
}

// tarifada pays a planilla by a tariff, but for the gestiones of months before its own:
// those months had none.
func tarifada(p app.Planilla) app.Planilla {
	p.Filas, p.Anexo = slices.Clone(p.Filas), slices.Clone(p.Anexo)
	p.Tarifas = []app.TarifaDePlanilla{{ID: "0199e0a4-7a3c-7000-8000-0000000000aa", Desde: p.Mes, Norma: "Resolución P/N° 12345/2026"}}
	for i := range p.Filas {
		if f := &p.Filas[i]; f.Mes == p.Mes {
			f.Tarifa, f.Importe = p.Tarifas[0].ID, pa0580.EnGuaranies(pa0580.Guaranies(5_000*f.Neto()-7))
		}
	}
	for i := range p.Anexo {
		if l := &p.Anexo[i]; l.Mes == p.Mes {
			_, lines := cuentan(*l)
			l.Importe = pa0580.EnGuaranies(pa0580.Guaranies(lines * (4_000 + 1_000*int(l.Tipo))))
		}
	}
	return p
}

// cuentan is the name of what an ajuste does, and how many lines it adds.
func cuentan(l app.Linea) (string, int) {
	if l.Ajuste == 0 {
		return "", 1
	}
	return map[pa0580.Signo]string{pa0580.Suma: "suma", pa0580.Resta: "resta"}[l.Ajuste], int(l.Ajuste)
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

// row is one of the planilla's, as text, its counts and, where any row has one, its
// amount: empty where no tariff is in force.
type row struct {
	texts  []string
	counts []int
	paid   []string
}

// pagan tells a planilla some of whose rows have amounts.
func pagan(filas []app.Fila) bool {
	return slices.ContainsFunc(filas, func(f app.Fila) bool { return f.Importe.Hay })
}

func paid(i pa0580.Importe) string {
	if !i.Hay {
		return ""
	}
	return strconv.Itoa(int(i.Guaranies))
}

// want are the rows that every format must give, totals last.
func want(p app.Planilla) []row {
	var out []row
	all, total := row{texts: []string{"TOTAL", "", "", "", ""}, counts: make([]int, 15)}, pa0580.Importe{}
	for _, f := range p.Filas {
		r := row{texts: []string{f.Legajo, f.CI, f.Nombre, string(f.Modo), f.Mes.String()}}
		r.counts = append(append(r.counts, f.Ordinarias[:]...), f.Extraordinarias[:]...)
		ord, extra := 0, 0
		for i := range 5 {
			ord, extra = ord+f.Ordinarias[i], extra+f.Extraordinarias[i]
		}
		r.counts = append(r.counts, ord, extra, ord+extra, f.Ajustes, ord+extra+f.Ajustes)
		for i, n := range r.counts {
			all.counts[i] += n
		}
		if pagan(p.Filas) {
			r.paid, total = []string{paid(f.Importe)}, total.Mas(f.Importe)
		}
		out = append(out, r)
	}
	if pagan(p.Filas) {
		all.paid = []string{paid(total)}
	}
	return append(out, all)
}

// wantAnexo are the annex's lines and the ajustes, as every format must give them; and
// both in one table, as CSV has them.
func wantAnexo(p app.Planilla) (lines, adjusted, all [][]string) {
	net, total := 0, pa0580.Importe{}
	rated := slices.ContainsFunc(p.Anexo, func(l app.Linea) bool { return l.Importe.Hay })
	for _, l := range p.Anexo {
		var amount []string
		if rated {
			amount = []string{paid(l.Importe)}
		}
		line := []string{
			string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, string(l.Referencia.Tipo), l.Referencia.Numero,
			strconv.Itoa(int(l.Tipo)), l.Tipo.String(), string(l.Jornada), l.GuardadaAt.Format("02/01/2006 15:04:05"),
		}
		if l.Ajuste == 0 {
			lines, all = append(lines, slices.Concat(line, amount)), append(all, slices.Concat(line, []string{"", "1"}, amount, []string{""}))
			continue
		}
		signo, n := cuentan(l)
		how := slices.Concat([]string{signo, strconv.Itoa(n)}, amount, []string{strings.Join(strings.Fields(l.Motivo), " ")})
		total = total.Mas(l.Importe)
		adjusted, all = append(adjusted, slices.Concat(line[:8], line[9:10], how)), append(all, append(line, how...))
		net += int(l.Ajuste)
	}
	if len(adjusted) > 0 {
		adjusted = append(adjusted, []string{"TOTAL", "", "", "", "", "", "", "", "", "", strconv.Itoa(net)})
		if rated {
			adjusted[len(adjusted)-1] = append(adjusted[len(adjusted)-1], strconv.Itoa(int(total.Guaranies)))
		}
	}
	return lines, adjusted, all
}

// All formats are read back by other programs' code, and give the same figures.
func TestEveryFormatGivesTheSame(t *testing.T) {
	t.Parallel()
	for _, size := range []struct {
		funcionarios, lineas, ajustes int
		tarifa                        bool
	}{{0, 0, 0, false}, {1, 1, 1, false}, {90, 140, 0, false}, {60, 30, 41, false}, {0, 0, 0, true}, {60, 90, 41, true}} {
		p := ajustada(una(size.funcionarios, size.lineas), size.ajustes)
		if size.tarifa {
			p = tarifada(p)
		}
		t.Run(fmt.Sprintf("%d rows and %d ajustes, tariff %t", size.funcionarios, size.ajustes, size.tarifa), func(t *testing.T) {
			t.Parallel()
			of, want := files(t, p), want(p)
			for name, got := range map[string][]row{
				"CSV": fromCSV(t, of[app.CSV]), "JSON": fromJSON(t, of[app.JSON]), "XLSX": fromXLSX(t, p, of[app.XLSX]),
			} {
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s gives\n%v, want\n%v", name, got, want)
				}
			}
			lines, adjusted, all := wantAnexo(p)
			inJSON, adjustedInJSON := anexoFromJSON(t, of[app.JSON])
			for name, sides := range map[string][2][][]string{
				"CSV's annex": {anexoFromCSV(t, of[app.AnexoCSV]), all}, "JSON's annex": {inJSON, lines}, "XLSX's annex": {anexoFromXLSX(t, of[app.XLSX]), lines},
				"JSON's ajustes": {adjustedInJSON, adjusted[:max(0, len(adjusted)-1)]}, "XLSX's ajustes": {ajustesFromXLSX(t, of[app.XLSX]), adjusted},
			} {
				if fmt.Sprint(sides[0]) != fmt.Sprint(sides[1]) {
					t.Errorf("%s:\n%v, want\n%v", name, sides[0], sides[1])
				}
			}
			if n := len(adjusted); n > 0 && adjusted[n-1][10] != strconv.Itoa(want[len(want)-1].counts[13]) {
				t.Errorf("the ajustes come to %s, the rows to %d", adjusted[n-1][10], want[len(want)-1].counts[13])
			}
			inPDF(t, p, want, lines, adjusted, of[app.PDF])
		})
	}
}

// An annex that is too long for a workbook and a paper is in CSV and JSON, and they say so.
func TestALongAnnexIsLeftToCSV(t *testing.T) {
	t.Parallel()
	p := ajustada(una(3, 12), 2)
	for limit, long := range map[int]bool{11: true, 12: false} {
		of := byFormat(t)(planilla.Imprenta{MaxAnexo: limit}.Unidad(t.Context(), p))
		book := open(t, of[app.XLSX])
		if got := slices.Equal(book.GetSheetList(), []string{"Planilla", "Ajustes"}); got != long {
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
			if name == "PDF" && strings.Contains(text, string(p.Anexo[9].Gestion)) == long {
				t.Errorf("12 lines of %d: whether the PDF has them", limit)
			}
		}
		lines, adjusted := anexoFromJSON(t, of[app.JSON])
		if fmt.Sprint(fromXLSX(t, p, of[app.XLSX])) != fmt.Sprint(want(p)) || len(readCSV(t, of[app.AnexoCSV])) != 15 || len(lines) != 12 || len(adjusted) != 2 {
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
