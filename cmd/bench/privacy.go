package main

import (
	"context"
	"errors"
	"fmt"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/canary"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type privacyCmd struct {
	attack    `embed:""`
	Gestiones int `default:"500" help:"Cuántas vidas vivir."`
}

// Validate is called by the command line before anything starts.
func (c *privacyCmd) Validate() error {
	if c.Gestiones < 1 {
		return errors.New("--gestiones desde 1")
	}
	return nil
}

// Run fails where a canary is found outside of PostgreSQL, or where none is found
// in it.
func (c *privacyCmd) Run(ctx context.Context) error {
	return c.in(func(o attacks.Options) error {
		report, err := canary.Run(ctx, procs.Options{Dir: o.Dir, Local: o.Local, Gestiones: o.Gestiones, Bench: o.Bench}, c.Gestiones, o.Seed)
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
	})
}
