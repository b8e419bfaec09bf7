package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

// everybody begins to work; the channel closes once each has the answer to the
// last thing they asked. Nobody asks anything new once work is over.
func (m *mundo) everybody(ctx, work context.Context, seed *rand.Rand) <-chan struct{} {
	var group sync.WaitGroup
	person := func(one func(*rand.Rand)) {
		random := rand.New(rand.NewPCG(seed.Uint64(), 0))
		group.Go(func() {
			for work.Err() == nil {
				m.clock.Forward(time.Duration(random.IntN(12))*time.Minute, m.clock.Mes().End().Add(-time.Hour))
				one(random)
			}
		})
	}
	for _, a := range m.people.Agentes {
		person(func(random *rand.Rand) { m.agent(ctx, random, a) })
	}
	for _, j := range append(m.people.Jefes[:len(m.people.Jefes):len(m.people.Jefes)], m.people.Gerente) {
		person(func(random *rand.Rand) { m.head(ctx, random, j) })
	}
	person(func(random *rand.Rand) { m.administrator(ctx, random) })
	for range 2 {
		person(func(random *rand.Rand) { m.reader(ctx, random) })
	}
	shift := time.Now().Add(m.o.Episode.nominal() / 2)
	person(func(random *rand.Rand) { m.operator(work, random, shift) })
	done := make(chan struct{})
	go func() {
		group.Wait()
		close(done)
	}()
	return done
}

// agent does one thing that an agent does.
func (m *mundo) agent(ctx context.Context, random *rand.Rand, who procs.Persona) {
	id, version, any := m.model.one(who.Token, random)
	dice := random.IntN(100)
	switch {
	case dice < 42 || !any:
		m.ask(ctx, random, request{what: cargar, who: who, path: "/gestiones", body: m.carga(random)})
	case dice < 46:
		wrong := m.carga(random)
		wrong.TipoGestion = 9
		m.ask(ctx, random, request{what: cargar, who: who, path: "/gestiones", body: wrong})
	case dice < 60:
		in := apiclient.Correccion{Version: version, TipoGestion: 1 + random.IntN(5)}
		if random.IntN(2) == 0 {
			in.Referencia = &apiclient.Numerado{Tipo: "NIS", Numero: m.nis(random)}
		}
		m.ask(ctx, random, request{what: comando, who: who, path: "/gestiones/" + id + "/correccion", about: id, body: in})
	case dice < 66:
		m.ask(ctx, random, request{what: comando, who: who, path: "/gestiones/" + id + "/anulacion", about: id,
			body: apiclient.Decision{Version: version, Motivo: "Se cargó dos veces"}})
	case dice < 76:
		m.look(ctx, random, who, id)
	case dice < 78:
		m.ask(ctx, random, request{what: revelar, who: who, path: "/gestiones/" + id + "/documento", about: id})
	case dice < 81:
		m.claim(ctx, random, who)
	case dice < 84:
		m.read(ctx, random, who, "/gestiones?limite=20", nil)
		m.read(ctx, random, who, "/yo/estado", nil)
		m.read(ctx, random, who, "/asignaciones", nil)
	case dice < 95:
		m.read(ctx, random, who, "/gestiones/"+id+"/historia", nil)
		m.read(ctx, random, who, "/yo", nil)
	default:
		m.unseen(ctx, random, who)
	}
}

// carga is what somebody at the counter wants; now and then OPEN SGC has no such
// supply.
func (m *mundo) carga(random *rand.Rand) apiclient.Carga {
	return apiclient.Carga{
		Documento:   apiclient.Numerado{Tipo: "CI", Numero: procs.CI(random.IntN(5000))},
		Referencia:  apiclient.Numerado{Tipo: "NIS", Numero: m.nis(random)},
		TipoGestion: 1 + random.IntN(5), Observacion: "Consulta en el mostrador",
	}
}

func (m *mundo) nis(random *rand.Rand) string {
	return procs.NIS(random.IntN(world.Referencias + world.Referencias/25))
}

// look reads a gestión and remembers its version.
func (m *mundo) look(ctx context.Context, random *rand.Rand, who procs.Persona, id string) {
	var g apiclient.Gestion
	if m.read(ctx, random, who, "/gestiones/"+id, &g) {
		m.model.saw(id, g.Version)
	}
}

