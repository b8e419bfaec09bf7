package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"ande.gov.py/gestiones/internal/bench"
	"ande.gov.py/gestiones/internal/bench/report"
)

type measureCmd struct {
	N        int     `name:"n" default:"10000" help:"Gestiones que se cargan, deciden y cierran; 0 con --rows: solo las listas."`
	Seed     uint64  `default:"580" help:"Semilla de las llegadas y las muestras."`
	Rate     float64 `default:"64" help:"Llegadas por segundo, de cargas y después de decisiones: una por agente."`
	Arrivals int     `default:"3000" help:"Cuántas llegadas de cada una."`
	Quiet    int     `default:"200" help:"Cargas y decisiones de un solo cliente en calma."`
	Rows     int     `help:"Filas de la tabla grande, por ejemplo 1000000; sin indicar, no se mide."`

	JSON    string `name:"json" type:"path" placeholder:"ARCHIVO" help:"Guarda las cifras."`
	Against string `type:"existingfile" placeholder:"ARCHIVO" help:"Compara con las cifras de antes."`
	Strict  bool   `help:"Termina con error si una cuenta pasa su presupuesto."`

	programas
}

// Validate is called by the command line before anything starts.
func (c *measureCmd) Validate() error {
	listsAlone := c.N == 0 && c.Rows > 0
	if c.N < 200 && !listsAlone || c.Arrivals < 100 || c.Quiet < 10 || c.Rate <= 0 || c.Rows < 0 {
		return errors.New("--n desde 200, o 0 con --rows, --arrivals desde 100, --quiet desde 10, --rate y --rows positivos")
	}
	return nil
}

func (c *measureCmd) Run(ctx context.Context) error {
	var before *report.Report
	if c.Against != "" { // before minutes of work, not after
		var err error
		if before, err = report.Read(c.Against); err != nil {
			return err
		}
	}
	debug.SetGCPercent(bench.GCPercent()) // the bare flow's worker is this process
	after, err := c.measure(ctx)
	if after == nil {
		return err
	}
	after.Table(os.Stdout)
	if before != nil {
		fmt.Println()
		report.WriteChanges(os.Stdout, before, after)
	}
	if c.JSON != "" {
		err = errors.Join(err, after.Write(c.JSON))
	}
	return errors.Join(err, c.judge(after))
}

// measure gives a report where an error tells only of what did not stop or could not be
// removed.
func (c *measureCmd) measure(ctx context.Context) (r *report.Report, err error) {
	err = c.in("medicion", func(s bench.Stand) (err error) {
		r, err = bench.Run(ctx, bench.Options{
			Stand: s, N: c.N, Seed: c.Seed, Rate: c.Rate, Arrivals: c.Arrivals, Quiet: c.Quiet, Rows: c.Rows, Version: version,
		})
		return err
	})
	return r, err
}

// judge fails on counts alone: the rest depends on what else the machine does.
func (c *measureCmd) judge(r *report.Report) error {
	broken := r.Broken(report.Count)
	if !c.Strict || len(broken) == 0 {
		return nil
	}
	names := make([]string, len(broken))
	for i, f := range broken {
		names[i] = f.Name
	}
	return errors.New("fuera de presupuesto: " + strings.Join(names, "; "))
}
