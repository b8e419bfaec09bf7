package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// An engine that hangs keeps so many requests and no more. Whoever gets no turn is
// not kept, and what they asked is sent though they are gone.
func TestWhoGetsNoTurnIsNotKept(t *testing.T) {
	t.Parallel()
	a := &App{Config: Config{Espera: time.Hour, ReconciliarTras: time.Hour}}
	var back []func()
	for range turnsNow {
		b, err := a.turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		back = append(back, b)
	}
	a.Config.Espera = 20 * time.Millisecond
	gone, leave := context.WithCancel(t.Context())
	leave()
	sent := make(chan error)
	for _, ctx := range []context.Context{t.Context(), gone} {
		if _, err := a.turn(ctx); !errors.Is(err, errBusy) {
			t.Errorf("without a turn: %v", err)
		}
		a.later(ctx, func(ctx context.Context) error {
			sent <- ctx.Err()
			return nil
		})
		if err := <-sent; err != nil {
			t.Errorf("sent with %v", err)
		}
	}
	a.Config.Espera = time.Hour
	for _, b := range back {
		b()
	}
	if _, err := a.turn(t.Context()); err != nil {
		t.Errorf("once it answers again: %v", err)
	}
	a.Drain(time.Minute)
}

// slow is an engine that takes its time for each start.
type slow struct {
	Flow
	takes   time.Duration
	started atomic.Int64
}

func (f *slow) Arrancar(ctx context.Context, _ pa0580.GestionID) error {
	select {
	case <-time.After(f.takes):
		f.started.Add(1)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Whoever waited for a start as long as anybody waits leaves their turn to another,
// and the start goes on.
func TestASlowStartGivesItsTurnBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine := &slow{takes: 5 * time.Second}
		a := &App{Flow: engine, Config: Config{Espera: 2 * time.Second, ReconciliarTras: time.Minute}}
		begun := time.Now()
		if err := a.start(t.Context(), "1"); !errors.Is(err, errSlow) {
			t.Errorf("a start that takes %s: %v", engine.takes, err)
		}
		if waited := time.Since(begun); waited != a.Config.Espera {
			t.Errorf("waited %s", waited)
		}
		for n := range turnsNow {
			if _, err := a.turn(t.Context()); err != nil {
				t.Fatalf("after %d turns: %v", n, err)
			}
		}
		a.Drain(time.Minute)
		if n := engine.started.Load(); n != 1 {
			t.Errorf("started %d", n)
		}
	})
}

// While the engine hangs, no more wait for a late turn than can be held in memory,
// and those no longer than until the reconciler looks for what they stand for.
func TestLateMessagesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := &App{Config: Config{Espera: 2 * time.Second, ReconciliarTras: 30 * time.Second}}
		var sent atomic.Int64
		hangs, answers := context.WithCancel(t.Context())
		message := func(context.Context) error {
			sent.Add(1)
			<-hangs.Done()
			return nil
		}
		for range waitLate {
			a.later(t.Context(), message)
		}
		a.later(t.Context(), func(context.Context) error {
			t.Error("one more than may wait was kept")
			return nil
		})
		time.Sleep(a.Config.ReconciliarTras + time.Second) // the bubble's clock
		answers()
		a.Drain(time.Minute)
		if n := sent.Load(); n != turnsLate {
			t.Errorf("sent %d, want the %d that had a turn in time", n, turnsLate)
		}
	})
}
