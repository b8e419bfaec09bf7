package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
)

// acts names the activities; the worker's own value carries the dependencies.
var acts *activities.Activities

// quickFor bounds local work inside a workflow task: past it the work goes on
// as a normal activity, which the server retries without growing the history.
const quickFor = 4 * time.Second

// verifyPolicy waits for OPEN SGC however long that takes.
var verifyPolicy = temporal.RetryPolicy{
	InitialInterval: 10 * time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute,
}

// storePolicy waits for PostgreSQL to return.
var storePolicy = temporal.RetryPolicy{
	InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second,
}

// quick runs an activity in the worker that holds the workflow: one marker in
// the history and no round trip. When that fails, it patiently goes on as a
// normal activity. A refusal is final either way.
func quick[Out any](ctx workflow.Context, activity any, in any) (Out, error) {
	var out Out
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: quickFor,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 50 * time.Millisecond, BackoffCoefficient: 2, MaximumAttempts: 4},
	})
	err := workflow.ExecuteLocalActivity(local, activity, in).Get(ctx, &out)
	if err == nil || isRefusal(err) || temporal.IsCanceledError(err) {
		return out, err
	}
	err = workflow.ExecuteActivity(patiently(ctx, storePolicy), activity, in).Get(ctx, &out)
	return out, err
}

func patiently(ctx workflow.Context, policy temporal.RetryPolicy) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy:         &policy,
	})
}

func isRefusal(err error) bool {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) {
		return false
	}
	_, ok := contract.FromWire(app)
	return ok
}
