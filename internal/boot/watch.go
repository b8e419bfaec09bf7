package boot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
)

var errIdle = errors.New("no worker polls, or Temporal did not answer it when last asked")

// Watch shows WatchHandler at an address until ctx ends; nowhere where there is no
// address.
func (s *System) Watch(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("GESTIONES_WATCH: no se puede atender en %s: %w", address, err)
	}
	go func() {
		if err := s.Serve(ctx, l, s.WatchHandler()); err != nil {
			s.config.Log.Error("watch", "error", err)
		}
	}()
	return nil
}

// WatchHandler is what a worker, which has no API, shows to those who operate
// it: whether the process lives, whether it works, and its metrics.
func (s *System) WatchHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, "vivo") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.workReady(r.Context()); err != nil {
			s.config.Log.WarnContext(r.Context(), "not ready", "error", err)
			tell(w, http.StatusServiceUnavailable, "no listo")
			return
		}
		tell(w, http.StatusOK, "listo")
	})
	mux.Handle("GET /metrics", s.metrics.Handler())
	return mux
}

// workReady tells whether work gets done here: a worker polls, Temporal answered
// it when last asked, and PostgreSQL answers now.
func (s *System) workReady(ctx context.Context) error {
	if !s.working.Load() {
		return errIdle
	}
	return s.Ready(ctx)
}

func tell(w http.ResponseWriter, status int, estado string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"estado":"` + estado + `"}`))
}
