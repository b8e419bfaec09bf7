package app

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// An engine that hangs keeps so many requests and no more; the others hear at once
// that it is stored, and what they asked is sent in its turn.
func TestWhoGetsNoTurnIsToldLater(t *testing.T) {
	t.Parallel()
	a := &App{Config: Config{Espera: 20 * time.Millisecond}}
	hangs, sending := make(chan struct{}), make(chan struct{})
	hang := func(context.Context) error {
		sending <- struct{}{}
		<-hangs
		return nil
	}
	none := func(context.Context) error { t.Error("sent twice"); return nil }
	var waiting sync.WaitGroup
	for range turnsNow {
		waiting.Go(func() {
			if err := a.inTurn(t.Context(), hang, none); err != nil {
				t.Errorf("with its turn: %v", err)
			}
		})
	}
	for range turnsNow {
		<-sending
	}
	told := make(chan struct{})
	gone, leave := context.WithCancel(t.Context()) // a client that does not wait
	leave()
	later := func(ctx context.Context) error {
		told <- struct{}{}
		return ctx.Err()
	}
	for _, ctx := range []context.Context{t.Context(), gone} {
		if err := a.inTurn(ctx, none, later); !errors.Is(err, errBusy) {
			t.Errorf("without a turn: %v", err)
		}
		<-told
	}
	close(hangs)
	waiting.Wait()
	if err := a.inTurn(t.Context(), func(context.Context) error { return nil }, none); err != nil {
		t.Errorf("once it answers again: %v", err)
	}
	a.Drain(time.Minute)
}
