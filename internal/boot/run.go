package boot

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/httpapi"
)

const (
	readHeaderIn = 10 * time.Second
	readIn       = 30 * time.Second
	writeIn      = 2 * time.Minute // a close waits for its freeze
	idleFor      = 2 * time.Minute
	finishIn     = 35 * time.Second // longer than any answer but a close's, which is stored
	sendIn       = 3 * time.Second  // for messages of answered requests; the reconciler sends the rest
)

// StopIn is how long a system that is told to stop may take to finish what it
// accepted: requests first, then what they left to be sent, then workers and what
// these left.
const StopIn = finishIn + sendIn + workerIn + sendIn

// ServeAPI answers requests on l until ctx ends, as Serve does, with a
// worker beside it: a load that starts its workflow in the process whose worker
// carries it out needs no way through the engine's queues. What takes long is left
// to those who Work.
func (s *System) ServeAPI(ctx context.Context, l net.Listener, h http.Handler) error {
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	if s.client != nil {
		work.Go(func() { s.work(beside, desk) })
	}
	err := s.Serve(ctx, l, h)
	s.App.Drain(sendIn) // what they started outlives the requests, and this worker has the first tasks
	stop()
	work.Wait()
	return err
}

// Serve answers requests on l until ctx ends, then finishes those accepted.
func (s *System) Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: readHeaderIn, ReadTimeout: readIn, WriteTimeout: writeIn, IdleTimeout: idleFor,
		BaseContext: func(net.Listener) context.Context { return httpapi.WithStop(context.WithoutCancel(ctx), ctx.Done()) },
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
	err := server.Shutdown(finish)
	if errors.Is(err, context.DeadlineExceeded) {
		s.config.Log.Warn("stopped with requests unanswered; who asked asks again with the same key", "after", finishIn.String())
		_ = server.Close() // an extraction ends here, and says so in the audit
		return nil
	}
	if err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}
