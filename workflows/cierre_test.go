package workflows_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.temporal.io/sdk/testsuite"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/workflows"
)

// closing is the month's part of a desk.
type closing struct {
	unapplied int                      // commands from before the corte
	reminded  int                      // messages about them
	refusal   pa0580.Code              // the freeze refuses with it
	frozen    bool                     // an order closed the month
	untold    []pa0580.GestionID       // frozen gestiones, in order
	deaf      map[pa0580.GestionID]int // how often telling each fails
	told      []pa0580.GestionID
	unwritten int // how often writing the files fails
	filed     int // how often they were written
	unsealed  int // how often certifying fails
	certified int
	meanwhile func() // happens while a freeze is carried out
}

func (d *desk) Unapplied(context.Context, pa0580.Mes, int) ([]pa0580.Comando, error) {
	waiting := make([]pa0580.Comando, d.unapplied)
	for i := range waiting {
		waiting[i].ID = pa0580.ComandoID(strconv.Itoa(i))
	}
	return waiting, nil
}

func (d *desk) Freeze(context.Context, contract.OrdenID, time.Time) (contract.Congelada, error) {
	if d.meanwhile != nil {
		d.meanwhile()
	}
	switch {
	case d.refusal != "":
		return contract.Congelada{Codigo: d.refusal}, nil
	case d.unapplied > 0:
		return contract.Congelada{Codigo: pa0580.CodeUnapplied}, nil
	case d.frozen:
		return contract.Congelada{Codigo: pa0580.CodeMonthClosed}, nil
	}
	d.frozen = true
	return contract.Congelada{Cerrado: true, Lineas: int64(len(d.untold))}, nil
}

func (d *desk) Untold(_ context.Context, _ pa0580.Mes, after pa0580.GestionID, limit int) ([]activities.Untold, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var page []activities.Untold
	for _, g := range d.untold {
		if g > after && !slices.Contains(d.told, g) && len(page) < limit {
			page = append(page, activities.Untold{ID: g})
		}
	}
	return page, nil
}

func (d *desk) MarkTold(_ context.Context, ids []pa0580.GestionID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.told = append(d.told, ids...)
	return nil
}

func (d *desk) Avisar(context.Context, pa0580.GestionID, pa0580.ComandoID) error {
	d.reminded++
	d.unapplied--
	return nil
}

func (d *desk) Incluir(_ context.Context, id pa0580.GestionID, _ contract.RowState) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.deaf[id] > 0 {
		d.deaf[id]--
		return errors.New("deadline exceeded")
	}
	return nil
}

func (d *desk) Certificar(context.Context, pa0580.Mes) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.filed == 0 {
		return errors.New("certified before its files were written")
	}
	if d.unsealed > 0 {
		d.unsealed--
		return errors.New("the audit is not sealed yet")
	}
	d.certified++
	return nil
}

func (d *desk) Archivar(context.Context, pa0580.Mes) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.unwritten > 0 {
		d.unwritten--
		return errors.New("no space left on device")
	}
	d.filed++
	return nil
}

// order sends one order to close and hands its result to check.
func (l *life) order(name string, check func(contract.Congelada)) {
	l.UpdateWorkflow(contract.Congelar, name, &testsuite.TestUpdateCallback{
		OnAccept: func() {}, OnReject: func(err error) { l.t.Errorf("order %s rejected: %v", name, err) },
		OnComplete: func(out any, err error) {
			if err != nil {
				l.t.Errorf("order %s: %v", name, err)
				return
			}
			check(out.(contract.Congelada))
		},
	}, contract.Congelacion{Orden: contract.OrdenID(name)})
}

func (l *life) closes(in contract.CierreInput) contract.Drenaje {
	l.t.Helper()
	l.ExecuteWorkflow(workflows.Cierre, in)
	var done contract.Drenaje
	if err := errors.Join(l.GetWorkflowError(), l.GetWorkflowResult(&done)); err != nil {
		l.t.Fatalf("closing failed: %v", err)
	}
	return done
}

var october = contract.CierreInput{Mes: "2026-10"}

