package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ande.gov.py/gestiones/internal/contract"
)

// Motor asks the engine for its epoch: its namespace's UUID.
func (f *Flow) Motor(ctx context.Context) (string, error) {
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

// catchUp is how late a reconciliation may still start: an older one is made up
// for by the next.
const catchUp = time.Minute

// Programar makes the Schedule that starts a reconciliation every so often, or
// gives the one that is there that pace. Several at once do no harm.
func (f *Flow) Programar(ctx context.Context, every time.Duration) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: every}}}
	schedules := f.client.ScheduleClient()
	_, err := schedules.Create(ctx, client.ScheduleOptions{
		ID:            contract.ReconciliacionID,
		Spec:          spec,
		Overlap:       enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: catchUp,
		Action: &client.ScheduleWorkflowAction{
			ID: contract.ReconciliacionID, Workflow: contract.WorkflowReconciliacion, TaskQueue: f.queue,
		},
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
			if s := now.Spec; s != nil && len(s.Intervals) == 1 && s.Intervals[0].Every == every {
				return nil, temporal.ErrSkipScheduleUpdate
			}
			now.Spec = &spec
			return &client.ScheduleUpdate{Schedule: &now}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("change the pace of reconciliations: %w", err)
	}
	return nil
}
