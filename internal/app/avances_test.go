package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// despacho is a Store that only knows how one month's close goes, and counts who asks.
type despacho struct {
	Store
	mu     sync.Mutex
	cierre Cierre
	err    error
	slow   time.Duration
	asked  int
}

func (d *despacho) Cierre(ctx context.Context, mes pa0580.Mes) (Cierre, error) {
	var slow time.Duration
	d.set(func(d *despacho) { d.asked, slow = d.asked+1, d.slow })
	select {
	case <-time.After(slow):
	case <-ctx.Done():
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cierre
	c.Mes = mes
	return c, errors.Join(d.err, ctx.Err())
}

func (d *despacho) UltimaOrden(context.Context, pa0580.Mes) (*Orden, error) { return nil, nil }

func (d *despacho) set(change func(*despacho)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *despacho) since() (asked int) {
	d.set(func(d *despacho) { asked, d.asked = d.asked, 0 })
	return asked
}

var humanos = Actor{ID: "hugo", Roles: []Rol{RolRRHH}}

func seguida(t *testing.T, d *despacho) *App {
	t.Helper()
	return &App{Store: d, Reloj: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func follow(t *testing.T, a *App) (<-chan Cierre, func()) {
	t.Helper()
	changes, leave, err := a.Seguir(humanos, octubre)
	if err != nil {
		t.Fatal(err)
	}
	return changes, leave
}

// However many follow a month it is read once a second, not at all once they left;
// all hear how it is and what changed, whoever is slow the newest only.
func TestAMonthIsReadOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &despacho{}
		a := seguida(t, d)
		var all []<-chan Cierre
		var leaves []func()
		for range 50 {
			changes, leave := follow(t, a)
			all, leaves = append(all, changes), append(leaves, leave)
		}
		for _, changes := range all {
			if c := <-changes; c.Mes != octubre {
				t.Errorf("at first: %+v", c)
			}
		}
		d.since()
		time.Sleep(10*time.Second + time.Second/2) // between two readings
		if n := d.since(); n != 10 {
			t.Errorf("read %d times in 10 s", n)
		}
		for _, changes := range all {
			select {
			case c := <-changes:
				t.Errorf("told of no change: %+v", c)
			default:
			}
		}
		for n := range int64(3) {
			d.set(func(d *despacho) { d.cierre.Avisadas = n + 1 })
			time.Sleep(2 * time.Second)
		}
		late, leave := follow(t, a) // hears at once
		for _, changes := range append(all, late) {
			if c := <-changes; c.Avisadas != 3 {
				t.Errorf("the newest is not what they hear: %+v", c)
			}
		}
		leave()
		for _, leave := range leaves {
			leave()
		}
		synctest.Wait()
		d.since()
		time.Sleep(time.Minute)
		if n := d.since(); n != 0 || len(a.avances.meses) != 0 || a.avances.oyentes != 0 {
			t.Errorf("read %d times with nobody there: %+v", n, &a.avances)
		}
	})
}

// What can't be read is read again; a reading that takes long is made seldom.
func TestAMonthIsReadInMeasure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &despacho{err: errors.New("connection refused")}
		changes, leave := follow(t, seguida(t, d))
		defer leave()
		time.Sleep(5 * time.Second)
		d.set(func(d *despacho) { d.err, d.slow = nil, 500*time.Millisecond })
		<-changes
		d.since()
		time.Sleep(time.Minute)
		if n := d.since(); n < 9 || n > 12 {
			t.Errorf("readings of half a second: %d in a minute", n)
		}
	})
}

func TestWhoFollowsAClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := seguida(t, &despacho{})
		if _, _, err := a.Seguir(Actor{Roles: []Rol{RolAgente}}, octubre); len(pa0580.RefusalsIn(err)) != 1 {
			t.Errorf("an agent: %v", err)
		}
		var leaves []func()
		for range avanceOyentes {
			_, leave := follow(t, a)
			leaves = append(leaves, leave)
		}
		if _, _, err := a.Seguir(humanos, octubre.Next()); !errors.Is(err, ErrMuchos) {
			t.Errorf("one too many: %v", err)
		}
		leaves[0]()
		_, leave := follow(t, a)
		for _, leave := range append(leaves[1:], leave) {
			leave()
		}
	})
}
