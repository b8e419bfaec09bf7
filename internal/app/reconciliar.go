package app

import (
	"context"
	"fmt"
	"time"
)

const (
	// reconcileAfter is how old something stored must be before its message
	// counts as lost.
	reconcileAfter = 30 * time.Second
	reconcileLimit = 1000
)

// Reconciliado is what one reconciliation found.
type Reconciliado struct {
	Verificaciones int // recibida rows whose workflow was started again
	Comandos       int // unapplied commands told again
	Cierres        int // closed months whose telling was taken up again
}

// Reconciliar sends again what a crash may have left unsent: it starts the
// workflows of recibida rows, tells those with unapplied commands, and takes up
// the telling of closed months. Running it twice is harmless.
func (a *App) Reconciliar(ctx context.Context) (Reconciliado, error) {
	var done Reconciliado
	pending, err := a.Store.Pendings(ctx, a.Reloj().Add(-reconcileAfter), reconcileLimit)
	if err != nil {
		return done, fmt.Errorf("list what waits: %w", err)
	}
	for _, p := range pending {
		if p.Comando != "" {
			done.Comandos++
			err = a.Flow.Avisar(ctx, p.Gestion, p.Comando)
		} else {
			done.Verificaciones++
			err = a.Flow.Arrancar(ctx, p.Gestion)
		}
		if err != nil {
			return done, err
		}
	}
	months, err := a.Store.Cierres(ctx)
	if err != nil {
		return done, fmt.Errorf("list months: %w", err)
	}
	for _, m := range months {
		if m.CerradoAt == nil || m.Avisadas >= m.Lineas {
			continue
		}
		done.Cierres++
		if err := a.Flow.Drenar(ctx, m.Mes); err != nil {
			return done, err
		}
	}
	return done, nil
}
