package postgres

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// doble is an order of rrhh's that waits for another of HR.
func (m *mundo) doble(t testing.TB, huella string, at time.Time) app.Orden {
	t.Helper()
	o, err := m.AddOrden(t.Context(), app.Orden{
		ID: contract.OrdenID(mustNewID()), Mes: octubre, Actor: m.rrhh, Huella: huella, Motivo: "x", CreadoAt: at, Doble: true,
	}, m.clave())
	if err != nil || !o.Regla().PorConfirmar() || o.Autor == "" {
		t.Fatalf("store order: %+v, %v", o, err)
	}
	return o
}

// A month that needs two people of HR closes by both, and tells who they are; one
// alone closes nothing, whoever sends the order to be carried out.
func TestTwoPeopleClose(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	o := m.doble(t, m.vista(t, octubre).Huella, noviembre)
	later := noviembre.Add(time.Hour)
	pending := func(want int) {
		t.Helper()
		got, err := m.OrdenesPendientes(t.Context(), later.Add(time.Second))
		pulse, failed := m.Pulso(t.Context(), "")
		if err := errors.Join(err, failed); err != nil || len(got) != want || pulse.Ordenes != want {
			t.Errorf("%d orders to carry out, %d in the pulse, want %d: %v", len(got), pulse.Ordenes, want, err)
		}
		if want > 0 && !pulse.OrdenDesde.Equal(later) {
			t.Errorf("it waits since %s", pulse.OrdenDesde)
		}
	}
	pending(0)
	if got := m.congelar(t, o.ID, later); got.Cerrado || got.Codigo != pa0580.CodeUnconfirmed {
		t.Errorf("by one alone: %+v", got)
	}
	_, err := m.ConfirmarOrden(t.Context(), octubre, o.ID, m.rrhh, later, m.clave())
	refused(t, err, pa0580.CodeForbidden)
	_, err = m.ConfirmarOrden(t.Context(), octubre.Next(), o.ID, m.rrhh2, later, m.clave())
	refused(t, err, pa0580.CodeNotFound)
	k := m.clave()
	for range 2 { // repeated, the same
		if got, err := m.ConfirmarOrden(t.Context(), octubre, o.ID, m.rrhh2, later, k); err != nil || got.ConfirmadaPor != m.rrhh2 || !got.ConfirmadaAt.Equal(later) {
			t.Fatalf("confirmed: %+v, %v", got, err)
		}
	}
	if got, err := m.ConfirmarOrden(t.Context(), octubre, o.ID, m.rrhh2, later.Add(time.Minute), m.clave()); err != nil || !got.ConfirmadaAt.Equal(later) {
		t.Errorf("confirmed again: %+v, %v", got, err)
	}
	_, err = m.RetirarOrden(t.Context(), octubre, o.ID, m.rrhh, later, m.clave())
	refused(t, err, pa0580.CodeWrongEstado)
	pending(1)
	if got := m.congelar(t, o.ID, later); !got.Cerrado || got.Lineas != 1 {
		t.Fatalf("by both: %+v", got)
	}
	pending(0)
	c, err := m.Cierre(t.Context(), octubre)
	if err != nil || c.CerradoPor != "Rosa" || c.ConfirmadoPor != "Raúl" {
		t.Errorf("closed by %q and %q, %v", c.CerradoPor, c.ConfirmadoPor, err)
	}
	const said = "SELECT count(*) FROM auditoria WHERE objeto = 'cierre/2026-10' AND accion = ? AND actor_id = ? AND detalle->>'orden' = ? AND detalle->>? = ?"
	for accion, who := range map[string]struct {
		actor      pa0580.FuncionarioID
		key, value string
	}{
		"ordenar_cierre": {m.rrhh, "doble", "true"}, "confirmar_cierre": {m.rrhh2, "ordenada_por", string(m.rrhh)}, "cerrar": {m.rrhh, "confirmada_por", string(m.rrhh2)},
	} {
		if n := m.number(t, said, accion, who.actor, o.ID, who.key, who.value); n != 1 {
			t.Errorf("%d entries of %s", n, accion)
		}
	}
}

