package activities

import (
	"context"

	"go.temporal.io/sdk/activity"

	"ande.gov.py/gestiones/internal/contract"
)

// Reconcile sends again what was left undone, and says how much that was.
func (a *Activities) Reconcile(ctx context.Context) (contract.Reconciliada, error) {
	defer pulse(ctx, func() { activity.RecordHeartbeat(ctx) })()
	within, cancel := context.WithTimeout(ctx, contract.PlazoReconciliacion)
	defer cancel()
	found, err := a.Reconciler.Reconciliar(within)
	return found, a.wire(ctx, "reconcile", err)
}
