package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// mostrador is where requests of this process wait for what becomes of their
// gestión. The zero one is empty.
type mostrador struct {
	mu    sync.Mutex
	waits map[pa0580.GestionID][]chan struct{}
}

// wait gives a channel that [mostrador.call] closes; leave ends the wait.
func (m *mostrador) wait(id pa0580.GestionID) (called <-chan struct{}, leave func()) {
	own := make(chan struct{})
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.waits == nil {
		m.waits = map[pa0580.GestionID][]chan struct{}{}
	}
	m.waits[id] = append(m.waits[id], own)
	return own, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		rest := slices.DeleteFunc(m.waits[id], func(c chan struct{}) bool { return c == own })
		if m.waits[id] = rest; len(rest) == 0 {
			delete(m.waits, id)
		}
	}
}

func (m *mostrador) call(id pa0580.GestionID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.waits[id] {
		close(c)
	}
	delete(m.waits, id)
}

// Verificada tells those who wait here that OPEN SGC's answer about a gestión was
// stored by this process.
func (a *App) Verificada(id pa0580.GestionID) { a.mostrador.call(id) }

// firstGlance is how soon a request looks by itself whether another process
// verified its gestión; after that, each time twice as late.
const firstGlance = 100 * time.Millisecond

// awaitVerified waits until a gestión is recibida no more, and gives it as it
// then is; or, at the deadline, the deadline's error. begin sets its workflow
// going once the wait has begun, so that no call is missed.
func (a *App) awaitVerified(ctx, deadline context.Context, id pa0580.GestionID, begin func() error) (Ficha, error) {
	called, leave := a.mostrador.wait(id)
	defer leave()
	if err := begin(); err != nil {
		return Ficha{}, err
	}
	for glance := firstGlance; ; glance *= 2 {
		select {
		case <-called:
			called = nil // should that not have been all
		case <-time.After(glance):
		case <-deadline.Done():
			return Ficha{}, deadline.Err()
		}
		f, err := a.Store.Gestion(ctx, Vision{Todo: true}, id)
		if err != nil || f.Estado != pa0580.Recibida {
			return f, err
		}
	}
}