// One order of a month waits at most: a new one takes its place. What was withdrawn
// or superseded is never carried out.
func TestAnOrderThatWaitsMayBeReplaced(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	huella := m.vista(t, octubre).Huella
	first, second := m.doble(t, huella, noviembre), m.doble(t, huella, noviembre.Add(time.Minute))
	ended := func(id contract.OrdenID, code pa0580.Code) {
		t.Helper()
		_, err := m.ConfirmarOrden(t.Context(), octubre, id, m.rrhh2, noviembre, m.clave())
		refused(t, err, code)
		if got := m.congelar(t, id, noviembre); got.Cerrado || got.Codigo != code {
			t.Errorf("carried out: %+v", got)
		}
	}
	ended(first.ID, pa0580.CodeSuperseded)
	for range 2 { // whoever of HR, and again
		if o, err := m.RetirarOrden(t.Context(), octubre, second.ID, m.rrhh2, noviembre, m.clave()); err != nil || o.Codigo != pa0580.CodeWithdrawn {
			t.Errorf("withdrawn: %+v, %v", o, err)
		}
	}
	ended(second.ID, pa0580.CodeWithdrawn)
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'retirar_orden_cierre'"); n != 1 {
		t.Errorf("%d entries of one withdrawal", n)
	}
	// All at once: whatever wins, one is left waiting.
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() { m.doble(t, huella, noviembre.Add(time.Duration(i)*time.Second)) })
	}
	group.Wait()
	if n := m.number(t, "SELECT count(*) FROM ordenes_cierre WHERE doble AND confirmada_por IS NULL AND cerrado IS NULL"); n != 1 {
		t.Errorf("%d orders of one month wait", n)
	}
	// One that needs nobody takes its place, too.
	m.congelar(t, m.orden(t, octubre, m.rrhh2, huella, "x"), noviembre)
	if n := m.number(t, "SELECT count(*) FROM ordenes_cierre WHERE cerrado IS NULL"); n != 0 {
		t.Errorf("%d orders of a closed month wait", n)
	}
}

// Two confirm at once: one did, the other is told.
func TestTwoConfirmAtOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	o := m.doble(t, "h", noviembre)
	people := []pa0580.FuncionarioID{m.rrhh2, m.jefa, m.jefe, m.gerente} // the role is the use case's matter
	errs := make([]error, len(people))
	var group sync.WaitGroup
	for i, who := range people {
		k := m.clave()
		group.Go(func() { _, errs[i] = m.ConfirmarOrden(t.Context(), octubre, o.ID, who, noviembre, k) })
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		refused(t, err, pa0580.CodeConflict)
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'confirmar_cierre'"); won != 1 || n != 1 {
		t.Errorf("%d confirmed, %d entries", won, n)
	}
}

// Whatever the program gets wrong, the database keeps an order from being confirmed
// by its author, carried out by one alone, or changed.
func TestTheDatabaseWantsTwoPeople(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	o := m.doble(t, "h", noviembre)
	try := func(name, want, sql string, args ...any) {
		t.Helper()
		err := m.raw(t.Context(), sql, args...)
		var pg *pgconn.PgError
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case want != "" && (!errors.As(err, &pg) || pg.ConstraintName != want && !strings.Contains(pg.Message, want)):
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	const fixed = "a stored order to close does not change"
	try("confirmed by its author", "ordenes_otra_persona", "UPDATE ordenes_cierre SET confirmada_por = actor_id, confirmada_at = creado_at WHERE id = ?", o.ID)
	try("carried out by one", "ordenes_sin_confirmar", "UPDATE ordenes_cierre SET cerrado = true WHERE id = ?", o.ID)
	try("needs nobody any more", fixed, "UPDATE ordenes_cierre SET doble = false WHERE id = ?", o.ID)
	try("of another author", fixed, "UPDATE ordenes_cierre SET actor_id = ? WHERE id = ?", m.rrhh2, o.ID)
	try("of another preview", fixed, "UPDATE ordenes_cierre SET huella = 'otra' WHERE id = ?", o.ID)
	try("confirmed at no moment", "ordenes_confirmada", "UPDATE ordenes_cierre SET confirmada_por = ? WHERE id = ?", m.rrhh2, o.ID)
	try("two that wait", "ordenes_por_confirmar", `
INSERT INTO ordenes_cierre (id, mes, actor_id, huella, motivo, creado_at, clave, cuerpo, doble)
SELECT gen_random_uuid(), mes, actor_id, huella, motivo, creado_at, 'otra', cuerpo, doble FROM ordenes_cierre WHERE id = ?`, o.ID)
	try("confirmed", "", "UPDATE ordenes_cierre SET confirmada_por = ?, confirmada_at = creado_at WHERE id = ?", m.rrhh2, o.ID)
	try("confirmed by another", fixed, "UPDATE ordenes_cierre SET confirmada_por = ? WHERE id = ?", m.jefa, o.ID)
	try("carried out", "", "UPDATE ordenes_cierre SET cerrado = false WHERE id = ?", o.ID)
	try("carried out otherwise", fixed, "UPDATE ordenes_cierre SET cerrado = true WHERE id = ?", o.ID)
	try("a close confirmed by who closed", "cierres_otra_persona", "UPDATE cierres SET cerrado_por = ?0, confirmado_por = ?0 WHERE mes = '2026-10'", m.rrhh)
}
