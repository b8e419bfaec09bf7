package demo

import (
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// What happens besides the commands of the rules.
const (
	cargar    pa0580.Accion = "cargar"
	conformar pa0580.Accion = "conformar"
	cerrar    pa0580.Accion = "cerrar"
)

// gestion is one that the plan has loaded. Its place in plan.gestiones is its
// number.
type gestion struct {
	Agente   pa0580.FuncionarioID
	Unidad   pa0580.UnidadID
	EnVarias bool // the agent attends in several units and must name one
	carga
	Correccion carga
	Rehusada   bool // OPEN SGC does not have its reference
}

// step is one thing that somebody does.
type step struct {
	At      time.Time
	Accion  pa0580.Accion
	Gestion int // of cargar and the rules' commands
	Motivo  string
	Suelta  bool            // decided by itself; otherwise in the head's lote
	Unidad  pa0580.UnidadID // of conformar
	Mes     pa0580.Mes      // of conformar and cerrar
}

// plan is everything that will happen, in order. It is made before anything
// does, from the world and the real moment alone.
type plan struct {
	Inicio                   time.Time // when the organisation is set up
	Anterior, Pasado, Actual pa0580.Mes
	gestiones                []gestion
	steps                    []step
}

// newPlan plans three months up to now: the month before last, decided to the
// last gestión and closed on the fourth working day after; the last one, over
// and nearly decided; this one, under way.
func newPlan(w *world, s Size, now time.Time) plan {
	actual := pa0580.MesOf(now)
	p := &planner{world: w, horario: newHorario(w), now: now, plan: plan{
		Actual: actual, Pasado: actual.Prev(), Anterior: actual.Prev().Prev(),
	}}
	p.decided = p.workingDayBack(now, 2).Start()
	p.Inicio = p.Anterior.Start().Add(-15 * time.Hour)
	p.attend(p.Anterior, s.Anterior, plazos{short: p.Anterior.End().AddDate(0, 0, -9)})
	p.attend(p.Pasado, s.Pasado, plazos{undecided: 3})
	p.attend(p.Actual, min(s.Actual, p.share(s.Pasado)), plazos{undecided: 4})
	p.sign()
	slices.SortStableFunc(p.steps, func(a, b step) int { return a.At.Compare(b.At) })
	return p.plan
}

// planner makes a plan.
type planner struct {
	plan
	*world
	horario
	now     time.Time
	decided time.Time // until when heads have come to decide: inboxes hold work
}

// share is how many gestiones this month has had so far, at last month's pace.
func (p *planner) share(month int) int {
	whole := p.worked(p.Pasado.Start(), p.Pasado.End())
	return int(float64(month) * float64(p.worked(p.Actual.Start(), p.now)) / float64(whole))
}

// sign plans the months' conformidades and the close.
func (p *planner) sign() {
	closing := p.workingDay(p.Pasado.Start(), 4)
	for _, u := range p.unidades {
		p.add(step{At: at(closing, 9, 15), Accion: conformar, Unidad: u.ID, Mes: p.Anterior})
	}
	p.add(step{At: at(closing, 10, 30), Accion: cerrar, Mes: p.Anterior})
	first := p.workingDay(p.Actual.Start(), 1)
	for _, u := range slices.Compact([]pa0580.UnidadID{serviciosItapua, p.secciones[len(p.secciones)-1]}) {
		p.add(step{At: at(first, 9, 40), Accion: conformar, Unidad: u, Mes: p.Pasado})
	}
}

// add plans a step, unless it lies too near to now: false then.
func (p *planner) add(s step) bool {
	limit := p.now.Add(-2 * time.Minute)
	if s.Accion.Decides() {
		limit = p.decided
	}
	if !s.At.Before(limit) {
		return false
	}
	p.steps = append(p.steps, s)
	return true
}

// batches parts the steps into those of one instant, which may happen at once.
func (p plan) batches() [][]step {
	var out [][]step
	for i, s := range p.steps {
		if i == 0 || !s.At.Equal(p.steps[i-1].At) {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], s)
	}
	return out
}
