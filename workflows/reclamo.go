package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// soonest is how soon a row is looked at again whose due date is about to pass: clocks
// differ.
const soonest = time.Second

// ReclamoFuncionario waits for the answer to a reclamo del funcionario: look at the row,
// wait until its due date or for a word that it moved, look again. It returns the row as it
// ended, and may be terminated and started again in any estado.
func ReclamoFuncionario(ctx workflow.Context, id pa0580.ReclamoFuncionarioID) (contract.ReclamoState, error) {
	told := workflow.GetSignalChannel(ctx, contract.Mirar)
	for {
		for word := (struct{}{}); told.ReceiveAsync(&word); { // what they tell of is in the row
		}
		row, err := quick[contract.ReclamoState](ctx, acts.AttendReclamo, id)
		if err != nil {
			return row, fmt.Errorf("look at reclamo: %w", err)
		}
		if row.Estado.Ended() {
			return row, nil
		}
		if err := awaitWord(ctx, told, row.Falta); err != nil {
			return row, err
		}
	}
}

// awaitWord waits for a word and, where falta is not 0, no longer than that.
func awaitWord(ctx workflow.Context, told workflow.ReceiveChannel, falta time.Duration) error {
	heard := func() bool { return told.Len() > 0 }
	if falta == 0 {
		return workflow.Await(ctx, heard)
	}
	due, cancel := workflow.WithCancel(ctx)
	defer cancel() // the SDK (1.50.0) leaves the timer of a wait that ended before it
	_, err := workflow.AwaitWithTimeout(due, max(falta, soonest), heard)
	return err
}
