package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type killCmd struct {
	attack `embed:""`
	Rounds int    `default:"200" help:"Rondas en total, con las que el archivo de estado ya tiene."`
	Every  int    `default:"20" help:"Rondas entre dos recuentos."`
	State  string `type:"path" help:"Archivo donde se suman las cifras, para seguir otro día."`
}

// Run goes on where the state file ends.
func (c *killCmd) Run(ctx context.Context) error {
	sums, err := c.read()
	if err != nil {
		return err
	}
	done := total(sums).Rounds
	if done < c.Rounds {
		c.Seed += uint64(done) // other rounds than those before
		err = c.in(func(o attacks.Options) error {
			_, err := attacks.Kill(ctx, attacks.KillOptions{
				Options: o, Rounds: c.Rounds - done, Every: c.Every,
				World: procs.World{Unidades: 4, Agentes: 3, Referencias: 20_000},
				Done: func(fresh map[string]attacks.Figures) error {
					for target, f := range fresh {
						sum := sums[target]
						sum.Add(f)
						sums[target] = sum
					}
					return c.write(sums)
				},
			})
			return err
		})
	}
	printFigures(sums)
	if all := total(sums); all.Lost+all.Doubled > 0 {
		err = errors.Join(err, fmt.Errorf("se perdieron %d y se duplicaron %d", all.Lost, all.Doubled))
	}
	return err
}

func (c *killCmd) read() (map[string]attacks.Figures, error) {
	sums := map[string]attacks.Figures{}
	if c.State == "" {
		return sums, nil
	}
	raw, err := os.ReadFile(c.State)
	if errors.Is(err, os.ErrNotExist) {
		return sums, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &sums)
	}
	return sums, err
}

func (c *killCmd) write(sums map[string]attacks.Figures) error {
	if c.State == "" {
		return nil
	}
	raw, err := json.MarshalIndent(sums, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.State, raw, 0o600)
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
	line("total", total(sums))
	_ = w.Flush()
}
