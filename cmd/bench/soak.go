package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/soak"
)

type soakCmd struct {
	Seed     uint64  `default:"1" help:"Semilla: la misma repite las mismas fallas, hasta donde el orden de los hilos lo permite."`
	Minutes  float64 `default:"5" help:"Cuántos minutos."`
	State    state   `placeholder:"ARCHIVO" type:"path" help:"Suma lo alcanzado a lo que este archivo guarda de corridas anteriores."`
	Repeat   bool    `help:"Repite la corrida de esa semilla que el archivo guarda por lo que encontró, desde lo que estaba alcanzado entonces, y no le suma nada."`
	LogFile  string  `placeholder:"ARCHIVO" type:"path" help:"Dónde dejar el registro de los sistemas atacados; si falta, en ninguna parte."`
	Postgres string  `env:"GESTIONES_TEST_POSTGRES" required:"" help:"PostgreSQL, como superusuario. «local engines -- bench soak» lo pone."`
	Temporal string  `env:"GESTIONES_TEST_TEMPORAL" required:"" help:"Servidor y puerto del frontend de Temporal."`
}

// errSoak fails a run that violated something or did not reach everything; what
// it was is printed.
var errSoak = errors.New("la prueba encontró algo, o no alcanzó todos los puntos")

// Run fails where anything was violated, or a point was never reached.
func (c *soakCmd) Run(ctx context.Context) (err error) {
	before, seed, err := c.from()
	if err != nil {
		return err
	}
	o := soak.Options{
		Postgres: c.Postgres, Temporal: c.Temporal, For: time.Duration(c.Minutes * float64(time.Minute)), Before: before,
		Seed: seed, Episode: soak.Long, Progress: progress(time.Now()),
	}
	if c.LogFile != "" {
		out, openErr := os.Create(c.LogFile)
		if openErr != nil {
			return fmt.Errorf("log file: %w", openErr)
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		o.Log = slog.New(slog.NewJSONHandler(out, nil))
	}
	boot.SizeStickyCache()
	report, err := soak.Run(ctx, o)
	if report.Runs == before.Runs { // nothing was played: what is kept stays
		return err
	}
	report.Write(os.Stdout)
	for _, f := range report.Failed {
		fmt.Println(c.repeats(f))
	}
	if !c.Repeat {
		err = errors.Join(err, c.State.write(report))
	}
	if err == nil && !report.OK() {
		err = errSoak
	}
	return err
}

// from is what this run starts from, and its seed.
func (c *soakCmd) from() (before soak.Report, seed uint64, err error) {
	if err := c.State.read(&before); err != nil {
		return before, 0, err
	}
	if !c.Repeat {
		return before, c.Seed + uint64(before.Runs), nil // other strikes than those before
	}
	i := slices.IndexFunc(before.Failed, func(f soak.Failed) bool { return f.Seed == c.Seed })
	if i < 0 {
		return before, 0, fmt.Errorf("el archivo no guarda ninguna corrida de semilla %d que haya encontrado algo", c.Seed)
	}
	return soak.Report{Reached: before.Failed[i].From}, c.Seed, nil
}

// repeats is the whole command that plays a run again.
func (c *soakCmd) repeats(f soak.Failed) string {
	command := fmt.Sprintf("bin/local engines -- bin/bench soak --seed=%d --minutes=%v", f.Seed, math.Ceil(f.Minutes))
	if len(f.From) == 0 {
		return fmt.Sprintf("to repeat seed %d: %s", f.Seed, command)
	}
	return fmt.Sprintf("to repeat seed %d, a resumed run, from where it went on: %s --repeat --state=%s", f.Seed, command, c.State)
}

func progress(begun time.Time) func(string, ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.0f s  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
}
