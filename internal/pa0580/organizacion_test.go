package pa0580_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

var hoy = pa0580.Dia{Year: 2026, Month: time.October, Day: 15}

// span is a stretch of days and whether it holds today.
type span struct {
	desde, hasta pa0580.Dia
	holds        bool
}

func dia(month time.Month, day int) pa0580.Dia { return pa0580.Dia{Year: 2026, Month: month, Day: day} }

var spans = []span{
	{desde: dia(1, 1), holds: true},
	{desde: dia(10, 15), holds: true},
	{dia(1, 1), dia(10, 15), true},
	{dia(10, 15), dia(10, 15), true},
	{dia(1, 1), dia(10, 14), false},
	{dia(10, 16), dia(12, 31), false},
	{desde: dia(10, 16), holds: false},
}

// arbol is a random organisation as plain facts of today, to judge the rules by.
type arbol struct {
	padre       []int // of each unit; -1 at a root
	jefe        []pa0580.FuncionarioID
	subrogantes [][]pa0580.FuncionarioID
	org         *pa0580.Organizacion
}

var gente = []pa0580.FuncionarioID{"ana", "blas", "celia", "derlis", "eva"}

func unidad(i int) pa0580.UnidadID { return pa0580.UnidadID("u" + strconv.Itoa(i)) }

func drawArbol(t *rapid.T) arbol {
	who, when := rapid.SampledFrom(gente), rapid.SampledFrom(spans)
	var a arbol
	var us []pa0580.Unidad
	var js []pa0580.Jefatura
	var ss []pa0580.Subrogancia
	for i := range rapid.IntRange(1, 6).Draw(t, "unidades") {
		padre := rapid.IntRange(max(-1, i-3), i-1).Draw(t, "padre")
		u := pa0580.Unidad{ID: unidad(i), Activa: true}
		if padre >= 0 {
			u.Padre = unidad(padre)
		}
		a.padre, us = append(a.padre, padre), append(us, u)

		a.jefe = append(a.jefe, "")
		for range rapid.IntRange(0, 3).Draw(t, "jefaturas") {
			s, jefe := when.Draw(t, "from when"), who.Draw(t, "jefe")
			if s.holds && a.jefe[i] != "" {
				continue // one head at a time
			}
			if s.holds {
				a.jefe[i] = jefe
			}
			js = append(js, pa0580.Jefatura{Unidad: u.ID, Jefe: jefe, Desde: s.desde, Hasta: s.hasta})
		}
		a.subrogantes = append(a.subrogantes, nil)
		for range rapid.IntRange(0, 2).Draw(t, "subrogancias") {
			s, sub := when.Draw(t, "from when"), who.Draw(t, "subrogante")
			if s.holds {
				a.subrogantes[i] = append(a.subrogantes[i], sub)
			}
			ss = append(ss, pa0580.Subrogancia{Unidad: u.ID, Subrogante: sub, Desde: s.desde, Hasta: s.hasta})
		}
	}
	a.org = pa0580.NewOrganizacion(1, pa0580.Calendario{}, us, js, ss)
	return a
}

// mandos are today's head and substitutes of a unit, but one person.
func (a arbol) mandos(u int, but pa0580.FuncionarioID) map[pa0580.FuncionarioID]pa0580.Autoridad {
	out := map[pa0580.FuncionarioID]pa0580.Autoridad{}
	for _, who := range gente {
		switch {
		case who == but:
		case a.jefe[u] == who:
			out[who] = pa0580.Autoridad{Cargo: "jefe", Unidad: unidad(u)}
		case slices.Contains(a.subrogantes[u], who):
			out[who] = pa0580.Autoridad{Cargo: "subrogante", Unidad: unidad(u)}
		}
	}
	return out
}

// deciders is DOMAIN's «Nobody decides on their own gestión», naively.
func (a arbol) deciders(u int, agente pa0580.FuncionarioID) map[pa0580.FuncionarioID]pa0580.Autoridad {
	if a.jefe[u] != agente && !slices.Contains(a.subrogantes[u], agente) {
		return a.mandos(u, agente)
	}
	for a.padre[u] >= 0 {
		u = a.padre[u]
		if a.jefe[u] != "" && a.jefe[u] != agente {
			return a.mandos(u, agente)
		}
	}
	return a.mandos(u, agente) // at the root
}

