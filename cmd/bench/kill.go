package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type killCmd struct {
	attack `embed:""`
	Rounds int   `default:"200" help:"Rondas en total, con las que el archivo de estado ya tiene."`
	Every  int   `default:"20" help:"Rondas entre dos recuentos."`
	State  state `type:"path" help:"Archivo donde se suman las cifras, para seguir otro día."`
}

// Validate is called by the command line before anything starts.
func (c *killCmd) Validate() error {
	if c.Rounds < 1 || c.Every < 1 {
		return errors.New("--rounds y --every desde 1")
	}
	return nil
}

// killed is what all runs counted and met.
type killed struct {
	Figures    map[string]attacks.Figures `json:"figures"`    // by target
	Violations []string                   `json:"violations"` // each with what repeats its run
}

// Run goes on where the state file ends. It fails while that holds a violation.
func (c *killCmd) Run(ctx context.Context) error {
	all := killed{Figures: map[string]attacks.Figures{}}
	if err := c.State.read(&all); err != nil {
		return err
	}
	var err error
	if done := total(all.Figures).Rounds; done < c.Rounds {
		err = c.kill(ctx, &all, done)
	} else {
		fmt.Printf("Nada que hacer: %s tiene %d rondas.\n", string(c.State), done)
	}
	printFigures(all.Figures)
	for _, v := range all.Violations {
		fmt.Println("promesa rota:", v)
	}
	sum := total(all.Figures)
	if n := len(all.Violations); n+sum.Lost+sum.Doubled > 0 {
		err = errors.Join(err, fmt.Errorf("se perdieron %d y se duplicaron %d; promesas rotas: %d", sum.Lost, sum.Doubled, n))
	}
	return err
}

// kill does the rounds that are left.
func (c *killCmd) kill(ctx context.Context, all *killed, done int) error {
	c.Seed += uint64(done) // other rounds than those before
	rounds := c.Rounds - done
	err := c.in(func(o attacks.Options) error {
		_, err := attacks.Kill(ctx, attacks.KillOptions{
			Options: o, Rounds: rounds, Every: c.Every,
			World: procs.World{Unidades: 4, Agentes: 3, Referencias: 20_000},
			Done: func(fresh map[string]attacks.Figures) error {
				for target, f := range fresh {
					sum := all.Figures[target]
					sum.Add(f)
					all.Figures[target] = sum
				}
				return c.State.write(all)
			},
		})
		return err
	})
	var broken *attacks.Broken
	if errors.As(err, &broken) {
		all.Violations = append(all.Violations, fmt.Sprintf("%v; para repetirlo: bin/bench kill --seed=%d --rounds=%d --every=%d", err, c.Seed, rounds, c.Every))
		err = c.State.write(all)
	}
	return err
}

func total(sums map[string]attacks.Figures) attacks.Figures {
	var all attacks.Figures
	for _, f := range sums {
		all.Add(f)
	}
	return all
}

func printFigures(sums map[string]attacks.Figures) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(name string, f attacks.Figures) {
		_, _ = fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t\n", name, f.Rounds, f.Acknowledged, f.Found, f.Lost, f.Doubled)
	}
	_, _ = fmt.Fprintln(w, "kill -9\trondas\tacusadas\thalladas\tperdidas\tduplicadas\t")
	for _, target := range attacks.Targets {
		line(target, sums[target])
	}
	if f, any := sums[attacks.Unasked]; any {
		line("sin pedir", f)
	}
	line("total", total(sums))
	_ = w.Flush()
}
