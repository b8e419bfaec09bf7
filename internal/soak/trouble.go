package soak

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/opensgc"
)

// trouble breaks one thing after the other until ctx ends: connections to an
// engine, OPEN SGC, and a changing share of all statements, activities and
// messages. The channel closes when it has let go.
func (m *mundo) trouble(ctx context.Context, seed uint64, siege time.Duration) <-chan struct{} {
	done := make(chan struct{})
	random := rand.New(rand.NewPCG(seed, 3))
	besieged := time.Now().Add(siege)
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if time.Now().After(besieged) {
				m.faults.Random([]float64{0, 0.01, 0.05, 0.15}[random.IntN(4)])
			}
			switch random.IntN(5) {
			case 0:
				m.breakSGC(ctx, random)
			case 1, 2:
				m.breakProxy(ctx, random)
			default:
				rest(ctx, time.Duration(200+random.IntN(1500))*time.Millisecond)
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
	rest(ctx, time.Duration(200+random.IntN(800))*time.Millisecond)
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
	longest := 400
	if m.o.Episode.Work > Short.Work {
		longest = 4000
	}
	rest(ctx, time.Duration(random.IntN(longest))*time.Millisecond)
	if err := p.Mend(context.WithoutCancel(ctx)); err != nil {
		m.violation("proxy: %v", err)
	}
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

// restarts replaces one system after the other, as an update does.
func (m *mundo) restarts(ctx context.Context, seed uint64) <-chan struct{} {
	done := make(chan struct{})
	random := rand.New(rand.NewPCG(seed, 4))
	go func() {
		defer close(done)
		all := slices.Concat(m.works, m.serves, m.works)
		for rest(ctx, time.Duration(500+random.IntN(1500))*time.Millisecond) {
			if err := all[random.IntN(len(all))].restart(ctx); err != nil && ctx.Err() == nil {
				m.violation("restart: %v", err)
			}
			m.figures.add("restarts", 1)
			m.reconcile(ctx, random)
		}
	}()
	return done
}

// reconcile asks one of the works to send again what was lost.
func (m *mundo) reconcile(ctx context.Context, random *rand.Rand) {
	one, cancel := context.WithTimeout(ctx, attemptIn)
	defer cancel()
	if open := m.works[random.IntN(len(m.works))].app(); open != nil {
		_, _ = open.App.Reconciliar(one) // under faults nobody promises that it gets anywhere
	}
}
