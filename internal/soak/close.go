package soak

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

// monthOver moves everybody into the next month and gives the one that is over.
func (m *mundo) monthOver() pa0580.Mes {
	mes := m.clock.Mes()
	m.clock.To(mes.End().Add(8 * time.Hour))
	return mes
}

// closing has both of HR close a month at once, while everybody goes on working;
// the channel closes once the month is.
func (m *mundo) closing(ctx context.Context, mes pa0580.Mes, seed *rand.Rand) <-chan struct{} {
	var group sync.WaitGroup
	late := time.Now().Add(m.o.Episode.Work*2 + m.o.Episode.Calm)
	for _, who := range m.people.RRHH {
		random := rand.New(rand.NewPCG(seed.Uint64(), 2))
		group.Go(func() {
			for ctx.Err() == nil && !m.closeOnce(ctx, random, who, mes) {
				if time.Now().After(late) {
					m.violation("%s did not close", mes)
					return
				}
				m.clock.Forward(time.Minute, mes.Next().End().Add(-time.Hour))
				rest(ctx, time.Duration(50+random.IntN(200))*time.Millisecond)
			}
		})
	}
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	return done
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
	m.ask(ctx, random, request{what: conformar, who: head, path: path + "/conformidades", about: mes.String(), body: map[string]any{"unidad": head.Unidad}})
	if random.IntN(6) == 0 {
		m.ask(ctx, random, request{what: corte, who: who, path: path + "/corte/levantar", about: mes.String()})
	}
	m.ask(ctx, random, request{what: corte, who: who, path: path + "/corte", about: mes.String(), body: struct{}{}})
	var seen apiclient.VistaPrevia
	if !m.read(ctx, random, who, path+"/vista-previa", &seen) {
		a, _ := m.ask(ctx, random, request{what: previa, who: who, path: path + "/vista-previa", body: map[string]string{"motivo": "El motor está en reparación"}})
		if seen.Huella = a.body.Huella; seen.Huella == "" {
			return false
		}
	}
	m.ask(ctx, random, request{what: cerrar, who: who, path: path + "/cerrar", about: mes.String(),
		body: map[string]string{"huella": seen.Huella, "motivo": "Quedan gestiones para el mes siguiente"}})
	return false
}