func TestCierreFreezesThenTells(t *testing.T) {
	t.Parallel()
	d := (&desk{closing: closing{unapplied: 3, untold: []pa0580.GestionID{"a", "b", "c"}, deaf: map[pa0580.GestionID]int{"b": 2}, unwritten: 2, unsealed: 1}}).open()
	l := newLife(t, d)
	l.at(0, func() {
		l.order("uno", func(c contract.Congelada) {
			if !c.Cerrado || c.Lineas != 3 {
				t.Errorf("first order: %+v", c)
			}
		})
		l.order("dos", func(c contract.Congelada) {
			if c.Cerrado || c.Codigo != pa0580.CodeMonthClosed {
				t.Errorf("second order: %+v", c)
			}
		})
	})
	l.closes(october)
	slices.Sort(d.told)
	if !slices.Equal(d.told, d.untold) || d.reminded != 3 {
		t.Errorf("told %v of %v, reminded %d of 3", d.told, d.untold, d.reminded)
	}
	if d.filed != 2 || d.certified != 1 { // the second time there is nothing left to write
		t.Errorf("the planillas were written %d times, certified %d times", d.filed, d.certified)
	}
}

// A refused close completes its run and burns nothing: the next one is a new run.
func TestCierreRefusedEnds(t *testing.T) {
	t.Parallel()
	d := (&desk{closing: closing{refusal: pa0580.CodeDigest, untold: []pa0580.GestionID{"a"}}}).open()
	l := newLife(t, d)
	l.at(0, func() {
		l.order("uno", func(c contract.Congelada) {
			if c.Cerrado || c.Codigo != pa0580.CodeDigest {
				t.Errorf("order: %+v", c)
			}
		})
	})
	l.closes(october)
	if len(d.told) > 0 {
		t.Errorf("a refused close told %v", d.told)
	}
}

func TestCierreTakesUpTheTelling(t *testing.T) {
	t.Parallel()
	d := (&desk{closing: closing{untold: []pa0580.GestionID{"a", "b"}, told: []pa0580.GestionID{"a"}}}).open()
	l := newLife(t, d)
	if done := l.closes(contract.CierreInput{Mes: "2026-10", Drenar: true}); done.Avisadas != 1 || len(d.told) != 2 {
		t.Errorf("told %v: %+v", d.told, done)
	}
}

// Whenever somebody cancels the workflow, either nothing happened or the month is
// closed whole: frozen, told, filed and proved.
func TestACanceledCierreIsNothingOrWhole(t *testing.T) {
	t.Parallel()
	order := func(l *life) {
		l.UpdateWorkflow(contract.Congelar, "uno", &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { l.t.Errorf("rejected: %v", err) }, OnComplete: func(any, error) {},
		}, contract.Congelacion{Orden: "uno"})
	}
	tests := map[string]struct {
		month closing
		act   func(*life)
		in    contract.CierreInput
		whole bool
	}{
		"before any order":             {closing{}, func(l *life) { l.at(0, l.CancelWorkflow) }, october, false},
		"before the freeze of one":     {closing{}, func(l *life) { l.at(0, func() { order(l); l.CancelWorkflow() }) }, october, false},
		"while it freezes":             {closing{}, func(l *life) { l.desk.meanwhile = l.CancelWorkflow; l.at(0, func() { order(l) }) }, october, true},
		"while it tells and files":     {closing{deaf: map[pa0580.GestionID]int{"b": 2}, unwritten: 3}, func(l *life) { l.at(0, func() { order(l) }); l.at(2*time.Second, l.CancelWorkflow) }, october, true},
		"while the telling is resumed": {closing{deaf: map[pa0580.GestionID]int{"b": 2}}, func(l *life) { l.at(2*time.Second, l.CancelWorkflow) }, contract.CierreInput{Mes: "2026-10", Drenar: true}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := (&desk{closing: tt.month}).open()
			d.untold = []pa0580.GestionID{"a", "b", "c"}
			l := newLife(t, d)
			tt.act(l)
			l.ExecuteWorkflow(workflows.Cierre, tt.in)
			err := l.GetWorkflowError()
			if !l.IsWorkflowCompleted() || tt.whole != (err == nil) {
				t.Errorf("ended with %v", err)
			}
			if whole := len(d.told) == len(d.untold) && d.filed > 0 && d.certified > 0; whole != tt.whole || !whole && (d.frozen || len(d.told) > 0) {
				t.Errorf("frozen %t, told %v, filed %d, certified %d", d.frozen, d.told, d.filed, d.certified)
			}
		})
	}
}
