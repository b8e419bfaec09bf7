package boot

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/doctor"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	sampled    = 50   // gestiones of each sort, where not all are looked at
	waitingTop = 5000 // with old commands, where all are
	sampleIn   = 15 * time.Second
	lookPage   = 500
	lookers    = 16              // workflows asked about at once
	oldCommand = 2 * time.Minute // one that waits for so long may have lost its workflow
)

// look goes over the workflows of gestiones.
type look struct {
	*System
	found doctor.Workflows
	seen  map[pa0580.GestionID]bool // those with an old command
}

// examineWorkflows looks at the workflows of gestiones with old commands and at
// those of the oldest, the newest and some other open ones; or of all.
func (s *System) examineWorkflows(ctx context.Context, all bool) doctor.Workflows {
	l := &look{System: s, seen: map[pa0580.GestionID]bool{}}
	top, rest := waitingTop, l.everyOne
	if !all {
		short, cancel := context.WithTimeout(ctx, sampleIn)
		defer cancel()
		ctx, top, rest = short, sampled, l.some
	}
	for _, part := range []func(context.Context) error{func(ctx context.Context) error { return l.waiting(ctx, top) }, rest} {
		if err := part(ctx); err != nil {
			l.found.Err = err
		}
	}
	return l.found
}

func (l *look) waiting(ctx context.Context, top int) error {
	now := l.config.Reloj()
	waiting, err := l.Store.SinAvisar(ctx, now.Add(-oldCommand), now, 0, top)
	if err != nil {
		return err
	}
	ids := make([]pa0580.GestionID, len(waiting))
	for i, p := range waiting {
		ids[i] = p.Gestion
	}
	err = l.at(ctx, ids)
	for _, id := range ids {
		l.seen[id] = true
	}
	return err
}

func (l *look) some(ctx context.Context) error {
	ids, err := l.Store.MuestraAbiertas(ctx, sampled)
	if err != nil {
		return err
	}
	return l.at(ctx, ids)
}

func (l *look) everyOne(ctx context.Context) error {
	for tras := pa0580.GestionID(""); ; {
		page, err := l.Store.Abiertas(ctx, tras, lookPage)
		if err != nil || len(page) == 0 {
			return err
		}
		if err := l.at(ctx, page); err != nil {
			l.found.Err = err
			if ctx.Err() != nil {
				return err
			}
		}
		tras = page[len(page)-1]
	}
}

// at looks at the workflows of those not seen yet, a few at once. Where one is
// missing, its row is read again: it may have ended meanwhile, or be so fresh that
// nobody was told of it yet.
func (l *look) at(ctx context.Context, ids []pa0580.GestionID) error {
	var mu sync.Mutex
	var missing []pa0580.GestionID
	var unanswered error
	var group errgroup.Group
	group.SetLimit(lookers)
	for _, id := range ids {
		if l.seen[id] {
			continue
		}
		group.Go(func() error {
			one, cancel := context.WithTimeout(ctx, examineIn)
			defer cancel()
			running, stuck, err := l.flow.Marcha(one, id)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				unanswered = err
				return nil // the others are looked at all the same
			}
			l.found.Mirados++
			if stuck {
				l.found.Trabados = append(l.found.Trabados, string(id))
			}
			if !running {
				missing = append(missing, id)
			}
			return nil
		})
	}
	_ = group.Wait() // nobody returns an error
	due, err := l.Store.SinTerminar(ctx, missing, l.config.Reloj().Add(-l.config.ReconciliarCada))
	for _, id := range due {
		l.found.Faltan = append(l.found.Faltan, string(id))
	}
	return errors.Join(err, unanswered)
}
