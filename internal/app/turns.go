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
// are under way for those who wait, fewer for those who were told that it is stored,
// and what does not get its turn is left to [App.Reconciliar].
const (
	turnsNow  = 16
	turnsLate = 4
	waitLate  = 1000

	// sendOneIn bounds one message that outlives its request. A start is not given up
	// with its request: the engine has handed out the first task with its answer, and
	// would wait ten seconds for whoever did not listen.
	sendOneIn = 10 * time.Second
)

var errBusy = errors.New("the engine is busy: it is told later")

// turns are the messages under way to the engine. The zero one has none.
type turns struct {
	once      sync.Once
	now, late *semaphore.Weighted
	waiting   atomic.Int64
}

func (t *turns) init() {
	t.once.Do(func() { t.now, t.late = semaphore.NewWeighted(turnsNow), semaphore.NewWeighted(turnsLate) })
}

// inTurn sends a message that somebody waits for. Where its turn does not come
// within half of what they wait, it gives errBusy and sends another in its place
// later, for which nobody needs to wait.
func (a *App) inTurn(ctx context.Context, send, later func(context.Context) error) error {
	t := &a.turns
	t.init()
	soon, cancel := context.WithTimeout(ctx, a.Config.Espera/2)
	err := t.now.Acquire(soon, 1)
	cancel()
	if err == nil {
		defer t.now.Release(1)
		return send(ctx)
	}
	if t.waiting.Add(1) > waitLate {
		t.waiting.Add(-1)
		return errBusy
	}
	ctx = context.WithoutCancel(ctx)
	a.background.Go(func() {
		defer t.waiting.Add(-1)
		if t.late.Acquire(ctx, 1) == nil {
			defer t.late.Release(1)
			_ = later(ctx) // which logs it
		}
	})
	return errBusy
}

// start starts a gestión's workflow, or finds it running.
func (a *App) start(ctx context.Context, id pa0580.GestionID) error {
	start := func(ctx context.Context) error {
		one, cancel := context.WithTimeout(ctx, sendOneIn)
		defer cancel()
		err := a.Flow.Arrancar(one, id)
		if err != nil {
			a.Log.WarnContext(ctx, "gestión stored, workflow not started", "gestion", id, "error", err)
		}
		return err
	}
	return a.inTurn(context.WithoutCancel(ctx), start, start)
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
