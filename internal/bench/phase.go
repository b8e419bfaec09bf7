package bench

import (
	"context"
	"maps"
	"slices"
	"syscall"
	"time"
)

// phase is a stretch of the run and what everybody used in it.
type phase struct {
	n        int // gestiones that went through it
	took     time.Duration
	cpu      map[string]time.Duration // by part
	from, to string                   // ends in the write-ahead log; empty where it can't be read
}

func (p phase) rate() float64 { return perSecond(p.n, p.took) }

// during measures do.
func (m *measurement) during(ctx context.Context, n int, do func(context.Context) error) (phase, error) {
	p := phase{n: n, cpu: map[string]time.Duration{}}
	var err error
	if p.from, err = m.lsn(ctx); err != nil {
		return p, err
	}
	before, begun := m.stack.CPU(), time.Now()
	if err := do(ctx); err != nil {
		return p, err
	}
	p.took = time.Since(begun)
	for part, used := range m.stack.CPU() {
		p.cpu[part] = used - before[part]
	}
	p.to, err = m.lsn(ctx)
	return p, err
}

func (m *measurement) lsn(ctx context.Context) (string, error) {
	if m.wal == nil {
		return "", nil
	}
	return m.wal.now(ctx)
}

// ownCPU is what this process used so far.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // it does not fail for oneself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// parts are the names in p, in order.
func (p phase) parts() []string { return slices.Sorted(maps.Keys(p.cpu)) }
