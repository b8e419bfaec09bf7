package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/internal/contract"
)

const (
	// settleFor is how long commands from before the corte may take to be
	// applied; the freeze refuses to pass over those that remain.
	settleFor = 15 * time.Second
	// freezeFor bounds one attempt at the freeze: 500,000 lines take minutes.
	freezeFor   = 30 * time.Minute
	freezePulse = 20 * time.Second
	// drainFor bounds one attempt; the next goes on from its heartbeat.
	drainFor   = 6 * time.Hour
	drainPulse = time.Minute
	// fileFor bounds one attempt at writing the files; the next goes on behind those
	// that are written.
	fileFor = time.Hour
)

type cierre struct {
	in     contract.CierreInput
	frozen bool
	judged int // orders carried out, accepted or not
	orders workflow.Mutex
}

// Cierre closes one month for all units. Each order to close arrives as an
// update and is judged by the freeze; a refused one leaves no trace but its
// recorded result. Once a freeze holds, the month's workflows are told, and its
// planillas written as files: whoever cancels the workflow from then on changes
// nothing, and before that ends it with nothing done, but for a freeze that is being
// carried out, which is waited for.
func Cierre(ctx workflow.Context, in contract.CierreInput) (contract.Drenaje, error) {
	c := &cierre{in: in, frozen: in.Drenar, orders: workflow.NewMutex(ctx)}
	if err := workflow.SetUpdateHandler(ctx, contract.Congelar, c.freeze); err != nil {
		return contract.Drenaje{}, err
	}
	var done contract.Drenaje
	settled := func() bool { return (c.frozen || c.judged > 0) && workflow.AllHandlersFinished(ctx) }
	held, _ := workflow.NewDisconnectedContext(ctx) // what a cancel does not reach
	for {
		canceled := workflow.Await(ctx, settled)
		if err := workflow.Await(held, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
			return done, err
		}
		if !c.frozen {
			return done, canceled
		}
		filed := c.file(held) // beside the drain, which may take long
		if err := c.drain(held, &done); err != nil {
			return done, err
		}
		if err := filed.Get(held, nil); err != nil {
			return done, fmt.Errorf("file month: %w", err)
		}
		if workflow.AllHandlersFinished(ctx) {
			return done, nil
		}
	}
}

// freeze carries out one stored order, one at a time.
func (c *cierre) freeze(ctx workflow.Context, o contract.Congelacion) (contract.Congelada, error) {
	if err := c.orders.Lock(ctx); err != nil {
		return contract.Congelada{}, err
	}
	defer c.orders.Unlock()
	defer func() { c.judged++ }()

	settle := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		ScheduleToCloseTimeout: settleFor,
		StartToCloseTimeout:    settleFor,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 1.5},
	})
	if err := workflow.ExecuteActivity(settle, acts.Settle, c.in.Mes).Get(ctx, nil); err != nil && temporal.IsCanceledError(err) {
		return contract.Congelada{}, err
	}
	var out contract.Congelada
	if err := ctx.Err(); err != nil {
		return out, err
	}
	held, _ := workflow.NewDisconnectedContext(ctx) // whether it holds must be known
	freeze := workflow.WithActivityOptions(held, workflow.ActivityOptions{
		StartToCloseTimeout: freezeFor,
		HeartbeatTimeout:    freezePulse, // a worker that died in the middle blocks nobody for long
		RetryPolicy:         &storePolicy,
	})
	if err := workflow.ExecuteActivity(freeze, acts.Freeze, o).Get(ctx, &out); err != nil {
		return out, fmt.Errorf("freeze month: %w", err)
	}
	c.frozen = c.frozen || out.Cerrado
	return out, nil
}

// drain tells the frozen gestiones' workflows. It is never given up: what can't
// be told now is tried again.
func (c *cierre) drain(ctx workflow.Context, done *contract.Drenaje) error {
	tell := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: drainFor,
		HeartbeatTimeout:    drainPulse,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
	})
	if err := workflow.ExecuteActivity(tell, acts.Drain, c.in).Get(ctx, done); err != nil {
		return fmt.Errorf("drain month: %w", err)
	}
	return nil
}

// file has the planillas written as files. Whoever asks for one before gets it then.
func (c *cierre) file(ctx workflow.Context) workflow.Future {
	if workflow.GetVersion(ctx, "archivos", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		none, settle := workflow.NewFuture(ctx) // closed by a version that wrote none
		settle.Set(nil, nil)
		return none
	}
	write := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: fileFor,
		HeartbeatTimeout:    drainPulse,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 5 * time.Second, BackoffCoefficient: 2, MaximumInterval: 5 * time.Minute},
	})
	return workflow.ExecuteActivity(write, acts.File, c.in)
}
