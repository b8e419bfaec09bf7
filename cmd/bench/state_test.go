package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/soak"
)

func kept(t *testing.T, all any) state {
	t.Helper()
	s := state(filepath.Join(t.TempDir(), "estado.json"))
	if err := s.write(all); err != nil {
		t.Fatal(err)
	}
	return s
}

// What many runs reached outlives one that cannot even begin.
func TestSoakThatDoesNotStartKeepsTheState(t *testing.T) {
	t.Parallel()
	s := kept(t, soak.Report{Seed: 3, Runs: 4, Reached: faults.Reached{"a": {faults.Fail: 2}}})
	was, err := os.ReadFile(string(s))
	if err != nil {
		t.Fatal(err)
	}
	c := soakCmd{Seed: 1, State: s, Postgres: "postgres://nadie@127.0.0.1:1/postgres", Temporal: "127.0.0.1:1", LogFile: filepath.Join(t.TempDir(), "log")}
	if err := c.Run(t.Context()); err == nil {
		t.Error("a soak without engines ran")
	}
	if is, err := os.ReadFile(string(s)); err != nil || string(is) != string(was) {
		t.Errorf("the state is now %s, %v", is, err)
	}
}

// A run that met something is repeated from where it went on, not from where the
// file has come to since.
func TestFailedSoakIsRepeatedFromItsStart(t *testing.T) {
	t.Parallel()
	from := faults.Reached{"a": {faults.Fail: 1}}
	s := kept(t, soak.Report{Runs: 9, Reached: faults.Reached{"a": {faults.Fail: 7}}, Failed: []soak.Failed{{Seed: 5, Minutes: 2.5, From: from}}})
	c := soakCmd{Seed: 5, State: s, Repeat: true}
	before, seed, err := c.from()
	if err != nil || seed != 5 || before.Runs != 0 || before.Reached["a"][faults.Fail] != 1 {
		t.Errorf("from %+v with seed %d, %v", before, seed, err)
	}
	if got := c.repeats(soak.Failed{Seed: 5, Minutes: 2.5, From: from}); !strings.HasSuffix(got, "soak --seed=5 --minutes=3 --repeat --state="+string(s)) {
		t.Errorf("repeated by %s", got)
	}
	c.Seed = 6
	if _, _, err := c.from(); err == nil {
		t.Error("a run that the file does not keep is repeated")
	}
	c.Repeat, c.Seed = false, 1
	if before, seed, err := c.from(); err != nil || seed != 10 || before.Runs != 9 {
		t.Errorf("the next run has seed %d after %d runs, %v", seed, before.Runs, err)
	}
}

// Once a promise was broken no later run of the same file ends well.
func TestKillRemembersABrokenPromise(t *testing.T) {
	t.Parallel()
	all := killed{Figures: map[string]attacks.Figures{"serve": {Rounds: 200, Acknowledged: 9, Found: 9}}, Violations: []string{"semilla 1: se aplicó dos veces"}}
	c := killCmd{Rounds: 200, State: kept(t, all)}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "promesas rotas: 1") {
		t.Errorf("200 rounds and a broken promise: %v", err)
	}
	c.State = kept(t, killed{Figures: all.Figures})
	if err := c.Run(t.Context()); err != nil {
		t.Errorf("200 rounds and none: %v", err)
	}
}

// A file of something else is refused rather than written over.
func TestStateOfSomethingElseIsRefused(t *testing.T) {
	t.Parallel()
	s := kept(t, map[string]attacks.Figures{"serve": {Rounds: 3}})
	c := killCmd{Rounds: 200, State: s}
	if err := c.Run(t.Context()); err == nil || !strings.Contains(err.Error(), string(s)) {
		t.Errorf("read as the state of a kill: %v", err)
	}
}
