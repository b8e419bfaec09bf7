package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/postgres"
)

// engine is where everything is and what the utility decided.
type engine struct {
	boot.PostgreSQL     `embed:""`
	boot.Temporal       `embed:""`
	boot.Reglas         `embed:""`
	boot.Reconciliacion `embed:""`
}

// Validate checks each part; kong finds no method where several are embedded.
func (e engine) Validate() error {
	return errors.Join(e.PostgreSQL.Validate(), e.Temporal.Validate(), e.Reglas.Validate(), e.Reconciliacion.Validate())
}

// open checks, too, that PostgreSQL answers and was migrated.
func (e engine) open(ctx context.Context, api boot.API, firma boot.Firma, log *slog.Logger) (*boot.System, error) {
	system, err := boot.Open(ctx, boot.Config{
		PostgreSQL: e.PostgreSQL, Temporal: e.Temporal, Reglas: e.Reglas, Reconciliacion: e.Reconciliacion, API: api, Firma: firma, Version: version, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if err := system.Check(ctx); err != nil {
		system.Close()
		return nil, err
	}
	return system, nil
}

type serveCmd struct {
	engine   `embed:""`
	boot.API `embed:""`
	Listen   string `env:"GESTIONES_LISTEN" default:":8080" help:"Dirección donde atender."`
}

// Validate checks each part, as [engine.Validate] does.
func (c serveCmd) Validate() error { return errors.Join(c.engine.Validate(), c.API.Validate()) }

func (c *serveCmd) Run(ctx context.Context, log *slog.Logger) error {
	boot.SizeStickyCache()
	system, err := c.open(ctx, c.API, boot.Firma{}, log)
	if err != nil {
		return err
	}
	defer system.Close()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("GESTIONES_LISTEN: no se puede atender en %s: %w", c.Listen, err)
	}
	log.Info("serving", "address", l.Addr().String())
	return system.ServeAPI(ctx, l, system.Handler())
}

type workCmd struct {
	engine     `embed:""`
	boot.Firma `embed:""`
	Watch      string `env:"GESTIONES_WATCH" placeholder:":9090" help:"Dirección donde mostrar /healthz, /readyz y /metrics; sin indicar, en ninguna."`
}

// Validate checks each part, as [engine.Validate] does.
func (c workCmd) Validate() error { return errors.Join(c.engine.Validate(), c.Firma.Validate()) }

func (c *workCmd) Run(ctx context.Context, log *slog.Logger) error {
	boot.SizeStickyCache()
	system, err := c.open(ctx, boot.API{}, c.Firma, log)
	if err != nil {
		return err
	}
	defer system.Close()
	if err := system.Watch(ctx, c.Watch); err != nil {
		return err
	}
	log.Info("working", "namespace", c.Namespace)
	return system.Work(ctx)
}

type migrateCmd struct {
	boot.PostgreSQL `embed:""`
}

func (c *migrateCmd) Run(ctx context.Context) error {
	return postgres.Migrate(ctx, c.URL)
}
