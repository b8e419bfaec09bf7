package host

import (
	"context"
	"fmt"
	"time"
)

// pollEvery is how often Await tries. What is awaited takes a tenth of a second
// to a few, and a try is cheap.
const pollEvery = 25 * time.Millisecond

// Await tries until a try is final or ctx ends, and returns the last error: a
// final one may be nil, another says what was still missing.
func Await(ctx context.Context, try func(context.Context) (final bool, err error)) error {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		final, err := try(ctx)
		if final {
			return err
		}
		select {
		case <-ctx.Done():
			if err == nil {
				return ctx.Err()
			}
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-tick.C:
		}
	}
}
