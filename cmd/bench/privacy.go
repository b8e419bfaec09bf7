package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ande.gov.py/gestiones/internal/canary"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type privacyCmd struct {
	Gestiones int    `default:"500" help:"Cuántas vidas vivir."`
	Seed      uint64 `default:"1" help:"Semilla de los canarios."`
	Programas string `default:"bin" type:"existingdir" help:"Carpeta con los programas local, gestiones y bench."`
}

// Run fails where a canary is found outside of PostgreSQL, or where none is found
// in it.
func (c *privacyCmd) Run(ctx context.Context) (err error) {
	root, err := os.MkdirTemp("", "gestiones-privacidad-")
	if err != nil {
		return err
	}
	if err := os.Chmod(root, 0o711); err != nil { // PostgreSQL's user must get through
		return err
	}
	defer os.RemoveAll(root)
	dir := filepath.Join(root, "datos")
	program := func(name string) string { return filepath.Join(c.Programas, name) }
	s, err := procs.Start(ctx, procs.Options{
		Dir: dir, Local: program("local"), Gestiones: program("gestiones"), Bench: program("bench"), Serves: 1, Works: 1,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(), procs.Remove(dir)) }()
	report, err := canary.Run(ctx, s, dir, c.Gestiones, c.Seed)
	if err != nil {
		return err
	}
	fmt.Print(report)
	if missing := report.Missing(); len(missing) > 0 {
		return fmt.Errorf("la búsqueda no prueba nada: en PostgreSQL faltan %v", missing)
	}
	if found := report.Found(); len(found) > 0 {
		return fmt.Errorf("%d lugares tienen datos personales", len(found))
	}
	return nil
}
