package bench

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/bench/loadgen"
	"ande.gov.py/gestiones/internal/bench/report"
)

// latencies measures how long people wait: one client on a quiet system, then
// all agents with arrivals that wait for nobody.
func (m *measurement) latencies(ctx context.Context) error {
	if err := m.quiet(ctx); err != nil {
		return err
	}
	return m.crowded(ctx)
}

func (m *measurement) quiet(ctx context.Context) error {
	gs := make([]loaded, m.Quiet)
	step, end := m.Progress("espera en calma", 2*m.Quiet)
	defer end()
	loads, err := loadgen.Closed(ctx, 1, m.Quiet, func() { step(1) }, func(ctx context.Context, _, i int) (err error) {
		gs[i], err = m.load(ctx, "calma", i%clients, i)
		return err
	})
	if err != nil {
		return err
	}
	if err := m.settle(ctx, gs); err != nil {
		return err
	}
	decisions, err := loadgen.Closed(ctx, 1, m.Quiet, func() { step(1) }, func(ctx context.Context, _, i int) error {
		return m.decide(ctx, gs[i])
	})
	m.waits("carga en calma", "carga.calma", loads)
	m.waits("decisión en calma", "decision.calma", decisions)
	m.loaded = append(m.loaded, gs...)
	return err
}

func (m *measurement) crowded(ctx context.Context) error {
	gs := make([]loaded, m.Arrivals)
	step, end := m.Progress("espera con llegadas", 2*m.Arrivals)
	defer end()
	loads, err := loadgen.Open(ctx, clients, loadgen.Arrivals(m.Seed, m.Rate, m.Arrivals), func() { step(1) },
		func(ctx context.Context, client, i int) (err error) {
			gs[i], err = m.load(ctx, "llegada", client, i)
			return err
		})
	if err != nil {
		return err
	}
	early := m.found.late.Load()
	if err := m.settle(ctx, gs); err != nil {
		return err
	}
	earlyLoads := m.found.late.Load() - early
	decisions, err := loadgen.Open(ctx, clients, loadgen.Arrivals(m.Seed+1, m.Rate, m.Arrivals), func() { step(1) },
		func(ctx context.Context, _, i int) error { return m.decide(ctx, gs[i]) })
	m.waits(fmt.Sprintf("carga con %d agentes, %.0f/s", clients, m.Rate), "carga.llegadas", loads)
	m.waits(fmt.Sprintf("decisión con %d agentes, %.0f/s", clients, m.Rate), "decision.llegadas", decisions)
	m.answeredEarly("cargas con llegadas, respondidas antes de verificarse", "carga.llegadas", earlyLoads)
	m.answeredEarly("decisiones con llegadas, respondidas antes de aplicarse", "decision.llegadas", m.found.late.Load()-early-earlyLoads)
	m.loaded = append(m.loaded, gs...)
	return err
}

// waits adds the figures of one kind of wait. A percentile that fewer than ten
// of them are beyond says nothing.
func (m *measurement) waits(name, id string, r loadgen.Result) {
	for _, percent := range []float64{50, 90, 99, 99.9, 100} {
		if beyond := float64(r.Done) * (100 - percent) / 100; percent < 100 && beyond < 10 && percent > 90 {
			continue
		}
		label := fmt.Sprintf("p%v", percent)
		if percent == 100 {
			label = "máximo"
		}
		m.found.latency = append(m.found.latency, report.Figure{
			ID: "espera." + id + "." + label, Group: "Espera", Name: name + ", " + label,
			Kind: report.Time, Value: milliseconds(r.Latency.At(percent)), Unit: "ms",
		})
	}
}

// answeredEarly adds which share of the arrivals was told only that it is stored:
// a wait that ended with that is shorter than what was asked for takes.
func (m *measurement) answeredEarly(name, id string, n int64) {
	m.found.latency = append(m.found.latency, report.Figure{
		ID: "espera." + id + ".tardias", Group: "Espera", Name: name,
		Kind: report.Time, Value: 100 * float64(n) / float64(m.Arrivals), Unit: "%",
	})
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median[T cmp.Ordered](vs []T) T {
	sorted := slices.Sorted(slices.Values(vs))
	return sorted[len(sorted)/2]
}
