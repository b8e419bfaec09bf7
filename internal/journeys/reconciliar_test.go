package journeys

import (
	"context"
	"net/http"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// The engine's database is lost whole while gestiones wait in every estado and
// commands are stored. An empty one takes its place, and everything finishes as
// if nothing had happened.
func TestALostEngineIsRebuilt(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	pendiente := m.cargar("ana", nis(1))
	aprobada := m.decidir("jimena", m.cargar("ana", nis(2)), "aprobar", "", http.StatusOK)
	observada := m.decidir("jimena", m.cargar("ana", nis(3)), "observar", "Falta aclarar", http.StatusOK)
	rechazada := m.decidir("jimena", m.cargar("ana", nis(4)), "rechazar", "No corresponde", http.StatusOK)
	decidida := m.cargar("ana", nis(5))
	m.must(m.sgc.Switch(opensgc.Caido, 0))
	recibida := m.post("ana", api+"/gestiones", carga(nis(6)), http.StatusAccepted)
	m.stopWork()
	m.decidir("jimena", decidida, "aprobar", "", http.StatusAccepted) // stored, and nobody to apply it

	m.config.Namespace = teststack.Namespace(t) // empty, with another UUID
	m.open()
	m.must(m.sgc.Switch(opensgc.Normal, 0))
	m.at(2026, time.October, 15, 9, 5)
	m.work()
	is := func(g cuerpo, estado pa0580.Estado) {
		t.Helper()
		m.eventually(string(estado), time.Minute, func() bool { return m.leer("ana", g).texto("estado") == string(estado) })
	}
	is(decidida, pa0580.Aprobada)
	is(recibida, pa0580.Pendiente)
	pulse, epoch, err := m.system.Pulso(t.Context())
	if err != nil || !epoch || pulse.Ajenas != 0 || pulse.Abiertas != 5 {
		t.Errorf("after reconciling: %+v, %v", pulse, err)
	}
	if open, missed, err := m.system.App.Rearrancar(t.Context(), func(int) {}); err != nil || open != 5 || missed != 0 {
		t.Errorf("%d open, %d missed, %v", open, missed, err)
	}

	// Life goes on from where it was.
	m.decidir("jimena", pendiente, "aprobar", "", http.StatusOK)
	m.decidir("jimena", observada, "retirar_observacion", "", http.StatusOK)
	m.decidir("jimena", rechazada, "retirar_decision", "", http.StatusOK)
	is(rechazada, pa0580.Pendiente)
	m.at(2026, time.November, 3, 9, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 3)
	for _, g := range []cuerpo{pendiente, aprobada, decidida} {
		is(g, pa0580.Incluida)
	}
	m.eventually("every workflow told", time.Minute, func() bool {
		return m.get("hugo", api+"/cierres/2026-10", http.StatusOK).numero("avisadas") == 3
	})

	// What happened in both engines' time is one chain.
	var close app.Sello
	m.eventually("the seal of the close", 3*time.Minute, func() bool { // others' transactions may keep it waiting
		var err error
		close, err = m.system.App.Sellar(t.Context(), "cierre/2026-10", "cerrar")
		return err == nil
	})
	if v, err := m.system.Store.VerifySellos(t.Context(), func(a app.Alteracion) { t.Error(a) }, close); err != nil || v.Filas < 20 {
		t.Errorf("verified %+v, %v", v, err)
	}
}

// In production a Schedule reconciles: a workflow that somebody terminated
// while OPEN SGC was away is started again.
func TestTheScheduleReconciles(t *testing.T) {
	t.Parallel()
	m := newMundoAt(t, teststack.Temporal(t))
	m.config.EnProceso, m.config.ReconciliarCada = false, time.Second
	m.open()
	m.must(m.sgc.Switch(opensgc.Caido, 0))
	m.work()
	t.Cleanup(func() { m.stopWork() })
	g := m.post("ana", api+"/gestiones", carga(nis(1)), http.StatusAccepted)
	m.terminate(g)
	m.must(m.sgc.Switch(opensgc.Normal, 0))
	m.at(2026, time.November, 3, 10, 5)
	m.eventually("the verification", time.Minute, func() bool { return m.leer("ana", g).texto("estado") == "pendiente" })
	last, err := m.system.Store.UltimaReconciliacion(t.Context())
	if err != nil || last == nil || last.Motor == "" {
		t.Errorf("the last reconciliation: %+v, %v", last, err)
	}
}

// mute is an engine that answers no message about a command.
type mute struct {
	app.Flow
	expire func() // the deadline of whoever waits for that
}

func (f mute) Avisar(ctx context.Context, _ pa0580.GestionID, _ pa0580.ComandoID) error {
	f.expire()
	<-ctx.Done()
	return ctx.Err()
}

// deadline is one that passes when told to.
type deadline struct{ context.Context }

func (d deadline) Err() error {
	if d.Context.Err() != nil {
		return context.DeadlineExceeded
	}
	return nil
}

// However much there is to send, a reconciliation ends in time and is recorded:
// otherwise nobody would know that anyone reconciles.
func TestAReconciliationEndsAtItsDeadline(t *testing.T) {
	t.Parallel()
	m := newMundoAt(t, teststack.Temporal(t))
	m.open() // and nobody works
	g := m.post("ana", api+"/gestiones", carga(nis(1)), http.StatusAccepted)
	m.decidir("jimena", g, "rechazar", "No corresponde", http.StatusAccepted)
	m.at(2026, time.November, 3, 10, 5)
	within, expire := context.WithCancel(t.Context())
	defer expire()
	m.system.App.Drain(time.Minute) // nothing else sends by what is changed now
	speaking := m.system.App.Flow
	m.system.App.Flow = mute{speaking, expire}
	found, err := m.system.App.Reconciliar(deadline{within})
	m.must(err)
	last, err := m.system.Store.UltimaReconciliacion(t.Context())
	m.must(err)
	if last == nil || last.Hallazgos != found || unsealed(found) != (contract.Reconciliada{Cortada: "pedidos"}) {
		t.Errorf("found %+v, recorded %+v", found, last)
	}

	// The next one comes to what this one did not, though commands take all its time too.
	within, expire = context.WithCancel(t.Context())
	defer expire()
	m.system.App.Flow = mute{speaking, expire}
	found, err = m.system.App.Reconciliar(deadline{within})
	m.must(err)
	if unsealed(found) != (contract.Reconciliada{Ajenas: 1, Verificaciones: 1, Cortada: "pedidos"}) {
		t.Errorf("then found %+v", found)
	}
}

// blind is a database in which commands cannot be looked for.
type blind struct{ app.Store }

func (blind) SinAvisar(context.Context, time.Time, time.Time, int64, int) ([]app.Pendiente, error) {
	return nil, context.DeadlineExceeded
}

// What cannot be looked for is said, and holds up nothing else.
func TestAStepThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	m := newMundoAt(t, teststack.Temporal(t))
	m.open() // and nobody works
	m.post("ana", api+"/gestiones", carga(nis(1)), http.StatusAccepted)
	m.at(2026, time.November, 3, 10, 5)
	m.system.App.Drain(time.Minute)
	m.system.App.Store = blind{m.system.App.Store}
	found, err := m.system.App.Reconciliar(t.Context())
	if err == nil || unsealed(found) != (contract.Reconciliada{Ajenas: 1, Verificaciones: 1, Rotas: "pedidos"}) {
		t.Errorf("found %+v, %v", found, err)
	}
	last, err := m.system.Store.UltimaReconciliacion(t.Context())
	m.must(err)
	if last == nil || last.Hallazgos != found {
		t.Errorf("recorded %+v", last)
	}
}

