package boot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/app"
)

const (
	readHeaderIn = 10 * time.Second
	readIn       = 30 * time.Second
	writeIn      = 2 * time.Minute // a close waits for its freeze
	idleFor      = 2 * time.Minute
	finishIn     = 3 * time.Second
	reconcileTic = 30 * time.Second
)

// Serve answers requests on l until ctx ends, then finishes those accepted.
func (s *System) Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderIn, ReadTimeout: readIn, WriteTimeout: writeIn, IdleTimeout: idleFor,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishIn)
	defer cancel()
	if err := server.Shutdown(finish); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}

// Work serves workflows and activities until ctx ends, and sends again what a
// crash left unsent.
func (s *System) Work(ctx context.Context) error {
	w, err := s.Worker(ctx)
	if err != nil {
		return err
	}
	if err := w.Start(); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	defer w.Stop()
	tick := time.NewTicker(reconcileTic)
	defer tick.Stop()
	for {
		found, err := s.App.Reconciliar(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			s.config.Log.Warn("reconcile", "error", err)
		case found != (app.Reconciliado{}):
			s.config.Log.Info("reconciled", "verificaciones", found.Verificaciones, "comandos", found.Comandos,
				"ordenes", found.Ordenes, "cierres", found.Cierres)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
