package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"text/tabwriter"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type lostEngineCmd struct {
	attack    `embed:""`
	Gestiones int `default:"5000" help:"Cuántas, repartidas en todos los estados."`
}

// Run fails where anything is not as if nothing had happened.
func (c *lostEngineCmd) Run(ctx context.Context) error {
	var all []attacks.Recovery
	err := c.in(func(o attacks.Options) (err error) {
		all, err = attacks.LostEngine(ctx, attacks.LostOptions{
			Options: o, Total: c.Gestiones, World: procs.World{Unidades: 8, Agentes: 8, Referencias: 20_000},
		})
		if err == nil && slices.ContainsFunc(all, attacks.Recovery.Wrong) {
			err = errors.New("hubo diferencias")
		}
		return err
	})
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "pérdida\tgestiones\tmotor vacío\treconcile\ten reposo\tdiferencias\tworkflows\tsin terminar\t")
	for _, r := range all {
		reconcile := "nadie lo corrió"
		if r.Reconcile > 0 {
			reconcile = fmt.Sprintf("%.1f s", r.Reconcile.Seconds())
		}
		_, _ = fmt.Fprintf(w, "%s\t%d\t%.1f s\t%s\t%.1f s\t%d\t%d\t%d\t\n", r.Name, r.Gestiones,
			r.Engine.Seconds(), reconcile, r.Rest.Seconds(), r.Different, r.Workflows, r.Unfinished)
	}
	return errors.Join(err, w.Flush())
}
