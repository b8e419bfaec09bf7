package loadgen

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	t.Parallel()
	l := NewLatency()
	for ms := range 1000 {
		l.Record(time.Duration(ms+1) * time.Millisecond)
	}
	l.Record(time.Hour) // beyond what is kept: the longest
	for percent, want := range map[float64]time.Duration{50: 500 * time.Millisecond, 90: 900 * time.Millisecond, 99: 990 * time.Millisecond, 100: longest} {
		if got := l.At(percent); math.Abs(float64(got-want)) > float64(want)/200 {
			t.Errorf("p%v is %v, want %v", percent, got, want)
		}
	}
	if l.Count() != 1001 {
		t.Errorf("%d kept", l.Count())
	}
}

// Every task is done once, by as many clients as were asked for.
func TestClosedDoesEachOnce(t *testing.T) {
	t.Parallel()
	var times [500]atomic.Int64
	var steps, together, most atomic.Int64
	r, err := Closed(t.Context(), 8, len(times), func() { steps.Add(1) }, func(_ context.Context, client, i int) error {
		if client < 0 || client >= 8 {
			t.Errorf("client %d", client)
		}
		now := together.Add(1)
		defer together.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		times[i].Add(1)
		return nil
	})
	if err != nil || r.Done != len(times) || steps.Load() != int64(len(times)) || r.Rate() <= 0 {
		t.Fatalf("%+v after %d steps: %v", r, steps.Load(), err)
	}
	for i := range times {
		if n := times[i].Load(); n != 1 {
			t.Errorf("task %d done %d times", i, n)
		}
	}
	if most.Load() > 8 {
		t.Errorf("%d at once", most.Load())
	}
}

func TestAFailureEndsTheLoop(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	task := func(_ context.Context, _, i int) error {
		if i == 20 {
			return broken
		}
		return nil
	}
	if r, err := Closed(t.Context(), 1, 1000, nil, task); !errors.Is(err, broken) || r.Done != 20 {
		t.Errorf("closed: %d done, %v", r.Done, err)
	}
	if r, err := Open(t.Context(), 4, Arrivals(1, 1e5, 1000), nil, task); !errors.Is(err, broken) || r.Done >= 1000 {
		t.Errorf("open: %d done, %v", r.Done, err)
	}
}

func TestArrivalsFollowTheirSeedAndRate(t *testing.T) {
	t.Parallel()
	a, again, other := Arrivals(7, 50, 10_000), Arrivals(7, 50, 10_000), Arrivals(8, 50, 10_000)
	same := 0
	for i := range a {
		if a[i] != again[i] {
			t.Fatalf("arrival %d: %v and %v of one seed", i, a[i], again[i])
		}
		if a[i] == other[i] {
			same++
		}
		if i > 0 && a[i] < a[i-1] {
			t.Fatalf("arrival %d before %d", i, i-1)
		}
	}
	if same > 10 {
		t.Errorf("%d arrivals of another seed are the same", same)
	}
	if rate := float64(len(a)) / a[len(a)-1].Seconds(); math.Abs(rate-50) > 2.5 {
		t.Errorf("%.1f arrivals a second, want 50", rate)
	}
}

// One request that holds everybody up counts for all who arrived meanwhile.
func TestOpenCountsFromTheArrival(t *testing.T) {
	t.Parallel()
	const n, stall = 50, 300 * time.Millisecond
	arrivals := Arrivals(1, 1000, n) // all within the stall
	released := make(chan struct{})
	r, err := Open(t.Context(), 1, arrivals, nil, func(_ context.Context, _, i int) error {
		if i == 0 {
			time.AfterFunc(stall, func() { close(released) })
		}
		<-released
		return nil
	})
	if err != nil || r.Done != n {
		t.Fatalf("%d done, %v", r.Done, err)
	}
	if half := r.Latency.At(50); half < stall/2 {
		t.Errorf("half of them waited at most %v behind a stall of %v", half, stall)
	}
}
