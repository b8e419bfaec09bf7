package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// shutdownStep is a signal to the postmaster and how long it may take to obey.
type shutdownStep struct {
	signal syscall.Signal
	wait   time.Duration
}

// shutdown is the way down: a fast one, which ends sessions and writes a
// checkpoint; where that takes too long, an immediate one, after which the next
// start recovers from the log of changes. That holds everything acknowledged.
var shutdown = []shutdownStep{
	{syscall.SIGINT, 3 * time.Second},
	{syscall.SIGQUIT, time.Second},
	{syscall.SIGKILL, time.Second},
}

// Stop ends the server, whatever its state, and frees the folder. It takes at
// most the steps of shutdown; a ctx that ends cuts the first one short.
func (s *Server) Stop(ctx context.Context) error {
	s.stopping.Store(true)
	err := s.end(ctx)
	if s.log != nil {
		err = errors.Join(err, s.log.Close())
	}
	for _, l := range s.locks {
		err = errors.Join(err, l.Release())
	}
	s.locks, s.log = nil, nil
	return err
}

func (s *Server) end(ctx context.Context) error {
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	for _, step := range shutdown {
		if s.signal(ctx, step) {
			return nil
		}
	}
	return errors.New("stop postgres: it does not end")
}

// signal reports whether the server ended within the step's time.
func (s *Server) signal(ctx context.Context, step shutdownStep) bool {
	_ = s.cmd.Process.Signal(step.signal) // it fails only where the process is gone
	timer := time.NewTimer(step.wait)
	defer timer.Stop()
	var impatient <-chan struct{}
	if step.signal == syscall.SIGINT {
		impatient = ctx.Done()
	}
	select {
	case <-s.ended:
		return true
	case <-timer.C:
	case <-impatient:
	}
	return false
}

// Remove deletes a folder whose server is stopped, and with it the cluster,
// which lives elsewhere where PostgreSQL's user cannot enter the folder. A
// folder in use is a *host.Obstacle.
func Remove(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("data folder %s: %w", dir, err)
	}
	lock, err := host.Acquire(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Release()
	if root, ok := outsideRoot(dir); ok {
		if err := os.RemoveAll(root); err != nil {
			return fmt.Errorf("remove cluster: %w", err)
		}
	}
	return os.RemoveAll(dir)
}
