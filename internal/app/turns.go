package app

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"ande.gov.py/gestiones/internal/pa0580"
)

// An engine that is asked for more at once than it can do is slower with all of
// it, and nobody waits for what comes after their two seconds. So a few messages
// are under way for requests that wait, as many for bulk requests, whatever their
// number, and fewer for requests that were answered before their message got
// through. What gets no turn is left to [App.Reconciliar].
const (
	turnsNow  = 16
	turnsBulk = 16
	turnsLate = 4
	waitLate  = 1000

	// sendOneIn bounds one message that outlives its request. A start is not given up
	// with its request: the engine has handed out the first task with its answer, and
	// would wait ten seconds for whoever did not listen.
	sendOneIn = 10 * time.Second
)

var (
	errBusy = errors.New("the engine is busy")
	errSlow = errors.New("the engine has not answered yet")
)

// turns are the messages under way to the engine. The zero one has none.
type turns struct {
	once            sync.Once
	now, bulk, late *semaphore.Weighted
	waiting         atomic.Int64 // for a late turn
}

func (a *App) lanes() *turns {
	t := &a.turns
	t.once.Do(func() {
		t.now, t.bulk, t.late = semaphore.NewWeighted(turnsNow), semaphore.NewWeighted(turnsBulk), semaphore.NewWeighted(turnsLate)
	})
	return t
}

// turn is the right to send a message that somebody waits for, until it is given
// back. errBusy where it does not come within half of what they wait.
func (a *App) turn(ctx context.Context) (back func(), err error) {
	t := a.lanes()
	soon, cancel := context.WithTimeout(ctx, a.Config.Espera/2)
	defer cancel()
	if t.now.Acquire(soon, 1) != nil {
		return nil, errBusy
	}
	return func() { t.now.Release(1) }, nil
}

// later sends a message, which logs its own failure, for a request that waits no
// longer. What got no turn by the time the reconciler looks for it is the
// reconciler's.
func (a *App) later(ctx context.Context, message func(context.Context) error) {
	t := a.lanes()
	if t.waiting.Add(1) > waitLate {
		t.waiting.Add(-1)
		return
	}
	ctx = context.WithoutCancel(ctx)
	a.background.Go(func() {
		defer t.waiting.Add(-1)
		soon, cancel := context.WithTimeout(ctx, a.Config.ReconciliarTras)
		defer cancel()
		if t.late.Acquire(soon, 1) == nil {
			defer t.late.Release(1)
			_ = message(ctx)
		}
	})
}

// start starts a gestión's workflow, or finds it running. It gives errSlow, and its
// turn back, where that takes longer than anybody waits; the start goes on.
func (a *App) start(ctx context.Context, id pa0580.GestionID) error {
	ctx = context.WithoutCancel(ctx)
	start := func(ctx context.Context) error {
		one, cancel := context.WithTimeout(ctx, sendOneIn)
		defer cancel()
		err := a.Flow.Arrancar(one, id)
		if err != nil {
			a.Log.WarnContext(ctx, "gestión stored, workflow not started", "gestion", id, "error", err)
		}
		return err
	}
	back, err := a.turn(ctx)
	if err != nil {
		a.later(ctx, start)
		return err
	}
	defer back()
	started := make(chan error, 1)
	a.background.Go(func() { started <- start(ctx) })
	patience := time.NewTimer(a.Config.Espera)
	defer patience.Stop()
	select {
	case err := <-started:
		return err
	case <-patience.C:
		return errSlow
	}
}

// tell has a workflow apply a stored command, and waits for nothing.
func (a *App) tell(ctx context.Context, c pa0580.Comando) error {
	one, cancel := context.WithTimeout(ctx, sendOneIn)
	defer cancel()
	err := a.Flow.Avisar(one, c.Gestion, c.ID)
	if err != nil {
		a.Log.WarnContext(ctx, "command stored, workflow not told", "comando", c.ID, "error", err)
	}
	return err
}