// away is an engine that does not even say which one it is.
type away struct{ app.Flow }

func (away) Motor(context.Context) (string, error) { return "", context.DeadlineExceeded }

// The audit is sealed with no engine there: agents go on loading without one.
func TestTheAuditIsSealedWithoutAnEngine(t *testing.T) {
	t.Parallel()
	m := newMundoAt(t, teststack.Temporal(t))
	m.open()
	m.system.App.Flow = away{m.system.App.Flow}
	m.eventually("a sealed entry", 3*time.Minute, func() bool {
		found, err := m.system.App.Reconciliar(t.Context())
		if err == nil {
			t.Error("reconciled without an engine")
		}
		return found.Selladas > 0
	})
}

// unsealed is what a reconciliation found, without what it sealed: how much that can
// be depends on everybody who writes into PostgreSQL.
func unsealed(r contract.Reconciliada) contract.Reconciliada {
	r.Selladas = 0
	return r
}

// terminate ends a gestión's workflow as an operator by mistake would.
func (m *mundo) terminate(g cuerpo) {
	m.Helper()
	c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
	m.must(err)
	defer c.Close()
	m.must(c.TerminateWorkflow(m.Context(), contract.GestionWorkflowID(pa0580.GestionID(g.texto("id"))), "", "por error"))
}
