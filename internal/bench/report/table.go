package report

import (
	"fmt"
	"io"
	"math"
	"text/tabwriter"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// spanish writes numbers as Paraguay does: 1.234,5.
var spanish = message.NewPrinter(language.MustParse("es-PY"))

// number gives three significant digits, and whole numbers whole.
func number(v float64) string {
	switch size := math.Abs(v); {
	case v == math.Trunc(v) || size >= 1000:
		return spanish.Sprintf("%.0f", v)
	case size >= 100:
		return spanish.Sprintf("%.1f", v)
	case size >= 0.1:
		return spanish.Sprintf("%.2f", v)
	}
	return spanish.Sprintf("%.4f", v)
}

func (f Figure) value() string {
	out := number(f.Value)
	if f.Unit != "" {
		out += " " + f.Unit
	}
	if f.Most > 0 {
		out += " (" + number(f.Least) + " a " + number(f.Most) + ")"
	}
	return out
}

// budget is what the figure should be, and whether it is.
func (f Figure) budget() (what, holds string) {
	if f.Budget == 0 {
		return "", ""
	}
	sign, holds := "≤ ", "sí"
	if f.More {
		sign = "≥ "
	}
	if !f.Holds() {
		holds = "NO"
	}
	return sign + number(f.Budget), holds
}

// Table prints the report for people.
func (r *Report) Table(out io.Writer) {
	r.head(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	group := ""
	for _, f := range r.Figures {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(w, "\n%s\tvalor\tpresupuesto\tse cumple\tclase\n", group)
		}
		what, holds := f.budget()
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\n", f.Name, f.value(), what, holds, f.Kind)
	}
	_ = w.Flush() // out is a terminal or a buffer
	for _, n := range r.Notes {
		fmt.Fprintf(out, "\n* %s\n", n)
	}
}

func (r *Report) head(out io.Writer) {
	m := r.Machine
	fmt.Fprintf(out, "%s, revisión %s\n", r.Begun.Format("02/01/2006 15:04"), m.Revision)
	fmt.Fprintf(out, "%s, %d núcleos, %s, %s; carga previa %s\n", m.Procesador, m.Nucleos, m.Memoria, m.Sistema, m.Carga)
	fmt.Fprintf(out, "%s, PostgreSQL %s, Temporal %s\n", m.Go, m.Postgres, m.Temporal)
	fmt.Fprintf(out, "%s; duró %s s\n", params(r.Params), number(math.Round(r.Took)))
}
