// Package faults makes Gestiones' engines fail on purpose, under the adapters
// and without their knowing: a statement that never runs, an activity whose
// result is lost, a message whose acknowledgement does not come back. Only tests
// and the soak build it in; boot.Config takes its hooks.
//
// Where something may go wrong is a registered [Point], so that a run can say
// which ones it never reached. Whether the n-th hit of a point goes wrong at
// random, and how, follows from the seed, the point and n alone: as far as
// scheduling allows, a seed repeats a failure. [Proxy] stands in front of a whole engine
// and fails its connections.
package faults

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// Kind is a way for a point to go wrong.
type Kind string

// The ways there are.
const (
	Fail  Kind = "fail"  // it does not happen, and says so
	Delay Kind = "delay" // it happens late
	Lose  Kind = "lose"  // it happens, and says that it did not

	none Kind = ""
)

// Kinds are those that every point of statements, activities and messages has.
var Kinds = []Kind{Fail, Delay, Lose}

// Point is a place where something may go wrong: "statement.AddGestion",
// "commit.Freeze", "activity.Look", "message.SignalWithStartWorkflowExecution".
type Point string

// kinds are those that p can go wrong with.
func (p Point) kinds() []Kind {
	if strings.HasPrefix(string(p), "proxy.") {
		return Averias
	}
	return Kinds
}

// Reached counts what points were struck with.
type Reached map[Point]map[Kind]int

// Injector decides at each hit of a point what goes wrong there. It strikes
// nothing until told to.
type Injector struct {
	seed uint64

	mu     sync.Mutex
	points map[Point]*point
	alien  map[Point]int // hits of points that nobody registered
	rate   float64       // share of hits that go wrong
	siege  bool
}

type point struct {
	spared  bool
	hits    uint64
	reached map[Kind]int
	forced  []force
}

// force is one strike ordered from outside.
type force struct {
	at   uint64 // hit
	kind Kind
}

// New knows the points given; sofar is what earlier runs reached.
func New(seed uint64, points []Point, sofar Reached) *Injector {
	in := &Injector{seed: seed, points: map[Point]*point{}, alien: map[Point]int{}}
	for _, p := range points {
		in.points[p] = &point{reached: map[Kind]int{}}
		maps.Copy(in.points[p].reached, sofar[p])
	}
	return in
}

// Quiet lets everything through.
func (in *Injector) Quiet() { in.set(0, false) }

// Random strikes a share of all hits, each with any kind.
func (in *Injector) Random(rate float64) { in.set(rate, false) }

// Siege strikes every point with each kind it was not struck with yet, hit by hit
// until each had its effect, and beyond that a share of all hits. Points that are spared meet
// nothing then but what is forced.
func (in *Injector) Siege(rate float64) { in.set(rate, true) }

func (in *Injector) set(rate float64, siege bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.rate, in.siege = rate, siege
}

// Spare keeps points out of sieges.
func (in *Injector) Spare(points ...Point) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, p := range points {
		if c, ok := in.points[p]; ok {
			c.spared = true
		}
	}
}

// Force strikes the nth next hit of p with k, whatever else is decided, and each
// one after it until the strike had its effect; 1 is the next hit.
func (in *Injector) Force(p Point, k Kind, nth int) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	c, ok := in.points[p]
	if !ok || nth < 1 {
		return fmt.Errorf("no hit %d of point %q", nth, p)
	}
	c.forced = append(c.forced, force{at: c.hits + uint64(nth), kind: k})
	return nil
}

// Hits is how often p was met, struck or not.
func (in *Injector) Hits(p Point) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	if c, ok := in.points[p]; ok {
		return int(c.hits)
	}
	return in.alien[p]
}

// Reached is what every registered point was struck with so far.
func (in *Injector) Reached() Reached {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := Reached{}
	for p, c := range in.points {
		out[p] = maps.Clone(c.reached)
	}
	return out
}

// Missed are the points and kinds not reached yet, and how many are registered.
func (r Reached) Missed() (missed []string, registered int) {
	for p, kinds := range r {
		for _, k := range p.kinds() {
			registered++
			if kinds[k] == 0 {
				missed = append(missed, fmt.Sprintf("%s/%s", p, k))
			}
		}
	}
	slices.Sort(missed)
	return missed, registered
}

// Add counts what another run reached too.
func (r Reached) Add(other Reached) {
	for p, kinds := range other {
		if r[p] == nil {
			r[p] = map[Kind]int{}
		}
		for k, n := range kinds {
			r[p][k] += n
		}
	}
}

// Total counts by kind.
func (r Reached) Total() map[Kind]int {
	out := map[Kind]int{}
	for _, kinds := range r {
		for k, n := range kinds {
			out[k] += n
		}
	}
	return out
}

// Unregistered are the points that were met though nobody registered them: the
// registry forgot them.
func (in *Injector) Unregistered() []Point {
	in.mu.Lock()
	defer in.mu.Unlock()
	return slices.SortedFunc(maps.Keys(in.alien), cmp.Compare[Point])
}

// strike is what one hit meets.
type strike struct {
	in    *Injector
	point Point
	kind  Kind
	draw  uint64 // picks among the ways a kind has
}

// hit is called where something may go wrong.
func (in *Injector) hit(p Point) strike {
	in.mu.Lock()
	defer in.mu.Unlock()
	c, ok := in.points[p]
	if !ok {
		in.alien[p]++
		return strike{kind: none}
	}
	c.hits++
	s := strike{in: in, point: p, draw: in.draw(p, c.hits)}
	for _, f := range c.forced {
		if f.at <= c.hits {
			s.kind = f.kind
			return s
		}
	}
	random := rand.New(rand.NewPCG(in.seed, s.draw))
	if in.siege && c.spared {
		return s
	}
	if in.siege {
		for _, k := range Kinds {
			if c.reached[k] == 0 {
				s.kind = k
				return s
			}
		}
	}
	if random.Float64() < in.rate {
		s.kind = Kinds[random.IntN(len(Kinds))]
	}
	return s
}

// draw depends on seed, point and number of the hit, and on nothing else.
func (in *Injector) draw(p Point, n uint64) uint64 {
	name := fnv.New64a()
	_, _ = name.Write([]byte(p))
	return rand.New(rand.NewPCG(in.seed^name.Sum64(), n)).Uint64()
}

// met counts that the strike had its effect: a failure decided for a statement
// that fails by itself has none.
func (s strike) met() {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	c := s.in.points[s.point]
	c.reached[s.kind]++
	due := func(f force) bool { return f.kind == s.kind && f.at <= c.hits }
	if i := slices.IndexFunc(c.forced, due); i >= 0 {
		c.forced = slices.Delete(c.forced, i, i+1)
	}
}

const (
	shortestDelay = 10 * time.Millisecond
	longestDelay  = 250 * time.Millisecond
)

// wait is a delay's.
func (s strike) wait(ctx context.Context) error {
	s.met()
	timer := time.NewTimer(shortestDelay + time.Duration(s.draw%uint64(longestDelay-shortestDelay)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errInjected marks what was made to fail, for those who read logs.
var errInjected = errors.New("injected fault")
