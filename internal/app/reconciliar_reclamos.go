package app

import (
	"context"
	"fmt"

	"ande.gov.py/gestiones/internal/pa0580"
)

// reclamos has the workflows of reclamos del funcionario look at their rows, where those
// say that they do not know. One that is missing has nothing to do before the due date,
// and whoever answers starts it.
func (r *reconciliation) reclamos(ctx context.Context) error {
	return r.tellReclamos(ctx, r.motor)
}

// tellReclamos tells those that motor does not drive, and those of which something is not
// known; of no motor, every open one.
func (r *reconciliation) tellReclamos(ctx context.Context, motor string) error {
	for tras := pa0580.ReclamoFuncionarioID(""); ; {
		page, err := r.Store.ReclamosPorAvisar(ctx, motor, r.before, tras, reconcilePage)
		if err != nil {
			return fmt.Errorf("list reclamos whose workflow is to be told: %w", err)
		}
		r.found.Reclamos += len(send(ctx, r, page, r.Flow.AvisarReclamo))
		if len(page) < reconcilePage || r.gone() || over(ctx) {
			return nil
		}
		tras = page[len(page)-1]
	}
}