// unseen reads what had no effect and puts it away.
func (m *mundo) unseen(ctx context.Context, random *rand.Rand, who procs.Persona) {
	var list struct{ Comandos []apiclient.Comando }
	if !m.read(ctx, random, who, "/comandos/sin-efecto", &list) {
		return
	}
	for _, c := range list.Comandos[:min(3, len(list.Comandos))] {
		m.read(ctx, random, who, "/comandos/"+c.ID, nil)
		m.ask(ctx, random, request{what: visto, who: who, path: "/comandos/" + c.ID + "/visto", about: c.ID})
	}
}

// decisions are what a head may want of one that waits; most are approved.
var decisions = []pa0580.Accion{
	pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Observar, pa0580.Rechazar,
}

// head does one thing that a head does.
func (m *mundo) head(ctx context.Context, random *rand.Rand, who procs.Persona) {
	switch dice := random.IntN(100); {
	case dice < 34:
		for _, g := range m.some(ctx, random, who, "/bandeja?limite=40", 4) {
			m.decide(ctx, random, who, g, decisions[random.IntN(len(decisions))])
		}
	case dice < 50:
		m.many(ctx, random, who, m.some(ctx, random, who, "/bandeja?limite=60", 25))
	case dice < 56:
		for _, g := range m.some(ctx, random, who, "/bandeja?estado=observada&limite=20", 2) {
			m.decide(ctx, random, who, g, pa0580.RetirarObservacion)
		}
	case dice < 66:
		estado := []pa0580.Estado{pa0580.Aprobada, pa0580.Rechazada}[random.IntN(2)]
		for _, g := range m.some(ctx, random, who, "/gestiones?limite=30&estado="+string(estado), 2) {
			m.decide(ctx, random, who, g, pa0580.RetirarDecision)
		}
	case dice < 84: // two windows of one head, and neither knows of the other
		if all := m.some(ctx, random, who, "/bandeja?limite=40", 1); len(all) == 1 {
			var both sync.WaitGroup
			other := rand.New(rand.NewPCG(random.Uint64(), 1))
			both.Go(func() { m.decide(ctx, other, who, all[0], pa0580.Observar) })
			m.many(ctx, random, who, all)
			both.Wait()
		}
	case dice < 92:
		m.unseen(ctx, random, who)
	default:
		m.adjust(ctx, random, who)
		m.answer(ctx, random, who)
		m.read(ctx, random, who, "/cierres/"+m.clock.Mes().String()+"/preparacion", nil)
		m.read(ctx, random, who, "/asignaciones?unidad="+string(who.Unidad), nil)
		m.read(ctx, random, who, "/yo", nil)
	}
}

// adjust is a head who asks to take back what a closed month paid, or to add it again;
// one of HR decides on it. Half the time the rules say no.
func (m *mundo) adjust(ctx context.Context, random *rand.Rand, who procs.Persona) {
	for _, g := range m.some(ctx, random, who, "/gestiones?limite=30&estado=incluida", 1) {
		m.ask(ctx, random, request{what: ajuste, who: who, path: "/ajustes", about: g.ID, body: map[string]string{
			"gestion": g.ID, "signo": []string{"resta", "suma"}[random.IntN(2)], "motivo": "Se cargó dos veces",
		}})
		m.read(ctx, random, who, "/gestiones/"+g.ID+"/linaje", nil)
	}
	hr := m.people.RRHH[random.IntN(len(m.people.RRHH))]
	var open struct{ Ajustes []struct{ ID string } }
	if !m.read(ctx, random, hr, "/ajustes?estado=pedido", &open) || len(open.Ajustes) == 0 {
		return
	}
	path := "/ajustes/" + open.Ajustes[random.IntN(len(open.Ajustes))].ID
	if random.IntN(4) == 0 {
		m.ask(ctx, random, request{what: ajuste, who: hr, path: path + "/rechazar", body: map[string]string{"motivo": "No corresponde"}})
		return
	}
	m.ask(ctx, random, request{what: ajuste, who: hr, path: path + "/aprobar"})
}

// some are a few of what a list shows.
func (m *mundo) some(ctx context.Context, random *rand.Rand, who procs.Persona, path string, n int) []apiclient.Gestion {
	var page apiclient.Pagina
	if !m.read(ctx, random, who, path, &page) {
		return nil
	}
	all := page.Gestiones
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}

func (m *mundo) decide(ctx context.Context, random *rand.Rand, who procs.Persona, g apiclient.Gestion, accion pa0580.Accion) {
	m.ask(ctx, random, request{what: comando, who: who, path: "/gestiones/" + g.ID + "/decisiones", about: g.ID,
		body: apiclient.Decision{Accion: accion, Version: g.Version, Motivo: "Falta el expediente"}})
}

