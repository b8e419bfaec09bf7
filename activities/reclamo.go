package activities

import (
	"context"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// AttendReclamo reads a reclamo del funcionario's row and, where its due date passed
// unanswered, records that.
func (a *Activities) AttendReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID) (contract.ReclamoState, error) {
	row, err := a.Store.AttendReclamo(ctx, id, a.Motor(), a.Reloj())
	return row, a.wire(ctx, "attend reclamo", err)
}
