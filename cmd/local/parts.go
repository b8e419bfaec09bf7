package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"ande.gov.py/gestiones/internal/devstack"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
)

// PostgresCmd and TemporalCmd are the engines one by one, each in a process of
// its own, so that one can be killed without the other. Each prints where it is,
// as a variable, once it answers.

// PostgresCmd runs the private PostgreSQL alone.
type PostgresCmd struct {
	Data     string `required:"" type:"path" placeholder:"CARPETA" help:"Carpeta de datos."`
	Port     int    `placeholder:"PUERTO" help:"Puerto; 0: uno libre."`
	UntilEOF bool   `name:"until-eof" help:"Termina también cuando se cierra la entrada estándar."`
}

// Run stays until a signal.
func (c *PostgresCmd) Run() error {
	signals := notified()
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return fmt.Errorf("data folder %s: %w", c.Data, err)
	}
	server, err := started(signals, func(ctx context.Context) (*pgcluster.Server, error) {
		return pgcluster.Start(ctx, pgcluster.Options{Dir: dir, Port: c.Port, Say: progress(os.Stderr)})
	})
	if err != nil {
		return err
	}
	fmt.Println(envPostgres + "=" + server.URL("postgres"))
	return errors.Join(wait(signals, c.UntilEOF, server.Lost()), server.Stop(context.Background()))
}

// TemporalCmd runs the Temporal server alone.
type TemporalCmd struct {
	Postgres string `required:"" env:"GESTIONES_TEST_POSTGRES" placeholder:"postgres://…" help:"PostgreSQL, con un usuario que puede crear bases de datos."`
	Data     string `required:"" type:"path" placeholder:"CARPETA" help:"Carpeta del registro."`
	Port     int    `placeholder:"PUERTO" help:"Puerto; 0: uno libre."`
	UntilEOF bool   `name:"until-eof" help:"Termina también cuando se cierra la entrada estándar."`
}

// Run stays until a signal; the loss of PostgreSQL it outlives.
func (c *TemporalCmd) Run() error {
	signals := notified()
	admin, err := pgcluster.ParseAdmin(c.Postgres)
	if err != nil {
		return fmt.Errorf("--postgres: %w", err)
	}
	server, err := started(signals, func(ctx context.Context) (*devstack.Temporal, error) {
		return devstack.StartTemporal(ctx, admin, devstack.Options{Dir: c.Data, TemporalPort: c.Port, Say: progress(os.Stderr)})
	})
	if err != nil {
		return err
	}
	fmt.Println(envTemporal + "=" + server.Address())
	return errors.Join(wait(signals, c.UntilEOF, nil), server.Stop(context.Background()))
}

func notified() <-chan os.Signal {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	return signals
}
