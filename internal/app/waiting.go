package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// waiting is where requests of this process wait for what becomes of their
// gestión. The zero one is empty.
type waiting struct {
	mu    sync.Mutex
	waits map[pa0580.GestionID][]chan struct{}
}

// wait gives a channel that [waiting.call] closes; leave ends the wait.
func (w *waiting) wait(id pa0580.GestionID) (called <-chan struct{}, leave func()) {
	own := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits == nil {
		w.waits = map[pa0580.GestionID][]chan struct{}{}
	}
	w.waits[id] = append(w.waits[id], own)
	return own, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		rest := slices.DeleteFunc(w.waits[id], func(c chan struct{}) bool { return c == own })
		if w.waits[id] = rest; len(rest) == 0 {
			delete(w.waits, id)
		}
	}
}

func (w *waiting) call(id pa0580.GestionID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.waits[id] {
		close(c)
	}
	delete(w.waits, id)
}

// Verificada tells those who wait here that OPEN SGC's answer about a gestión was
// stored by this process.
func (a *App) Verificada(id pa0580.GestionID) { a.waiting.call(id) }

// firstGlance is how soon after its workflow was started a request looks by itself
// whether another process verified its gestión; after that, each time twice as
// late.
const firstGlance = 200 * time.Millisecond

// awaitVerified has a gestión's workflow run, by start, and waits until the row is
// recibida no more. It gives the gestión as it then is, or the deadline's error, or
// start's.
func (a *App) awaitVerified(ctx, deadline context.Context, id pa0580.GestionID, start func(context.Context, pa0580.GestionID) error) (Ficha, error) {
	called, leave := a.waiting.wait(id) // first: the start may be that quick
	defer leave()
	started := make(chan error, 1)
	a.background.Go(func() { started <- start(ctx, id) })
	pause := firstGlance
	glance := time.NewTimer(a.Config.Espera) // not before it was started
	defer glance.Stop()
	for {
		select {
		case <-called:
			called = nil // should that not have been all
		case err := <-started:
			if err != nil {
				return Ficha{}, err
			}
			glance.Reset(pause)
			continue
		case <-glance.C:
			pause *= 2
			glance.Reset(pause)
		case <-deadline.Done():
			return Ficha{}, deadline.Err()
		}
		f, err := a.Store.Gestion(ctx, Vision{Todo: true}, id)
		if err != nil || f.Estado != pa0580.Recibida {
			return f, err
		}
	}
}
