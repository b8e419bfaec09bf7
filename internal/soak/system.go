package soak

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/devstack/apiclient"
)

// system is one serve or one work, as a process of its own would be: its own
// pool, its own connection to Temporal.
type system struct {
	mundo *mundo
	serve bool
	every time.Duration // between reconciliations; each work wants it otherwise
	doble bool          // its closes are of two people

	client *apiclient.Client // a serve keeps its address
	listen string

	mu     sync.Mutex
	open   *boot.System
	cancel context.CancelFunc
	done   chan struct{}
}

// start opens it anew; it runs until stop.
func (s *system) start(ctx context.Context) error {
	config, err := s.mundo.config(s.every, s.doble)
	if err != nil {
		return err
	}
	open, err := boot.Open(ctx, config)
	if err != nil {
		return err
	}
	run := s.work
	if s.serve {
		l, err := s.listener(ctx)
		if err != nil {
			open.Close()
			return err
		}
		run = func(ctx context.Context, open *boot.System) {
			if err := open.ServeAPI(ctx, l, open.Handler()); err != nil {
				s.mundo.violation("a serve ended by itself: %v", err)
			}
		}
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(running, open)
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open, s.cancel, s.done = open, cancel, done
	return nil
}

func (s *system) listener(ctx context.Context) (net.Listener, error) {
	if s.listen == "" {
		s.listen = "127.0.0.1:0"
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if s.client == nil {
		s.listen = l.Addr().String()
		s.client = apiclient.New("http://"+s.listen, 64)
	}
	return l, nil
}

// supervise is how soon a system that could not start is started again.
const supervise = 200 * time.Millisecond

// work goes on until it is told to stop, whatever fails.
func (s *system) work(ctx context.Context, open *boot.System) {
	err := open.Work(ctx)
	if ctx.Err() == nil {
		s.mundo.violation("a work ended by itself: %v", err)
	}
}

// startIn is how long a system may take to start, whatever is broken under it.
const startIn = 30 * time.Second

// stop finishes what it accepted, within what an operator is told that takes.
func (s *system) stop() {
	s.mu.Lock()
	open, cancel, done := s.open, s.cancel, s.done
	s.open = nil
	s.mu.Unlock()
	if open == nil {
		return
	}
	cancel()
	select {
	case <-done:
	case <-time.After(boot.StopIn):
		s.mundo.violation("a system did not stop within %s", boot.StopIn)
		return
	}
	open.Close()
}

// restart is what an operator does on every new version, in the middle of work.
// It ends with the system running.
func (s *system) restart() {
	s.stop()
	for late := time.Now().Add(startIn); ; {
		err := s.start(context.Background())
		if err == nil {
			return
		}
		if time.Now().After(late) {
			s.mundo.violation("a system does not start: %v", err)
			return
		}
		time.Sleep(supervise)
	}
}

// app is the running system, for what has no address: tokens and the
// reconciliation. Nil while it is being restarted.
func (s *system) app() *boot.System {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}
