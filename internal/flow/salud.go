package flow

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// stuckFrom is how often a workflow's task fails before it counts as stuck.
const stuckFrom = 5

// Pollers tells how many processes wait for workflow tasks and for activities,
// as the engine saw them in the last minutes.
func (f *Flow) Pollers(ctx context.Context) (workflows, activities int, err error) {
	count := func(kind enums.TaskQueueType) int {
		out, e := f.client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: f.namespace, TaskQueue: &taskqueue.TaskQueue{Name: f.queue}, TaskQueueType: kind,
		})
		err = errors.Join(err, e)
		return len(out.GetPollers())
	}
	workflows, activities = count(enums.TASK_QUEUE_TYPE_WORKFLOW), count(enums.TASK_QUEUE_TYPE_ACTIVITY)
	if err != nil {
		return 0, 0, fmt.Errorf("describe task queue: %w", err)
	}
	return workflows, activities, nil
}

// Programada tells whether the Schedule of reconciliations is there, and whether
// somebody paused it.
func (f *Flow) Programada(ctx context.Context) (there, paused bool, err error) {
	if err := f.ready(ctx); err != nil {
		return false, false, err
	}
	d, err := f.client.ScheduleClient().GetHandle(ctx, contract.ReconciliacionID).Describe(ctx)
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return false, false, nil
	case err != nil:
		return false, false, fmt.Errorf("describe schedule: %w", err)
	}
	return true, d.Schedule.State != nil && d.Schedule.State.Paused, nil
}

// Marcha tells whether a gestión's workflow is running, and whether it is stuck:
// its task fails again and again.
func (f *Flow) Marcha(ctx context.Context, id pa0580.GestionID) (running, stuck bool, err error) {
	if err := f.ready(ctx); err != nil {
		return false, false, err
	}
	d, err := f.client.DescribeWorkflowExecution(ctx, contract.GestionWorkflowID(id), "")
	if isGone(err) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("describe gestión %s: %w", id, err)
	}
	running = d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
	return running, running && d.GetPendingWorkflowTask().GetAttempt() >= stuckFrom, nil
}
