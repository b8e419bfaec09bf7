package boot

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
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
