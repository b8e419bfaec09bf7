package app

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// How months are followed.
const (
	avanceOyentes = 256              // who may follow at once, in one process
	avanceCada    = time.Second      // one reading of a month, whoever follows it
	avanceParte   = 10               // a reading that takes long is made the more seldom: a tenth of the time
	avanceLento   = 15 * time.Second // but not more seldom than this
	avanceEn      = 10 * time.Second // bounds one reading
)

// ErrMuchos tells that as many follow closes as one process serves.
var ErrMuchos = errors.New("as many follow closes as this process serves")

// avances are the months that requests of this process follow. The zero one has none.
type avances struct {
	mu      sync.Mutex
	meses   map[pa0580.Mes]*seguido
	oyentes int
}

// seguido is a month that somebody follows: read by one, heard by all.
type seguido struct {
	ultimo  *Cierre // nil until it was first read
	oyentes map[chan Cierre]bool
	dejar   context.CancelFunc // ends the reading
}

// Seguir follows a month's closing: the channel gives it as it is, and then whenever it
// changed, the newest only where changes come faster than they are taken. Nothing ends
// the channel: leave, called once, ends the following. The month is read once a second
// for all who follow it, and not at all where nobody does. ErrMuchos where no place is
// free.
func (a *App) Seguir(actor Actor, mes pa0580.Mes) (cambios <-chan Cierre, leave func(), err error) {
	if err := actor.must(leenCierres...); err != nil {
		return nil, nil, err
	}
	all := &a.avances
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.oyentes == avanceOyentes {
		return nil, nil, ErrMuchos
	}
	all.oyentes++
	s := all.meses[mes]
	if s == nil {
		if all.meses == nil {
			all.meses = map[pa0580.Mes]*seguido{}
		}
		ctx, cancel := context.WithCancel(context.Background())
		s = &seguido{oyentes: map[chan Cierre]bool{}, dejar: cancel}
		all.meses[mes] = s
		go a.leer(ctx, mes, s)
	}
	own := make(chan Cierre, 1)
	s.oyentes[own] = true
	if s.ultimo != nil {
		own <- *s.ultimo
	}
	return own, func() { all.leave(mes, s, own) }, nil
}

func (all *avances) leave(mes pa0580.Mes, s *seguido, own chan Cierre) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.oyentes--
	if delete(s.oyentes, own); len(s.oyentes) == 0 {
		s.dejar()
		delete(all.meses, mes)
	}
}

// leer reads a month again and again, and tells those who follow it what changed. What
// can't be read now is read next time: they see nothing meanwhile.
func (a *App) leer(ctx context.Context, mes pa0580.Mes, s *seguido) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		begun := a.Reloj()
		one, cancel := context.WithTimeout(ctx, avanceEn)
		c, err := a.cierre(one, mes)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.Log.WarnContext(ctx, "follow a close", "mes", mes.String(), "error", err)
		default:
			a.avances.tell(s, c)
		}
		pause.Reset(min(max(avanceCada, avanceParte*a.Reloj().Sub(begun)), avanceLento))
	}
}

func (all *avances) tell(s *seguido, c Cierre) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if s.ultimo != nil && reflect.DeepEqual(*s.ultimo, c) {
		return
	}
	s.ultimo = &c
	for own := range s.oyentes {
		select {
		case <-own: // was not taken: the newest takes its place
		default:
		}
		own <- c
	}
}
