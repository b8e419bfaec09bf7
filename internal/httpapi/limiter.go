package httpapi

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Ritmo is how many requests are let through: so many per second, and so many
// at once after a quiet while. Zero does not limit.
type Ritmo struct {
	PorSegundo float64
	Rafaga     int
}

// RitmoNormal is generous: a busy desk needs less than one per second.
var RitmoNormal = Ritmo{PorSegundo: 50, Rafaga: 200}

// fallos slows down, by address, whoever sends tokens that are none. 256 random
// bits are not guessed, and each attempt costs one indexed look: it is enough to
// tell a program gone wrong to wait.
var fallos = Ritmo{PorSegundo: 1, Rafaga: 30}

const (
	forgetAfter = 10 * time.Minute
	sweepFrom   = 1024 // entries
)

// limiter keeps one bucket per key, and forgets those at rest.
type limiter struct {
	ritmo   Ritmo
	mu      sync.Mutex
	buckets map[string]*bucket
	sweepAt int
}

type bucket struct {
	*rate.Limiter
	seen time.Time
}

func newLimiter(r Ritmo) *limiter {
	return &limiter{ritmo: r, buckets: map[string]*bucket{}, sweepAt: sweepFrom}
}

// take takes one from the key's bucket; where it is empty it says how long to wait.
func (l *limiter) take(key string) (wait time.Duration, ok bool) {
	b, now := l.bucket(key), time.Now()
	if b.AllowN(now, 1) {
		return 0, true
	}
	return l.wait(b, now), false
}

func (l *limiter) wait(b *bucket, now time.Time) time.Duration {
	missing := math.Max(0, 1-b.TokensAt(now))
	return time.Duration(missing / l.ritmo.PorSegundo * float64(time.Second))
}

func (l *limiter) bucket(key string) *bucket {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		l.sweep(now)
		limit := rate.Limit(l.ritmo.PorSegundo)
		if limit <= 0 {
			limit = rate.Inf
		}
		b = &bucket{Limiter: rate.NewLimiter(limit, max(1, l.ritmo.Rafaga))}
		l.buckets[key] = b
	}
	b.seen = now
	return b
}

// sweep forgets the buckets at rest, each time their number has doubled.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < l.sweepAt {
		return
	}
	for key, b := range l.buckets {
		if now.Sub(b.seen) > forgetAfter {
			delete(l.buckets, key)
		}
	}
	l.sweepAt = max(sweepFrom, 2*len(l.buckets))
}
