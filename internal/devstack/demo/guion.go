package demo

import (
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// guion is what becomes of a gestión after loading.
type guion struct {
	peso     int // how often, against the others
	acciones []pa0580.Accion
}

// The lives there are, from DOMAIN's table of estados. The first ones leave
// nothing undecided; short ones take one round of the head.
var (
	cortos = []guion{
		{84, []pa0580.Accion{pa0580.Aprobar}},
		{4, []pa0580.Accion{pa0580.Rechazar}},
		{2, []pa0580.Accion{pa0580.Anular}},
	}
	largos = []guion{
		{6, []pa0580.Accion{pa0580.Observar, pa0580.Corregir, pa0580.Aprobar}},
		{1, []pa0580.Accion{pa0580.Observar, pa0580.RetirarObservacion, pa0580.Aprobar}},
		{1, []pa0580.Accion{pa0580.Aprobar, pa0580.RetirarDecision, pa0580.Rechazar}},
		{1, []pa0580.Accion{pa0580.Rechazar, pa0580.RetirarDecision, pa0580.Aprobar}},
	}
	abiertos = []guion{
		{2, []pa0580.Accion{pa0580.Observar}},
		{3, nil},
	}
)

// plazos says how a month's gestiones end.
type plazos struct {
	short     time.Time // from here on only one round is left; zero: no hurry
	undecided int       // how many of each inbox's last ones stay undecided
}

// attend plans a month's n customers and what becomes of their gestiones.
func (p *planner) attend(mes pa0580.Mes, n int, limits plazos) {
	r := newInventor(streamMeses<<32 + uint64(mes.Start().Unix()))
	ts := p.moments(r, mes, n, p.now.Add(-2*time.Minute))
	first := len(p.gestiones)
	var when []time.Time
	i := 0
	for _, size := range p.together(ts) {
		taken := map[pa0580.FuncionarioID]bool{}
		for range size {
			p.gestiones = append(p.gestiones, p.arrive(r, pa0580.DiaOf(ts[i]), taken))
			when = append(when, ts[i])
		}
		i += size
	}
	last := map[desk]int{}
	for i := len(p.gestiones) - 1; i >= first; i-- {
		g, t := p.gestiones[i], when[i-first]
		p.add(step{At: t, Accion: cargar, Gestion: i})
		if g.Rehusada {
			continue
		}
		life := p.life(r, t, limits)
		// What heads and substitutes load is somebody else's to decide.
		if last[p.desk(g)]++; last[p.desk(g)] <= limits.undecided {
			life = abiertos[last[p.desk(g)]%len(abiertos)].acciones
		} else if limits.undecided > 0 && p.espejo.doubtful(g.carga) && r.chance(40) {
			life = nil // the head thinks about it
		}
		p.live(r, i, t, life, limits)
	}
}

// desk is whose inbox a gestión comes to: the unit's head's, or one above.
type desk struct {
	unidad pa0580.UnidadID
	arriba bool
}

func (p *planner) desk(g gestion) desk {
	return desk{g.Unidad, g.Agente == p.papeles.jefeAgente || g.Agente == p.papeles.subrogante}
}

func (p *planner) life(r *inventor, t time.Time, limits plazos) []pa0580.Accion {
	choices := cortos
	if limits.short.IsZero() {
		choices = append(append(choices[:len(choices):len(choices)], largos...), abiertos...)
	} else if t.Before(limits.short) {
		choices = append(choices[:len(choices):len(choices)], largos...)
	}
	total := 0
	for _, c := range choices {
		total += c.peso
	}
	n := r.IntN(total)
	for _, c := range choices {
		if n -= c.peso; n < 0 {
			return c.acciones
		}
	}
	return nil
}

// live plans one gestión's life after t.
func (p *planner) live(r *inventor, i int, t time.Time, life []pa0580.Accion, limits plazos) {
	var kind reparo
	g := &p.gestiones[i]
	for g.Correccion = g.carga; g.Correccion == g.carga; { // it must mend something
		kind = pick(r, reparos)
		g.Correccion = kind.mend(r, g.carga, p.espejo)
	}
	hurry := !limits.short.IsZero() && !t.Before(limits.short)
	if !hurry && r.chance(10) {
		t = p.round(g.Unidad, t) // the head leaves it for the next time
	}
	for _, accion := range life {
		s := step{Accion: accion, Gestion: i, Motivo: motivo(r, accion, kind), Suelta: accion != pa0580.Aprobar || r.chance(10)}
		switch accion {
		case pa0580.Anular:
			t = t.Add(time.Duration(5+r.IntN(15)) * time.Minute)
		case pa0580.Corregir:
			t = p.tomorrow(r, t)
		default:
			t = p.round(g.Unidad, t)
		}
		if s.At = t; !p.add(s) {
			return
		}
	}
}

// arrive makes up a customer and gives them to an agent who is free.
func (p *planner) arrive(r *inventor, on pa0580.Dia, taken map[pa0580.FuncionarioID]bool) gestion {
	var a pa0580.Asignacion
	for a.Funcionario == "" || taken[a.Funcionario] || a.Modo == pa0580.Apoyo && r.chance(60) {
		a = pick(r, p.rostered(pick(r, p.secciones), on))
	}
	taken[a.Funcionario] = true
	g := gestion{Agente: a.Funcionario, Unidad: a.Unidad, EnVarias: p.attendsIn(a.Funcionario, on) > 1, carga: r.attend(p.espejo)}
	switch n := r.IntN(100); {
	case n < 2:
		g.TipoReferencia, g.Referencia = string(pa0580.NIS), fmt.Sprint(unknownNIS+r.IntN(900_000))
		g.Rehusada = true
	case n < 4 && len(p.gestiones) > 0: // the same customer came again
		if before := p.gestiones[len(p.gestiones)-1]; !before.Rehusada {
			g.carga = before.carga
		}
	}
	return g
}
