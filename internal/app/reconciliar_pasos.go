package app

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

func (r *reconciliation) comandos(ctx context.Context) error {
	for desde := int64(0); ; {
		page, err := r.Store.SinAvisar(ctx, r.before, r.began, desde, reconcilePage)
		if err != nil {
			return fmt.Errorf("list unapplied commands: %w", err)
		}
		told := send(ctx, r, page, func(ctx context.Context, p Pendiente) error { return r.Flow.Avisar(ctx, p.Gestion, p.Comando) })
		r.found.Comandos += len(told)
		if len(page) < reconcilePage || r.gone() {
			return nil
		}
		desde = page[len(page)-1].Desde
	}
}

// movidas has the workflows of gestiones that a command moved since all were
// last looked at look at their rows again, where the row asks something of them.
// What a command did is in the row at once, but in the workflow only once its
// task completed: a worker may die between the two, and its client with it.
func (r *reconciliation) movidas(ctx context.Context) error {
	var from time.Time // the first one looks at all there ever was
	if r.hasta != nil {
		from = r.hasta.Add(-reconcileBack)
	}
	var running atomic.Int64
	look := func(ctx context.Context, id pa0580.GestionID) error {
		there, err := r.Flow.Mirar(ctx, id)
		if there {
			running.Add(1)
		}
		return err
	}
	all := true
	for tras := pa0580.GestionID(""); ; {
		page, err := r.Store.Movidas(ctx, from, r.before, tras, reconcilePage)
		if err != nil {
			return fmt.Errorf("list gestiones that moved: %w", err)
		}
		all = len(send(ctx, r, page, look)) == len(page) && all
		r.found.Movidas = int(running.Load())
		if r.gone() {
			return nil
		}
		if len(page) < reconcilePage {
			if all {
				r.hasta = &r.before
			}
			return nil
		}
		tras = page[len(page)-1]
	}
}

// ajenas starts the workflows of a lost engine's rows in this one. A row is
// this engine's once its workflow is known to be there.
func (r *reconciliation) ajenas(ctx context.Context) error {
	for {
		page, err := r.Store.Ajenas(ctx, r.motor, r.before, reconcilePage)
		if err != nil {
			return fmt.Errorf("list rows of another engine: %w", err)
		}
		started, err := r.adopt(ctx, page, r.Flow.Arrancar)
		if err != nil {
			return err
		}
		r.found.Ajenas += started
		// Those that could not be started stay in front.
		if len(page) < reconcilePage || started < len(page) {
			return nil
		}
	}
}

// adopt starts workflows where they are missing and records whose they are.
func (r *reconciliation) adopt(ctx context.Context, page []pa0580.GestionID, start func(context.Context, pa0580.GestionID) error) (int, error) {
	started := send(ctx, r, page, start)
	mark, cancel := context.WithTimeout(context.WithoutCancel(ctx), reconcileEach)
	defer cancel()
	if err := r.Store.Adoptar(mark, started, r.motor); err != nil {
		return 0, fmt.Errorf("adopt gestiones: %w", err)
	}
	return len(started), nil
}

// recibidas looks after some of the rows that wait for OPEN SGC, taking turns: a
// workflow that somebody terminated leaves its row waiting for ever, and with
// OPEN SGC away for a morning there are thousands whose workflow is well.
func (r *reconciliation) recibidas(ctx context.Context) error {
	page, err := r.Store.SinVerificar(ctx, r.before, r.tras, reconcileRounds)
	if err != nil {
		return fmt.Errorf("list rows that wait for OPEN SGC: %w", err)
	}
	r.found.Verificaciones = len(send(ctx, r, page, r.Flow.Arrancar))
	switch {
	case over(ctx): // the next one goes on where this one began
	case len(page) == reconcileRounds:
		r.tras = page[len(page)-1]
	default:
		r.tras = ""
	}
	return nil
}

func (r *reconciliation) ordenes(ctx context.Context) error {
	orders, err := r.Store.OrdenesPendientes(ctx, r.before)
	if err != nil {
		return fmt.Errorf("list orders to close: %w", err)
	}
	accepted := sendWithin(ctx, r, plazoCierre, orders, func(ctx context.Context, o Orden) error { return r.Flow.Encargar(ctx, o.Mes, o.ID) })
	r.found.Ordenes = len(accepted)
	return nil
}

// cierres has closed months go on with what their workflow does after the freeze: it
// tells their gestiones and writes their files.
func (r *reconciliation) cierres(ctx context.Context) error {
	months, err := r.Store.Cierres(ctx)
	if err != nil {
		return fmt.Errorf("list months: %w", err)
	}
	months = slices.DeleteFunc(months, func(c Cierre) bool { return !untold(c) && !r.unfiled(c) })
	for _, c := range send(ctx, r, months, func(ctx context.Context, c Cierre) error { return r.Flow.Drenar(ctx, c.Mes) }) {
		if untold(c) {
			r.found.Cierres++
		}
		if r.unfiled(c) {
			r.found.Archivos++
		}
	}
	return nil
}

func untold(c Cierre) bool { return c.CerradoAt != nil && c.Avisadas < c.Lineas }

// unfiled tells a closed month that lacks files, or its manifest where there is a key to
// sign it with, although it was not closed just now: it was closed by a version that made
// none, or its engine was lost before.
func (r *reconciliation) unfiled(c Cierre) bool {
	return c.CerradoAt != nil && c.CerradoAt.Before(r.before) && (c.Archivos < c.Esperados || !c.Probado && r.Notario != nil)
}
