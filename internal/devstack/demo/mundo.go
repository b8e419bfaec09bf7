package demo

import (
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// seed makes every play of the same moment alike.
const seed = 580

// Each part draws from its own stream, so that one more agent changes no NIS.
const (
	streamPersonas = iota + 1
	streamEspejo
	streamMeses // and the month's number
)

// world is the invented utility: units, people and what OPEN SGC holds. In it
// a unit's id is its code and a funcionario's id their personnel number.
type world struct {
	unidades     []pa0580.Unidad
	secciones    []pa0580.UnidadID // where agents attend
	personas     []persona
	asignaciones []pa0580.Asignacion
	jefaturas    []pa0580.Jefatura
	subrogancias []pa0580.Subrogancia
	responde     []pa0580.UnidadID // what the responsable answers for
	feriados     []pa0580.Feriado
	espejo       espejo
	papeles      papeles

	org *pa0580.Organizacion // all of it, to ask the rules who decides
}

func newWorld(s Size, now time.Time) *world {
	us := newUnidades(s.Agencias)
	w := &world{unidades: us, secciones: secciones(us), feriados: newFeriados(us, pa0580.Local(now).Year())}
	w.hire(max(s.PorSeccion, 3), now)
	w.espejo = newEspejo(s.NIS, s.Casos, pa0580.Local(now).Year())
	w.org = pa0580.NewOrganizacion(1, pa0580.NewCalendario(1, w.feriados), us, w.jefaturas, w.subrogancias)
	return w
}

// rostered are the asignaciones in force in a unit on a day.
func (w *world) rostered(u pa0580.UnidadID, on pa0580.Dia) []pa0580.Asignacion {
	var out []pa0580.Asignacion
	for _, a := range w.asignaciones {
		if a.Unidad == u && on.Within(a.Desde, a.Hasta) {
			out = append(out, a)
		}
	}
	return out
}

// attendsIn counts the units where somebody is rostered on a day.
func (w *world) attendsIn(f pa0580.FuncionarioID, on pa0580.Dia) int {
	n := 0
	for _, a := range w.asignaciones {
		if a.Funcionario == f && on.Within(a.Desde, a.Hasta) {
			n++
		}
	}
	return n
}

// decider is who decides on what agente loaded in u on a day: the substitute
// while there is one, otherwise the head.
func (w *world) decider(u pa0580.UnidadID, agente pa0580.FuncionarioID, on pa0580.Dia) pa0580.FuncionarioID {
	var out pa0580.FuncionarioID
	for who, by := range w.org.Deciders(u, agente, on) {
		if by.Cargo == pa0580.CargoSubrogante || out == "" {
			out = who
		}
	}
	return out
}
