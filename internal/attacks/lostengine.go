package attacks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// LostOptions size the loss of an engine.
type LostOptions struct {
	Options
	Total int // gestiones
	World procs.World
}

// Recovery is one return from a loss.
type Recovery struct {
	Name      string
	Gestiones int
	Engine    time.Duration // until Temporal was there again, empty
	Reconcile time.Duration // of «gestiones reconcile»; 0 where nobody ran it
	Rest      time.Duration // from the start of it all until everything was carried out and told
	Different int           // gestiones that are not as they would be without the loss
	Workflows int           // that are missing, or run for a gestión that has ended

	Unfinished int // gestiones that did not go on to their end afterwards
}

// Wrong tells whether anything is not as if nothing had happened.
func (r Recovery) Wrong() bool { return r.Different+r.Workflows+r.Unfinished > 0 }

// LostEngine deletes Temporal's databases while gestiones wait in every estado
// with commands and an order to close stored, and again under serve and work
// that go on and an operator who does nothing; terminates every workflow, and
// restores PostgreSQL to the moment of the loss beside an empty engine. After each
// it counts what is not as if nothing had happened. In the end every gestión goes
// on to its planilla.
func LostEngine(ctx context.Context, o LostOptions) ([]Recovery, error) {
	first := lastMonth().Prev() // one that is closed before, one with an order to close
	s, err := start(ctx, o.Options, first)
	if err != nil {
		return nil, err
	}
	l := &lost{LostOptions: o, stack: s, first: first}
	err = l.run(ctx)
	return l.recoveries, errors.Join(err, s.Close())
}

type lost struct {
	LostOptions
	*day
	stack      *procs.Stack
	first      pa0580.Mes      // closed, not all told; the next one has an order to close
	settled    map[string]fila // how the rows of the moment of the loss end up, left alone
	recoveries []Recovery
}

// loss is something that is lost, and what an operator does after it.
type loss struct {
	name    string
	prepare func(context.Context) error
	lose    func(context.Context) error
	alone   bool     // nothing: every process runs on, and reconciles by itself
	args    []string // of «gestiones reconcile», after starting what is down
	finish  bool     // every gestión then goes on to its end
}

func (l *lost) run(ctx context.Context) error {
	people, err := procs.Populate(ctx, l.stack.DatabaseURL(), l.World)
	if err != nil {
		return err
	}
	l.day = &day{crew: newCrew(l.stack, people, l.World), want: map[string]fila{}, agents: map[string]int{}}
	if err := l.fill(ctx); err != nil {
		return fmt.Errorf("bring gestiones into every estado: %w", err)
	}
	l.settled = maps.Clone(l.want)
	if err := l.snapshot(ctx); err != nil {
		return err
	}
	for _, x := range []loss{
		{name: "motor perdido", lose: l.loseEngine},
		{name: "motor cambiado en marcha", lose: l.replaceEngine, alone: true},
		{name: "workflows terminados", prepare: l.loadUnverified, lose: l.terminateAll, args: []string{"--todas"}, finish: true},
		{name: "PostgreSQL restaurado, motor vacío", lose: l.restore, finish: true},
	} {
		if err := l.suffer(ctx, x); err != nil {
			return fmt.Errorf("%s: %w", x.name, err)
		}
	}
	return nil
}

func (l *lost) suffer(ctx context.Context, x loss) error {
	if x.prepare != nil {
		if err := x.prepare(ctx); err != nil {
			return err
		}
	}
	l.Say("%s…", x.name)
	r, err := l.recover(ctx, x)
	if err != nil {
		return err
	}
	l.Say("%s: en reposo a los %.1f s, diferencias %d, workflows %d", x.name, r.Rest.Seconds(), r.Different, r.Workflows)
	if x.finish && !r.Wrong() {
		r.Unfinished, err = l.finish(ctx)
	}
	l.recoveries = append(l.recoveries, r)
	return err
}

// recover loses something, does what the operator's page says, if anything, and
// waits for rest.
func (l *lost) recover(ctx context.Context, x loss) (Recovery, error) {
	r := Recovery{Name: x.name}
	began := time.Now()
	if err := x.lose(ctx); err != nil {
		return r, err
	}
	r.Engine = time.Since(began)
	if !x.alone {
		if err := l.stack.Move(ctx, 0, opensgc.Normal); err != nil { // starts what is down
			return r, err
		}
		reconciling := time.Now()
		if err := l.reconcile(ctx, x.args); err != nil {
			return r, err
		}
		r.Reconcile = time.Since(reconciling)
	}
	db, err := pgx.Connect(ctx, l.stack.DatabaseURL())
	if err != nil {
		return r, err
	}
	defer db.Close(ctx)
	if err := quiet(ctx, db); err != nil {
		return r, err
	}
	if err := l.driven(ctx); err != nil {
		return r, err
	}
	for _, mes := range []pa0580.Mes{l.first, l.first.Next()} {
		if err := l.told(ctx, mes); err != nil {
			return r, err
		}
	}
	r.Rest, r.Gestiones = time.Since(began), len(l.want)
	if r.Different, err = different(ctx, db, l.want); err != nil {
		return r, err
	}
	r.Workflows, err = disagreeing(ctx, l.stack, l.want)
	return r, err
}

func (l *lost) told(ctx context.Context, mes pa0580.Mes) error {
	ctx, cancel := context.WithTimeout(ctx, closeIn)
	defer cancel()
	_, err := told(ctx, l.apis[0], l.people.RRHH[0].Token, mes)
	return err
}
