package journeys

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// silencio takes what is logged where everything fails on purpose.
var silencio = slog.New(slog.DiscardHandler)

const porQue = "Quedan gestiones para el mes siguiente"

// undisturbed closes a copy of the month with nothing in the way, and says what
// came of it and how often each point was met.
func undisturbed(t *testing.T) (string, *faults.Injector) {
	t.Helper()
	m, in := newCierre(t)
	m.post("hugo", hr+"/cerrar", m.visto(), http.StatusOK)
	m.eventually("every workflow to be told", time.Minute, func() bool {
		return m.get("hugo", hr, http.StatusOK).numero("avisadas") == aprobadas
	})
	want := planillas(t, m.config.URL)
	m.sound()
	return want, in
}

// visto is the order to close what the preview shows now.
func (m *mundo) visto() cuerpo {
	m.Helper()
	preview := m.get("hugo", hr+"/vista-previa", http.StatusOK)
	return cuerpo{"huella": preview.texto("huella"), "motivo": porQue}
}

// insiste orders the close under one key until it is answered for good, as a
// client does whose requests get lost.
func (m *mundo) insiste(orden cuerpo) {
	m.Helper()
	l := llamada{quien: "hugo", metodo: http.MethodPost, ruta: hr + "/cerrar", clave: uuid.NewString(), cuerpo: orden}
	m.eventually("an answer to the order", 2*time.Minute, func() bool {
		status, out := m.hacer(m.Context(), l)
		if status >= http.StatusBadRequest && status < http.StatusInternalServerError {
			m.Fatalf("refused: %d %v", status, out)
		}
		return status == http.StatusOK
	})
}

// Twenty closers at once: the month closes once. Whoever ordered the same as the
// winner is told so, the others who won.
func TestTwentyClosersAtOnce(t *testing.T) {
	t.Parallel()
	want, _ := undisturbed(t)
	m, _ := newCierre(t)
	orden := m.visto()
	var group sync.WaitGroup
	answers := make([]int, 20)
	for i := range answers {
		group.Go(func() {
			l := llamada{quien: []string{"hugo", "rosa"}[i%2], metodo: http.MethodPost, ruta: hr + "/cerrar", clave: uuid.NewString(), cuerpo: orden}
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			for answers[i] = http.StatusAccepted; answers[i] == http.StatusAccepted; {
				answers[i], _ = m.hacer(ctx, l) // waits as long as the server lets it
			}
		})
	}
	group.Wait()
	won := map[int]bool{} // by person: all of one, none of the other
	for i, status := range answers {
		switch status {
		case http.StatusOK:
			won[i%2] = true
		case http.StatusConflict:
		default:
			t.Errorf("closer %d was answered %d", i, status)
		}
	}
	if len(won) != 1 {
		t.Errorf("%d people closed the month: %v", len(won), answers)
	}
	if won[0] {
		m.same(want)
	} else {
		m.eventually("every workflow to be told", time.Minute, func() bool { return m.get("rosa", hr, http.StatusOK).numero("avisadas") == aprobadas })
		m.sound() // another signed it: all else is checked where the first one did
	}
}

// HR's client vanishes while the close is carried out, and tries again: the same
// close, once.
func TestACloserWhoVanishedTriesAgain(t *testing.T) {
	t.Parallel()
	want, _ := undisturbed(t)
	for _, after := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond, 30 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			m, _ := newCierre(t)
			l := llamada{quien: "hugo", metodo: http.MethodPost, ruta: hr + "/cerrar", clave: uuid.NewString(), cuerpo: m.visto()}
			vanishing, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			m.vanish(vanishing, l)
			if status, out := m.hacer(t.Context(), l); status != http.StatusOK || out.numero("lineas") != aprobadas {
				t.Errorf("tried again: %d %v", status, out)
			}
			m.same(want)
		})
	}
}

