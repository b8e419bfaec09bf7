package faults

import (
	"context"
	"path"

	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// incidental are calls that are no points: those that the SDK makes only where
// something went wrong with a task by itself, nobody can say when, and the one
// question for the engine's health that each process asks before its first message,
// whose answer changes nothing.
var incidental = map[string]bool{"RespondWorkflowTaskFailed": true, "RespondQueryTaskCompleted": true, "Check": true}

// Messages is a hook for a Temporal client: each attempt at a call of the
// frontend is a point.
func (in *Injector) Messages() grpc.DialOption { return grpc.WithChainUnaryInterceptor(in.message) }

func (in *Injector) message(ctx context.Context, method string, request, reply any, cc *grpc.ClientConn, call grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if incidental[path.Base(method)] {
		return call(ctx, method, request, reply, cc, opts...)
	}
	s := in.hit(messageOf(path.Base(method)))
	switch s.kind {
	case Fail:
		s.met()
		return status.Error(codes.Unavailable, errInjected.Error())
	case Delay:
		if err := s.wait(ctx); err != nil {
			return status.FromContextError(err).Err()
		}
	}
	err := call(ctx, method, request, reply, cc, opts...)
	if err != nil || s.kind != Lose || nothing(reply) {
		return err
	}
	s.met()
	if m, ok := reply.(proto.Message); ok {
		proto.Reset(m)
	}
	if s.draw%2 == 0 { // the SDK does not try this one again by itself
		return status.Error(codes.DeadlineExceeded, errInjected.Error())
	}
	return status.Error(codes.Unavailable, errInjected.Error())
}

// nothing tells a poll that brought no task: there is nothing to lose.
func nothing(reply any) bool {
	switch r := reply.(type) {
	case *workflowservice.PollWorkflowTaskQueueResponse:
		return len(r.GetTaskToken()) == 0
	case *workflowservice.PollActivityTaskQueueResponse:
		return len(r.GetTaskToken()) == 0
	}
	return false
}
