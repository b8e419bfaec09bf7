package workflows_test

import (
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/workflows"
)

const id = pa0580.GestionID("0190f000-0000-7000-8000-000000000001")

// life runs Gestion over a row kept in memory and the real activities.
type life struct {
	*testsuite.TestWorkflowEnvironment
	t    *testing.T
	desk *desk
}

func newLife(t *testing.T, d *desk) *life {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetWorkflowRunTimeout(365 * 24 * time.Hour)
	workflows.Register(env, env, d.activities())
	return &life{env, t, d}
}

// at does something after a while of the workflow's own time.
func (l *life) at(after time.Duration, do func()) { l.RegisterDelayedCallback(do, after) }

// ask stores a command and sends it, as update or as signal.
func (l *life) ask(bulk bool, accion pa0580.Accion) pa0580.ComandoID {
	c := l.desk.store(accion)
	if bulk {
		l.SignalWorkflow(contract.Aplicar, contract.Aplicacion{Comando: c})
	} else {
		l.UpdateWorkflow(contract.Aplicar, contract.AplicarUpdateID(c), l.accepted(c), contract.Aplicacion{Comando: c})
	}
	return c
}

// accepted checks that an update is answered with the command's recorded result.
func (l *life) accepted(c pa0580.ComandoID) *testsuite.TestUpdateCallback {
	return &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { l.t.Errorf("command %s rejected: %v", c, err) },
		OnComplete: func(out any, err error) {
			if err != nil {
				l.t.Errorf("command %s: %v", c, err)
				return
			}
			if got, want := out.(contract.Applied).Resultado, l.desk.results[c].Resultado; got != want {
				l.t.Errorf("command %s answered %q, recorded %q", c, got, want)
			}
		},
	}
}

func (l *life) include() {
	row := l.desk.include()
	l.UpdateWorkflow(contract.Incluir, contract.IncluirUpdateID, &testsuite.TestUpdateCallback{
		OnAccept: func() {}, OnReject: func(err error) { l.t.Errorf("incluir rejected: %v", err) }, OnComplete: func(any, error) {},
	}, row)
}

// ends runs the workflow and checks the estado it ended in.
func (l *life) ends(want pa0580.Estado) {
	l.t.Helper()
	l.ExecuteWorkflow(workflows.Gestion, id)
	if err := l.GetWorkflowError(); err != nil {
		l.t.Fatalf("workflow failed: %v", err)
	}
	var got contract.RowState
	if err := l.GetWorkflowResult(&got); err != nil {
		l.t.Fatal(err)
	}
	if got.Estado != want || l.desk.row.Estado != want {
		l.t.Errorf("ended %s with the row %s, want %s", got.Estado, l.desk.row.Estado, want)
	}
}

