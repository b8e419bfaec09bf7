package soak

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/pa0580"
)

// closings closes one month after the other; the channel closes once all are.
// Whoever closes finds other faults in freeze and drain each time. Before the
// last one work is over, and that one finds its table held.
func (m *mundo) closings(ctx, work context.Context, over func(), seed *rand.Rand) <-chan struct{} {
	done := make(chan struct{})
	random := rand.New(rand.NewPCG(seed.Uint64(), 2))
	go func() {
		defer close(done)
		for left := m.o.Episode.Months; left > 0; left-- {
			rest(work, m.o.Episode.Work)
			mes := m.clock.Mes()
			m.clock.To(mes.End().Add(8 * time.Hour))
			if left > 1 {
				m.besiegeClose()
				m.closeMonth(ctx, random, mes)
				continue
			}
			over()
			free := m.hold(ctx)
			m.closeMonth(ctx, random, mes)
			<-free
		}
	}()
	return done
}

// closeMonth has both of HR close a month at once.
func (m *mundo) closeMonth(ctx context.Context, seed *rand.Rand, mes pa0580.Mes) {
	var group sync.WaitGroup
	late := time.Now().Add(m.o.Episode.patience())
	path := "/cierres/" + mes.String()
	one, other := m.people.RRHH[0], m.people.RRHH[1] // HR thinks better of it
	m.ask(ctx, seed, request{what: corte, who: one, path: path + "/corte", about: mes.String()})
	for range 3 {
		a, _ := m.ask(ctx, seed, request{what: cerrar, who: one, to: m.serves[1], path: path + "/cerrar", about: mes.String(), body: map[string]string{"huella": "otra"}})
		if o := a.body.Orden; o != nil {
			m.ask(ctx, seed, request{what: retirar, who: other, path: path + "/ordenes/" + o.ID + "/retirar", about: o.ID})
		}
	}
	m.ask(ctx, seed, request{what: corte, who: one, path: path + "/corte/levantar", about: mes.String()})
	for _, who := range m.people.RRHH {
		random := rand.New(rand.NewPCG(seed.Uint64(), 2))
		group.Go(func() {
			for ctx.Err() == nil && !m.closeOnce(ctx, random, who, mes) {
				if time.Now().After(late) {
					m.violation("%s did not close", mes)
					return
				}
				m.clock.Forward(20*time.Minute, mes.Next().End().Add(-time.Hour))
				rest(ctx, time.Duration(50+random.IntN(200))*time.Millisecond)
			}
		})
	}
	begun := time.Now()
	group.Wait()
	m.figures.add("months closed", 1)
	m.o.Progress("%s closed in %s", mes, time.Since(begun).Round(time.Second/10))
}

// rare are the points that only a close passes, and few times: a siege leaves
// them to [mundo.besiegeClose]. What fails in freeze or drain is tried again after
// ever longer waits, so that each close bears a few.
var rare = []struct {
	points []faults.Point
	bears  int // failures of all of them in one close
}{
	{[]faults.Point{"activity.Freeze", "statement.Freeze", "commit.Freeze"}, 2},
	{[]faults.Point{"activity.Drain", "statement.Untold", "statement.MarkTold"}, 3},
	{[]faults.Point{"commit.SealCorte"}, 2},
}

func spared() []faults.Point {
	var out []faults.Point
	for _, r := range rare {
		out = append(out, r.points...)
	}
	return out
}

// besiegeClose orders some of what no close was struck with yet.
func (m *mundo) besiegeClose() {
	reached := m.faults.Reached()
	for _, r := range rare {
		struck := 0
		for _, p := range r.points {
			nth := 0
			for _, k := range faults.Kinds {
				if reached[p][k] > 0 || k != faults.Delay && struck == r.bears {
					continue
				}
				if k != faults.Delay {
					struck++
				}
				nth++
				m.force(p, k, nth)
			}
		}
	}
}

