package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// await waits until as many sessions of the test's database wait for a lock.
func (m *mundo) await(t *testing.T, waiting int) {
	t.Helper()
	deadline, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for again := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-deadline.Done():
			t.Fatalf("nobody waits for a lock")
		case <-again.C:
		}
		if m.number(t, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") >= waiting {
			return
		}
	}
}

// begin opens a transaction that the test holds open.
func (m *mundo) begin(t *testing.T) bun.Tx {
	t.Helper()
	tx, err := m.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

// A command is being stored when HR cuts: the corte waits for it, and sees it.
func TestACorteWaitsForWhatIsBeingStored(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.pendiente(t, m.ana, contenido(1), manana)
	tx := m.begin(t)
	if _, err := storeComandos(t.Context(), tx, []comandoRow{comandoOf(m.comando(f, pa0580.Aprobar, m.jefa, noviembre.Add(-time.Minute)), m.clave())}); err != nil {
		t.Fatal(err)
	}
	cut := make(chan error, 1)
	go func() {
		at := noviembre
		cut <- m.SetCorte(context.WithoutCancel(t.Context()), octubre, &at, m.rrhh, noviembre, m.clave())
	}()
	m.await(t, 1)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-cut; err != nil {
		t.Fatal(err)
	}
	if n, err := m.SinAplicar(t.Context(), octubre); err != nil || n != 1 {
		t.Errorf("the corte sees %d commands before it, %v", n, err)
	}
}

// While a month closes, heads go on deciding; a row that moves under the close
// makes it start over and compare again.
func TestACloseStartsOverWhenARowMoves(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	other := m.pendiente(t, m.ana, contenido(2), manana)
	m.cortar(t, octubre, noviembre)
	order := m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "queda una sin decidir")
	tx := m.begin(t)
	if _, err := tx.NewRaw("UPDATE gestiones SET motor = 'otro' WHERE id = ?", f.ID).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed := make(chan contract.Congelada, 1)
	go func() {
		c, err := m.Freeze(context.WithoutCancel(t.Context()), order, noviembre)
		if err != nil {
			t.Errorf("freeze: %v", err)
		}
		closed <- c
	}()
	m.await(t, 1)
	m.hacer(t, other, pa0580.Aprobar, m.jefa, noviembre)
	seen := m.firmable(t, octubre, m.central, m.jefa, noviembre)
	signed := make(chan error, 1)
	go func() {
		_, err := m.SetConformidad(context.WithoutCancel(t.Context()), seen)
		signed <- err
	}()
	m.await(t, 2)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if c := <-closed; !c.Cerrado || c.Lineas != 1 {
		t.Errorf("closed: %+v", c)
	}
	if err := <-signed; err != nil { // it came between two tries, or too late
		refused(t, err, pa0580.CodeMonthClosed)
	}
	if got := m.leer(t, f.ID); got.Estado != pa0580.Incluida {
		t.Errorf("row: %s", got.Estado)
	}
}

// Nobody decides on what a head loaded where no other head is above: the month's
// preparation must hear of it.
func TestWhatHeadsLoadedIsCounted(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	a := pa0580.Asignacion{Funcionario: m.jefa, Unidad: m.central, Modo: pa0580.Apoyo, Desde: pa0580.DiaOf(manana)}
	a.ID = m.save(t, app.Cambio{Asignacion: &a})
	m.asignaciones[m.jefa] = a
	m.pendiente(t, m.jefa, contenido(1), manana)
	m.cargar(t, m.jefa, contenido(2), manana)
	m.cargar(t, m.jefa, contenido(3), noviembre) // of a later month
	m.pendiente(t, m.ana, contenido(4), manana)
	got, err := m.SinDecidir(t.Context(), octubre)
	if err != nil || len(got) != 1 || got[0] != (app.Autoria{Unidad: m.central, Agente: m.jefa, Nombre: "Josefa", Cantidad: 2}) {
		t.Errorf("got %+v, %v", got, err)
	}
}
