package faults

import (
	"maps"
	"testing"
)

// decisions are what n hits of a point meet.
func decisions(seed uint64, p Point, n int) string {
	in := New(seed, []Point{p}, nil)
	in.Random(0.5)
	out := ""
	for range n {
		out += string(in.hit(p).kind) + " "
	}
	return out
}

func TestSeedRepeatsWhatHappens(t *testing.T) {
	t.Parallel()
	first := decisions(1, "statement.Freeze", 200)
	if again := decisions(1, "statement.Freeze", 200); first != again {
		t.Errorf("one seed decided\n%s\nand then\n%s", first, again)
	}
	if first == decisions(2, "statement.Freeze", 200) || first == decisions(1, "commit.Freeze", 200) {
		t.Error("another seed, or another point, decides the same")
	}
}

func TestSiegeReachesEveryKindOfEveryPoint(t *testing.T) {
	t.Parallel()
	in := New(7, []Point{"a", "b"}, Reached{"b": {Delay: 2}})
	in.Siege(0)
	if missed, registered := in.Reached().Missed(); len(missed) != 5 || registered != 6 {
		t.Errorf("at first missed %v of %d", missed, registered)
	}
	for range 40 {
		for _, p := range []Point{"a", "b"} {
			if s := in.hit(p); s.kind != none {
				s.met()
			}
		}
	}
	if missed, _ := in.Reached().Missed(); len(missed) != 0 {
		t.Errorf("missed %v", missed)
	}
	if got, want := in.Reached().Total(), map[Kind]int{Fail: 2, Delay: 3, Lose: 2}; !maps.Equal(got, want) {
		t.Errorf("struck %v, want %v: what was reached before is not struck again", got, want)
	}
}

func TestForceStrikesFromTheNthHitUntilItWorks(t *testing.T) {
	t.Parallel()
	in := New(1, []Point{"a"}, nil)
	in.hit("a")
	if err := in.Force("a", Lose, 2); err != nil {
		t.Fatal(err)
	}
	one, two, three := in.hit("a"), in.hit("a"), in.hit("a")
	if one.kind != none || two.kind != Lose || three.kind != Lose {
		t.Errorf("struck %q, %q, %q", one.kind, two.kind, three.kind)
	}
	three.met()
	if four := in.hit("a"); four.kind != none {
		t.Errorf("struck %q after it had worked", four.kind)
	}
	if in.Force("b", Lose, 1) == nil {
		t.Error("forced a point that nobody registered")
	}
}

func TestPointsThatNobodyRegisteredAreTold(t *testing.T) {
	t.Parallel()
	in := New(1, []Point{"a"}, nil)
	in.Random(1)
	if s := in.hit("b"); s.kind != none {
		t.Errorf("struck %q", s.kind)
	}
	if got := in.Unregistered(); len(got) != 1 || got[0] != "b" {
		t.Errorf("told %v", got)
	}
}

func TestRegistryHoldsEveryLayer(t *testing.T) {
	t.Parallel()
	known := map[Point]bool{}
	for _, p := range Registered() {
		if known[p] {
			t.Errorf("%s is registered twice", p)
		}
		known[p] = true
	}
	for _, p := range []Point{
		"statement.AddGestion", "statement.MarkTold", "statement.Consultar", "commit.Freeze",
		"activity.Look", "activity.Drain", "message.ExecuteMultiOperation",
	} {
		if !known[p] {
			t.Errorf("%s is not registered", p)
		}
	}
}