func (m *mundo) force(p faults.Point, k faults.Kind, nth int) {
	if err := m.faults.Force(p, k, nth); err != nil {
		m.violation("order a fault: %v", err)
	}
}

// longPoll is the call by which a client goes on waiting for an update that takes
// longer than the frontend keeps it waiting, some 20 s.
const longPoll = faults.Point("message.PollWorkflowExecutionUpdate")

// holdAtMost bounds how long a freeze is kept waiting.
const holdAtMost = 45 * time.Second

// hold keeps every freeze waiting, as whoever makes an index does, until clients
// ask again; nobody else waits. The channel closes when it has let go.
func (m *mundo) hold(ctx context.Context) <-chan struct{} {
	for i, k := range []faults.Kind{faults.Fail, faults.Lose, faults.Delay} {
		m.force(longPoll, k, i+1)
	}
	done, held := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		if err := m.holdTable(ctx, held); err != nil {
			m.violation("hold the table of planillas: %v", err)
		}
	}()
	select {
	case <-held:
	case <-done:
	}
	return done
}

func (m *mundo) holdTable(ctx context.Context, held chan<- struct{}) error {
	conn, err := pgx.Connect(ctx, m.url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "BEGIN; LOCK TABLE planillas IN SHARE MODE"); err != nil {
		return err
	}
	close(held)
	enough := m.faults.Hits(longPoll) + 2
	for late := time.Now().Add(holdAtMost); time.Now().Before(late) && m.faults.Hits(longPoll) < enough; {
		if !rest(ctx, 100*time.Millisecond) {
			break
		}
	}
	return nil
}

// closeOnce takes HR's next steps; true once the month is closed.
func (m *mundo) closeOnce(ctx context.Context, random *rand.Rand, who procs.Persona, mes pa0580.Mes) bool {
	path := "/cierres/" + mes.String()
	var state apiclient.Cierre
	if !m.read(ctx, random, who, path, &state) {
		return false
	}
	if state.CerradoAt != "" {
		return true
	}
	head := m.people.Jefes[random.IntN(len(m.people.Jefes))]
	var prep apiclient.Preparacion
	if m.read(ctx, random, head, path+"/preparacion", &prep) {
		m.ask(ctx, random, request{what: conformar, who: head, path: path + "/conformidades", about: mes.String(),
			body: map[string]any{"unidad": head.Unidad, "huella": prep.Huella(string(head.Unidad))}})
	}
	if random.IntN(15) == 0 {
		m.ask(ctx, random, request{what: corte, who: who, path: path + "/corte/levantar", about: mes.String()})
	}
	if random.IntN(3) == 0 {
		m.ask(ctx, random, request{what: corte, who: who, path: path + "/corte", about: mes.String()})
	} else { // in a while, which passes at once
		at := m.clock.Now().Add(2 * time.Hour)
		m.ask(ctx, random, request{what: corte, who: who, path: path + "/corte", about: mes.String(), body: map[string]string{"momento": at.Format(time.RFC3339)}})
		m.clock.Forward(2*time.Hour+time.Minute, mes.Next().End().Add(-time.Hour))
	}
	var seen apiclient.VistaPrevia
	if !m.read(ctx, random, who, path+"/vista-previa", &seen) {
		a, _ := m.ask(ctx, random, request{what: previa, who: who, path: path + "/vista-previa", body: map[string]string{"motivo": "El motor está en reparación"}})
		if seen.Huella = a.body.Huella; seen.Huella == "" {
			return false
		}
	}
	a, _ := m.ask(ctx, random, request{what: cerrar, who: who, path: path + "/cerrar", about: mes.String(),
		body: map[string]string{"huella": seen.Huella, "motivo": "Quedan gestiones para el mes siguiente"}})
	if o := a.body.Orden; o != nil && o.Estado == "por_confirmar" {
		for _, other := range m.people.RRHH {
			if other != who {
				m.ask(ctx, random, request{what: confirmar, who: other, path: path + "/ordenes/" + o.ID + "/confirmar", about: o.ID})
			}
		}
	}
	return false
}
