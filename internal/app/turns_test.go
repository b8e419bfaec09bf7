package app

import (
	"context"
	"errors"
	"testing"
	"time"
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
