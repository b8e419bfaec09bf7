package opensgc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Falla is a way for OPEN SGC to go wrong.
type Falla string

// The ways there are.
const (
	Normal      Falla = "normal"
	Caido       Falla = "caido"       // fails at once
	Lento       Falla = "lento"       // answers after a delay
	Cuelga      Falla = "cuelga"      // never answers
	Inexistente Falla = "inexistente" // denies what exists
	Equivocado  Falla = "equivocado"  // gives another voltage and another holder
)

// Fallas are all of them, as a menu shows them.
var Fallas = []Falla{Normal, Caido, Lento, Cuelga, Inexistente, Equivocado}

// ErrCaido is what a Faulty that is down answers.
var ErrCaido = errors.New("OPEN SGC is switched off")

// Faulty is an app.SGC that can be made to fail while it is in use. It exists
// for local mode and tests; production never builds one. The zero switch is
// Normal. A question that hangs stays hung when the switch moves, as with a
// real outage.
type Faulty struct {
	SGC app.SGC

	interruptor atomic.Pointer[interruptor]
}

type interruptor struct {
	falla  Falla
	demora time.Duration
}

// Switch makes the next questions meet f. The delay is Lento's. It fails on a
// Falla that does not exist.
func (f *Faulty) Switch(falla Falla, demora time.Duration) error {
	if !slices.Contains(Fallas, falla) {
		return fmt.Errorf("no existe la falla %q: use una de %v", falla, Fallas)
	}
	f.interruptor.Store(&interruptor{falla, demora})
	return nil
}

// Falla is the one in force, with its delay.
func (f *Faulty) Falla() (Falla, time.Duration) {
	if i := f.interruptor.Load(); i != nil {
		return i.falla, i.demora
	}
	return Normal, 0
}

// Consultar asks the SGC behind, or does what the switch says.
func (f *Faulty) Consultar(ctx context.Context, r pa0580.Referencia) (pa0580.Hallazgo, error) {
	falla, demora := f.Falla()
	switch falla {
	case Caido:
		return pa0580.Hallazgo{}, ErrCaido
	case Cuelga:
		<-ctx.Done()
		return pa0580.Hallazgo{}, fmt.Errorf("wait for OPEN SGC: %w", ctx.Err())
	case Lento:
		select {
		case <-ctx.Done():
			return pa0580.Hallazgo{}, fmt.Errorf("wait for OPEN SGC: %w", ctx.Err())
		case <-time.After(demora):
		}
	}
	h, err := f.SGC.Consultar(ctx, r)
	if err != nil || !h.Existe {
		return h, err
	}
	switch falla {
	case Inexistente:
		return pa0580.Hallazgo{At: h.At}, nil
	case Equivocado:
		return mistaken(r, h), nil
	}
	return h, nil
}

// Nobody's documents, for wrong answers.
const ajeno, otroAjeno = "99999999", "99999998"

// mistaken differs from h in all that may be told about r.
func mistaken(r pa0580.Referencia, h pa0580.Hallazgo) pa0580.Hallazgo {
	if r.Tipo == pa0580.NIS {
		if h.Tension == pa0580.MT {
			h.Tension = pa0580.BT
		} else {
			h.Tension = pa0580.MT
		}
	}
	if h.Titular == ajeno {
		h.Titular = otroAjeno
	} else {
		h.Titular = ajeno
	}
	return h
}
