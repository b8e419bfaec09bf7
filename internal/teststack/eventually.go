package teststack

import (
	"testing"
	"time"
)

// Eventually waits for a condition, with a deadline and no fixed pause. Call it
// from the test's own goroutine.
func Eventually(t testing.TB, what string, within time.Duration, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatalf("%s did not happen within %s", what, within)
		case <-tick.C:
		}
	}
}
