package postgres

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// What a crash may have left unsent is found in SQL: gestiones with unapplied
// commands, once each, and those that wait for OPEN SGC, page by page.
func TestWhatWaitsIsFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	half := manana.Add(30 * time.Minute)
	first := m.cargar(t, m.ana, contenido(1), manana)
	second := m.cargar(t, m.ana, contenido(2), manana.Add(time.Minute))
	m.cargar(t, m.ana, contenido(4), manana.Add(time.Hour)) // too fresh
	decided := m.pendiente(t, m.ana, contenido(3), manana)
	m.pedir(t, m.comando(decided, pa0580.Aprobar, m.jefa, manana.Add(time.Minute)))
	newest := m.pedir(t, m.comando(decided, pa0580.RetirarDecision, m.jefa, manana.Add(2*time.Minute)))

	other := m.pendiente(t, m.ana, contenido(5), manana)
	alone := m.pedir(t, m.comando(other, pa0580.Aprobar, m.jefa, manana.Add(3*time.Minute)))
	var told []string
	for desde := int64(0); ; {
		page, err := m.SinAvisar(t.Context(), half, half.Add(time.Hour), desde, 1)
		if err != nil || len(page) == 0 {
			if err != nil {
				t.Error(err)
			}
			break
		}
		told, desde = append(told, fmt.Sprint(page[0].Gestion, page[0].Comando)), page[0].Desde
	}
	if want := []string{fmt.Sprint(decided.ID, newest.ID), fmt.Sprint(other.ID, alone.ID)}; !slices.Equal(told, want) {
		t.Errorf("unapplied: %v; want %v", told, want)
	}
	page, err := m.SinVerificar(t.Context(), half, "", 1)
	if err != nil || fmt.Sprint(page) != fmt.Sprint([]pa0580.GestionID{first.ID}) {
		t.Errorf("first page: %v, %v", page, err)
	}
	page, err = m.SinVerificar(t.Context(), half, page[0], 10)
	if err != nil || fmt.Sprint(page) != fmt.Sprint([]pa0580.GestionID{second.ID}) {
		t.Errorf("second page: %v, %v", page, err)
	}
	pulse, err := m.Pulso(t.Context(), "motor-1")
	if err != nil || pulse.SinAplicar != 3 || pulse.Recibidas != 3 || pulse.Abiertas != 5 || pulse.Ajenas != 0 || !pulse.RecibidaDesde.Equal(manana) {
		t.Errorf("pulse: %+v, %v", pulse, err)
	}
}

// A bulk request that takes longer than the reconciler waits is not sent a second
// time beside its sender, and is taken over once nothing of it moves any more.
func TestABulkRequestBeingSentIsLeftAlone(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	var cs []pa0580.Comando
	for i := range 3 {
		f := m.pendiente(t, m.ana, contenido(i+1), manana)
		cs = append(cs, m.comando(f, pa0580.Aprobar, m.jefa, manana.Add(time.Minute)))
	}
	single := m.pedir(t, cs[2])
	id := mustNewID()
	if _, _, err := m.AddLote(t.Context(), app.Lote{ID: id, Actor: m.jefa, CreadoAt: manana, Pedidos: 2}, cs[:2], m.clave()); err != nil {
		t.Fatal(err)
	}
	moved := manana.Add(10 * time.Minute)
	waiting := func(before, now time.Time) string {
		t.Helper()
		page, err := m.SinAvisar(t.Context(), before, now, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		var ids []pa0580.ComandoID
		for _, p := range page {
			ids = append(ids, p.Comando)
		}
		return fmt.Sprint(ids)
	}
	later := moved.Add(30 * time.Second)
	if got, want := waiting(moved, later), fmt.Sprint([]pa0580.ComandoID{single.ID, cs[0].ID, cs[1].ID}); got != want {
		t.Errorf("nothing of it moved: %v; want %v", got, want)
	}
	m.aplicar(t, cs[0].ID, moved)
	if got, want := waiting(moved, later), fmt.Sprint([]pa0580.ComandoID{single.ID}); got != want {
		t.Errorf("being sent: %v; want %v", got, want)
	}
	if got, want := waiting(moved.Add(-time.Second), moved), fmt.Sprint([]pa0580.ComandoID{single.ID, cs[1].ID}); got != want {
		t.Errorf("applied by the reconciliation that asks: %v; want %v", got, want)
	}
	if got, want := waiting(moved.Add(time.Second), later), fmt.Sprint([]pa0580.ComandoID{single.ID, cs[1].ID}); got != want {
		t.Errorf("no longer sent: %v; want %v", got, want)
	}
}

// Rows keep the engine that drives them: those of a lost one are found, in pages,
// until the new one has them.
func TestALostEnginesRowsAreFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	half := manana.Add(30 * time.Minute)
	verified := m.pendiente(t, m.ana, contenido(1), manana) // by motor-1, with OPEN SGC's answer
	nobody := m.cargar(t, m.ana, contenido(2), manana)
	over := m.pendiente(t, m.ana, contenido(3), manana)
	c := m.pedir(t, m.comando(over, pa0580.Rechazar, m.jefa, manana.Add(time.Minute)))
	if applied, err := m.ApplyUpTo(t.Context(), c.ID, half); err != nil || applied.Row.Estado != pa0580.Rechazada {
		t.Fatalf("reject: %+v, %v", applied, err)
	}
	ajenas := func(motor string) string {
		t.Helper()
		ids, err := m.Ajenas(t.Context(), motor, half, 10)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(ids)
	}
	for motor, want := range map[string][]pa0580.GestionID{
		"motor-1": {nobody.ID}, "motor-0": {verified.ID, nobody.ID}, "motor-2": {verified.ID, nobody.ID},
	} {
		if got := ajenas(motor); got != fmt.Sprint(want) {
			t.Errorf("not of %s: %v, want %v", motor, got, want)
		}
	}
	if err := m.Adoptar(t.Context(), []pa0580.GestionID{verified.ID, nobody.ID}, "motor-2"); err != nil {
		t.Fatal(err)
	}
	if got := ajenas("motor-2"); got != "[]" {
		t.Errorf("adopted and still not of motor-2: %v", got)
	}
	if f := m.leer(t, verified.ID); f.Version != verified.Version {
		t.Errorf("adopting made version %d of %d", f.Version, verified.Version)
	}
}

func TestReconciliationsAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	if last, err := m.UltimaReconciliacion(t.Context()); err != nil || last != nil {
		t.Fatalf("before the first: %+v, %v", last, err)
	}
	for i, at := range []time.Time{manana, manana.Add(time.Minute), manana.Add(31 * 24 * time.Hour)} {
		r := app.Reconciliacion{EmpezadaAt: at, TerminadaAt: at.Add(time.Second), Motor: "motor", Hallazgos: contract.Reconciliada{Comandos: i}, Tras: "x", MovidasHasta: &at}
		if err := m.AddReconciliacion(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		if last, err := m.UltimaReconciliacion(t.Context()); err != nil || !last.MovidasHasta.Equal(at) || last.Tras != r.Tras || last.Hallazgos != r.Hallazgos || !last.TerminadaAt.Equal(r.TerminadaAt) {
			t.Errorf("read back %+v, %v; want %+v", last, err, r)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM reconciliaciones"); n != 1 {
		t.Errorf("%d are kept, want the last one", n)
	}
}
