package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// How one reconciliation sends.
const (
	reconcilePage   = 500              // read, and marked, together
	reconcileRounds = 200              // recibida rows looked after, in turn
	reconcileEach   = 10 * time.Second // one message that fails holds up no other
	reconcileFaults = 50               // so many in a row, and the engine is not there
	reconcileBack   = 10 * time.Minute // before the last one began, for what was under way then
	reconcileSeal   = time.Minute      // before anything is sent
)

// Reconciliacion is one reconciliation as it is kept.
type Reconciliacion struct {
	EmpezadaAt   time.Time
	TerminadaAt  time.Time
	Motor        string // the engine it spoke to
	Hallazgos    contract.Reconciliada
	Tras         pa0580.GestionID // where the next one goes on among those that wait for OPEN SGC
	MovidasHasta *time.Time       // up to when every gestión that moved was looked at; nil: none ever was
}

// Pendiente is a gestión with commands that wait to be applied.
type Pendiente struct {
	Gestion pa0580.GestionID
	Comando pa0580.ComandoID // the newest: it applies those before it
	Desde   int64            // place of the oldest among all commands ever stored
}

// Pulso is how much waits, and since when; nil where nothing does.
type Pulso struct {
	SinAplicar      int // commands stored and not applied
	SinAplicarDesde *time.Time
	Recibidas       int // gestiones that wait for OPEN SGC
	RecibidaDesde   *time.Time
	Ordenes         int // orders to close, not carried out
	OrdenDesde      *time.Time
	SinAvisar       int        // planilla lines whose workflow was not told
	CierreDesde     *time.Time // when the oldest month with some of these was closed
	SinArchivar     int        // files of closed months, not written
	ArchivoDesde    *time.Time // when the oldest month that lacks some was closed
	SinProbar       int        // closed months without manifest
	ProbarDesde     *time.Time // when the oldest of these was closed
	Infirmables     int        // closed months that were changed since, or robbed of their manifest
	Abiertas        int        // gestiones whose workflow is open
	Ajenas          int        // of these, driven by another engine
	SinSellar       int        // audit entries that no block of the chain holds
	SinSellarDesde  *time.Time
	Reclamos        int        // of funcionarios, past their due date and not answered
	ReclamoDesde    *time.Time // when the oldest of these lapsed
	ContadorAtras   bool       // PostgreSQL counts fewer transactions than were sealed: nothing can be
}

// Reconciliar sends again what a crash, a lost message or a lost engine left
// undone: it carries out stored orders to close, takes up the telling of closed
// months and the writing of their files, and has reclamos del funcionario looked at,
// before thousands of others queue for the workers; tells workflows of
// unapplied commands, has those look again whose rows a command moved, and starts
// those of rows that another engine drove and of rows that wait for OPEN SGC. Before
// all that it seals the audit, for which it needs no engine. What
// it finds it finds in SQL, by the engine's epoch that rows keep: nothing is asked
// about each gestión. Running it twice, or two at once, is harmless. What fails is
// counted and tried next time; an error says that it could not look at all, or not
// for some of it: one thing that cannot be looked for holds up no other. At ctx's
// deadline it ends, recorded, with what was done: the next one finds the rest, and
// begins with the steps that this one did not come to.
func (a *App) Reconciliar(ctx context.Context) (contract.Reconciliada, error) {
	r := &reconciliation{App: a, began: a.Reloj()}
	r.before = r.began.Add(-a.Config.ReconciliarTras)
	var failed []error
	if err := r.sellos(ctx); err != nil && !over(ctx) {
		failed = append(failed, err)
		r.found.Romper("sellos")
	}
	var err error
	if r.motor, err = a.Flow.Motor(ctx); err != nil {
		return r.found, errors.Join(append(failed, fmt.Errorf("ask the engine for its epoch: %w", err))...)
	}
	last, err := a.Store.UltimaReconciliacion(ctx)
	if err != nil {
		return r.found, errors.Join(append(failed, fmt.Errorf("read the last reconciliation: %w", err))...)
	}
	if last != nil {
		r.tras, r.hasta = last.Tras, last.MovidasHasta
	}
	for _, s := range r.steps(last) {
		if err := s.do(ctx); err != nil && !over(ctx) {
			failed = append(failed, fmt.Errorf("%s: %w", s.name, err))
			r.found.Romper(s.name)
		}
		if over(ctx) || r.gone() {
			r.found.Cortada = s.name
			break
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return r.found, ctx.Err()
	}
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), reconcileEach)
	defer cancel()
	err = a.Store.AddReconciliacion(record, Reconciliacion{
		EmpezadaAt: r.began, TerminadaAt: later(r.began, a.Reloj()), Motor: r.motor, Hallazgos: r.found, Tras: r.tras, MovidasHasta: r.hasta,
	})
	return r.found, errors.Join(append(failed, err)...)
}

