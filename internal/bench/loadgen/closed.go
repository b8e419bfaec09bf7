package loadgen

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Result is how a loop went.
type Result struct {
	Done    int
	Took    time.Duration
	Latency *Latency
}

// Rate is how many were done in a second.
func (r Result) Rate() float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(r.Done) / r.Took.Seconds()
}

// Task does the i-th of many for one of the clients. A measurement that lost
// some of its work measured something else: an error ends the loop.
type Task func(ctx context.Context, client, i int) error

// Closed has clients do tasks 0 to n-1, each its next as soon as its last is
// done. step, which may be nil, is called after each.
func Closed(ctx context.Context, clients, n int, step func(), task Task) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := Result{Latency: NewLatency()}
	var next atomic.Int64
	var group sync.WaitGroup
	begun := time.Now()
	for client := range min(clients, n) {
		group.Go(func() {
			for i := int(next.Add(1) - 1); i < n && ctx.Err() == nil; i = int(next.Add(1) - 1) {
				from := time.Now()
				if err := task(ctx, client, i); err != nil {
					cancel(fmt.Errorf("task %d: %w", i, err))
					return
				}
				r.Latency.Record(time.Since(from))
				if step != nil {
					step()
				}
			}
		})
	}
	group.Wait()
	r.Took, r.Done = time.Since(begun), int(r.Latency.Count())
	return r, context.Cause(ctx)
}
