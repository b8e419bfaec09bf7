package bench

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/internal/bench/loadgen"
	"ande.gov.py/gestiones/internal/boot"
)

// What the engine itself costs: a workflow with one local activity, one update
// and one signal, and nothing of ours.
const (
	bareQueue  = "bare"
	bareUpdate = "decide"
	bareSignal = "end"
)

// bare serves minimal workflows in this process, with the tuning of ours.
type bare struct {
	client   client.Client
	worker   worker.Worker
	begun    atomic.Int64 // workflows whose local activity was done
	returned atomic.Int64 // workflows that have ended
}

func startBare(c client.Client) (*bare, error) {
	b := &bare{client: c, worker: worker.New(c, bareQueue, boot.WorkerOptions())}
	b.worker.RegisterWorkflowWithOptions(b.life, workflow.RegisterOptions{Name: "Bare"})
	if err := b.worker.Start(); err != nil {
		return nil, fmt.Errorf("start bare worker: %w", err)
	}
	return b, nil
}

// life counts as it goes. A replay would count twice: none happens while the
// sticky cache holds every workflow, and waiting for an exact count shows it.
func (b *bare) life(ctx workflow.Context) error {
	err := workflow.SetUpdateHandler(ctx, bareUpdate, func(workflow.Context) (int, error) { return 1, nil })
	if err != nil {
		return err
	}
	local := workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: time.Second})
	if err := workflow.ExecuteLocalActivity(local, nothing).Get(ctx, nil); err != nil {
		return err
	}
	b.begun.Add(1)
	workflow.GetSignalChannel(ctx, bareSignal).Receive(ctx, nil)
	b.returned.Add(1)
	return nil
}

func nothing(context.Context) error { return nil }

// bareTimes is how long each part of n bare lives took.
type bareTimes struct {
	n                    int
	start, decide, ended time.Duration
	cpu                  time.Duration // of the engines and of this process
}

// rate is whole lives in a second.
func (t bareTimes) rate() float64 { return perSecond(t.n, t.start+t.decide+t.ended) }

func (t bareTimes) plus(o bareTimes) bareTimes {
	return bareTimes{t.n + o.n, t.start + o.start, t.decide + o.decide, t.ended + o.ended, t.cpu + o.cpu}
}

func perSecond(n int, took time.Duration) float64 { return float64(n) / took.Seconds() }

// run takes n workflows through their lives, all together from part to part, as
// the gestiones of a month go. Eager ones get their first task with the answer to
// their start, as ours do, and the others through the task queue.
func (b *bare) run(ctx context.Context, round string, n int, eager bool, p Progress) (bareTimes, error) {
	t := bareTimes{n: n}
	id := func(i int) string { return fmt.Sprintf("bare/%s/%d", round, i) }
	begun, returned := b.begun.Load()+int64(n), b.returned.Load()+int64(n)
	parts := []struct {
		name string
		took *time.Duration
		task loadgen.Task
		wait func() bool
	}{
		{"flujo mínimo: comienzo", &t.start, func(ctx context.Context, _, i int) error {
			_, err := b.client.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id(i), TaskQueue: bareQueue, EnableEagerStart: eager}, "Bare")
			return err
		}, func() bool { return b.begun.Load() >= begun }},
		{"flujo mínimo: mensaje con respuesta", &t.decide, func(ctx context.Context, _, i int) error {
			h, err := b.client.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
				WorkflowID: id(i), UpdateName: bareUpdate, WaitForStage: client.WorkflowUpdateStageCompleted,
			})
			if err != nil {
				return err
			}
			return h.Get(ctx, nil)
		}, func() bool { return true }},
		{"flujo mínimo: aviso y fin", &t.ended, func(ctx context.Context, _, i int) error {
			return b.client.SignalWorkflow(ctx, id(i), "", bareSignal, nil)
		}, func() bool { return b.returned.Load() >= returned }},
	}
	for _, part := range parts {
		step, end := p(part.name, n)
		from := time.Now()
		if _, err := loadgen.Closed(ctx, clients, n, func() { step(1) }, part.task); err != nil {
			return t, fmt.Errorf("%s: %w", part.name, err)
		}
		if err := until(ctx, part.wait); err != nil {
			return t, fmt.Errorf("%s: %w", part.name, err)
		}
		*part.took = time.Since(from)
		end()
	}
	// The last ones counted before the engine knew: it must.
	for i := max(0, n-clients); i < n; i++ {
		if err := b.client.GetWorkflow(ctx, id(i), "").Get(ctx, nil); err != nil {
			return t, fmt.Errorf("bare workflow %d: %w", i, err)
		}
	}
	return t, nil
}
