package postgres

import (
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Two decisions wait; asking for the second applies both in the order of
// storing, and the second ends without effect: the first made it stale.
func TestCommandsApplyInTheOrderOfStoring(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.pendiente(t, m.ana, contenido(1), manana)
	first := m.pedir(t, m.comando(f, pa0580.Observar, m.jefa, manana.Add(time.Hour)))
	second := m.pedir(t, m.comando(f, pa0580.Aprobar, m.suplente, manana)) // its clock says earlier
	third := m.pedir(t, m.comando(f, pa0580.Rechazar, m.jefa, manana))

	want := contract.Applied{
		Row: contract.RowState{Estado: pa0580.Observada, Version: 3}, Resultado: pa0580.SinEfecto, Codigo: pa0580.CodeStale,
	}
	if got := m.aplicar(t, second.ID, manana.Add(2*time.Hour)); got != want {
		t.Errorf("second: %+v, want %+v", got, want)
	}
	if got := m.aplicar(t, first.ID, manana.Add(3*time.Hour)); got.Resultado != pa0580.Aplicado {
		t.Errorf("first: %+v", got)
	}
	if p, err := m.Comando(t.Context(), m.jefa, third.ID); err != nil || p.Resultado != "" {
		t.Errorf("the third was not asked for: %+v, %v", p, err)
	}
	m.onlyRead(t, func() {
		if got := m.aplicar(t, second.ID, manana.Add(4*time.Hour)); got != want {
			t.Errorf("asked again: %+v, want %+v", got, want)
		}
	})
	mine, err := m.SinEfecto(t.Context(), m.suplente)
	if err != nil || len(mine) != 1 || mine[0].ID != second.ID || mine[0].Codigo != pa0580.CodeStale || mine[0].Version != 0 {
		t.Fatalf("without effect: %+v, %v", mine, err)
	}
	refused(t, m.MarkVisto(t.Context(), m.jefa, second.ID, manana), pa0580.CodeNotFound)
	if err := m.MarkVisto(t.Context(), m.suplente, second.ID, manana); err != nil {
		t.Fatal(err)
	}
	if mine, err = m.SinEfecto(t.Context(), m.suplente); err != nil || len(mine) != 0 {
		t.Errorf("seen and still there: %+v, %v", mine, err)
	}
}

// onlyRead wants do to write nothing.
func (m *mundo) onlyRead(t *testing.T, do func()) {
	t.Helper()
	const state = `SELECT hashtext(
	(SELECT string_agg(g::text, '' ORDER BY id) FROM gestiones g) || (SELECT string_agg(c::text, '' ORDER BY seq) FROM comandos c) ||
	(SELECT string_agg(a::text, '' ORDER BY id) FROM auditoria a))`
	before := m.number(t, state)
	do()
	if m.number(t, state) != before {
		t.Error("something was written")
	}
}

func TestOneCommandAppliedByManyAtOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.pendiente(t, m.ana, contenido(1), manana)
	var ids []pa0580.ComandoID
	for _, a := range []pa0580.Accion{pa0580.Aprobar, pa0580.Rechazar, pa0580.Observar} {
		ids = append(ids, m.pedir(t, m.comando(f, a, m.jefa, manana)).ID)
	}
	got := make([]contract.Applied, 30)
	var group sync.WaitGroup
	for i := range got {
		group.Go(func() {
			var err error
			if got[i], err = m.ApplyUpTo(t.Context(), ids[i%3], manana); err != nil {
				t.Errorf("apply: %v", err)
			}
		})
	}
	group.Wait()
	for i, a := range got {
		want := pa0580.SinEfecto
		if i%3 == 0 {
			want = pa0580.Aplicado
		}
		if a.Resultado != want {
			t.Errorf("caller %d got %+v, want %s", i, a, want)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE gestion_id = ? AND accion IN ('aprobar', 'rechazar', 'observar')", f.ID); n != 3 {
		t.Errorf("%d entries for 3 commands", n)
	}
	if f = m.leer(t, f.ID); f.Estado != pa0580.Aprobada || f.Version != 3 {
		t.Errorf("row: %s %d", f.Estado, f.Version)
	}
}

func TestTheSameKeyAsksOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.pendiente(t, m.ana, contenido(1), manana)
	k := m.clave()
	c := m.comando(f, pa0580.Corregir, m.ana, manana)
	nuevo := contenido(3)
	c.Correccion = &nuevo
	first, fresh, err := m.AddComando(t.Context(), c, k)
	if err != nil || !fresh || first.Estado != pa0580.Pendiente {
		t.Fatalf("%+v, %t, %v", first, fresh, err)
	}
	c.ID = pa0580.ComandoID(mustNewID())
	again, fresh, err := m.AddComando(t.Context(), c, k)
	if err != nil || fresh || again.ID != first.ID || *again.Correccion != nuevo {
		t.Errorf("again: %+v, %t, %v", again, fresh, err)
	}
	_, _, err = m.AddComando(t.Context(), c, app.Clave{Clave: k.Clave, Cuerpo: cuerpo("otro")})
	refused(t, err, pa0580.CodeIdempotency)
	_, err = m.Comando(t.Context(), m.jefa, first.ID)
	refused(t, err, pa0580.CodeNotFound) // not theirs
	c.Gestion = pa0580.GestionID(mustNewID())
	_, _, err = m.AddComando(t.Context(), c, m.clave())
	refused(t, err, pa0580.CodeNotFound)
}

