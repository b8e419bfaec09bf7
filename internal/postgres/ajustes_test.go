package postgres

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// A head's taking back of a rejection is stored before the corte and applied after the
// close, which passed over it with a reason. Meanwhile nobody adds the gestión by an
// ajuste: it would be paid by both.
func TestNoAjusteBesideACommandUnderWay(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.hacer(t, m.pendiente(t, m.ana, contenido(1), manana), pa0580.Rechazar, m.jefa, manana.Add(time.Hour))
	m.aprobada(t, m.ana, contenido(2), manana)
	stored := m.pedir(t, m.comando(f, pa0580.RetirarDecision, m.jefa, noviembre.Add(-time.Minute)))
	m.cerrar(t, octubre, noviembre)
	b := &enPostgres{mundo: m, t: t, gestiones: []pa0580.GestionID{f.ID}}
	if b.pedirAjuste(0, pa0580.Suma, true, noviembre.Add(time.Minute)) {
		t.Fatal("added while a command on it waits")
	}
	m.aplicar(t, stored.ID, noviembre.Add(time.Hour))
	if b.pedirAjuste(0, pa0580.Suma, true, noviembre.Add(2*time.Hour)) {
		t.Fatal("added although it can be decided")
	}
	m.hacer(t, m.leer(t, f.ID), pa0580.Aprobar, m.jefa, noviembre.Add(3*time.Hour))
	m.cerrar(t, octubre.Next(), octubre.Next().End().Add(9*time.Hour))
	if lines, err := m.Renglones(t.Context(), f.ID); err != nil || len(lines) != 1 {
		t.Errorf("paid by %+v, %v", lines, err)
	}
}

// What OPEN SGC does not have is paid by no ajuste either (PA0580, step 20).
func TestNoAjusteOfWhatOpenSGCHasNot(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	m.hacer(t, f, pa0580.Rechazar, m.jefa, manana.Add(time.Hour)) // before OPEN SGC answered
	m.aprobada(t, m.ana, contenido(2), manana)
	m.cerrar(t, octubre, noviembre)
	x := pa0580.Ajuste{ID: pa0580.AjusteID(mustNewID()), Gestion: f.ID, Signo: pa0580.Suma, Motivo: "x", Pide: m.rrhh, PedidoAt: noviembre}
	_, err := m.AddAjuste(t.Context(), x, m.clave())
	refused(t, err, pa0580.CodeReferenceUnknown)
}

// Ten ask for the same at once, and ten approve it at once: it is asked for and approved
// once, and paid back once.
func TestManyAskForOneAjuste(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	m.cerrar(t, octubre, noviembre)
	at := noviembre.Add(time.Hour)
	b := &enPostgres{mundo: m, t: t, gestiones: []pa0580.GestionID{f.ID}}
	many := func(do func() error) (done int) {
		var group sync.WaitGroup
		var mu sync.Mutex
		for range 10 {
			group.Go(func() {
				if err := do(); err == nil {
					mu.Lock()
					done++
					mu.Unlock()
				} else if len(pa0580.RefusalsIn(err)) == 0 {
					t.Errorf("a fault: %v", err)
				}
			})
		}
		group.Wait()
		return done
	}
	if n := many(func() error {
		x := pa0580.Ajuste{ID: pa0580.AjusteID(mustNewID()), Gestion: f.ID, Signo: pa0580.Resta, Motivo: "x", Pide: m.rrhh, PedidoAt: at}
		if err := x.Approve(b.palabra(f.ID, false, at)); err != nil {
			return err
		}
		_, err := m.AddAjuste(t.Context(), x, m.clave())
		return err
	}); n != 1 {
		t.Fatalf("asked for %d times", n)
	}
	all, err := m.Ajustes(t.Context(), app.Vision{Todo: true}, app.FiltroAjustes{Limite: 10})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d ajustes, %v", len(all), err)
	}
	word := b.palabra(f.ID, true, at)
	if n := many(func() error {
		return m.DecideAjuste(t.Context(), all[0].ID, "aprobar_ajuste", word, m.clave(), func(x *pa0580.Ajuste) error { return x.Approve(word) })
	}); n != 1 {
		t.Errorf("approved %d times", n)
	}
}

// Whoever takes a month's manifest away, to have an altered month signed, gets no other
// signature; nor does a month that is not as its close was audited.
func TestAMonthIsSignedForOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	firmable := func() bool {
		is, err := m.Firmable(t.Context(), octubre)
		if err != nil {
			t.Fatal(err)
		}
		return is
	}
	if firmable() {
		t.Error("an open month can be signed for")
	}
	m.cerrar(t, octubre, noviembre)
	if !firmable() {
		t.Fatal("a closed month cannot")
	}
	alter := func(statement string) {
		t.Helper()
		err := m.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "SET LOCAL session_replication_role = replica"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	alter("UPDATE cierres SET lineas = 2")
	if firmable() {
		t.Error("a month that was altered can be signed for")
	}
	alter("UPDATE cierres SET lineas = 1")
	_, orden, err := m.ParaManifiesto(t.Context(), octubre)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // kept once, and audited once
		if err := m.AddManifiesto(t.Context(), octubre, app.Firmado{Orden: orden, Contenido: []byte("firmado"), Clave: "clave", At: noviembre}); err != nil {
			t.Fatal(err)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'certificar'"); n != 1 {
		t.Errorf("%d entries of one signature", n)
	}
	alter("DELETE FROM manifiestos")
	if firmable() {
		t.Error("its manifest was taken away, and it would be signed for again")
	}
	if p, err := m.Pulso(t.Context(), "motor"); err != nil || p.Infirmables != 1 || p.SinProbar != 0 {
		t.Errorf("the pulse of that: %+v, %v", p, err)
	}
}
