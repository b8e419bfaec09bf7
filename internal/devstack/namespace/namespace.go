// Package namespace makes Temporal namespaces that are ready when it says so.
// It needs a client only, so that tests can use it without building the server.
package namespace

import (
	"context"
	"errors"
	"fmt"
	"time"

	common "go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"

	"ande.gov.py/gestiones/internal/devstack/host"
)

const usableTimeout = 30 * time.Second

// Ensure registers a namespace unless it exists, and returns once the frontend,
// history and matching services know it: each refreshes its own memory of
// namespaces, and a client that comes sooner is told that there is none.
func Ensure(ctx context.Context, c client.Client, name string, retention time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, usableTimeout)
	defer cancel()
	_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace:                        name,
		WorkflowExecutionRetentionPeriod: durationpb.New(retention),
	})
	var exists *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("register namespace %s: %w", name, err)
	}
	err = host.Await(ctx, func(ctx context.Context) (bool, error) {
		err := usable(ctx, c, name)
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("await namespace %s: %w", name, err)
	}
	return nil
}

// usable asks history for a workflow that is not there and matching for a task
// queue, both through the frontend. Nothing is written.
func usable(ctx context.Context, c client.Client, name string) error {
	const nobody = "namespace-probe"
	_, err := c.WorkflowService().DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: name,
		Execution: &common.WorkflowExecution{WorkflowId: nobody},
	})
	var notFound *serviceerror.NotFound
	if !errors.As(err, &notFound) {
		return fmt.Errorf("history: %w", err)
	}
	_, err = c.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace:     name,
		TaskQueue:     &taskqueue.TaskQueue{Name: nobody},
		TaskQueueType: enums.TASK_QUEUE_TYPE_WORKFLOW,
	})
	if err != nil {
		return fmt.Errorf("matching: %w", err)
	}
	return nil
}
