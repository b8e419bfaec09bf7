package opensgctest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Memoria is an OPEN SGC in memory for tests. It passes Run itself.
type Memoria struct {
	patrones    pa0580.Patrones
	referencias map[pa0580.Referencia]app.ReferenciaSGC
	broken      atomic.Bool
}

// New makes one that has only the seed, written as ANDE writes it.
func New(seed ...app.ReferenciaSGC) *Memoria {
	m := &Memoria{patrones: pa0580.PatronesANDE(), referencias: map[pa0580.Referencia]app.ReferenciaSGC{}}
	for _, r := range seed {
		m.referencias[r.Referencia] = r
	}
	return m
}

// Break makes it unreachable for good.
func (m *Memoria) Break() { m.broken.Store(true) }

var errBroken = errors.New("OPEN SGC is broken")

// Consultar answers as app.SGC says.
func (m *Memoria) Consultar(ctx context.Context, r pa0580.Referencia) (pa0580.Hallazgo, error) {
	r, err := m.patrones.Parse(string(r.Tipo), r.Numero)
	switch {
	case err != nil:
		return pa0580.Hallazgo{}, err
	case ctx.Err() != nil:
		return pa0580.Hallazgo{}, fmt.Errorf("ask OPEN SGC: %w", ctx.Err())
	case m.broken.Load():
		return pa0580.Hallazgo{}, errBroken
	}
	known, ok := m.referencias[r]
	return pa0580.Hallazgo{Existe: ok, Tension: known.Tension, Titular: known.Titular}, nil
}
