package postgres

import (
	"crypto/sha256"
	"slices"
	"sync"
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Many write a planilla's file at once, each differently: the first one's is everybody's,
// and nobody changes it, nor sees another unit's.
func TestAFileIsWrittenOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	order := m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "sin conformidad")
	if c, err := m.Freeze(t.Context(), order, noviembre); err != nil || !c.Cerrado {
		t.Fatalf("closed: %+v, %v", c, err)
	}
	sheets, err := m.Planillas(t.Context(), app.Vision{Todo: true}, octubre)
	if err != nil || len(sheets) != 1 {
		t.Fatalf("%d planillas, %v", len(sheets), err)
	}
	for what, one := range map[string]struct {
		id   string
		read func() (app.Archivo, bool, error)
	}{
		"a planilla's": {sheets[0].ID, func() (app.Archivo, bool, error) {
			return m.ArchivoDePlanilla(t.Context(), app.Vision{Unidades: []pa0580.UnidadID{m.central}}, sheets[0].ID, app.PDF)
		}},
		"the month's": {"", func() (app.Archivo, bool, error) { return m.ArchivoDeMes(t.Context(), octubre, app.PDF) }},
	} {
		if _, found, err := one.read(); found || err != nil {
			t.Errorf("%s file is there before it was written, %v", what, err)
		}
		var writers sync.WaitGroup
		for i := range 10 {
			writers.Go(func() {
				a := app.Archivo{Nombre: "planilla.pdf", Formato: app.PDF, Contenido: []byte{byte(i)}}
				a.SHA256 = sha256.Sum256(a.Contenido)
				if err := m.AddArchivos(t.Context(), octubre, one.id, []app.Archivo{a}); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
		a, found, err := one.read()
		if err != nil || !found || a.SHA256 != sha256.Sum256(a.Contenido) || a.Nombre != "planilla.pdf" || a.Formato != app.PDF {
			t.Errorf("%s file: %+v, found %t, %v", what, a, found, err)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM archivos"); n != 2 {
		t.Errorf("%d files were kept", n)
	}
	for _, v := range []app.Vision{{}, {Propias: m.ana}, {Unidades: []pa0580.UnidadID{m.este}}} {
		_, _, err := m.ArchivoDePlanilla(t.Context(), v, sheets[0].ID, app.PDF)
		refused(t, err, pa0580.CodeNotFound)
	}
	for _, change := range []string{"UPDATE archivos SET nombre = 'x'", "DELETE FROM archivos", "TRUNCATE archivos"} {
		if err := m.raw(t.Context(), change); err == nil {
			t.Errorf("%s was let through", change)
		}
	}
}

// A closed month knows how many of its files are written, and which planillas lack some.
func TestAMonthKnowsWhichFilesItLacks(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.aprobada(t, m.carla, contenido(2), manana)
	m.cortar(t, octubre, noviembre)
	lacks := func(cierre app.Cierre, ids ...string) {
		t.Helper()
		missing, err := m.SinArchivos(t.Context(), octubre)
		if err != nil || !slices.Equal(missing, ids) {
			t.Errorf("%q lack files, want %q, %v", missing, ids, err)
		}
		c, err := m.Cierre(t.Context(), octubre)
		if err != nil || c.Archivos != cierre.Archivos || c.Esperados != cierre.Esperados {
			t.Errorf("%d of %d files, want %d of %d, %v", c.Archivos, c.Esperados, cierre.Archivos, cierre.Esperados, err)
		}
		pulse, err := m.Pulso(t.Context(), "motor")
		want := int(cierre.Esperados - cierre.Archivos)
		if err != nil || pulse.SinArchivar != want || (pulse.ArchivoDesde != nil) != (want > 0) || want > 0 && !pulse.ArchivoDesde.Equal(noviembre) {
			t.Errorf("the pulse lacks %d files since %v, want %d, %v", pulse.SinArchivar, pulse.ArchivoDesde, want, err)
		}
	}
	lacks(app.Cierre{})
	order := m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "sin conformidad")
	if c, err := m.Freeze(t.Context(), order, noviembre); err != nil || !c.Cerrado {
		t.Fatalf("closed: %+v, %v", c, err)
	}
	sheets, err := m.Planillas(t.Context(), app.Vision{Todo: true}, octubre)
	if err != nil || len(sheets) != 2 {
		t.Fatalf("%d planillas, %v", len(sheets), err)
	}
	one, two, n := sheets[0].ID, sheets[1].ID, int64(len(app.Formatos()))
	lacks(app.Cierre{Esperados: 3 * n}, one, two, "")

	all := everyFormat()
	all[n-1].SHA256[0]++ // as a disk would spoil it
	if err := m.AddArchivos(t.Context(), octubre, one, all); err == nil {
		t.Error("a file was kept under another's digest")
	}
	lacks(app.Cierre{Esperados: 3 * n}, one, two, "") // none of them was kept
	keep := func(id string, all []app.Archivo) {
		t.Helper()
		if err := m.AddArchivos(t.Context(), octubre, id, all); err != nil {
			t.Fatal(err)
		}
	}
	keep(one, everyFormat())
	lacks(app.Cierre{Archivos: n, Esperados: 3 * n}, two, "")
	keep("", everyFormat())
	lacks(app.Cierre{Archivos: 2 * n, Esperados: 3 * n}, two)
	keep(two, everyFormat()[:1])
	lacks(app.Cierre{Archivos: 2*n + 1, Esperados: 3 * n}, two)
	keep(two, everyFormat())
	lacks(app.Cierre{Archivos: 3 * n, Esperados: 3 * n})
}

func everyFormat() []app.Archivo {
	var out []app.Archivo
	for _, f := range app.Formatos() {
		a := app.Archivo{Nombre: "planilla." + string(f), Formato: f, Contenido: []byte(f)}
		a.SHA256 = sha256.Sum256(a.Contenido)
		out = append(out, a)
	}
	return out
}
