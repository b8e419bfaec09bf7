package attacks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Targets are what is killed, in turn and then at random.
var Targets = []string{"serve", "work", "temporal", "postgres"}

// Options are what every attack needs.
type Options struct {
	Local, Gestiones, Bench string // the built programs

	Dir  string // data folder of the stack, made if missing
	Seed uint64
	Say  func(format string, args ...any) // progress in Spanish
}

// KillOptions size an attack by kill -9.
type KillOptions struct {
	Options
	Rounds int
	Every  int // rounds between two counts
	World  procs.World
	Done   func(map[string]Figures) error // after each count, with the figures since the last
}

// Broken tells of a promise that did not hold under attack. Any other error
// tells that the attack itself could not go on.
type Broken struct{ cause error }

func (b *Broken) Error() string { return b.cause.Error() }

func (b *Broken) Unwrap() error { return b.cause }

const (
	afterKill = 500 * time.Millisecond // at most, until what was killed is started again
	underLoad = 2 * time.Second        // of load before each kill, mean

	supervised = 3 // tries of a supervisor
)

// Kill kills parts of a system under load and starts them again, so many times,
// and counts what became of everything acknowledged. It returns the figures by
// target. Whatever goes wrong once the attack began, beyond rows lost or doubled,
// is [Broken]: what was acknowledged and could not be counted may be lost.
func Kill(ctx context.Context, o KillOptions) (map[string]Figures, error) {
	s, err := start(ctx, o.Options, lastMonth())
	if err != nil {
		return nil, err
	}
	people, err := procs.Populate(ctx, s.DatabaseURL(), o.World)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	figures, err := kill(ctx, s, people, o)
	if err != nil && ctx.Err() == nil {
		err = &Broken{err}
	}
	return figures, errors.Join(err, s.Close())
}

func kill(ctx context.Context, s *procs.Stack, people procs.People, o KillOptions) (map[string]Figures, error) {
	k := &killer{KillOptions: o, stack: s, crew: newCrew(s, people, o.World), random: rand.New(rand.NewPCG(o.Seed, 0)), rounds: map[string]int{}}
	for k.done < o.Rounds {
		if err := k.stretch(ctx, min(o.Every, o.Rounds-k.done)); err != nil {
			return k.counted, err
		}
	}
	return k.counted, k.close(ctx)
}

type killer struct {
	KillOptions
	stack   *procs.Stack
	crew    *crew
	random  *rand.Rand
	done    int
	rounds  map[string]int     // by target
	gaveUp  int                // how often Temporal had to be started again
	counted map[string]Figures // at the last count
}

// stretch is some rounds under one load, and a count once everything is at rest.
func (k *killer) stretch(ctx context.Context, rounds int) error {
	loading, stop := context.WithCancel(ctx)
	defer stop()
	finished := make(chan error, 1)
	go func() { finished <- k.crew.work(loading, k.random.Uint64()) }()
	for range rounds {
		if err := k.round(ctx); err != nil {
			return err
		}
	}
	stop()
	if err := <-finished; err != nil {
		return fmt.Errorf("clients: %w", err)
	}
	return k.count(ctx)
}

// round kills one part, sometimes two, and starts them again.
func (k *killer) round(ctx context.Context) error {
	began := time.Now()
	victims := k.victims()
	target := kindOf(victims[0])
	k.crew.ledger.under(target)
	if err := sleep(ctx, time.Duration(k.random.Int64N(int64(2*underLoad)))); err != nil {
		return err
	}
	for _, v := range victims {
		v.Kill()
	}
	if err := sleep(ctx, time.Duration(k.random.Int64N(int64(afterKill)))); err != nil {
		return err
	}
	for _, p := range k.stack.Processes() { // in the order in which they need each other
		if p.Running() {
			continue
		}
		if err := k.start(ctx, p); err != nil {
			return err
		}
	}
	k.done++
	k.rounds[target]++
	var names []string
	for _, v := range victims {
		names = append(names, v.Name)
	}
	k.Say("Ronda %d: kill -9 %s (%.1f s)", k.done, strings.Join(names, " "), time.Since(began).Seconds())
	return nil
}

