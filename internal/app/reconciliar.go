package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// reconcileAfter is how old something stored must be before its message
	// counts as lost.
	reconcileAfter = 30 * time.Second
	reconcileLimit = 1000
	// reconcileEach bounds one message: one that fails holds up no other.
	reconcileEach = 10 * time.Second
)

// Reconciliado is what one reconciliation found.
type Reconciliado struct {
	Verificaciones int // recibida rows whose workflow was started again
	Comandos       int // unapplied commands told again
	Ordenes        int // orders to close that were not carried out yet
	Cierres        int // closed months whose telling was taken up again
}

// Reconciliar sends again what a crash or an engine that was away left unsent:
// it starts the workflows of recibida rows, tells those with unapplied commands,
// carries out stored orders to close and takes up the telling of closed months.
// Running it twice is harmless. What fails is reported and tried next time.
func (a *App) Reconciliar(ctx context.Context) (Reconciliado, error) {
	var done Reconciliado
	var failed []error
	before := a.Reloj().Add(-reconcileAfter)
	send := func(count *int, message func(context.Context) error) {
		one, cancel := context.WithTimeout(ctx, reconcileEach)
		defer cancel()
		*count++
		if err := message(one); err != nil {
			failed = append(failed, err)
		}
	}

	pending, err := a.Store.Pendings(ctx, before, reconcileLimit)
	if err != nil {
		return done, fmt.Errorf("list what waits: %w", err)
	}
	for _, p := range pending {
		if p.Comando != "" {
			send(&done.Comandos, func(ctx context.Context) error { return a.Flow.Avisar(ctx, p.Gestion, p.Comando) })
		} else {
			send(&done.Verificaciones, func(ctx context.Context) error { return a.Flow.Arrancar(ctx, p.Gestion) })
		}
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
	}

	orders, err := a.Store.OrdenesPendientes(ctx, before)
	if err != nil {
		return done, fmt.Errorf("list orders to close: %w", err)
	}
	for _, o := range orders {
		send(&done.Ordenes, func(ctx context.Context) error {
			_, err := a.Flow.Congelar(ctx, o.Mes, o.ID)
			return err
		})
	}

	months, err := a.Store.Cierres(ctx)
	if err != nil {
		return done, fmt.Errorf("list months: %w", err)
	}
	for _, m := range months {
		if m.CerradoAt != nil && m.Avisadas < m.Lineas {
			send(&done.Cierres, func(ctx context.Context) error { return a.Flow.Drenar(ctx, m.Mes) })
		}
	}
	return done, errors.Join(failed...)
}