// many decides in bulk and asks how it went.
func (m *mundo) many(ctx context.Context, random *rand.Rand, who procs.Persona, all []apiclient.Gestion) {
	if len(all) == 0 {
		return
	}
	var ds []apiclient.Decision
	for _, g := range all {
		ds = append(ds, apiclient.Decision{Gestion: g.ID, Accion: pa0580.Aprobar, Version: g.Version})
	}
	if a, ok := m.ask(ctx, random, request{what: lote, who: who, path: "/lotes", body: map[string]any{"comandos": ds}}); ok && a.ok() {
		m.read(ctx, random, who, "/lotes/"+a.body.ID, nil)
	}
}

// reader is the auditor, who reads everything, and the API's own state.
func (m *mundo) reader(ctx context.Context, random *rand.Rand) {
	who, mes := m.people.Auditor, m.clock.Mes()
	switch random.IntN(7) {
	case 0:
		m.read(ctx, random, who, "/cierres", nil)
		m.read(ctx, random, who, "/cierres/"+mes.Prev().String(), nil)
		m.read(ctx, random, who, "/cierres/"+mes.String()+"/preparacion", nil)
	case 1:
		var list struct {
			Planillas []struct{ ID string }
		}
		if m.read(ctx, random, who, "/planillas", &list) && len(list.Planillas) > 0 {
			id := list.Planillas[random.IntN(len(list.Planillas))].ID
			m.read(ctx, random, who, "/planillas/"+id, nil)
			m.read(ctx, random, who, "/cierres/"+mes.Prev().String()+"/manifiesto", nil)
			m.read(ctx, random, who, "/cierres/"+mes.Prev().String()+"/consolidada/csv", nil)
			m.read(ctx, random, who, "/planillas/"+id+"/anexo.csv", nil)
		} else {
			m.read(ctx, random, who, "/planillas/"+aNobody, nil)
		}
	case 2:
		m.some(ctx, random, who, "/gestiones?limite=50&mes="+url.QueryEscape(mes.String()), 1)
		m.search(ctx, random, who)
	case 3:
		m.read(ctx, random, who, "/funcionarios", nil)
		m.read(ctx, random, who, "/unidades", nil)
	case 4:
		m.read(ctx, random, who, "/jefaturas", nil)
		m.read(ctx, random, who, "/subrogancias", nil)
		m.read(ctx, random, who, "/calendario", nil)
	case 5:
		m.extract(ctx, random, mes)
	default:
		m.tokens(ctx, random)
	}
}

// extract has a head take their unit's gestiones away: whole, or cut where something fails.
func (m *mundo) extract(ctx context.Context, random *rand.Rand, mes pa0580.Mes) {
	who := m.people.Jefes[random.IntN(len(m.people.Jefes))]
	_, _, _ = m.attempt(ctx, random, request{who: who, method: http.MethodPost, path: "/extracciones", key: uuid.NewString(), body: map[string]any{
		"unidad": who.Unidad, "desde": pa0580.DiaOf(mes.Prev().Start()).String(), "hasta": pa0580.DiaOf(m.clock.Now()).String(),
		"formato": []string{"csv", "xlsx"}[random.IntN(2)],
	}})
	m.read(ctx, random, who, "/extracciones", nil)
}

// aNobody is an id that names nothing.
const aNobody = "00000000-0000-7000-8000-000000000000"

// search is a POST that changes nothing: asked once.
func (m *mundo) search(ctx context.Context, random *rand.Rand, who procs.Persona) {
	_, _, _ = m.attempt(ctx, random, request{who: who, method: http.MethodPost, path: "/gestiones/buscar", key: "buscar", // whatever comes
		body: map[string]any{"documento": apiclient.Numerado{Tipo: "CI", Numero: procs.CI(random.IntN(5000))}}})
}

// tokens come and go by the command line of an operator.
func (m *mundo) tokens(ctx context.Context, random *rand.Rand) {
	open := m.serves[random.IntN(len(m.serves))].app()
	if open == nil {
		return
	}
	one, cancel := context.WithTimeout(ctx, attemptIn)
	defer cancel()
	_, made, err := open.App.IssueToken(one, m.people.Auditor.ID, fmt.Sprintf("soak %d", random.IntN(100)), nil, 24*time.Hour)
	if _, listErr := open.Store.Tokens(one, m.people.Auditor.ID); err == nil && listErr == nil {
		_ = open.Store.RevokeToken(one, made.ID, m.clock.Now()) // asked again next time
	}
}
