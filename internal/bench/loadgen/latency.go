package loadgen

import (
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Latencies are kept from a microsecond to five minutes, to three digits.
const (
	shortest = time.Microsecond
	longest  = 5 * time.Minute
	digits   = 3
)

// Latency is how long something took, over many times. It is safe for use by
// many at once.
type Latency struct {
	mu   sync.Mutex
	hist *hdrhistogram.Histogram
}

// NewLatency keeps nothing yet.
func NewLatency() *Latency {
	return &Latency{hist: hdrhistogram.New(shortest.Microseconds(), longest.Microseconds(), digits)}
}

// Record keeps one. What is out of range counts as the nearest that is not.
func (l *Latency) Record(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.hist.RecordValue(min(max(took, shortest), longest).Microseconds())
}

// At is the time that a share of them, in percent, took at most.
func (l *Latency) At(percent float64) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Duration(l.hist.ValueAtPercentile(percent)) * time.Microsecond
}

// Count is how many were kept.
func (l *Latency) Count() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hist.TotalCount()
}
