package boot

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/httpapi"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Whoever was being served when the process is told to end gets their answer;
// nobody new is let in.
func TestShutdownFinishesWhatItAccepted(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, release := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = w.Write([]byte("guardada"))
	})
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- new(System).Serve(ctx, l, handler) }()
	go func() {
		res, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		answered <- string(text)
	}()
	<-entered
	stop()
	for begin := time.Now(); ; {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break // it listens no more
		}
		conn.Close()
		if time.Since(begin) > time.Minute {
			t.Fatal("somebody new was let in")
		}
	}
	select {
	case err := <-served:
		t.Errorf("it ended before its answer: %v", err)
	default:
	}
	close(release)
	if got := <-answered; got != "guardada" {
		t.Errorf("answered %q", got)
	}
	if err := <-served; err != nil {
		t.Errorf("serve: %v", err)
	}
}

// mes is a Store that knows one person and one open month.
type mes struct{ app.Store }

func (mes) ActorByToken(context.Context, []byte, time.Time) (app.Actor, bool, error) {
	return app.Actor{ID: "rosa", Roles: []app.Rol{app.RolRRHH}}, true, nil
}

func (mes) Cierre(_ context.Context, m pa0580.Mes) (app.Cierre, error) {
	return app.Cierre{Mes: m}, nil
}

func (mes) UltimaOrden(context.Context, pa0580.Mes) (*app.Orden, error) { return nil, nil }

// Whoever follows a close when the process is told to end is let go at once: a
// shutdown does not wait for what never ends by itself.
func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := slog.New(slog.DiscardHandler)
	handler := httpapi.New(&app.App{Store: mes{}, Reloj: time.Now, Log: silent}, httpapi.Options{})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	var log bytes.Buffer
	go func() {
		served <- (&System{config: Config{Log: slog.New(slog.NewTextHandler(&log, nil))}}).Serve(ctx, l, handler)
	}()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/api/v1/cierres/2026-10/avance", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer gst_x")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, make([]byte, 10)); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("no stream: %d, %v", res.StatusCode, err)
	}
	stop()
	if _, err := io.ReadAll(res.Body); err != nil {
		t.Errorf("the stream broke off: %v", err)
	}
	if err := <-served; err != nil || log.Len() > 0 {
		t.Errorf("serve: %v, %s", err, &log)
	}
}
