package activities

import (
	"context"
	"fmt"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Look reads the row and, where it waits for OPEN SGC, makes one short attempt.
// A recibida row that comes back recibida means that OPEN SGC did not answer.
func (a *Activities) Look(ctx context.Context, id pa0580.GestionID) (contract.RowState, error) {
	motor := a.Motor() // read before the work: one that changes meanwhile is not ours
	row, ref, err := a.Store.Attend(ctx, id, motor)
	if err != nil || row.Estado != pa0580.Recibida {
		return row, a.wire(ctx, "read gestión", err)
	}
	ask, cancel := context.WithTimeout(ctx, a.PlazoSGC)
	defer cancel()
	h, err := a.ask(ask, ref)
	if err != nil {
		a.Log.InfoContext(ctx, "ask OPEN SGC: no answer while the customer waits", "gestion", id, "error", err)
		return row, a.wire(ctx, "adopt gestión", a.Store.Adoptar(ctx, []pa0580.GestionID{id}, motor))
	}
	return a.record(ctx, id, row.Version, h, motor)
}

func (a *Activities) record(ctx context.Context, id pa0580.GestionID, version int64, h pa0580.Hallazgo, motor string) (contract.RowState, error) {
	row, err := a.Store.Verify(ctx, id, version, h, motor)
	if err == nil {
		a.Verificada(id)
	}
	return row, a.wire(ctx, "record verification", err)
}

// VerifyUntilAnswered asks OPEN SGC once and fails when it does not answer: the
// server tries again, without growing the history, however long that takes.
func (a *Activities) VerifyUntilAnswered(ctx context.Context, id pa0580.GestionID) (contract.RowState, error) {
	motor := a.Motor()
	row, ref, err := a.Store.Attend(ctx, id, motor)
	if err != nil || row.Estado != pa0580.Recibida {
		return row, a.wire(ctx, "read gestión", err)
	}
	h, err := a.ask(ctx, ref)
	if err != nil {
		return row, a.wire(ctx, "ask OPEN SGC", err)
	}
	return a.record(ctx, id, row.Version, h, motor)
}

// ask treats a reference that OPEN SGC finds malformed as one it does not have.
func (a *Activities) ask(ctx context.Context, ref pa0580.Referencia) (pa0580.Hallazgo, error) {
	h, err := a.SGC.Consultar(ctx, ref)
	if len(pa0580.RefusalsIn(err)) > 0 {
		return pa0580.Hallazgo{At: a.Reloj()}, nil
	}
	if err != nil {
		return h, fmt.Errorf("ask OPEN SGC: %w", err)
	}
	h.At = a.Reloj()
	return h, nil
}

// ApplyUpTo applies the stored commands of a gestión up to and including one,
// in the order of storing, each once: row, result and audit in one
// transaction. Asked again, it returns what the first time gave.
func (a *Activities) ApplyUpTo(ctx context.Context, c contract.Aplicacion) (contract.Applied, error) {
	applied, err := a.Store.ApplyUpTo(ctx, c.Comando, a.Reloj())
	return applied, a.wire(ctx, "apply command", err)
}
