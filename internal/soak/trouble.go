package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/opensgc"
)

// trouble breaks one thing after the other until ctx ends: OPEN SGC, and, once
// points were struck in peace for a good while, connections to an engine and a
// changing share of all statements, activities and messages. The channel closes
// when it has let go.
func (m *mundo) trouble(ctx context.Context, seed uint64) <-chan struct{} {
	done := make(chan struct{})
	random := rand.New(rand.NewPCG(seed, 3))
	all := m.o.Episode.nominal()
	besieged := time.Now().Add(all / 2)
	pause := all / 30
	go func() {
		defer close(done)
		for rest(ctx, pause/2+time.Duration(random.Int64N(int64(pause)))) {
			if m.averiasReached() && !rest(ctx, 6*pause) { // all was seen: let something be finished too
				return
			}
			if time.Now().Before(besieged) || random.IntN(4) == 0 {
				m.breakSGC(ctx, random)
				continue
			}
			m.breakProxy(ctx, random)
			if missed, _ := m.faults.Reached().Missed(); len(missed) == 0 {
				m.faults.Random([]float64{0, 0.01, 0.05, 0.15}[random.IntN(4)])
			}
		}
	}()
	return done
}

// breakSGC has OPEN SGC down, slow, hanging or lying for a while.
func (m *mundo) breakSGC(ctx context.Context, random *rand.Rand) {
	falla := opensgc.Fallas[random.IntN(len(opensgc.Fallas))]
	if err := m.sgc.Switch(falla, 400*time.Millisecond); err != nil {
		m.violation("OPEN SGC's switch: %v", err)
	}
	m.figures.add("OPEN SGC "+string(falla), 1)
	rest(ctx, time.Duration(random.Int64N(int64(m.o.Episode.Work/10))))
	if err := m.sgc.Switch(opensgc.Normal, 0); err != nil {
		m.violation("OPEN SGC's switch: %v", err)
	}
}

// breakProxy has the connections to one engine go wrong for a while; first in
// the ways that were not reached yet.
func (m *mundo) breakProxy(ctx context.Context, random *rand.Rand) {
	name, kind := m.nextAveria(random)
	p := m.proxies[name]
	if err := p.Break(kind); err != nil {
		m.violation("proxy: %v", err)
		return
	}
	if m.felt(ctx, name, kind) {
		m.mu.Lock()
		m.averias[faults.ProxyOf(name)][kind]++
		m.mu.Unlock()
	}
	lasts, long := m.lasting(random)
	if rest(ctx, lasts) && long {
		m.figures.add(fmt.Sprintf("%s %s for long", name, kind), 1)
	}
	if err := p.Mend(context.WithoutCancel(ctx)); err != nil {
		m.violation("proxy: %v", err)
	}
}

// lasting is how long an engine stays broken: mostly a moment, one time in five
// longer than anybody waits for it.
func (m *mundo) lasting(random *rand.Rand) (lasts time.Duration, long bool) {
	work := m.o.Episode.Work
	if random.IntN(5) == 0 {
		return work*3/4 + time.Duration(random.Int64N(int64(work*5/4))), true
	}
	return time.Duration(random.Int64N(int64(work / 20))), false
}

func (m *mundo) averiasReached() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	missed, _ := m.averias.Missed()
	return len(missed) == 0
}

func (m *mundo) nextAveria(random *rand.Rand) (string, faults.Kind) {
	names := []string{proxyPostgres, proxyTemporal, proxySGC}
	type pair struct {
		name string
		kind faults.Kind
	}
	var missing []pair
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, name := range names {
		for _, kind := range faults.Averias {
			point := faults.ProxyOf(name)
			if m.averias[point][kind]+m.o.Before.Reached[point][kind] == 0 {
				missing = append(missing, pair{name, kind})
			}
		}
	}
	if len(missing) > 0 {
		p := missing[random.IntN(len(missing))]
		return p.name, p.kind
	}
	return names[random.IntN(len(names))], faults.Averias[random.IntN(len(faults.Averias))]
}

const (
	probeIn  = 300 * time.Millisecond
	slowFrom = 60 * time.Millisecond
)

// felt goes to the engine through the broken proxy, as everybody does, and tells
// whether that went wrong.
func (m *mundo) felt(ctx context.Context, name string, kind faults.Kind) bool {
	patience := probeIn
	if kind == faults.Slow {
		patience = 5 * time.Second
	}
	probe, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	begun := time.Now()
	err := m.probe(probe, name)
	if ctx.Err() != nil {
		return false
	}
	if kind == faults.Slow {
		return err == nil && time.Since(begun) > slowFrom
	}
	return err != nil
}

func (m *mundo) probe(ctx context.Context, name string) error {
	if name == proxyTemporal {
		c, err := client.NewLazyClient(client.Options{
			HostPort: m.proxies[name].Address(), Namespace: m.space, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.CheckHealth(ctx, nil)
		return err
	}
	through, err := m.through(name)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, through)
	if err != nil {
		return err
	}
	return errors.Join(conn.Ping(ctx), conn.Close(ctx))
}

// restarts replaces one system after the other, as an update does: mostly a
// work, which has no clients of its own.
func (m *mundo) restarts(ctx context.Context, seed uint64) <-chan struct{} {
	done := make(chan struct{})
	random := rand.New(rand.NewPCG(seed, 4))
	pause := m.o.Episode.Work * 2 / 3
	go func() {
		defer close(done)
		for n := 0; rest(ctx, pause/2+time.Duration(random.Int64N(int64(pause)))); n++ {
			next := m.works[n%2]
			if n%5 == 4 {
				next = m.serves[n/5%2]
			}
			next.restart()
			m.figures.add("restarts", 1)
		}
	}()
	return done
}

// operator does what somebody does to whom something looks wrong: looks at how
// much waits, reconciles, and starts workflows again. Their shift ends before
// others' work does: what comes later the system must mend by itself.
func (m *mundo) operator(ctx context.Context, random *rand.Rand, shift time.Time) {
	open := m.works[random.IntN(len(m.works))].app()
	if open == nil || !rest(ctx, 100*time.Millisecond) {
		return
	}
	one, cancel := context.WithTimeout(ctx, attemptIn)
	defer cancel()
	// Under faults nobody promises that any of it gets anywhere.
	_, _, _ = open.Pulso(one)
	if time.Now().After(shift) {
		return
	}
	_, _ = open.App.Reconciliar(one)
	_, _, _ = open.App.Rearrancar(one, func(int) {})
}
