package soak

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/faults"
)

// Report is what runs reached, added up over all of them.
type Report struct {
	Seed       uint64         `json:"seed"`
	Runs       int            `json:"runs"`
	Seconds    float64        `json:"seconds"`
	Reached    faults.Reached `json:"reached"`
	Figures    map[string]int `json:"figures"`
	Violations []string       `json:"violations"` // each with the seed of its run
	Failed     []Failed       `json:"failed"`
	Forgotten  []string       `json:"forgotten"` // points met that nobody registered
}

// Failed is a run that met violations, with what it takes to play it again.
type Failed struct {
	Seed    uint64         `json:"seed"`
	Minutes float64        `json:"minutes"` // that it was to last
	From    faults.Reached `json:"from"`    // what earlier runs had reached: strikes depend on it
}

// report adds this run to those before.
func (m *mundo) report(before Report, took time.Duration) Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := before
	out.Seed, out.Runs, out.Seconds = m.o.Seed, before.Runs+1, before.Seconds+took.Seconds()
	out.Reached = m.faults.Reached() // those of earlier runs with them
	for p, kinds := range before.Reached {
		if _, ours := out.Reached[p]; !ours {
			out.Reached.Add(faults.Reached{p: kinds})
		}
	}
	out.Reached.Add(m.averias)
	out.Figures = maps.Clone(before.Figures)
	if out.Figures == nil {
		out.Figures = map[string]int{}
	}
	for name, n := range m.figures.all() {
		out.Figures[name] += n
	}
	out.Violations = slices.Clone(before.Violations)
	for _, v := range m.violations {
		out.Violations = append(out.Violations, fmt.Sprintf("seed %d: %s", m.o.Seed, v))
	}
	if len(m.violations) > 0 {
		out.Failed = append(slices.Clone(before.Failed), Failed{m.o.Seed, m.o.For.Minutes(), before.Reached})
	}
	for _, p := range m.faults.Unregistered() {
		if !slices.Contains(out.Forgotten, string(p)) {
			out.Forgotten = append(out.Forgotten, string(p))
		}
	}
	return out
}

// OK tells a run that reached everything and found nothing.
func (r Report) OK() bool {
	missed, _ := r.Reached.Missed()
	return len(missed) == 0 && len(r.Violations) == 0 && len(r.Forgotten) == 0
}

// fewMissed are named while a run goes on.
const fewMissed = 12

// line is how far it came, in one.
func (r Report) line() string {
	missed, registered := r.Reached.Missed()
	line := fmt.Sprintf("%d of %d points reached, %d commands, %d violations", registered-len(missed), registered, r.Figures["commands"], len(r.Violations))
	if len(missed) > 0 && len(missed) <= fewMissed {
		line += "; not yet: " + strings.Join(missed, ", ")
	}
	return line
}

// Write prints all of it.
func (r Report) Write(w io.Writer) {
	missed, registered := r.Reached.Missed()
	fmt.Fprintf(w, "seed %d, %d runs, %.0f s\n", r.Seed, r.Runs, r.Seconds)
	fmt.Fprintf(w, "points reached: %d of %d (%.1f %%)\n", registered-len(missed), registered, 100*float64(registered-len(missed))/float64(max(1, registered)))
	for kind, n := range sorted(r.Reached.Total()) {
		fmt.Fprintf(w, "  %-42s %8d\n", kind, n)
	}
	for name, n := range sorted(r.Figures) {
		fmt.Fprintf(w, "%-44s %8d\n", name, n)
	}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(w, "%s:\n  %s\n", title, strings.Join(lines, "\n  "))
		}
	}
	section("points never reached", missed)
	section("points that nobody registered", r.Forgotten)
	fmt.Fprintf(w, "violations: %d\n", len(r.Violations))
	section("what was violated", r.Violations)
}

// sorted walks a map in the order of its names.
func sorted[K ~string](m map[K]int) func(func(K, int) bool) {
	return func(yield func(K, int) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}
