package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/soak"
)

type soakCmd struct {
	Seed     uint64  `default:"1" help:"Semilla: la misma repite las mismas fallas, hasta donde el orden de los hilos lo permite."`
	Minutes  float64 `default:"5" help:"Cuántos minutos."`
	State    string  `placeholder:"ARCHIVO" type:"path" help:"Suma lo alcanzado a lo que este archivo guarda de corridas anteriores."`
	LogFile  string  `placeholder:"ARCHIVO" type:"path" help:"Dónde dejar el registro de los sistemas atacados; si falta, en ninguna parte."`
	Postgres string  `env:"GESTIONES_TEST_POSTGRES" required:"" help:"PostgreSQL, como superusuario. «local engines -- bench soak» lo pone."`
	Temporal string  `env:"GESTIONES_TEST_TEMPORAL" required:"" help:"Servidor y puerto del frontend de Temporal."`
}

// errSoak fails a run that violated something or did not reach everything; what
// it was is printed.
var errSoak = errors.New("la prueba encontró algo, o no alcanzó todos los puntos")

// Run fails where anything was violated, or a point was never reached.
func (c *soakCmd) Run(ctx context.Context) (err error) {
	before, err := c.earlier()
	if err != nil {
		return err
	}
	o := soak.Options{
		Postgres: c.Postgres, Temporal: c.Temporal, For: time.Duration(c.Minutes * float64(time.Minute)), Before: before,
		Seed: c.Seed + uint64(before.Runs), Episode: soak.Long, Progress: progress(time.Now()),
	}
	if c.LogFile != "" {
		out, err := os.Create(c.LogFile)
		if err != nil {
			return fmt.Errorf("log file: %w", err)
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		o.Log = slog.New(slog.NewJSONHandler(out, nil))
	}
	boot.SizeStickyCache()
	report, err := soak.Run(ctx, o)
	report.Write(os.Stdout)
	if err := errors.Join(err, c.keep(report)); err != nil {
		return err
	}
	if !report.OK() {
		return errSoak
	}
	return nil
}

// earlier is what runs before this one reached.
func (c *soakCmd) earlier() (soak.Report, error) {
	var out soak.Report
	if c.State == "" {
		return out, nil
	}
	raw, err := os.ReadFile(c.State)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		return out, fmt.Errorf("state of earlier runs: %w", err)
	}
	return out, nil
}

// keep replaces the file as a whole: a run cut short leaves the last one's.
func (c *soakCmd) keep(r soak.Report) error {
	if c.State == "" {
		return nil
	}
	raw, err := json.MarshalIndent(r, "", " ")
	if err == nil {
		err = os.WriteFile(c.State+".new", raw, 0o600)
	}
	if err == nil {
		err = os.Rename(c.State+".new", c.State)
	}
	if err != nil {
		return fmt.Errorf("keep what was reached: %w", err)
	}
	return nil
}

func progress(begun time.Time) func(string, ...any) {
	return func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.0f s  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
}
