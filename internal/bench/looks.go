package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/bench/loadgen"
	"ande.gov.py/gestiones/internal/bench/report"
	"ande.gov.py/gestiones/internal/postgres"
)

const (
	lookRounds = 5    // each with new sessions
	lookings   = 1000 // at each list of each table, in a round: ten are beyond the 99th percentile
	warmUp     = lookings / 10
	page       = 51 // rows that a list asks for
)

// lookPercentiles are what is told of a list. The budget is of the 99th.
var lookPercentiles = []float64{50, 99}

// looked is how long one list of the small and of the large table was waited for.
type looked struct {
	all    [2]*loadgen.Latency   // of every round
	ratios map[float64][]float64 // by percentile, large / small of each round
}

func newLooked() *looked {
	return &looked{all: [2]*loadgen.Latency{loadgen.NewLatency(), loadgen.NewLatency()}, ratios: map[float64][]float64{}}
}

// add adds a round. What a session has about it weighs on the whole of its
// round, so that the ratio is of each round, and the median of them counts.
func (l *looked) add(took [2][]time.Duration) {
	round := newLooked().all
	for i := range took {
		for _, d := range took[i] {
			round[i].Record(d)
			l.all[i].Record(d)
		}
	}
	for _, percent := range lookPercentiles {
		l.ratios[percent] = append(l.ratios[percent], float64(round[1].At(percent))/float64(round[0].At(percent)))
	}
}

// figures are of tables with so many rows.
func (l *looked) figures(of lista, small, large int) []report.Figure {
	var out []report.Figure
	figure := func(suffix, label string, kind report.Kind, v float64, unit string) *report.Figure {
		out = append(out, report.Figure{
			ID: "filas." + of.id + suffix, Group: "Con años de gestiones", Name: of.name + label, Kind: kind, Value: v, Unit: unit,
		})
		return &out[len(out)-1]
	}
	for _, percent := range lookPercentiles {
		label, ratios := fmt.Sprintf("p%v", percent), l.ratios[percent]
		figure("."+label+".chica", fmt.Sprintf(", %s con %d", label, small), report.Time, milliseconds(l.all[0].At(percent)), "ms")
		figure("."+label+".grande", fmt.Sprintf(", %s con %d", label, large), report.Time, milliseconds(l.all[1].At(percent)), "ms")
		ratio := figure("."+label, ", "+label+": grande / chica, por ronda", report.Ratio, median(ratios), "")
		ratio.Least, ratio.Most = slices.Min(ratios), slices.Max(ratios)
		if percent == 99 {
			ratio.Budget = of.budget
		}
	}
	return out
}

// look asks both tables for every list, in rounds.
func (m *measurement) look(ctx context.Context, tables [2]*table) error {
	step, end := m.Progress("listas", lookRounds*len(lists))
	defer end()
	r := rand.New(rand.NewPCG(m.Seed, 2))
	found := make([]*looked, len(lists))
	for i := range found {
		found[i] = newLooked()
	}
	for round := range lookRounds {
		err := withSessions(ctx, tables, round%2, func(sessions [2]*session) error {
			for i, l := range lists {
				took, err := ask(ctx, l, sessions, r)
				if err != nil {
					return fmt.Errorf("%s: %w", l.name, err)
				}
				found[i].add(took)
				step(1)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for i, l := range lists {
		m.found.rows = append(m.found.rows, found[i].figures(l, tables[0].rows, tables[1].rows)...)
	}
	return nil
}

// session is one connection to a table.
type session struct {
	*table
	*postgres.Store
}

// withSessions does something with a new session of each table. One of them
// connects first.
func withSessions(ctx context.Context, tables [2]*table, first int, do func([2]*session) error) error {
	var sessions [2]*session
	for _, i := range []int{first, 1 - first} {
		var err error
		if sessions[i], err = connectTo(ctx, tables[i]); err != nil {
			return err
		}
		defer done(sessions[i])
	}
	return do(sessions)
}

func connectTo(ctx context.Context, t *table) (*session, error) {
	store, err := postgres.Open(ctx, t.url, postgres.Options{MaxConns: 1})
	if err != nil {
		return nil, err
	}
	if err := store.Ping(ctx); err != nil {
		done(store)
		return nil, err
	}
	return &session{t, store}, nil
}

// ask asks for one list by turns, so that whatever else the machine does slows
// down both. The first looks fill caches and do not count.
func ask(ctx context.Context, l lista, sessions [2]*session, r *rand.Rand) (took [2][]time.Duration, err error) {
	for i := -warmUp; i < lookings; i++ {
		unit, agent := r.IntN(len(sessions[0].units)), r.IntN(len(sessions[0].agents))
		for turn := range sessions {
			turn = (turn + i + warmUp) % 2
			s := sessions[turn]
			vision, filtro := l.ask(s.units[unit], s.agents[agent])
			filtro.Limite = page
			begun := time.Now()
			if _, err := s.Gestiones(ctx, vision, filtro); err != nil {
				return took, err
			}
			if i >= 0 {
				took[turn] = append(took[turn], time.Since(begun))
			}
		}
	}
	return took, nil
}
