// Package demo plays an invented utility's last three months through the HTTP
// API itself, with a clock that it moves forward: what a first start shows is
// what the rules really did with real requests, never rows written behind
// their back. Everything comes from one fixed seed and the moment of the start.
//
// No person is real: names, personnel numbers and documents are random.
package demo

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Options is what a play needs.
type Options struct {
	URL   string // of the server, without a path
	Admin string // bearer token of an administrator
	// Token issues a token for somebody, with all the roles they hold.
	Token func(ctx context.Context, id pa0580.FuncionarioID, nombre string) (string, error)
	// Clock moves everybody's clock; the zero time gives the real one back.
	Clock func(time.Time)
	Now   time.Time // the real moment: where the play ends
	// Import loads a CSV export of OPEN SGC into its mirror.
	Import func(ctx context.Context, csv string) error
	Say    func(format string, args ...any) // progress, in Spanish
	Size   Size                             // zero: DefaultSize
}

// Size is how much is played.
type Size struct {
	Anterior int // gestiones of the month before last, which is closed
	Pasado   int // of the last month, which is ready to close
	Actual   int // of this month at most: fewer in its first days

	Agencias   int // Agencias Regionales, up to three
	PorSeccion int // agents in each sección, at least three

	NIS   int // of OPEN SGC's mirror
	Casos int // expedientes of the mirror, and as many reclamos
}

// DefaultSize is what a first start plays.
func DefaultSize() Size {
	return Size{Anterior: 250, Pasado: 250, Actual: 120, Agencias: 3, PorSeccion: 4, NIS: 4000, Casos: 500}
}

// Play sets the organisation up and plays its months up to o.Now. It returns
// with the real clock back.
func Play(ctx context.Context, o Options) (Accounts, error) {
	if o.Size == (Size{}) {
		o.Size = DefaultSize()
	}
	w := newWorld(o.Size, o.Now)
	p := newPlayer(o, w, newPlan(w, o.Size, o.Now))
	defer o.Clock(time.Time{})
	if err := p.play(ctx); err != nil {
		return Accounts{}, err
	}
	return p.accounts(), nil
}
