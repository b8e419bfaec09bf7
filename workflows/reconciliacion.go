package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/internal/contract"
)

const (
	// reconcileFor is past the bound that a reconciliation has of its own.
	reconcileFor   = 10 * time.Minute
	reconcilePulse = 20 * time.Second
)

// Reconciliacion sends again what crashes, lost messages or a lost engine left
// undone. The Schedule starts one after the other; one that fails is not
// repeated, since the next comes soon.
func Reconciliacion(ctx workflow.Context) (contract.Reconciliada, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ScheduleToStartTimeout: reconcileFor,
		StartToCloseTimeout:    reconcileFor,
		HeartbeatTimeout:       reconcilePulse,
		RetryPolicy:            &temporal.RetryPolicy{MaximumAttempts: 1},
	})
	var found contract.Reconciliada
	if err := workflow.ExecuteActivity(ctx, acts.Reconcile).Get(ctx, &found); err != nil {
		return found, fmt.Errorf("reconcile: %w", err)
	}
	return found, nil
}
