package attacks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/teststack"
)

// options are for an attack on a stack of the test's own.
func options(t *testing.T) attacks.Options {
	t.Helper()
	root, err := os.MkdirTemp("", "ataque-")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(root, "datos")
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("data and logs are in %s", dir)
			return
		}
		if err := procs.Remove(dir); err != nil {
			t.Error(err)
		}
		os.Remove(root)
	})
	if err := os.Chmod(root, 0o711); err != nil { // PostgreSQL's user must get through
		t.Fatal(err)
	}
	return attacks.Options{
		Local: teststack.Program(t, "local"), Gestiones: teststack.Program(t, "gestiones"), Bench: teststack.Program(t, "bench"),
		Dir: dir, Seed: 1, Say: func(format string, args ...any) { fmt.Fprintf(t.Output(), format+"\n", args...) },
	}
}

// The short form of «make kill»: each part once under load.
func TestKillLosesNothingAcknowledged(t *testing.T) {
	counts := 0
	figures, err := attacks.Kill(t.Context(), attacks.KillOptions{
		Options: options(t), Rounds: len(attacks.Targets), Every: len(attacks.Targets),
		World: procs.World{Unidades: 2, Agentes: 2, Referencias: 500},
		Done:  func(map[string]attacks.Figures) error { counts++; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	var all attacks.Figures
	for _, f := range figures {
		all.Add(f)
	}
	t.Logf("%+v", all)
	if counts != 1 || all.Rounds != len(attacks.Targets) || all.Acknowledged == 0 || all.Found != all.Acknowledged || all.Lost+all.Doubled > 0 {
		t.Errorf("%d counts, %+v", counts, all)
	}
}