// later of two moments: a clock may be set back meanwhile.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// reconciliation is one of them under way.
type reconciliation struct {
	*App
	motor         string
	began, before time.Time
	tras          pa0580.GestionID // see [Reconciliacion]
	hasta         *time.Time       // see [Reconciliacion.MovidasHasta]
	found         contract.Reconciliada
	inARow        atomic.Int64 // faults without a success between them
}

// step is a part of a reconciliation.
type step struct {
	name string
	do   func(context.Context) error
}

// steps are all, in order. Those of whole months are few messages, and others wait
// for them. Of the long ones that comes first which the last reconciliation did not
// come to: one that always takes all the time there is must not starve the others.
func (r *reconciliation) steps(last *Reconciliacion) []step {
	long := []step{{"pedidos", r.comandos}, {"ajenas", r.ajenas}, {"verificaciones", r.recibidas}, {"movidas", r.movidas}}
	if last != nil {
		cut := slices.IndexFunc(long, func(s step) bool { return s.name == last.Hallazgos.Cortada })
		long = slices.Concat(long[cut+1:], long[:cut+1])
	}
	return slices.Concat([]step{{"órdenes", r.ordenes}, {"cierres", r.cierres}, {"reclamos", r.reclamos}}, long)
}

// over tells that the time of a reconciliation is up.
func over(ctx context.Context) bool { return ctx.Err() != nil }

// gone tells an engine that answered nothing for long.
func (r *reconciliation) gone() bool { return r.inARow.Load() >= reconcileFaults }

// send sends messages about items, a few at once, and returns those that
// arrived within [reconcileEach]. It gives up where none arrives any more.
func send[T any](ctx context.Context, r *reconciliation, items []T, message func(context.Context, T) error) []T {
	return sendWithin(ctx, r, reconcileEach, items, message)
}

func sendWithin[T any](ctx context.Context, r *reconciliation, within time.Duration, items []T, message func(context.Context, T) error) []T {
	arrived := make([]bool, len(items))
	var next, failed atomic.Int64
	var group sync.WaitGroup
	for range min(senders, len(items)) {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(items)) && ctx.Err() == nil && !r.gone(); i = next.Add(1) - 1 {
				one, cancel := context.WithTimeout(ctx, within)
				err := message(one, items[i])
				cancel()
				if err != nil && over(ctx) {
					return // it is not the message's fault
				}
				if err != nil {
					failed.Add(1)
					r.inARow.Add(1)
					r.Log.WarnContext(ctx, "reconcile", "error", err)
					continue
				}
				r.inARow.Store(0)
				arrived[i] = true
			}
		})
	}
	group.Wait()
	out := make([]T, 0, len(items))
	for i, ok := range arrived {
		if ok {
			out = append(out, items[i])
		}
	}
	r.found.Fallas += int(failed.Load())
	return out
}

// Rearrancar starts the workflow of every open gestión and reclamo where it is missing,
// whatever its row says of its engine, and has it look at its row again: for after
// somebody terminated workflows. It tells the count so far after each page, and returns
// how many gestiones are open and how many could not be reached.
func (a *App) Rearrancar(ctx context.Context, progress func(int)) (open, failed int, err error) {
	r := &reconciliation{App: a, began: a.Reloj()}
	if r.motor, err = a.Flow.Motor(ctx); err != nil {
		return 0, 0, fmt.Errorf("ask the engine for its epoch: %w", err)
	}
	r.before = r.began
	if err := r.tellReclamos(ctx, ""); err != nil {
		return 0, r.found.Fallas, err
	}
	var tras pa0580.GestionID
	for {
		page, err := a.Store.Abiertas(ctx, tras, reconcilePage)
		if err != nil {
			return open, r.found.Fallas, fmt.Errorf("list open gestiones: %w", err)
		}
		if _, err := r.adopt(ctx, page, a.Flow.Despertar); err != nil {
			return open, r.found.Fallas, err
		}
		open += len(page)
		progress(open)
		if len(page) < reconcilePage || r.gone() || ctx.Err() != nil {
			return open, r.found.Fallas, ctx.Err()
		}
		tras = page[len(page)-1]
	}
}
