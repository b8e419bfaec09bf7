package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"ande.gov.py/gestiones/internal/contract"
)

// reconcileFor bounds one of them, so that what was done is soon known; the Schedule
// starts the next.
const reconcileFor = 2 * time.Minute

// Reconcile sends again what was left undone, and says how much that was.
func (a *Activities) Reconcile(ctx context.Context) (contract.Reconciliada, error) {
	defer pulse(ctx, func() { activity.RecordHeartbeat(ctx) })()
	within, cancel := context.WithTimeout(ctx, reconcileFor)
	defer cancel()
	found, err := a.Reconciler.Reconciliar(within)
	return found, a.wire(ctx, "reconcile", err)
}
