package pa0580

import "slices"

// Unidad is an organisational unit in the tree of Gerencias, Agencias and
// Secciones.
type Unidad struct {
	ID     UnidadID
	Codigo string
	Nombre string
	Padre  UnidadID // zero at the root
	Activa bool
}

// Jefatura says who heads a unit from when to when; a zero Hasta is open.
type Jefatura struct {
	Unidad UnidadID
	Jefe   FuncionarioID
	Desde  Dia
	Hasta  Dia
}

// Subrogancia says who stands in for a unit's head, and on which days.
type Subrogancia struct {
	Unidad     UnidadID
	Subrogante FuncionarioID
	Desde      Dia
	Hasta      Dia
}

// Cargo is by what right somebody acts on a gestión.
type Cargo string

// The rights there are.
const (
	CargoAgente     Cargo = "agente"
	CargoJefe       Cargo = "jefe"
	CargoSubrogante Cargo = "subrogante"
)

// Autoridad is the right an actor had when a command was stored: as whom, and
// of which unit. It is kept with the command.
type Autoridad struct {
	Cargo  Cargo
	Unidad UnidadID
}

// Organizacion is the units' tree with its heads, their substitutes and the
// calendar, as it stands at one version.
type Organizacion struct {
	Version      int64
	Calendario   Calendario
	unidades     map[UnidadID]Unidad
	orden        []UnidadID // every unit, in a stable order
	jefaturas    map[UnidadID][]Jefatura
	subrogancias map[UnidadID][]Subrogancia
}

// NewOrganizacion indexes one version of the organisation.
func NewOrganizacion(version int64, cal Calendario, us []Unidad, js []Jefatura, ss []Subrogancia) *Organizacion {
	o := &Organizacion{
		Version: version, Calendario: cal,
		unidades:  make(map[UnidadID]Unidad, len(us)),
		jefaturas: map[UnidadID][]Jefatura{}, subrogancias: map[UnidadID][]Subrogancia{},
	}
	for _, u := range us {
		o.unidades[u.ID] = u
		o.orden = append(o.orden, u.ID)
	}
	slices.Sort(o.orden)
	for _, j := range js {
		o.jefaturas[j.Unidad] = append(o.jefaturas[j.Unidad], j)
	}
	for _, s := range ss {
		o.subrogancias[s.Unidad] = append(o.subrogancias[s.Unidad], s)
	}
	return o
}

// Unidad finds a unit.
func (o *Organizacion) Unidad(id UnidadID) (Unidad, bool) {
	u, ok := o.unidades[id]
	return u, ok
}

// Camino is a unit and its ancestors, nearest first. A cycle, which the
// database refuses, would end the walk.
func (o *Organizacion) Camino(id UnidadID) []UnidadID {
	var path []UnidadID
	for id != "" && !slices.Contains(path, id) {
		path = append(path, id)
		id = o.unidades[id].Padre
	}
	return path
}

// Jefe is who heads a unit on a day; empty where nobody does.
func (o *Organizacion) Jefe(u UnidadID, on Dia) FuncionarioID {
	for _, j := range o.jefaturas[u] {
		if on.Within(j.Desde, j.Hasta) {
			return j.Jefe
		}
	}
	return ""
}

// Mandos are those who decide for a unit on a day: its head and whoever
// substitutes them.
func (o *Organizacion) Mandos(u UnidadID, on Dia) map[FuncionarioID]Cargo {
	out := map[FuncionarioID]Cargo{}
	for _, s := range o.subrogancias[u] {
		if on.Within(s.Desde, s.Hasta) {
			out[s.Subrogante] = CargoSubrogante
		}
	}
	if j := o.Jefe(u, on); j != "" {
		out[j] = CargoJefe
	}
	return out
}

// Deciders are those who may decide on what agente loaded in u, on a day, each
// with the right they act by. Normally the unit's mandos. What a head or
// acting substitute loaded goes to the nearest ancestor whose head is somebody
// else; at the root to its substitute. Empty: nobody can, and the month's
// preparation says so.
func (o *Organizacion) Deciders(u UnidadID, agente FuncionarioID, on Dia) map[FuncionarioID]Autoridad {
	mandos := o.Mandos(u, on)
	unit := u
	if _, own := mandos[agente]; own {
		unit, mandos = o.superior(u, agente, on)
	}
	out := make(map[FuncionarioID]Autoridad, len(mandos))
	for who, cargo := range mandos {
		if who != agente {
			out[who] = Autoridad{Cargo: cargo, Unidad: unit}
		}
	}
	return out
}

