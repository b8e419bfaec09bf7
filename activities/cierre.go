package activities

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	pageUnapplied = 1000
	pageUntold    = 250 // marked told together
	settlePulse   = 100 * time.Millisecond
	heartbeat     = 5 * time.Second
	maxTell       = 20 * time.Second // one workflow that does not answer holds up nobody
)

// Settle has every command from before the month's corte applied: it reminds
// each workflow once and waits. What remains at its deadline the freeze refuses
// to pass over.
func (a *Activities) Settle(ctx context.Context, mes string) error {
	m, err := pa0580.ParseCierre(mes)
	if err != nil {
		return a.wire(ctx, "settle month", err)
	}
	reminded := map[pa0580.ComandoID]bool{}
	tick := time.NewTicker(settlePulse)
	defer tick.Stop()
	for {
		waiting, err := a.Store.Unapplied(ctx, m, pageUnapplied)
		if err != nil || len(waiting) == 0 {
			return a.wire(ctx, "list unapplied commands", err)
		}
		for _, c := range waiting {
			if reminded[c.ID] {
				continue
			}
			reminded[c.ID] = true
			if err := a.Messenger.Avisar(ctx, c.Gestion, c.ID); err != nil {
				a.Log.WarnContext(ctx, "remind workflow", "gestion", c.Gestion, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Freeze carries out a stored order to close a month, in one transaction.
func (a *Activities) Freeze(ctx context.Context, c contract.Congelacion) (contract.Congelada, error) {
	defer pulse(ctx, func() { activity.RecordHeartbeat(ctx) })()
	frozen, err := a.Store.Freeze(ctx, c.Orden, a.Reloj())
	return frozen, a.wire(ctx, "freeze month", err)
}

// Drain tells every frozen gestión of a month that it is in a planilla, so that
// its workflow ends. It goes on from the last key its heartbeat carried.
func (a *Activities) Drain(ctx context.Context, in contract.CierreInput) (contract.Drenaje, error) {
	var done contract.Drenaje
	if activity.HasHeartbeatDetails(ctx) {
		if err := activity.GetHeartbeatDetails(ctx, &done); err != nil {
			return done, a.wire(ctx, "read heartbeat", err)
		}
	}
	mes, err := pa0580.ParseCierre(in.Mes)
	if err != nil {
		return done, a.wire(ctx, "drain month", err)
	}
	for {
		page, err := a.Store.Untold(ctx, mes, pa0580.GestionID(done.Tras), pageUntold)
		if err != nil {
			return done, a.wire(ctx, "list untold gestiones", err)
		}
		if len(page) == 0 {
			break
		}
		told := a.tell(ctx, page, done)
		if err := a.Store.MarkTold(ctx, told); err != nil {
			return done, a.wire(ctx, "mark told", err)
		}
		done.Avisadas += int64(len(told))
		done.Fallidas += int64(len(page) - len(told))
		done.Tras = string(page[len(page)-1].ID)
		activity.RecordHeartbeat(ctx, done)
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
	}
	if done.Fallidas > 0 {
		// Start over from the first one left: the next attempt carries no key.
		activity.RecordHeartbeat(ctx, contract.Drenaje{Avisadas: done.Avisadas})
		return done, a.wire(ctx, "drain month", errors.New("some workflows could not be told"))
	}
	return done, nil
}

// File writes the files of a closed month's planillas, has the audit sealed and signs
// the month's manifest. What is written stays as it is.
func (a *Activities) File(ctx context.Context, in contract.CierreInput) error {
	defer pulse(ctx, func() { activity.RecordHeartbeat(ctx) })()
	mes, err := pa0580.ParseCierre(in.Mes)
	if err != nil {
		return a.wire(ctx, "file month", err)
	}
	if err := a.Archive.Archivar(ctx, mes); err != nil {
		return a.wire(ctx, "file month", err)
	}
	return a.wire(ctx, "certify month", a.Archive.Certificar(ctx, mes))
}

// tell sends the page's messages with bounded concurrency and returns those heard.
func (a *Activities) tell(ctx context.Context, page []Untold, sofar contract.Drenaje) []pa0580.GestionID {
	defer pulse(ctx, func() { activity.RecordHeartbeat(ctx, sofar) })()
	heard := make([]bool, len(page))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(a.Paralelo, len(page)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(page)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				one, cancel := context.WithTimeout(ctx, maxTell)
				err := a.Messenger.Incluir(one, page[i].ID, page[i].Row)
				cancel()
				if err != nil {
					a.Log.WarnContext(ctx, "tell gestión", "gestion", page[i].ID, "error", err)
				}
				heard[i] = err == nil
			}
		})
	}
	group.Wait()
	told := make([]pa0580.GestionID, 0, len(page))
	for i, ok := range heard {
		if ok {
			told = append(told, page[i].ID)
		}
	}
	return told
}

// pulse beats until the function it returns is called: work that takes long
// shows by time, not by progress, that its worker is alive.
func pulse(ctx context.Context, beat func()) func() {
	ctx, stop := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(heartbeat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				beat()
			}
		}
	})
	return func() { stop(); done.Wait() }
}