func TestALoteKeepsItsOrder(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const size = 50
	cs := make([]pa0580.Comando, size)
	for i := range cs {
		cs[i] = m.comando(m.pendiente(t, m.ana, contenido(i), manana), pa0580.Aprobar, m.jefa, manana.Add(time.Duration(size-i)*time.Second))
	}
	in := app.Lote{
		ID: mustNewID(), Actor: m.jefa, CreadoAt: manana, Pedidos: size + 1,
		Rechazos: []app.Rechazo{{Gestion: pa0580.GestionID(mustNewID()), Code: pa0580.CodeNotFound, Message: "no está"}},
	}
	k := m.clave()
	lote, fresh, err := m.AddLote(t.Context(), in, cs, k)
	if err != nil || !fresh || len(lote.Comandos) != size || len(lote.Rechazos) != 1 || lote.Rechazos[0] != in.Rechazos[0] {
		t.Fatalf("%+v, %t, %v", lote, fresh, err)
	}
	in.ID = mustNewID()
	again, fresh, err := m.AddLote(t.Context(), in, cs, k)
	if err != nil || fresh || again.ID != lote.ID || len(again.Comandos) != size {
		t.Errorf("again: %s, %t, %v", again.ID, fresh, err)
	}
	_, _, err = m.AddLote(t.Context(), in, cs, app.Clave{Clave: k.Clave, Cuerpo: cuerpo("otro")})
	refused(t, err, pa0580.CodeIdempotency)
	m.aplicar(t, cs[size-1].ID, manana)
	lote, err = m.Lote(t.Context(), m.jefa, lote.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range lote.Comandos {
		if p.ID != cs[i].ID || (p.Resultado == pa0580.Aplicado) != (i == size-1) {
			t.Fatalf("item %d: %+v", i, p)
		}
	}
	_, err = m.Lote(t.Context(), m.jefe, lote.ID)
	refused(t, err, pa0580.CodeNotFound)
}

func TestNoAuditNoChange(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	err := m.raw(t.Context(), "UPDATE gestiones SET version = version + 1, observacion = 'de contrabando' WHERE id = ?", f.ID)
	if code, _ := state(err); code != "23503" {
		t.Errorf("a version without audit was written: %v", err)
	}
	for _, statement := range []string{"DELETE FROM auditoria", "UPDATE auditoria SET accion = 'nada'", "TRUNCATE auditoria CASCADE"} {
		if err := m.raw(t.Context(), statement); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
	if got := m.leer(t, f.ID); got.Version != 1 || got.Observacion != f.Observacion {
		t.Errorf("the row changed: %+v", got.Gestion)
	}
}

func TestIDsThatAreNoneNameNothing(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.pendiente(t, m.ana, contenido(1), manana)
	for _, id := range []string{"", "x", "'; DROP TABLE gestiones; --", "{" + string(f.ID) + "}", string(f.ID) + " "} {
		_, err := m.Gestion(t.Context(), app.Vision{Todo: true}, pa0580.GestionID(id))
		refused(t, err, pa0580.CodeNotFound)
		if got, err := m.Filas(t.Context(), app.Vision{Todo: true}, []pa0580.GestionID{pa0580.GestionID(id)}); err != nil || len(got) != 0 {
			t.Errorf("%q names %d rows, %v", id, len(got), err)
		}
		_, err = m.Comando(t.Context(), m.ana, pa0580.ComandoID(id))
		refused(t, err, pa0580.CodeNotFound)
		_, err = m.ApplyUpTo(t.Context(), pa0580.ComandoID(id), manana)
		refused(t, err, pa0580.CodeNotFound)
		_, err = m.Lote(t.Context(), m.ana, id)
		refused(t, err, pa0580.CodeNotFound)
		_, err = m.Planilla(t.Context(), app.Vision{Todo: true}, id)
		refused(t, err, pa0580.CodeNotFound)
		_, err = m.Freeze(t.Context(), contract.OrdenID(id), manana)
		refused(t, err, pa0580.CodeNotFound)
		for _, filtro := range []app.Filtro{{Unidad: pa0580.UnidadID("x" + id)}, {Agente: pa0580.FuncionarioID("x" + id)}} {
			if got, err := m.Gestiones(t.Context(), app.Vision{Todo: true}, filtro); err != nil || len(got) != 0 {
				t.Errorf("a list of %+v has %d, %v", filtro, len(got), err)
			}
		}
	}
	if got, err := m.Gestiones(t.Context(), app.Vision{Todo: true}, app.Filtro{Unidad: f.Unidad}); err != nil || len(got) != 1 {
		t.Errorf("and of one that is: %d, %v", len(got), err)
	}
}
