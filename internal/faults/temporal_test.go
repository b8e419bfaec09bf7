package faults

import (
	"context"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

func TestActivitiesFailAsTold(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind  Kind
		runs  int
		fails bool
	}{
		"fails before it runs": {Fail, 0, true},
		"comes late":           {Delay, 1, false},
		"its result is lost":   {Lose, 1, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := New(1, Registered(), nil)
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestActivityEnvironment()
			env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{in.Activities()}})
			store := &stored{}
			acts := &activities.Activities{Store: store, Motor: func() string { return "motor" }}
			env.RegisterActivity(acts.Look)
			if err := in.Force("activity.Look", tt.kind, 1); err != nil {
				t.Fatal(err)
			}
			_, err := env.ExecuteActivity(acts.Look, pa0580.GestionID("g"))
			if (err != nil) != tt.fails || store.runs != tt.runs {
				t.Errorf("ran %d times and said %v", store.runs, err)
			}
		})
	}
}

func TestMessagesFailAsTold(t *testing.T) {
	t.Parallel()
	const method = "/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution"
	tests := map[string]struct {
		kind Kind
		sent int
		code []codes.Code
	}{
		"never leaves":                {Fail, 0, []codes.Code{codes.Unavailable}},
		"comes late":                  {Delay, 1, []codes.Code{codes.OK}},
		"its acknowledgement is lost": {Lose, 1, []codes.Code{codes.Unavailable, codes.DeadlineExceeded}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := New(1, Registered(), nil)
			if err := in.Force("message.StartWorkflowExecution", tt.kind, 1); err != nil {
				t.Fatal(err)
			}
			sent, reply := 0, &workflowservice.StartWorkflowExecutionResponse{}
			err := in.message(t.Context(), method, nil, reply, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
				sent++
				reply.RunId = "run"
				return nil
			})
			ok := false
			for _, c := range tt.code {
				ok = ok || status.Code(err) == c
			}
			if !ok || sent != tt.sent {
				t.Errorf("sent %d times, answered %v", sent, err)
			}
			if err != nil && reply.GetRunId() != "" {
				t.Error("a lost answer was read")
			}
		})
	}
}

// A poll that brought nothing has nothing to lose.
func TestOnlyTasksAreLost(t *testing.T) {
	t.Parallel()
	in := New(1, Registered(), nil)
	poll := func(token []byte) error {
		reply := &workflowservice.PollActivityTaskQueueResponse{}
		if err := in.Force("message.PollActivityTaskQueue", Lose, 1); err != nil {
			t.Fatal(err)
		}
		return in.message(t.Context(), "/x/PollActivityTaskQueue", nil, reply, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error {
			reply.TaskToken = token
			return nil
		})
	}
	if err := poll(nil); err != nil || in.Reached()["message.PollActivityTaskQueue"][Lose] != 0 {
		t.Errorf("an empty poll: %v", err)
	}
	if err := poll([]byte("task")); err == nil || in.Reached()["message.PollActivityTaskQueue"][Lose] != 1 {
		t.Errorf("a poll with a task: %v", err)
	}
}

// stored counts how often an activity read the row.
type stored struct {
	activities.Store
	runs int
}

func (s *stored) Attend(context.Context, pa0580.GestionID, string) (contract.RowState, pa0580.Referencia, error) {
	s.runs++
	return contract.RowState{Estado: pa0580.Pendiente, Version: 2}, pa0580.Referencia{}, nil
}
