package attacks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

// MorningOptions size a morning without Temporal.
type MorningOptions struct {
	Options
	Gestiones int // loaded while it is away; as many were pendientes before
	World     procs.World
}

// MorningReport is what happened to whom.
type MorningReport struct {
	Waiting   int           // pendientes when Temporal went away
	Loaded    int           // accepted with 202 while it was away
	Slowest   time.Duration // of these answers
	Stored    int           // commands stored with 202 while it was away
	Applied   int
	SinEfecto int           // had become illegal, and are in their author's inbox
	Out       time.Duration // how long Temporal was away
	Rest      time.Duration // from its return until everything was carried out
	Disorder  int           // commands applied before one stored earlier
	Different int           // gestiones that are not as the order of storing makes them
}

// Wrong tells whether any promise was broken.
func (r MorningReport) Wrong() bool { return r.Disorder > 0 || r.Different > 0 }

// How many requests travel at once. Where nobody carries them out each waits for
// its whole patience, and costs nothing.
const (
	together = 12
	waiting  = 48
)

func (d *day) atOnce() int {
	if d.away {
		return waiting
	}
	return together
}

// Morning takes Temporal away for a whole morning's load: agents load, heads and
// agents ask for what the rows allow, some of which the others have made illegal
// by the time Temporal is back.
func Morning(ctx context.Context, o MorningOptions) (MorningReport, error) {
	s, err := start(ctx, o.Options, lastMonth())
	if err != nil {
		return MorningReport{}, err
	}
	r, err := morning(ctx, s, o)
	return r, errors.Join(err, s.Close())
}

func morning(ctx context.Context, s *procs.Stack, o MorningOptions) (MorningReport, error) {
	people, err := procs.Populate(ctx, s.DatabaseURL(), o.World)
	if err != nil {
		return MorningReport{}, err
	}
	db, err := pgx.Connect(ctx, s.DatabaseURL())
	if err != nil {
		return MorningReport{}, err
	}
	defer db.Close(ctx)
	d := &day{crew: newCrew(s, people, o.World), want: map[string]fila{}, agents: map[string]int{}}

	o.Say("Cargando %d gestiones con Temporal en marcha…", o.Gestiones)
	before, err := d.loadMany(ctx, o.Gestiones)
	if err != nil {
		return d.report, err
	}
	if err := quiet(ctx, db); err != nil {
		return d.report, err
	}
	d.report.Waiting = len(before)

	o.Say("Temporal se va…")
	s.Temporal.Kill()
	began := time.Now()
	d.away = true
	if _, err := d.loadMany(ctx, o.Gestiones); err != nil {
		return d.report, err
	}
	if err := d.askAll(ctx, before); err != nil {
		return d.report, err
	}
	d.report.Out = time.Since(began)
	if err := d.nothingApplied(ctx, db); err != nil {
		return d.report, err
	}

	o.Say("Temporal vuelve: %d gestiones y %d pedidos esperan…", d.report.Loaded, d.report.Stored)
	began = time.Now()
	if err := s.Temporal.Start(ctx); err != nil {
		return d.report, err
	}
	if err := quiet(ctx, db); err != nil {
		return d.report, err
	}
	d.report.Rest = time.Since(began)
	return d.report, d.examine(ctx, db)
}

// day is what people did, and how the rows must be in the end.
type day struct {
	*crew
	away   bool // the engine, its workers or OPEN SGC: nothing is carried out
	mu     sync.Mutex
	want   map[string]fila
	agents map[string]int // by gestión, the number of its agent
	report MorningReport
}

// loadMany loads as many agents do at once. With Temporal away each must be
// accepted all the same.
func (d *day) loadMany(ctx context.Context, n int) ([]loaded, error) {
	out := make([]loaded, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(d.atOnce())
	for i := range n {
		group.Go(func() error {
			agent := i % len(d.people.Agentes)
			k := d.last.Add(1)
			in := d.carga(int(k))
			began := time.Now()
			g, status, err := d.apis[i%len(d.apis)].Cargar(ctx, d.people.Agentes[agent].Token, fmt.Sprint("carga-", k), in)
			if err != nil {
				return fmt.Errorf("load %d: %w", k, err)
			}
			out[i] = loaded{id: g.ID, agent: agent}
			d.mu.Lock()
			defer d.mu.Unlock()
			d.want[g.ID], d.agents[g.ID] = fila{pa0580.Pendiente, seen}, agent
			if d.away {
				if status != 202 || g.Estado != pa0580.Recibida {
					return fmt.Errorf("load %d without Temporal: %d %s", k, status, g.Estado)
				}
				d.report.Loaded++
				d.report.Slowest = max(d.report.Slowest, time.Since(began))
			}
			return nil
		})
	}
	return out, group.Wait()
}

// loaded is a gestión and the number of its agent.
type loaded struct {
	id    string
	agent int
}