// An approval from before the corte can't be applied: the month does not close
// without a word about it, and closes with one; the approval is paid next month.
func TestAFreezeWithUnappliedApprovals(t *testing.T) {
	t.Parallel()
	m, in := newCierre(t)
	m.post("hugo", hr+"/corte/levantar", nil, http.StatusOK)
	left := m.get("jimena", api+"/bandeja", http.StatusOK).lista("gestiones")
	for nth := range 200 { // the engine never gets it done
		m.must(in.Force("activity.ApplyUpTo", faults.Fail, nth+1))
	}
	m.at(2026, time.November, 3, 10, 1)
	m.decidir("jimena", left[0], "aprobar", "", http.StatusAccepted)
	m.at(2026, time.November, 3, 10, 2)
	m.post("hugo", hr+"/corte", cuerpo{}, http.StatusOK)
	m.problema(m.get("hugo", hr+"/vista-previa", http.StatusConflict), string(pa0580.CodeUnapplied), 0)
	preview := m.post("hugo", hr+"/vista-previa", cuerpo{"motivo": porQue}, http.StatusOK)
	m.problema(m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella")}, http.StatusConflict), string(pa0580.CodeUnapplied), 0)
	m.insiste(cuerpo{"huella": preview.texto("huella"), "motivo": porQue})
	if closed := m.get("hugo", hr, http.StatusOK); closed.numero("lineas") != aprobadas {
		t.Errorf("closed with %d lines, want %d", closed.numero("lineas"), aprobadas)
	}
	m.sound()
	m.stopWork() // and another worker gets it done
	m.config.Activities = nil
	m.open()
	m.work()
	m.at(2026, time.December, 1, 9, 0)
	m.eventually("the approval", 2*time.Minute, func() bool { return m.leer("jimena", left[0]).texto("estado") == "aprobada" })
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-11", 1)
	if g := m.leer("jimena", left[0]); g.texto("mes") != porCerrar || g.texto("estado") != "incluida" {
		t.Errorf("paid late: %v", g)
	}
	m.sound()
}

// Whichever statement or commit of the freeze and of the drain fails or loses its
// answer, in each of the ways there are, the planillas are the same.
func TestEveryStatementOfACloseMayFail(t *testing.T) {
	t.Parallel()
	template := mesPorCerrar(t)
	want, counted := closeBare(t, template, faults.New(0, faults.Registered(), nil))
	type crash struct {
		point faults.Point
		kind  faults.Kind
		nth   int
	}
	var crashes []crash
	for _, p := range []faults.Point{"statement.Freeze", "commit.Freeze", "statement.Untold", "statement.MarkTold"} {
		if counted.Hits(p) == 0 {
			t.Fatalf("an undisturbed close does not pass %s", p)
		}
		for nth := 1; nth <= counted.Hits(p); nth++ {
			crashes = append(crashes, crash{p, faults.Fail, nth}, crash{p, faults.Lose, nth})
		}
	}
	t.Logf("%d crash points", len(crashes))
	turn := make(chan struct{}, 4)
	for i, c := range crashes {
		t.Run(fmt.Sprintf("%s %d %s", c.point, c.nth, c.kind), func(t *testing.T) {
			t.Parallel()
			turn <- struct{}{}
			defer func() { <-turn }()
			in := faults.New(uint64(i), faults.Registered(), nil) // another way of each kind
			if err := in.Force(c.point, c.kind, c.nth); err != nil {
				t.Fatal(err)
			}
			got, _ := closeBare(t, template, in)
			if got != want {
				t.Errorf("other planillas than undisturbed:\n%s", diff(want, got))
			}
			if in.Reached()[c.point][c.kind] != 1 {
				t.Error("nothing went wrong")
			}
		})
	}
}

// closeBare closes a copy of the month by what the activities call, and calls it
// again where it fails, as the engine does.
func closeBare(t *testing.T, template string, in *faults.Injector) (string, *faults.Injector) {
	t.Helper()
	ctx, mes := t.Context(), pa0580.NewMes(2026, time.October)
	url := teststack.Database(t, template)
	plain, err := postgres.Open(ctx, url, postgres.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	store, err := postgres.Open(ctx, url, postgres.Options{MaxConns: 4, Connector: in.Connector})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	hugo, err := plain.Funcionarios(ctx, app.FiltroPersonas{Texto: "Hugo", Limite: 1})
	if err != nil {
		t.Fatal(err)
	}
	preview, err := plain.VistaPrevia(ctx, mes, cortado)
	if err != nil {
		t.Fatal(err)
	}
	order, err := plain.AddOrden(ctx, app.Orden{
		ID: contract.OrdenID(uuid.NewString()), Mes: mes, Actor: hugo[0].ID, Huella: preview.Huella, Motivo: porQue, CreadoAt: cortado,
	}, clave(1))
	if err != nil {
		t.Fatal(err)
	}
	again := func(what string, do func() error) {
		t.Helper()
		for range 5 {
			if err = do(); err == nil {
				return
			}
		}
		t.Fatalf("%s: %v", what, err)
	}
	again("freeze", func() error {
		out, err := store.Freeze(ctx, order.ID, cortado.Add(time.Hour))
		if err == nil && (!out.Cerrado || out.Lineas != aprobadas) {
			t.Fatalf("froze %+v", out)
		}
		return err
	})
	again("drain", func() error {
		for {
			page, err := store.Untold(ctx, mes, "", 10)
			if err != nil || len(page) == 0 {
				return err
			}
			ids := make([]pa0580.GestionID, len(page))
			for i, u := range page {
				ids[i] = u.ID
			}
			if err := store.MarkTold(ctx, ids); err != nil {
				return err
			}
		}
	})
	found, err := plain.Inconsistencias(ctx)
	if err != nil || len(found) > 0 {
		t.Errorf("the rows contradict one another: %v, %v", found, err)
	}
	return planillas(t, url), in
}

// Whichever activity or message of the close fails or loses its acknowledgement,
// the planillas are the same.
func TestEveryActivityAndMessageOfACloseMayFail(t *testing.T) {
	t.Parallel()
	want, counted := undisturbed(t)
	turn := make(chan struct{}, 4)
	for _, p := range []faults.Point{
		"activity.Settle", "activity.Freeze", "activity.Drain",
		"message.ExecuteMultiOperation", "message.UpdateWorkflowExecution", "message.PollWorkflowTaskQueue",
		"message.RespondWorkflowTaskCompleted", "message.RespondActivityTaskCompleted", "message.RecordActivityTaskHeartbeat",
	} {
		if counted.Hits(p) == 0 {
			t.Fatalf("an undisturbed close does not pass %s", p)
		}
		for _, k := range []faults.Kind{faults.Fail, faults.Lose} {
			t.Run(fmt.Sprintf("%s %s", p, k), func(t *testing.T) {
				t.Parallel()
				turn <- struct{}{}
				defer func() { <-turn }()
				m, in := newCierre(t)
				orden := m.visto()
				m.must(in.Force(p, k, 1))
				m.insiste(orden)
				m.same(want)
				m.eventually("something to go wrong", time.Minute, func() bool {
					if in.Reached()[p][k] > 0 {
						return true
					}
					// A poll ends once there is work: give it some.
					m.hacer(t.Context(), llamada{quien: "ana", metodo: http.MethodPost, ruta: api + "/gestiones", cuerpo: carga(nis(1))})
					return false
				})
			})
		}
	}
}