// start starts what was killed. Temporal gives up where its own services do not
// find one another within a minute, on a machine with more to do than it can; its
// supervisor starts it again.
func (k *killer) start(ctx context.Context, p *procs.Process) error {
	err := p.Start(ctx)
	for again := 1; err != nil && p == k.stack.Temporal && again < supervised && ctx.Err() == nil; again++ {
		k.gaveUp++
		k.Say("Temporal no llegó a empezar; otra vez, la %d.ª del ataque: %v", k.gaveUp, err)
		err = p.Start(ctx)
	}
	return err
}

// victims are a part of each target in turn, then at random; one time in five
// of these another falls with it.
func (k *killer) victims() []*procs.Process {
	turn := k.done
	if k.done >= 2*len(Targets) {
		turn = k.random.IntN(len(Targets))
	}
	out := []*procs.Process{k.one(Targets[turn%len(Targets)])}
	if k.done >= 2*len(Targets) && k.random.IntN(5) == 0 {
		if other := k.one(Targets[k.random.IntN(len(Targets))]); other != out[0] {
			out = append(out, other)
		}
	}
	return out
}

func (k *killer) one(target string) *procs.Process {
	var all []*procs.Process
	for _, p := range k.stack.Processes() {
		if kindOf(p) == target {
			all = append(all, p)
		}
	}
	return all[k.random.IntN(len(all))]
}

// count waits for rest and looks everything up, from the first round on, and
// whether rows and workflows agree.
func (k *killer) count(ctx context.Context) error {
	db, err := pgx.Connect(ctx, k.stack.DatabaseURL())
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	began := time.Now()
	if err := quiet(ctx, db); err != nil {
		return err
	}
	k.Say("En reposo a los %.1f s", time.Since(began).Seconds())
	now, wrong, err := count(ctx, db, k.crew.ledger)
	if err != nil {
		return err
	}
	differ := k.agree(ctx, db)
	for target, rounds := range k.rounds {
		f := now[target]
		f.Rounds = rounds
		now[target] = f
	}
	fresh := map[string]Figures{}
	for target, f := range now {
		fresh[target] = f.since(k.counted[target])
	}
	k.counted = now
	return errors.Join(k.Done(fresh), wrong, differ)
}

// close ends the month that all this happened in: what was approved is paid, once.
func (k *killer) close(ctx context.Context) error {
	mes := lastMonth()
	if err := k.stack.Move(ctx, 0, ""); err != nil {
		return err
	}
	c, err := closeMonth(ctx, k.crew.apis[0], k.crew.people.RRHH[0].Token, mes)
	if err != nil {
		return err
	}
	db, err := pgx.Connect(ctx, k.stack.DatabaseURL())
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	var approved int64
	if err := db.QueryRow(ctx, "SELECT count(*) FROM gestiones WHERE estado = 'aprobada'").Scan(&approved); err != nil {
		return err
	}
	k.Say("Cierre de %s: %d líneas, %d aprobadas sin pagar", mes, c.Lineas, approved)
	if approved > 0 {
		return fmt.Errorf("%d approved gestiones of %s are in no planilla", approved, mes)
	}
	return errors.Join(consistent(ctx, db, len(k.crew.ledger.loads)), k.agree(ctx, db))
}

// agree holds each gestión's workflow against its row.
func (k *killer) agree(ctx context.Context, db *pgx.Conn) error {
	rows, err := filas(ctx, db)
	if err != nil {
		return err
	}
	n, err := disagreeing(ctx, k.stack, rows)
	if err != nil {
		return err
	}
	k.Say("Workflows contra filas: %d, no concuerdan %d", len(rows), n)
	if n > 0 {
		return fmt.Errorf("the workflows of %d of %d gestiones do not agree with their rows", n, len(rows))
	}
	return nil
}

// lastMonth is the last one that is over: what is loaded in it can be closed.
func lastMonth() pa0580.Mes { return pa0580.MesOf(time.Now()).Prev() }
