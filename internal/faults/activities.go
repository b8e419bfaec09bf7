package faults

import (
	"context"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
)

// Activities is a hook for a worker: its activities, local ones too, are points.
func (in *Injector) Activities() interceptor.WorkerInterceptor { return &workers{in: in} }

type workers struct {
	interceptor.WorkerInterceptorBase
	in *Injector
}

func (w *workers) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	out := &inbound{in: w.in}
	out.Next = next
	return out
}

type inbound struct {
	interceptor.ActivityInboundInterceptorBase
	in *Injector
}

func (i *inbound) ExecuteActivity(ctx context.Context, input *interceptor.ExecuteActivityInput) (any, error) {
	s := i.in.hit(activityOf(activity.GetInfo(ctx).ActivityType.Name))
	switch s.kind {
	case Fail:
		s.met()
		return nil, lostActivity()
	case Delay:
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
	}
	out, err := i.Next.ExecuteActivity(ctx, input)
	if err == nil && s.kind == Lose {
		s.met()
		return nil, lostActivity()
	}
	return out, err
}

func lostActivity() error { return temporal.NewApplicationError(errInjected.Error(), "INJECTED") }
