package demo

import (
	"fmt"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// persona is somebody of the utility; the roles are the API's words.
type persona struct {
	Legajo pa0580.FuncionarioID
	CI     string
	Nombre string
	Roles  []string
}

// papeles are the people whose tokens are worth printing.
type papeles struct {
	agente, jefe, jefeOtro, jefeAgente, jefeSuperior, subrogante pa0580.FuncionarioID
	sinNomina, rrhh, rrhh2, auditor, responsable, admin2         pa0580.FuncionarioID
}

const (
	agente = "agente"
	jefe   = "jefe"
)

// hire fills the world with people: a head for every unit, agents for every
// sección, and the cases that the rules treat apart.
func (w *world) hire(porSeccion int, now time.Time) {
	r := newInventor(streamPersonas)
	today := pa0580.DiaOf(now)
	since := pa0580.Dia{Year: today.Year - 2, Month: time.January, Day: 1}
	next := 10_000
	add := func(roles ...string) pa0580.FuncionarioID {
		next += 1 + r.IntN(90)
		w.personas = append(w.personas, persona{
			Legajo: pa0580.FuncionarioID(fmt.Sprint(next)), CI: r.ci(), Nombre: r.nombre(), Roles: roles,
		})
		return w.personas[len(w.personas)-1].Legajo
	}
	roster := func(f pa0580.FuncionarioID, u pa0580.UnidadID, m pa0580.Modo, desde, hasta pa0580.Dia) {
		w.asignaciones = append(w.asignaciones, pa0580.Asignacion{Funcionario: f, Unidad: u, Modo: m, Desde: desde, Hasta: hasta})
	}
	always := func(f pa0580.FuncionarioID, u pa0580.UnidadID, m pa0580.Modo) { roster(f, u, m, since, pa0580.Dia{}) }

	for _, u := range w.unidades {
		w.jefaturas = append(w.jefaturas, pa0580.Jefatura{Unidad: u.ID, Jefe: add(jefe), Desde: since})
	}
	for _, u := range w.secciones {
		for i := range porSeccion {
			modo := pa0580.Permanente
			if i >= minPermanentes {
				modo = pa0580.Apoyo
			}
			always(add(agente), u, modo)
		}
	}
	w.papeles = papeles{
		agente: w.rostered(comercialAsuncion, today)[0].Funcionario,
		jefe:   w.jefe(comercialAsuncion), jefeOtro: w.jefe(serviciosItapua),
		jefeAgente: w.jefe(comercialItapua), jefeSuperior: w.jefe(agenciaItapua),
		subrogante: w.rostered(serviciosAsuncion, today)[0].Funcionario,
		rrhh:       add("rrhh"), rrhh2: add("rrhh"), auditor: add("auditor"), responsable: add("responsable"),
		sinNomina: add(agente), admin2: add("admin"),
	}
	w.responde = []pa0580.UnidadID{comercialAsuncion, serviciosAsuncion}

	// A head who attends in their own unit: the Agencia's head decides those.
	w.grant(w.papeles.jefeAgente, agente)
	always(w.papeles.jefeAgente, comercialItapua, pa0580.Permanente)
	// An agent who substitutes their head these days: meanwhile their own go up.
	w.grant(w.papeles.subrogante, jefe)
	w.subrogancias = []pa0580.Subrogancia{{
		Unidad: serviciosAsuncion, Subrogante: w.papeles.subrogante, Desde: addDays(today, -3), Hasta: addDays(today, 12),
	}}
	// An agent in two units must say in which one they attend.
	always(w.rostered(comercialAsuncion, today)[1].Funcionario, serviciosAsuncion, pa0580.Apoyo)
	// Support that came, and support that went.
	pasado := pa0580.MesOf(now).Prev()
	roster(add(agente), serviciosItapua, pa0580.Apoyo, addDays(pa0580.DiaOf(pasado.Start()), 10), pa0580.Dia{})
	roster(add(agente), comercialAsuncion, pa0580.Apoyo, since, pa0580.DiaOf(pasado.Start().Add(-time.Hour)))
}

const minPermanentes = 3

func (w *world) jefe(u pa0580.UnidadID) pa0580.FuncionarioID {
	for _, j := range w.jefaturas {
		if j.Unidad == u {
			return j.Jefe
		}
	}
	return ""
}

func (w *world) grant(f pa0580.FuncionarioID, rol string) {
	i := slices.IndexFunc(w.personas, func(p persona) bool { return p.Legajo == f })
	w.personas[i].Roles = append(w.personas[i].Roles, rol)
}

func (w *world) persona(f pa0580.FuncionarioID) persona {
	i := slices.IndexFunc(w.personas, func(p persona) bool { return p.Legajo == f })
	return w.personas[i]
}

func addDays(d pa0580.Dia, n int) pa0580.Dia {
	return pa0580.DiaOf(pa0580.LocalTime(d.Year, d.Month, d.Day+n, 12, 0, 0))
}