func TestLives(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		desk  *desk
		story func(*life)
		want  pa0580.Estado
	}{
		"found, approved, included": {
			story: func(l *life) {
				l.at(time.Hour, func() { l.ask(false, pa0580.Aprobar) })
				l.at(2*time.Hour, l.include)
			}, want: pa0580.Incluida,
		},
		"approved in bulk": {
			story: func(l *life) {
				l.at(time.Hour, func() { l.ask(true, pa0580.Aprobar) })
				l.at(2*time.Hour, l.include)
			}, want: pa0580.Incluida,
		},
		"not found while the agent waits": {desk: &desk{missing: true}, want: pa0580.Invalida},
		"not found after the agent was told received": {
			desk:  &desk{missing: true, down: 3, accepted: true},
			story: func(l *life) { l.at(24*time.Hour, func() { l.ask(false, pa0580.Anular) }) },
			want:  pa0580.Anulada,
		},
		"OPEN SGC down for a while, then found": {
			desk:  &desk{down: 6},
			story: func(l *life) { l.at(100*time.Hour, func() { l.ask(false, pa0580.Rechazar) }) },
			want:  pa0580.Rechazada,
		},
		"annulled while OPEN SGC is down": {
			desk:  &desk{down: 9},
			story: func(l *life) { l.at(time.Minute, func() { l.ask(false, pa0580.Anular) }) },
			want:  pa0580.Anulada,
		},
		"corrected while OPEN SGC is down": {
			desk: &desk{down: 9},
			story: func(l *life) {
				l.at(time.Minute, func() { l.desk.down = 1; l.ask(false, pa0580.Corregir) })
				l.at(3*time.Hour, func() { l.ask(false, pa0580.Rechazar) })
			}, want: pa0580.Rechazada,
		},
		"sent back, corrected, approved, taken back, rejected": {
			story: func(l *life) {
				for i, a := range []pa0580.Accion{pa0580.Observar, pa0580.Corregir, pa0580.Aprobar, pa0580.RetirarDecision, pa0580.Rechazar} {
					l.at(time.Duration(i+1)*time.Hour, func() { l.ask(i%2 == 0, a) })
				}
			}, want: pa0580.Rechazada,
		},
		"a stale decision has no effect": {
			story: func(l *life) {
				l.at(time.Hour, func() {
					l.desk.stale = true
					c := l.ask(false, pa0580.Aprobar)
					l.at(time.Minute, func() {
						if got := l.desk.results[c]; got.Resultado != pa0580.SinEfecto || got.Codigo != pa0580.CodeStale {
							l.t.Errorf("stale decision ended %+v", got)
						}
					})
				})
				l.at(2*time.Hour, func() { l.desk.stale = false; l.ask(false, pa0580.Rechazar) })
			}, want: pa0580.Rechazada,
		},
		"PostgreSQL away for a while": {
			desk:  &desk{away: 12},
			story: func(l *life) { l.at(time.Hour, func() { l.ask(false, pa0580.Rechazar) }) },
			want:  pa0580.Rechazada,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.desk == nil {
				tt.desk = &desk{}
			}
			l := newLife(t, tt.desk.open())
			if tt.story != nil {
				tt.story(l)
			}
			l.ends(tt.want)
		})
	}
}

// The row knows: a workflow started again in any estado goes on from there.
func TestStartsAgainInAnyEstado(t *testing.T) {
	t.Parallel()
	moves := map[pa0580.Estado]pa0580.Accion{
		pa0580.Recibida: pa0580.Anular, pa0580.Pendiente: pa0580.Rechazar, pa0580.Observada: pa0580.Anular,
	}
	for _, e := range pa0580.Estados() {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			d := (&desk{down: 9}).open()
			d.row.Estado, d.row.Version = e, 7
			l, want := newLife(t, d), e
			if move, ok := moves[e]; ok {
				want, _ = e.After(move)
				l.at(time.Minute, func() { l.ask(false, move) })
			}
			if e == pa0580.Aprobada {
				want = pa0580.Incluida
				l.at(time.Hour, l.include)
			}
			l.ends(want)
		})
	}
}

// A rejection taken back starts a new run, whose first read says «rechazada»
// while the command is still being served: the run must not end there.
func TestTakingARejectionBackStartsAgain(t *testing.T) {
	t.Parallel()
	for _, bulk := range []bool{false, true} {
		d := (&desk{}).open()
		d.row.Estado, d.row.Version = pa0580.Rechazada, 3
		d.row.Decision = &pa0580.Decision{}
		l := newLife(t, d)
		l.at(0, func() { l.ask(bulk, pa0580.RetirarDecision) })
		l.at(time.Hour, func() { l.ask(false, pa0580.Aprobar) })
		l.at(2*time.Hour, l.include)
		l.ends(pa0580.Incluida)
	}
}

// The counter's wait ends when OPEN SGC answered, and not before.
func TestVerificarWaitsForTheAnswer(t *testing.T) {
	t.Parallel()
	d := (&desk{down: 5}).open()
	l := newLife(t, d)
	var answered contract.RowState
	l.at(0, func() {
		l.UpdateWorkflow(contract.Verificar, "verificar/1", &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { t.Errorf("rejected: %v", err) },
			OnComplete: func(out any, err error) {
				if err != nil {
					t.Errorf("verificar: %v", err)
					return
				}
				answered = out.(contract.RowState)
			},
		})
	})
	l.at(100*time.Hour, func() { l.ask(false, pa0580.Rechazar) })
	l.ends(pa0580.Rechazada)
	if answered.Estado != pa0580.Pendiente || d.asked < 5 {
		t.Errorf("answered %+v after %d questions", answered, d.asked)
	}
}
