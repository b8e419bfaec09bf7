package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ande.gov.py/gestiones/internal/contract"
)

// Motor asks the engine for its epoch: its namespace's UUID.
func (f *Flow) Motor(ctx context.Context) (string, error) {
	if err := f.ready(ctx); err != nil {
		return "", err
	}
	ns, err := f.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: f.namespace})
	if err != nil {
		return "", fmt.Errorf("describe namespace %s: %w", f.namespace, err)
	}
	id := ns.GetNamespaceInfo().GetId()
	f.motor.Store(&id)
	return id, nil
}

// UltimoMotor is the epoch as last heard, empty before the first time.
func (f *Flow) UltimoMotor() string {
	if id := f.motor.Load(); id != nil {
		return *id
	}
	return ""
}

const (
	// catchUp is how late a reconciliation may still start: an older one is made up
	// for by the next.
	catchUp = time.Minute
	// reconcileIn ends one that hangs, past what its activity may wait and take:
	// none starts while it runs.
	reconcileIn = 25 * time.Minute
)

// Programar makes the Schedule that starts a reconciliation every so often, or
// makes the one that is there like it; whether that is paused is left as it is.
// Several at once do no harm.
func (f *Flow) Programar(ctx context.Context, every time.Duration) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}}
	policy := client.SchedulePolicies{Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: catchUp}
	action := client.ScheduleWorkflowAction{
		ID: contract.ReconciliacionID, Workflow: contract.WorkflowReconciliacion, TaskQueue: f.queue,
		WorkflowExecutionTimeout: reconcileIn,
	}
	schedules := f.client.ScheduleClient()
	_, err := schedules.Create(ctx, client.ScheduleOptions{
		ID: contract.ReconciliacionID, Spec: spec, Action: &action,
		Overlap: policy.Overlap, CatchupWindow: policy.CatchupWindow,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		if err != nil {
			return fmt.Errorf("schedule reconciliations: %w", err)
		}
		return nil
	}
	err = schedules.GetHandle(ctx, contract.ReconciliacionID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			now := in.Description.Schedule
			if now.Spec != nil && slices.Equal(now.Spec.Intervals, spec.Intervals) && *now.Policy == policy && starts(now.Action, action) {
				return nil, temporal.ErrSkipScheduleUpdate
			}
			now.Spec, now.Policy, now.Action = &spec, &policy, &action
			return &client.ScheduleUpdate{Schedule: &now}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("bring the Schedule of reconciliations up to date: %w", err)
	}
	return nil
}

// starts tells whether what a Schedule does is to start what want does.
func starts(does client.ScheduleAction, want client.ScheduleWorkflowAction) bool {
	is, ok := does.(*client.ScheduleWorkflowAction)
	return ok && is.ID == want.ID && is.Workflow == want.Workflow && is.TaskQueue == want.TaskQueue &&
		is.WorkflowExecutionTimeout == want.WorkflowExecutionTimeout
}