// above judges who stands above the deciders of what agente loaded in u, by what that is
// for: whoever is in some unit above theirs, and neither decides nor claims, is reached, the
// nearest first, each by a right they have there.
func (a arbol) above(t *rapid.T, u int, agente pa0580.FuncionarioID, deciders, got map[pa0580.FuncionarioID]pa0580.Autoridad) {
	for _, right := range deciders {
		for unidad(u) != right.Unidad {
			u = a.padre[u]
		}
	}
	var ranks []map[pa0580.FuncionarioID]pa0580.Autoridad // of the units above, the nearest first
	for u = a.padre[u]; u >= 0; u = a.padre[u] {
		if a.jefe[u] != "" && a.jefe[u] != agente { // no substitute stands in for an empty place, or for whoever claims
			ranks = append(ranks, a.mandos(u, agente))
		}
	}
	rank := func(who pa0580.FuncionarioID) int {
		return slices.IndexFunc(ranks, func(r map[pa0580.FuncionarioID]pa0580.Autoridad) bool { _, in := r[who]; return in })
	}
	nearest := -1 // rank of whoever, beside the deciders, is reached first
	for _, who := range gente {
		if _, decides := deciders[who]; !decides && rank(who) >= 0 && (nearest < 0 || rank(who) < nearest) {
			nearest = rank(who)
		}
	}
	for _, who := range gente {
		right, stands := got[who]
		_, decides := deciders[who]
		if stands && (nearest < 0 || ranks[nearest][who] != right) {
			t.Fatalf("%s stands above as %+v", who, right)
		}
		if !decides && !stands && rank(who) >= 0 && rank(who) == nearest {
			t.Fatalf("%s is the next above and does not stand there: %v", who, got)
		}
	}
}

func TestAutoridadInAnyTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawArbol(t)
		bandejas, above := map[pa0580.FuncionarioID][]pa0580.Alcance{}, map[pa0580.FuncionarioID][]pa0580.Alcance{}
		for _, actor := range gente {
			bandejas[actor], above[actor] = a.org.Bandeja(actor, hoy), a.org.BandejaSuperior(actor, hoy)
		}
		for u := range a.padre {
			equal(t, "jefe", a.org.Jefe(unidad(u), hoy), a.jefe[u])
			for _, agente := range append(gente, "nadie manda") {
				who := string(agente) + " in " + string(unidad(u))
				got := a.org.Deciders(unidad(u), agente, hoy)
				equal(t, "deciders of "+who, got, a.deciders(u, agente))
				if _, own := got[agente]; own {
					t.Fatalf("%s decides their own", who)
				}
				superiores := a.org.Superiores(unidad(u), agente, hoy)
				a.above(t, u, agente, got, superiores)
				for _, actor := range gente {
					_, stands := superiores[actor]
					equal(t, string(actor)+" stands above "+who, covering(above[actor], unidad(u), agente), map[bool]int{true: 1}[stands])
					aut, decides := got[actor]
					inboxes := covering(bandejas[actor], unidad(u), agente)
					equal(t, string(actor)+"'s inbox holds "+who, inboxes == 1, decides)
					if inboxes > 1 {
						t.Errorf("%s's inbox holds %s %d times", actor, who, inboxes)
					}

					judged, err := a.org.Authorize(pa0580.Aprobar, actor, unidad(u), agente, hoy)
					code := pa0580.CodeForbidden
					switch {
					case actor == agente:
						code = pa0580.CodeOwnGestion
					case decides:
						code = ""
					}
					outcome(t, string(actor)+" approves "+who, err, 0, code)
					equal(t, string(actor)+"'s right over "+who, judged, aut)
				}
			}
		}
	})
}

// covering counts the parts of an inbox that hold an agent's gestiones in a unit.
func covering(inbox []pa0580.Alcance, u pa0580.UnidadID, agente pa0580.FuncionarioID) (n int) {
	for _, a := range inbox {
		switch {
		case a.Unidad != u:
		case a.Solo == agente, a.Solo == "" && !slices.Contains(a.Excepto, agente):
			n++
		}
	}
	return n
}

func TestCaminoAndSubarbol(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := drawArbol(t)
		below := make([][]pa0580.UnidadID, len(a.padre))
		for u := range a.padre {
			var path []pa0580.UnidadID
			for up := u; up >= 0; up = a.padre[up] {
				path = append(path, unidad(up))
				below[up] = append(below[up], unidad(u))
			}
			equal(t, "camino", a.org.Camino(unidad(u)), path)
		}
		for u := range a.padre {
			equal(t, "subárbol", slices.Sorted(slices.Values(a.org.Subarbol(unidad(u)))), slices.Sorted(slices.Values(below[u])))
		}
	})
}

func TestCaminoEndsInACycle(t *testing.T) {
	t.Parallel()
	o := pa0580.NewOrganizacion(1, pa0580.Calendario{}, []pa0580.Unidad{{ID: "a", Padre: "b"}, {ID: "b", Padre: "a"}}, nil, nil)
	equal(t, "camino", o.Camino("a"), []pa0580.UnidadID{"a", "b"})
}
