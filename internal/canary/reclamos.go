package canary

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
)

// claims is how many gestiones of the closed month are claimed about.
const claims = 4

// claim has agents claim about what was settled, with canaries for reasons; heads answer
// every other one, with others.
func (l *lives) claim(ctx context.Context) error {
	filed := 0
	for n, g := range l.loaded {
		if filed == claims {
			break
		}
		f, agent := l.flocks[n%len(l.flocks)], l.people.Agentes[g.agent].Token
		var made struct{ ID string }
		err := l.api.Post(ctx, apiclient.Call{Token: agent, Path: "/reclamos-funcionario", Key: uuid.NewString(), Body: map[string]string{
			"gestion": g.id, "motivo": f.motivo + ", C.I. " + dots(f.ci),
		}}, &made)
		if apiclient.Refused(err) { // it was not settled: what it says is searched
			_ = l.refused(err)
			continue
		}
		if err == nil && filed%2 == 0 {
			err = l.api.Post(ctx, apiclient.Call{Token: l.people.JefeDe(g.agent).Token, Path: "/reclamos-funcionario/" + made.ID + "/responder", Key: uuid.NewString(), Body: map[string]string{
				"resultado": "sin_lugar", "motivo": f.duda + ", RUC " + f.ruc,
			}}, nil)
		}
		if err != nil {
			return fmt.Errorf("claim about gestión %s: %w", g.id, err)
		}
		filed++
	}
	if filed < claims {
		return errNothingSettled
	}
	return nil
}

// errNothingSettled tells a run that closed nothing to claim about.
var errNothingSettled = errors.New("too few gestiones were settled to claim about")
