// Package report is what a measurement found: figures beside their budgets, on
// a machine that is named, as a table and as JSON, and compared with an earlier
// one.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Kind says how far a figure can be trusted on a machine with other work.
type Kind string

// The kinds, from the steadiest.
const (
	Count Kind = "cuenta" // the same on every machine
	Ratio Kind = "razón"  // of two things measured in one run
	Rate  Kind = "ritmo"  // of this machine, now
	Time  Kind = "tiempo" // of this machine, now
)

// Figure is one thing measured.
type Figure struct {
	ID     string  `json:"id"` // stable: comparisons go by it
	Group  string  `json:"grupo"`
	Name   string  `json:"nombre"`
	Kind   Kind    `json:"clase"`
	Value  float64 `json:"valor"`
	Unit   string  `json:"unidad,omitempty"`
	More   bool    `json:"mas_es_mejor,omitempty"`
	Budget float64 `json:"presupuesto,omitempty"` // none: zero; otherwise the least where More, the most where not
	Least  float64 `json:"menor,omitempty"`       // of several rounds, where the value is their median
	Most   float64 `json:"mayor,omitempty"`
}

// Holds tells whether the figure is within its budget, or has none.
func (f Figure) Holds() bool {
	switch {
	case f.Budget == 0:
		return true
	case f.More:
		return f.Value >= f.Budget
	}
	return f.Value <= f.Budget
}

// Report is one run.
type Report struct {
	Machine Machine        `json:"maquina"`
	Params  map[string]any `json:"parametros"`
	Begun   time.Time      `json:"comienzo"`
	Took    float64        `json:"segundos"`
	Figures []Figure       `json:"cifras"`
	Notes   []string       `json:"notas,omitempty"` // what could not be measured, and why
}

// Add keeps figures, in the order in which they are shown.
func (r *Report) Add(fs ...Figure) { r.Figures = append(r.Figures, fs...) }

// Note says what a reader must know beside the figures.
func (r *Report) Note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Broken lists the figures of a kind that are not within their budgets.
func (r *Report) Broken(k Kind) []Figure {
	var out []Figure
	for _, f := range r.Figures {
		if f.Kind == k && !f.Holds() {
			out = append(out, f)
		}
	}
	return out
}

// Write keeps the report as JSON.
func (r *Report) Write(file string) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o600); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// Read reads what Write kept.
func Read(file string) (*Report, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("read report %s: %w", file, err)
	}
	if r.Begun.IsZero() || len(r.Figures) == 0 {
		return nil, fmt.Errorf("%s holds no measurement", file)
	}
	return &r, nil
}
