package main

import (
	"context"
	"fmt"

	"ande.gov.py/gestiones/internal/bench"
)

type monthCmd struct {
	Rows   int `default:"1000000" help:"Gestiones aprobadas del mes."`
	Rounds int `default:"2" help:"Cierres en copias, a la par de las sentencias solas."`

	programas
}

func (c *monthCmd) Run(ctx context.Context) error {
	return c.in("mes", func(s bench.Stand) error {
		r, err := bench.Month(ctx, bench.MonthOptions{Stand: s, Rows: c.Rows, Rounds: c.Rounds})
		if err != nil {
			return err
		}
		c.print(r)
		return nil
	})
}

func (c *monthCmd) print(r bench.MonthReport) {
	for i, own := range r.Own {
		fmt.Printf("Congelado en una copia: %.1f s; las mismas líneas y filas, solas: %.1f s; razón %.2f\n",
			own.Seconds(), r.Bare[i].Seconds(), own.Seconds()/r.Bare[i].Seconds())
	}
	if len(r.Own) > 0 {
		fmt.Printf("Razón, de las medianas: %.2f\n", r.Ratio())
	}
	fmt.Printf(`Por la API y el motor, %d gestiones:
  vista previa:               %.1f s
  de la orden al mes cerrado: %.1f s
  sus %d archivos, después:  %.1f s
`, c.Rows, r.Preview.Seconds(), r.Closed.Seconds(), r.Files, r.Filed.Seconds())
	for _, x := range []struct {
		name string
		peak [2]int64
	}{{"antes", r.Before}, {"cerrado el mes", r.Frozen}, {"con sus archivos", r.After}} {
		fmt.Printf("Memoria pico, %s: serve %.1f MB, work %.1f MB\n", x.name, float64(x.peak[0])/mega, float64(x.peak[1])/mega)
	}
}
