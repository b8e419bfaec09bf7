package report

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// noise is how far a figure of a kind moves from run to run where nothing changed.
var noise = map[Kind]float64{Count: 0.01, Ratio: 0.10, Rate: 0.20, Time: 0.30}

// Verdict is what became of a figure.
type Verdict string

// The verdicts.
const (
	Same    Verdict = "igual"
	Better  Verdict = "mejor"
	Worse   Verdict = "PEOR"
	Unknown Verdict = "otra máquina"
	New     Verdict = "nueva"
	Gone    Verdict = "falta"
)

// Change is a figure in two runs.
type Change struct {
	Figure          // of the later run; of the earlier where it is gone
	Before  float64 // of the earlier run
	Verdict Verdict
}

// Compare puts a run beside an earlier one, figure by figure.
func Compare(before, after *Report) []Change {
	old := map[string]Figure{}
	for _, f := range before.Figures {
		old[f.ID] = f
	}
	alike := before.Machine.Like(after.Machine)
	var out []Change
	for _, f := range after.Figures {
		was, ok := old[f.ID]
		delete(old, f.ID)
		if !ok {
			out = append(out, Change{Figure: f, Verdict: New})
			continue
		}
		out = append(out, Change{Figure: f, Before: was.Value, Verdict: judge(was, f, alike)})
	}
	for _, f := range before.Figures {
		if _, left := old[f.ID]; left {
			out = append(out, Change{Figure: f, Before: f.Value, Verdict: Gone})
		}
	}
	return out
}

func judge(was, is Figure, alike bool) Verdict {
	ofMachine := is.Kind == Rate || is.Kind == Time
	switch moved := is.Value - was.Value; {
	case math.Abs(moved) <= noise[is.Kind]*math.Abs(was.Value):
		return Same
	case ofMachine && !alike:
		return Unknown
	case (moved > 0) == is.More:
		return Better
	}
	return Worse
}

// WriteChanges prints a comparison for people.
func WriteChanges(out io.Writer, before, after *Report) {
	fmt.Fprintf(out, "antes:   %s, revisión %s; %s\n", before.Begun.Format("02/01/2006 15:04"), before.Machine.Revision, params(before.Params))
	fmt.Fprintf(out, "después: %s, revisión %s; %s\n", after.Begun.Format("02/01/2006 15:04"), after.Machine.Revision, params(after.Params))
	if !before.Machine.Like(after.Machine) {
		fmt.Fprintln(out, "Son máquinas distintas: solo las cuentas y las razones se comparan.")
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	group := ""
	for _, c := range Compare(before, after) {
		if c.Group != group {
			group = c.Group
			fmt.Fprintf(w, "\n%s\tantes\tdespués\tdespués/antes\t\n", group)
		}
		was, is, quotient := Figure{Value: c.Before, Unit: c.Unit}.value(), c.value(), ""
		switch {
		case c.Verdict == New:
			was = ""
		case c.Verdict == Gone:
			is = ""
		case c.Before != 0:
			quotient = number(c.Value / c.Before)
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", c.Name, was, is, quotient, c.Verdict)
	}
	_ = w.Flush() // out is a terminal or a buffer
}

// params are a run's parameters on one line, always in the same order.
func params(p map[string]any) string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(p)) {
		parts = append(parts, fmt.Sprintf("%s %v", key, p[key]))
	}
	return strings.Join(parts, ", ")
}
