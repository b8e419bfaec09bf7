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
	Seed      uint64 `default:"1" help:"Semilla: con la misma, las mismas decisiones."`
	Programas string `default:"bin" type:"existingdir" help:"Carpeta con los programas local, gestiones y bench."`
}

// in runs an attack in a new folder. Where it fails the folder stays, for whoever
// looks into it.
func (a attack) in(run func(attacks.Options) error) error {
	root, err := os.MkdirTemp("", "gestiones-ataque-")
	if err != nil {
		return err
	}
	if err := os.Chmod(root, 0o711); err != nil { // PostgreSQL's user must get through
		return err
	}
	program := func(name string) string { return filepath.Join(a.Programas, name) }
	began, dir := time.Now(), filepath.Join(root, "datos")
	err = run(attacks.Options{
		Local: program("local"), Gestiones: program("gestiones"), Bench: program("bench"), Dir: dir, Seed: a.Seed,
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
