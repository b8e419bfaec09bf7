// Package soak runs the whole system while everything under it fails: two
// serve-systems and two work-systems, the engines behind proxies, faults at
// every registered point, clients that vanish and try again. After each episode
// everything is let through, and what was acknowledged is held against what is
// there. A run says what it reached and what it never did.
package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"ande.gov.py/gestiones/internal/opensgc"
)

// Options say what to attack and for how long.
type Options struct {
	Postgres string // URL of the database postgres, as superuser
	Temporal string // host:port of the frontend

	Seed     uint64
	For      time.Duration // how long to go on; at least one episode is played
	Enough   bool          // stop as soon as every point was reached
	Before   Report        // what earlier runs reached, where this one goes on from them
	Episode  Episode
	Progress func(string, ...any)
	Log      *slog.Logger // the systems' own; nil: nowhere
}

// Episode is some months' life: worked on and closed under faults, and then
// looked at in peace.
type Episode struct {
	Months int
	Work   time.Duration // how long everybody works in a month, at least
	Calm   time.Duration // how long what was accepted may take to finish once all is quiet
}

// Long is an episode of a run of minutes, Short one of a test of a minute.
var (
	Long  = Episode{Months: 4, Work: 20 * time.Second, Calm: 15 * time.Minute}
	Short = Episode{Months: 4, Work: 6 * time.Second, Calm: 5 * time.Minute}
)

// nominal is how long everybody works in all its months, at least.
func (e Episode) nominal() time.Duration { return time.Duration(e.Months) * e.Work }

// patience is how long anybody waits for anything that was promised.
func (e Episode) patience() time.Duration { return 6*e.nominal() + e.Calm }

// Run plays episodes until their time is over. An error means that the run
// itself could not go on; what the system did wrong is in the report. Where
// nothing was played the report is that of the runs before.
func Run(ctx context.Context, o Options) (Report, error) {
	begun := time.Now()
	m, err := newMundo(ctx, o)
	if err != nil {
		return o.Before, err
	}
	defer m.close()
	out := o.Before
	for n := 0; n == 0 || time.Since(begun) < o.For; n++ {
		err := m.play(ctx, n)
		if errors.Is(err, context.Canceled) {
			break
		}
		if err != nil {
			return m.report(out, time.Since(begun)), err
		}
		sofar := m.report(out, time.Since(begun))
		o.Progress("episode %d: %s", n+1, sofar.line())
		if m.violated() || o.Enough && sofar.OK() {
			break // what comes after a violation would only repeat it
		}
	}
	return m.report(out, time.Since(begun)), nil
}

// play is one episode. A month that is over is closed while everybody goes on
// working in the next, the last one in peace. However slow the machine: work goes
// on until the others are closed, or nobody believes in it any more.
func (m *mundo) play(ctx context.Context, n int) error {
	e := m.o.Episode
	random := rand.New(rand.NewPCG(m.o.Seed, uint64(n)))
	m.faults.Siege(0.02)
	work, over := context.WithTimeout(ctx, 5*e.nominal())
	defer over()
	trouble, peace := context.WithCancel(ctx)
	defer peace()
	troubled := m.trouble(trouble, random.Uint64())
	restarted := m.restarts(trouble, random.Uint64())
	asked := m.everybody(ctx, work, random)
	closed := m.closings(ctx, work, over, random)
	<-work.Done()
	peace()
	<-troubled
	<-restarted
	if err := m.calm(ctx); err != nil {
		return err
	}
	// In peace at last, everybody hears.
	<-asked
	<-closed
	return m.reckon(ctx)
}

// calm lets everything through.
func (m *mundo) calm(ctx context.Context) error {
	m.faults.Quiet()
	var failed []error
	for _, p := range m.proxies {
		failed = append(failed, p.Mend(ctx))
	}
	if err := m.sgc.Switch(opensgc.Normal, 0); err != nil {
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("calm down: %w", err)
	}
	return ctx.Err()
}
