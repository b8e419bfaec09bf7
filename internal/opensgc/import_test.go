package opensgc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// espejo is a store that takes all or nothing.
type espejo struct {
	filas    []app.ReferenciaSGC
	replaced bool
	asked    int
	before   func() // runs as the transaction begins
}

func (e *espejo) guardar(_ context.Context, filas iter.Seq2[app.ReferenciaSGC, error], replace bool) (int64, error) {
	e.asked++
	if e.before != nil {
		e.before()
	}
	var taken []app.ReferenciaSGC
	for fila, err := range filas {
		if err != nil {
			return 0, err
		}
		taken = append(taken, fila)
	}
	e.filas, e.replaced = append(e.filas, taken...), replace
	return int64(len(taken)), nil
}

func (e *espejo) untouched(t *testing.T) {
	t.Helper()
	if e.asked > 0 {
		t.Errorf("the store was asked %d times", e.asked)
	}
}

// archivo writes a file and returns its path.
func archivo(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pedido(paths ...string) opensgc.Pedido {
	return opensgc.Pedido{Archivos: paths, Patrones: pa0580.PatronesANDE(), Mostrar: 2}
}

const good = header + "NIS,1234567,MT,80009735-1\nNIS,7654321,BT,\n"

func TestImportStoresAllFilesTogether(t *testing.T) {
	t.Parallel()
	p := pedido(archivo(t, "a.csv", good), archivo(t, "b.csv", "numero;tipo;titular;tension\r\nr-1;reclamo;;\r\n"))
	p.Reemplazar = true
	var e espejo
	res, err := opensgc.Import(t.Context(), p, e.guardar)
	if err != nil || res.Aceptadas != 3 || res.Importadas != 3 || res.Rechazadas != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	want := []app.ReferenciaSGC{fila(pa0580.NIS, "1234567", pa0580.MT, "80009735-1"), fila(pa0580.NIS, "7654321", pa0580.BT, ""), fila(pa0580.Reclamo, "R-1", "", "")}
	if !slices.Equal(e.filas, want) || !e.replaced || e.asked != 1 {
		t.Errorf("stored %+v (replaced %v) in %d goes", e.filas, e.replaced, e.asked)
	}
	if got := res.String(); got != "Líneas aceptadas: 3 · rechazadas: 0\nReferencias importadas: 3\n" {
		t.Errorf("printed %q", got)
	}
}

func TestImportOfABadFileChangesNothing(t *testing.T) {
	t.Parallel()
	first := archivo(t, "a.csv", good)
	second := archivo(t, "b.csv", header+"NIS,1234567,,\nNIS,bad,,\nNIS,5555555,,1-1\nNIS,6666666,,\n")
	var e espejo
	res, err := opensgc.Import(t.Context(), pedido(first, second), e.guardar)
	if !errors.Is(err, opensgc.ErrRechazadas) || res.Aceptadas != 3 || res.Rechazadas != 3 || res.Importadas != 0 {
		t.Fatalf("%+v, %v", res, err)
	}
	e.untouched(t)
	want := fmt.Sprintf("%[1]s, línea 2, columna numero: Repite la referencia de la línea 2 de %[2]s.\n"+
		"%[1]s, línea 3, columna numero: El número de NIS no tiene el formato esperado: solo dígitos, como figura en la factura.\n"+
		"… y 1 más\nLíneas aceptadas: 3 · rechazadas: 3\n", second, first)
	if got := res.String(); got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}

func TestImportCanSkipWhatIsRejected(t *testing.T) {
	t.Parallel()
	p := pedido(archivo(t, "a.csv", header+"NIS,1234567,MT,\nNIS,bad,,\nNIS,1234567,BT,\nNIS,7654321,,\n"))
	p.Saltar = true
	var e espejo
	res, err := opensgc.Import(t.Context(), p, e.guardar)
	if err != nil || res.Aceptadas != 2 || res.Importadas != 2 || res.Rechazadas != 2 {
		t.Fatalf("%+v, %v", res, err)
	}
	if want := []app.ReferenciaSGC{fila(pa0580.NIS, "1234567", pa0580.MT, ""), fila(pa0580.NIS, "7654321", "", "")}; !slices.Equal(e.filas, want) {
		t.Errorf("stored %+v", e.filas)
	}
}

func TestImportRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file      string
		change    func(*opensgc.Pedido)
		err       error
		unusable  string // part of an Ilegible's reason; with neither, any error will do
		forgiving bool   // with Saltar
	}{
		"a file without rows":              {file: header, err: opensgc.ErrVacia},
		"skipping all there is":            {file: header + "NIS,bad,,\n", forgiving: true, err: opensgc.ErrVacia},
		"a file without header":            {file: "NIS,1234567,BT,\n", unusable: "columna 1"},
		"the same, though lines may skip":  {file: "NIS,1234567,BT,\n", forgiving: true, unusable: "columna 1"},
		"replacing by a part":              {file: good, forgiving: true, change: func(p *opensgc.Pedido) { p.Reemplazar = true }, err: opensgc.ErrCombinacion},
		"a file that is not there":         {file: good, change: func(p *opensgc.Pedido) { p.Archivos[0] += "x" }, err: os.ErrNotExist},
		"a folder":                         {file: good, change: func(p *opensgc.Pedido) { p.Archivos[0] = filepath.Dir(p.Archivos[0]) }, unusable: "archivo común"},
		"a file twice":                     {file: good, change: func(p *opensgc.Pedido) { p.Archivos = append(p.Archivos, p.Archivos[0]) }, unusable: "mismo archivo"},
		"a report over what is imported":   {file: good, change: func(p *opensgc.Pedido) { p.Informe = p.Archivos[0] }, unusable: "informe"},
		"a report where nobody can write":  {file: good, change: func(p *opensgc.Pedido) { p.Informe = p.Archivos[0] + "/x" }},
		"no file at all, so nothing to do": {file: good, change: func(p *opensgc.Pedido) { p.Archivos = nil }, err: opensgc.ErrVacia},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pedido(archivo(t, "a.csv", tt.file))
			path := p.Archivos[0]
			p.Saltar = tt.forgiving
			if tt.change != nil {
				tt.change(&p)
			}
			var e espejo
			res, err := opensgc.Import(t.Context(), p, e.guardar)
			if res.Aceptadas+res.Rechazadas == 0 && res.String() != "" {
				t.Errorf("printed %q about nothing", res)
			}
			var unusable *opensgc.Ilegible
			switch {
			case tt.unusable != "":
				if !errors.As(err, &unusable) || !strings.Contains(unusable.Motivo, tt.unusable) {
					t.Errorf("got %v; want «%s»", err, tt.unusable)
				}
			case err == nil || tt.err != nil && !errors.Is(err, tt.err):
				t.Errorf("got %v; want %v", err, tt.err)
			}
			e.untouched(t)
			if text, err := os.ReadFile(path); err != nil || string(text) != tt.file {
				t.Errorf("the file is now %q, %v", text, err)
			}
		})
	}
}

