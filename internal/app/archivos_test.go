package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

var octubre = pa0580.NewMes(2026, time.October)

// estante is a Store with a closed month of planillas "1" to "3", and their files.
type estante struct {
	Store
	mu       sync.Mutex
	files    map[string]map[Formato]Archivo // by planilla; the month's by ""
	readings map[string]int
}

func newEstante() *estante {
	e := &estante{files: map[string]map[Formato]Archivo{}, readings: map[string]int{}}
	for _, id := range []string{"1", "2", "3", ""} {
		e.files[id] = map[Formato]Archivo{}
	}
	return e
}

func (e *estante) Planilla(_ context.Context, _ Vision, id string) (Planilla, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.readings[id]++
	return Planilla{ID: id, Mes: octubre}, nil
}

func (e *estante) Planillas(context.Context, Vision, pa0580.Mes) ([]Planilla, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.readings[""]++
	return nil, nil
}

func (e *estante) Cierre(_ context.Context, mes pa0580.Mes) (Cierre, error) {
	if mes != octubre {
		return Cierre{Mes: mes}, nil
	}
	at := mes.End()
	return Cierre{Mes: mes, CerradoAt: &at}, nil
}

func (e *estante) ArchivoDePlanilla(_ context.Context, _ Vision, id string, f Formato) (Archivo, bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	a, ok := e.files[id][f]
	return a, ok, nil
}

func (e *estante) ArchivoDeMes(ctx context.Context, mes pa0580.Mes, f Formato) (Archivo, bool, error) {
	if mes != octubre {
		return Archivo{}, false, nil
	}
	return e.ArchivoDePlanilla(ctx, Vision{}, "", f)
}

func (e *estante) SinArchivos(context.Context, pa0580.Mes) ([]string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, id := range []string{"1", "2", "3", ""} {
		if len(e.files[id]) < len(Formatos()) {
			out = append(out, id)
		}
	}
	return out, nil
}

func (e *estante) AddArchivos(ctx context.Context, _ pa0580.Mes, id string, as []Archivo) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range as {
		if _, ok := e.files[id][a.Formato]; !ok {
			e.files[id][a.Formato] = a
		}
	}
	return ctx.Err()
}

// lenta takes a second for each planilla, and cannot write what rota says.
type lenta struct {
	rota     Formato
	busy     atomic.Int64
	together atomic.Bool
}

func (l *lenta) Unidad(_ context.Context, p Planilla) ([]Archivo, error) { return l.write(p.ID) }

func (l *lenta) Mes(context.Context, Consolidada) ([]Archivo, error) { return l.write("mes") }

func (l *lenta) Estado(context.Context, EstadoDeCuenta) (Archivo, error) { return Archivo{}, nil }

func (l *lenta) write(name string) (out []Archivo, err error) {
	if l.busy.Add(1) > 1 {
		l.together.Store(true)
	}
	defer l.busy.Add(-1)
	<-time.NewTimer(time.Second).C
	for _, f := range Formatos() {
		if f == l.rota {
			err = errors.New("a letter that no font has")
			continue
		}
		content := []byte(name + string(f))
		out = append(out, Archivo{Nombre: name, Formato: f, Contenido: content, SHA256: sha256.Sum256(content)})
	}
	return out, err
}

var auditora = Actor{Roles: []Rol{RolAuditor}}

// Everybody asks at once for files that nobody wrote, while the close writes them: one
// planilla is written at a time, and each from one reading.
func TestFilesAreWrittenOneAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf, press := newEstante(), &lenta{}
		a := &App{Store: shelf, Imprenta: press, Log: slog.New(slog.DiscardHandler)}
		var all sync.WaitGroup
		all.Go(func() {
			if err := a.Archivar(t.Context(), octubre); err != nil {
				t.Error(err)
			}
		})
		for _, f := range Formatos() {
			for _, id := range []string{"1", "2", "3", "mes"} {
				all.Go(func() {
					var got Archivo
					var err error
					if id == "mes" {
						got, err = a.ArchivoDeMes(t.Context(), auditora, octubre, f)
					} else {
						got, err = a.ArchivoDePlanilla(t.Context(), auditora, id, f)
					}
					if err != nil || string(got.Contenido) != id+string(f) {
						t.Errorf("%s of %s is %q, %v", f, id, got.Contenido, err)
					}
				})
			}
		}
		all.Wait()
		if press.together.Load() {
			t.Error("two planillas were written at once")
		}
		if fmt.Sprint(shelf.readings) != "map[:1 1:1 2:1 3:1]" {
			t.Errorf("read %v times", shelf.readings)
		}
		_, err := a.ArchivoDeMes(t.Context(), auditora, octubre.Next(), PDF)
		if rs := pa0580.RefusalsIn(err); len(rs) != 1 || rs[0].Code != pa0580.CodeNotFound {
			t.Errorf("an open month's file: %v", err)
		}
	})
}

// Whoever waits for the turn is told in time, leaves when they want, and where they leave
// while their file is written it is kept for the next one.
func TestNobodyWaitsForeverForAFile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newEstante()
		a := &App{Store: shelf, Imprenta: &lenta{}, Log: slog.New(slog.DiscardHandler)}
		back, err := a.prensa.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if _, err := a.ArchivoDePlanilla(t.Context(), auditora, "1", PDF); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != plazoPrensa {
			t.Errorf("behind a long one: %v after %s", err, time.Since(began))
		}
		gone, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		began = time.Now()
		if err := a.Archivar(gone, octubre); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("the close's worker stops: %v after %s", err, time.Since(began))
		}
		back()
		gone, leave = context.WithTimeout(t.Context(), time.Second/2)
		defer leave()
		_, _ = a.ArchivoDePlanilla(gone, auditora, "1", PDF)
		if gone.Err() == nil || len(shelf.files["1"]) != len(Formatos()) {
			t.Errorf("%d files were kept of a planilla whose reader left", len(shelf.files["1"]))
		}
	})
}

// What cannot be written is missing, said, and keeps nothing else from being there.
func TestAFormatThatCannotBeWrittenHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		shelf := newEstante()
		a := &App{Store: shelf, Imprenta: &lenta{rota: PDF}, Log: slog.New(slog.DiscardHandler)}
		if _, err := a.ArchivoDePlanilla(t.Context(), auditora, "1", PDF); err == nil || len(pa0580.RefusalsIn(err)) > 0 {
			t.Errorf("a PDF that cannot be written: %v", err)
		}
		if got, err := a.ArchivoDePlanilla(t.Context(), auditora, "1", CSV); err != nil || string(got.Contenido) != "1csv" {
			t.Errorf("its CSV: %q, %v", got.Contenido, err)
		}
		if err := a.Archivar(t.Context(), octubre); err == nil {
			t.Error("nobody said that PDFs cannot be written")
		}
		for id, files := range shelf.files {
			if len(files) != len(Formatos())-1 {
				t.Errorf("planilla %q has %d files", id, len(files))
			}
		}
	})
}
