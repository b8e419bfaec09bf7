package boot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/contract"
)

const (
	firstWait = time.Second // before an engine that did not answer is tried again
	maxWait   = 15 * time.Second
	askMotor  = 10 * time.Second
	lookEvery = 30 * time.Second // after the engine, or as often as it reconciles
)

// duty is what a worker is there for.
type duty int

const (
	everything duty = iota
	desk            // workflows and their short steps, beside the API that starts them
)

// Work serves workflows and activities until ctx ends, and has what was left
// undone sent again every so often: by a Temporal Schedule, which all workers
// share, or by a loop of its own where the configuration says so. An engine that
// is not there yet, goes away, or comes back as another one with nothing in it is
// waited for: nothing that was acknowledged lives in it alone.
func (s *System) Work(ctx context.Context) error {
	if s.client == nil {
		return errNoEngine
	}
	s.work(ctx, everything)
	return nil
}

// work goes on until ctx ends, whatever becomes of the engine.
func (s *System) work(ctx context.Context, duty duty) {
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		began := time.Now()
		if err := s.workOnce(ctx, duty); err != nil && ctx.Err() == nil {
			s.config.Log.WarnContext(ctx, "Temporal cannot be worked for; trying again", "error", err)
		}
		if time.Since(began) > maxWait {
			wait = firstWait
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

var errNoEngine = errors.New("work without Temporal: no address")

// workOnce works until ctx ends or the engine has no use for this worker.
func (s *System) workOnce(ctx context.Context, duty duty) error {
	motor, err := s.epoch(ctx)
	if err != nil {
		return err
	}
	fatal := make(chan error, 1)
	w := s.worker(duty, func(err error) { fatal <- err })
	if err := w.Start(); err != nil {
		return fmt.Errorf("start worker: %w", err)
	}
	defer w.Stop()
	s.working.Store(true)
	defer s.working.Store(false)
	if duty == everything {
		s.keepReconciling(ctx)
	}
	tick := time.NewTicker(min(s.config.ReconciliarCada, lookEvery))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-fatal:
			return fmt.Errorf("worker: %w", err)
		case <-tick.C:
		}
		now, err := s.epoch(ctx)
		s.working.Store(err == nil)
		switch {
		case err != nil:
			s.config.Log.WarnContext(ctx, "Temporal does not answer", "error", err) // the pollers go on trying
		case now != motor:
			return fmt.Errorf("the engine is another one now: %s was %s", now, motor)
		case duty == everything:
			s.keepReconciling(ctx)
		}
	}
}

// epoch asks the engine which one it is.
func (s *System) epoch(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, askMotor)
	defer cancel()
	return s.flow.Motor(ctx)
}

// keepReconciling reconciles, or sees to it that there is a Schedule that does: an
// operator may delete it. Without one everybody goes on working, and it is tried
// again.
func (s *System) keepReconciling(ctx context.Context) {
	if s.config.EnProceso {
		s.reconcile(ctx)
		return
	}
	if err := s.flow.Programar(ctx, s.config.ReconciliarCada); err != nil && ctx.Err() == nil {
		s.config.Log.WarnContext(ctx, "the Schedule of reconciliations could not be kept; trying again", "error", err)
	}
}

func (s *System) reconcile(ctx context.Context) {
	within, cancel := context.WithTimeout(ctx, contract.PlazoReconciliacion)
	defer cancel()
	found, err := s.App.Reconciliar(within)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.config.Log.WarnContext(ctx, "reconcile", "error", err)
	case !found.Nada():
		s.config.Log.InfoContext(ctx, "reconciled", "found", found)
	}
}
