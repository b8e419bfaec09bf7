package soak

import (
	"sync/atomic"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// clock is everybody's, and moves by what happens.
type clock struct{ at atomic.Int64 }

// newClock begins a year ago on the first day of a month: the roster of the
// populated world holds then.
func newClock() *clock {
	now := pa0580.Local(time.Now())
	c := &clock{}
	c.at.Store(pa0580.LocalTime(now.Year()-1, now.Month(), 1, 8, 0, 0).UnixNano())
	return c
}

// Now moves on by a moment with each reading.
func (c *clock) Now() time.Time {
	return pa0580.Local(time.Unix(0, c.at.Add(int64(time.Millisecond))))
}

// Mes is the current month.
func (c *clock) Mes() pa0580.Mes { return pa0580.MesOf(c.Now()) }

// Forward moves it on, but never past a moment.
func (c *clock) Forward(by time.Duration, until time.Time) {
	for {
		now := c.at.Load()
		to := min(now+int64(by), until.UnixNano())
		if to <= now || c.at.CompareAndSwap(now, to) {
			return
		}
	}
}

// To moves it on to a moment, unless that has passed.
func (c *clock) To(t time.Time) { c.Forward(1<<62, t) }
