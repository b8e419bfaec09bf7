package soak

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// administrator makes one change of the organisation: somebody new, a roster
// that begins next month, a holiday that comes and goes.
func (m *mundo) administrator(ctx context.Context, random *rand.Rand) {
	change := func(method, path string, body any) answer {
		a, _ := m.ask(ctx, random, request{what: cambio, who: m.people.Admin[0], method: method, path: path, body: body})
		return a
	}
	n := m.model.next()
	day := pa0580.DiaOf(m.clock.Now().AddDate(0, 0, random.IntN(300))).String()
	agent := m.people.Agentes[random.IntN(len(m.people.Agentes))]
	unit := string(m.people.Jefes[random.IntN(len(m.people.Jefes))].Unidad)
	switch random.IntN(8) {
	case 6:
		m.tariff(ctx, random)
	case 0:
		made := change("", "/unidades", map[string]any{"codigo": fmt.Sprintf("S-%d", n), "nombre": fmt.Sprintf("Sección %d", n), "padre": unit})
		if made.ok() && made.body.ID != "" {
			change(http.MethodPut, "/unidades/"+made.body.ID, map[string]any{"codigo": fmt.Sprintf("S-%d", n), "nombre": "Sección nueva", "padre": unit, "activa": false})
		}
	case 1:
		change("", "/funcionarios", map[string]any{"legajo": fmt.Sprintf("N-%d", n), "ci": fmt.Sprint(6_000_000 + n), "nombre": "Persona nueva", "roles": []string{"agente"}})
	case 2:
		// From a day on that nobody reaches: who attends now goes on attending.
		far := pa0580.DiaOf(m.clock.Now().Add(4 * 365 * 24 * time.Hour)).String()
		change("", "/asignaciones", map[string]any{"funcionario": agent.ID, "unidad": unit, "modo": "apoyo", "desde": far, "hasta": far})
	case 3:
		change("", "/subrogancias", map[string]any{"unidad": unit, "subrogante": m.people.Gerente.ID, "desde": day, "hasta": day})
	case 4:
		change("", "/unidades/"+unit+"/responsables", map[string]any{"funcionario": m.answers.ID, "quitar": random.IntN(2) == 0})
		m.responsable(ctx, random)
	case 5:
		m.holiday(ctx, random, change)
	default:
		far := pa0580.DiaOf(m.clock.Now().Add(5 * 365 * 24 * time.Hour)).String()
		change("", "/jefaturas", map[string]any{"unidad": unit, "jefe": m.people.Gerente.ID, "desde": far, "hasta": far})
	}
}

// tariff is proposed from some month on, rehearsed, and decided on by whichever of both
// administrators tries first: whoever proposed it is refused. Where its month closed
// meanwhile both are.
func (m *mundo) tariff(ctx context.Context, random *rand.Rand) {
	one, other := m.people.Admin[0], m.people.Admin[1]
	desde := []pa0580.Mes{m.clock.Mes().Prev(), m.clock.Mes(), m.clock.Mes().Next()}[random.IntN(3)]
	var montos []map[string]any
	for _, x := range (pa0580.Montos{}).Lista() {
		montos = append(montos, map[string]any{"tipo": int(x.Tipo), "modo": x.Modo, "jornada": x.Jornada, "guaranies": random.IntN(10_000)})
	}
	made, _ := m.ask(ctx, random, request{what: tarifa, who: one, path: "/tarifas", body: map[string]any{"desde": desde.String(), "norma": "Resolución P/N° 1", "montos": montos}})
	m.read(ctx, random, m.people.Auditor, "/tarifas", nil)
	if !made.ok() || made.body.ID == "" {
		return
	}
	path := "/tarifas/" + made.body.ID
	m.read(ctx, random, m.people.RRHH[0], path+"/ensayo", nil)
	m.ask(ctx, random, request{what: tarifa, who: one, path: path + "/aprobar"})
	if random.IntN(4) == 0 {
		m.ask(ctx, random, request{what: tarifa, who: other, path: path + "/rechazar", body: map[string]string{"motivo": "Otro monto"}})
		return
	}
	m.ask(ctx, random, request{what: tarifa, who: other, path: path + "/aprobar"})
}

// holiday is decreed late as often as early, and taken back: what is loaded that day in a
// month still open counts otherwise and back. It is rehearsed, and refused where somebody
// else changed the calendar meanwhile.
func (m *mundo) holiday(ctx context.Context, random *rand.Rand, change func(method, path string, body any) answer) {
	rehearse := func(body any) (int64, bool) {
		a, _ := m.ask(ctx, random, request{what: ensayo, who: m.people.Admin[0], path: "/calendario/ensayo", body: body})
		return a.body.Version, a.ok()
	}
	body := map[string]any{"dia": pa0580.DiaOf(m.clock.Now().AddDate(0, 0, random.IntN(40)-30)).String(), "nombre": "Feriado extraordinario"}
	version, ok := rehearse(body)
	if !ok {
		return
	}
	body["calendario"] = version
	made := change("", "/calendario/feriados", body)
	if !made.ok() || made.body.ID == "" {
		return
	}
	if version, ok = rehearse(map[string]any{"id": made.body.ID, "quitar": true}); ok {
		change(http.MethodDelete, fmt.Sprintf("/calendario/feriados/%s?calendario=%d", made.body.ID, version), nil)
	}
}

// responsable reads as the one who answers for a unit.
func (m *mundo) responsable(ctx context.Context, random *rand.Rand) {
	m.read(ctx, random, m.answers, "/gestiones?limite=20", nil)
}
