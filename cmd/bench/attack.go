package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

// attack is what every attack asks of the command line.
type attack struct {
	Seed uint64 `default:"1" help:"Semilla: con la misma, las mismas decisiones."`

	programas
}

// in runs an attack in a new folder. Where it fails the folder stays, for whoever
// looks into it.
func (a attack) in(run func(attacks.Options) error) error {
	root, err := newFolder("ataque")
	if err != nil {
		return err
	}
	began, dir := time.Now(), filepath.Join(root, "datos")
	err = run(attacks.Options{
		Local: a.program("local"), Gestiones: a.program("gestiones"), Bench: a.program("bench"), Dir: dir, Seed: a.Seed,
		Say: func(format string, args ...any) {
			fmt.Fprintf(os.Stderr, "%7.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
		},
	})
	if err != nil {
		return fmt.Errorf("semilla %d, datos y registros en %s: %w", a.Seed, dir, err)
	}
	if err := procs.Remove(dir); err != nil {
		return err
	}
	return os.Remove(root)
}
