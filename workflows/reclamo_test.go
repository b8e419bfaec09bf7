package workflows_test

import (
	"context"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/workflows"
)

const reclamo = pa0580.ReclamoFuncionarioID("0190f000-0000-7000-8000-000000000002")

func (d *desk) AttendReclamo(_ context.Context, _ pa0580.ReclamoFuncionarioID, _ string, at time.Time) (contract.ReclamoState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.lost(); err != nil {
		return contract.ReclamoState{}, err
	}
	d.attends++
	d.reclamo.Lapse(at)
	out := contract.ReclamoState{Estado: d.reclamo.Estado()}
	if out.Estado == pa0580.ReclamoPresentado {
		out.Falta = d.reclamo.Vence.Next().Start().Sub(at)
	}
	return out, nil
}

// move changes the row as a request does, and says so.
func (l *life) move(change func(*pa0580.ReclamoFuncionario) error) {
	l.desk.mu.Lock()
	if err := change(&l.desk.reclamo); err != nil {
		l.t.Error(err)
	}
	l.desk.mu.Unlock()
	l.SignalWorkflow(contract.Mirar, struct{}{})
}

func answer(x *pa0580.ReclamoFuncionario) error {
	return x.Answer(pa0580.Respuesta{Visto: pa0580.Visto{Quien: head}, Motivo: "motivo"}, pa0580.Incluida)
}

// A reclamo is filed on a Tuesday and due within five working days: what is answered in
// time never lapses, what is not does at the end of the last day and can be answered all
// the same; however often its workflow is woken for nothing, or PostgreSQL is away.
func TestReclamos(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	withdraw := func(x *pa0580.ReclamoFuncionario) error { return x.Withdraw(time.Now()) }
	tests := map[string]struct {
		story  func(*life)
		away   int
		want   pa0580.EstadoReclamo
		lapsed bool
		looks  int
	}{
		"answered in time":            {story: func(l *life) { l.at(3*day, func() { l.move(answer) }) }, want: pa0580.ReclamoSinLugar, looks: 2},
		"withdrawn in time":           {story: func(l *life) { l.at(time.Hour, func() { l.move(withdraw) }) }, want: pa0580.ReclamoRetirado, looks: 2},
		"answered past its due date":  {story: func(l *life) { l.at(40*day, func() { l.move(answer) }) }, want: pa0580.ReclamoSinLugar, lapsed: true, looks: 3},
		"withdrawn past its due date": {story: func(l *life) { l.at(9*day, func() { l.move(withdraw) }) }, want: pa0580.ReclamoRetirado, lapsed: true, looks: 3},
		"woken for nothing": {story: func(l *life) {
			for i := range 4 {
				l.at(time.Duration(i+1)*3*day, func() { l.SignalWorkflow(contract.Mirar, struct{}{}) })
			}
			l.at(15*day, func() { l.move(answer) })
		}, want: pa0580.ReclamoSinLugar, lapsed: true, looks: 7},
		"PostgreSQL away": {story: func(l *life) { l.at(10*day, func() { l.move(answer) }) }, away: 9, want: pa0580.ReclamoSinLugar, lapsed: true, looks: 3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newReclamo(t, tt.away)
			tt.story(l)
			l.ExecuteWorkflow(workflows.ReclamoFuncionario, reclamo)
			var got contract.ReclamoState
			if err := l.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			if err := l.GetWorkflowResult(&got); err != nil || got.Estado != tt.want || (l.desk.reclamo.VencidoAt != nil) != tt.lapsed || l.desk.attends != tt.looks {
				t.Errorf("ended %+v, lapsed %t, after %d looks, %v", got, l.desk.reclamo.VencidoAt != nil, l.desk.attends, err)
			}
			if at := l.desk.reclamo.VencidoAt; at != nil && pa0580.DiaOf(*at) != l.desk.reclamo.Vence.Next() {
				t.Errorf("lapsed at %s", at)
			}
		})
	}
}

// newReclamo has its row filed at the workflow's own time, by which its activities judge.
func newReclamo(t *testing.T, away int) *life {
	t.Helper()
	d := (&desk{away: away}).open()
	l := newLife(t, d)
	now := pa0580.LocalTime(2026, time.November, 10, 9, 0, 0)
	l.SetStartTime(now)
	d.reclamo = pa0580.ReclamoFuncionario{Agente: agent, Gestion: id, Contra: pa0580.Incluida, Vence: pa0580.Calendario{}.Vencimiento(pa0580.DiaOf(now), pa0580.PlazoReclamo, nil)}
	d.reloj = l.Now
	return l
}

// Whoever cancels it changes nothing: the row is as it was, and another one goes on.
func TestACanceledReclamoGoesOn(t *testing.T) {
	t.Parallel()
	l := newReclamo(t, 0)
	l.at(time.Hour, l.CancelWorkflow)
	l.ExecuteWorkflow(workflows.ReclamoFuncionario, reclamo)
	if err := l.GetWorkflowError(); err == nil || l.desk.reclamo.Estado() != pa0580.ReclamoPresentado {
		t.Errorf("canceled: %v, %s", err, l.desk.reclamo.Estado())
	}
}