func TestImportNoticesAFileThatChanges(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"another row":      strings.Replace(good, "BT", "MT", 1),
		"one more row":     good + "RECLAMO,R-1,,\n",
		"one more bad row": good + "NIS,bad,,\n",
		"cut short":        good[:len(good)-5],
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := archivo(t, "a.csv", good)
			e := espejo{before: func() {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Error(err)
				}
			}}
			res, err := opensgc.Import(t.Context(), pedido(path), e.guardar)
			if !errors.Is(err, opensgc.ErrCambio) || res.Importadas != 0 || len(e.filas) > 0 {
				t.Errorf("%+v, %v; stored %+v", res, err, e.filas)
			}
		})
	}
}

func TestImportReportsWhatTheStoreSays(t *testing.T) {
	t.Parallel()
	path := archivo(t, "a.csv", good)
	down := errors.New("database is down")
	_, err := opensgc.Import(t.Context(), pedido(path), func(context.Context, iter.Seq2[app.ReferenciaSGC, error], bool) (int64, error) {
		return 0, down
	})
	if !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e := espejo{before: cancel}
	if _, err = opensgc.Import(ctx, pedido(path), e.guardar); !errors.Is(err, context.Canceled) || len(e.filas) > 0 {
		t.Errorf("cancelled: %v; stored %+v", err, e.filas)
	}
}

func TestImportWritesEveryRejectionToItsReport(t *testing.T) {
	t.Parallel()
	p := pedido(archivo(t, "a.csv", header+"NIS,bad,,\nNIS,1234567,XX,\nNIS,1234567\n"))
	p.Informe = archivo(t, "informe.csv", "what it held before, which was longer than what it holds now: "+strings.Repeat("x", 1000))
	p.Mostrar = 0
	var e espejo
	if _, err := opensgc.Import(t.Context(), p, e.guardar); !errors.Is(err, opensgc.ErrRechazadas) {
		t.Fatal(err)
	}
	got, err := os.ReadFile(p.Informe)
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("\ufeffarchivo;linea;columna;motivo\n"+
		"%[1]s;2;numero;El número de NIS no tiene el formato esperado: solo dígitos, como figura en la factura.\n"+
		"%[1]s;3;tension;La tensión es BT, MT o nada.\n"+
		"%[1]s;4;;Se esperaban 4 columnas y hay 2.\n", p.Archivos[0])
	if string(got) != want {
		t.Errorf("report\n%s\nwant\n%s", got, want)
	}
}

func TestImportShowsItsProgressByBytes(t *testing.T) {
	t.Parallel()
	p := pedido(archivo(t, "a.csv", good), archivo(t, "b.csv", header+"RECLAMO,R-1,,\n"))
	size := int64(len(good) + len(header+"RECLAMO,R-1,,\n"))
	var phases []*phase
	p.Progreso = func(fase string, bytes int64) io.WriteCloser {
		phases = append(phases, &phase{name: fase, total: bytes})
		return phases[len(phases)-1]
	}
	var e espejo
	if _, err := opensgc.Import(t.Context(), p, e.guardar); err != nil {
		t.Fatal(err)
	}
	if len(phases) != 2 {
		t.Fatalf("%d phases", len(phases))
	}
	for i, name := range []string{"Revisando", "Importando"} {
		if got := *phases[i]; got != (phase{name, size, size, true}) {
			t.Errorf("phase %+v; want %s with %d bytes, closed", got, name, size)
		}
	}
}

type phase struct {
	name        string
	total, seen int64
	closed      bool
}

func (p *phase) Write(b []byte) (int, error) { p.seen += int64(len(b)); return len(b), nil }
func (p *phase) Close() error                { p.closed = true; return nil }

// Where nobody watches, progress is lines.
func TestProgresoInALog(t *testing.T) {
	t.Parallel()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	bar := opensgc.NewProgreso(log)("Revisando", 1_234_500)
	if _, err := bar.Write(make([]byte, 1000)); err != nil {
		t.Error(err)
	}
	if err := errors.Join(bar.Close(), log.Close()); err != nil {
		t.Error(err)
	}
	if got, err := os.ReadFile(log.Name()); err != nil || string(got) != "Revisando 1.235 kB…\n" {
		t.Errorf("wrote %q, %v", got, err)
	}
}