func (o *Organizacion) superior(u UnidadID, agente FuncionarioID, on Dia) (UnidadID, map[FuncionarioID]Cargo) {
	path := o.Camino(u)
	for _, up := range path[1:] {
		if jefe := o.Jefe(up, on); jefe != "" && jefe != agente {
			return up, o.Mandos(up, on)
		}
	}
	root := path[len(path)-1]
	return root, o.Mandos(root, on)
}

// Authorize judges who asks a for a gestión of agente in u on a day: its own
// agent corrects and annuls, its deciders decide. Refuses with CodeOwnGestion
// or CodeForbidden.
func (o *Organizacion) Authorize(a Accion, actor FuncionarioID, u UnidadID, agente FuncionarioID, on Dia) (Autoridad, error) {
	if !a.Decides() {
		if actor != agente {
			return Autoridad{}, &Refusal{Code: CodeForbidden, Campo: "actor", Message: "Solo quien cargó la gestión puede corregirla o anularla."}
		}
		return Autoridad{Cargo: CargoAgente, Unidad: u}, nil
	}
	if actor == agente {
		return Autoridad{}, ownGestion()
	}
	aut, ok := o.Deciders(u, agente, on)[actor]
	if !ok {
		return Autoridad{}, &Refusal{Code: CodeForbidden, Campo: "actor", Message: "Solo la jefatura de esa unidad, o su subrogante en fecha, decide sobre la gestión."}
	}
	return aut, nil
}

// Alcance is a part of what somebody decides on: a unit's gestiones of one
// agent, or of all agents but some.
type Alcance struct {
	Unidad  UnidadID
	Solo    FuncionarioID   // where set: only this agent's
	Excepto []FuncionarioID // otherwise: all agents' but these
}

// Superiores are the next above those who decide on what agente loaded in u: the mandos
// of the nearest unit above theirs that a head other than agente heads, and that brings
// somebody who does not decide already: one person may head several. Empty: there is
// nobody above. They answer what was left unanswered past its due date.
func (o *Organizacion) Superiores(u UnidadID, agente FuncionarioID, on Dia) map[FuncionarioID]Autoridad {
	deciders, unit := o.Deciders(u, agente, on), u
	for _, right := range deciders {
		unit = right.Unidad
	}
	for _, up := range o.Camino(unit)[1:] {
		if jefe := o.Jefe(up, on); jefe == "" || jefe == agente {
			continue
		}
		out, others := map[FuncionarioID]Autoridad{}, false
		for who, cargo := range o.Mandos(up, on) {
			if who != agente {
				_, decides := deciders[who]
				out[who], others = Autoridad{Cargo: cargo, Unidad: up}, others || !decides
			}
		}
		if others {
			return out
		}
	}
	return map[FuncionarioID]Autoridad{}
}

// Bandeja is everything somebody decides on, on a day: their inbox.
func (o *Organizacion) Bandeja(actor FuncionarioID, on Dia) []Alcance {
	return o.alcances(actor, on, o.Deciders, func(u UnidadID) []UnidadID { return []UnidadID{u} })
}

// BandejaSuperior is everything whose deciders somebody is the next above.
func (o *Organizacion) BandejaSuperior(actor FuncionarioID, on Dia) []Alcance {
	return o.alcances(actor, on, o.Superiores, o.Camino)
}

// alcances is what an actor has a right to in each unit. The mandos of the units that
// special gives have theirs decided by others than everybody's.
func (o *Organizacion) alcances(actor FuncionarioID, on Dia, right func(UnidadID, FuncionarioID, Dia) map[FuncionarioID]Autoridad, special func(UnidadID) []UnidadID) []Alcance {
	var out []Alcance
	for _, u := range o.orden {
		var others []FuncionarioID
		for _, unit := range special(u) {
			for who := range o.Mandos(unit, on) {
				others = append(others, who)
			}
		}
		slices.Sort(others)
		others = slices.Compact(others)
		if _, mine := right(u, "", on)[actor]; mine {
			out = append(out, Alcance{Unidad: u, Excepto: others})
		}
		for _, who := range others {
			if _, mine := right(u, who, on)[actor]; mine {
				out = append(out, Alcance{Unidad: u, Solo: who})
			}
		}
	}
	return out
}

// Subarbol is a unit with everything below it.
func (o *Organizacion) Subarbol(root UnidadID) []UnidadID {
	var out []UnidadID
	for _, u := range o.orden {
		if slices.Contains(o.Camino(u), root) {
			out = append(out, u)
		}
	}
	return out
}
