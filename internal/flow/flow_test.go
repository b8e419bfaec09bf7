package flow_test

import (
	"context"
	"net"
	"testing"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"ande.gov.py/gestiones/internal/flow"
)

// engine is a frontend behind a proxy that knows nothing of the standard question
// for health: it answers its own calls alone.
type engine struct {
	workflowservice.UnimplementedWorkflowServiceServer

	away    bool
	started int
}

func (e *engine) GetSystemInfo(context.Context, *workflowservice.GetSystemInfoRequest) (*workflowservice.GetSystemInfoResponse, error) {
	if e.away {
		return nil, status.Error(codes.PermissionDenied, "away")
	}
	return &workflowservice.GetSystemInfoResponse{Capabilities: &workflowservice.GetSystemInfoResponse_Capabilities{}}, nil
}

func (e *engine) StartWorkflowExecution(context.Context, *workflowservice.StartWorkflowExecutionRequest) (*workflowservice.StartWorkflowExecutionResponse, error) {
	e.started++
	return &workflowservice.StartWorkflowExecutionResponse{RunId: "1"}, nil
}

// What stands between may refuse to say whether the engine is well: messages get
// through all the same. One who never heard what the engine can do sends none.
func TestAnEngineThatDoesNotSpeakOfItsHealth(t *testing.T) {
	t.Parallel()
	e := &engine{away: true}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	workflowservice.RegisterWorkflowServiceServer(server, e)
	go func() { _ = server.Serve(l) }() // it ends with Stop
	t.Cleanup(server.Stop)
	c, err := client.NewLazyClient(client.Options{HostPort: l.Addr().String(), Namespace: "gestiones"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	f := flow.New(c, "gestiones", "gestiones")

	if err := f.Arrancar(t.Context(), "1"); err == nil || e.started > 0 {
		t.Errorf("started %d workflows in an engine that is away: %v", e.started, err)
	}
	e.away = false
	if err := f.Arrancar(t.Context(), "1"); err != nil || e.started != 1 {
		t.Errorf("started %d workflows: %v; want 1", e.started, err)
	}
}
