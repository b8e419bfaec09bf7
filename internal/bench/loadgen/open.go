package loadgen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Arrivals are n moments of a Poisson process, as distances from its start: the
// same for the same seed.
func Arrivals(seed uint64, perSecond float64, n int) []time.Duration {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]time.Duration, n)
	var at float64 // seconds
	for i := range out {
		at += r.ExpFloat64() / perSecond
		out[i] = time.Duration(at * float64(time.Second))
	}
	return out
}

// Open begins each task at its moment, whatever became of the earlier ones.
// What one took counts from that moment and not from when this process came to
// it: otherwise whatever holds everybody up would count once instead of for all
// who waited (coordinated omission). Tasks take turns as clients.
func Open(ctx context.Context, clients int, arrivals []time.Duration, step func(), task Task) (Result, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := Result{Latency: NewLatency()}
	var group sync.WaitGroup
	begun := time.Now()
	wake := time.NewTimer(0)
	defer wake.Stop()
	for i, at := range arrivals {
		wake.Reset(time.Until(begun.Add(at)))
		select {
		case <-ctx.Done():
		case <-wake.C:
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			if err := task(ctx, i%clients, i); err != nil {
				cancel(fmt.Errorf("arrival %d: %w", i, err))
				return
			}
			r.Latency.Record(time.Since(begun) - at)
			if step != nil {
				step()
			}
		})
	}
	group.Wait()
	r.Took, r.Done = time.Since(begun), int(r.Latency.Count())
	return r, context.Cause(ctx)
}
