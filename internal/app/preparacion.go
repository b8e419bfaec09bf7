package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Preparacion is what is still to be done in a month, per unit, and what a
// close owes a written reason for. Heads and responsables see their units.
func (a *App) Preparacion(ctx context.Context, actor Actor, mes pa0580.Mes) (Preparacion, error) {
	cierre, err := a.Cierre(ctx, actor, mes)
	if err != nil {
		return Preparacion{}, err
	}
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Preparacion{}, err
	}
	units, err := a.Store.Preparacion(ctx, v, mes, a.today())
	if err != nil {
		return Preparacion{}, err
	}
	waiting, err := a.Store.SinAplicar(ctx, mes)
	if err != nil {
		return Preparacion{}, err
	}
	p := Preparacion{Cierre: cierre, Unidades: units, SinAplicar: waiting}
	if cierre.CerradoAt != nil {
		for i := range p.Unidades {
			p.Unidades[i].Huella = "" // there is nothing to sign any more
		}
		return p, nil
	}
	if p.Bloqueos, err = a.bloqueos(ctx, mes, units); err != nil {
		return Preparacion{}, err
	}
	turn, err := a.Store.Turno(ctx, mes)
	if err != nil {
		return Preparacion{}, err
	}
	if first := turn.Antes(mes); !first.IsZero() {
		p.Bloqueos = append(p.Bloqueos, Bloqueo{Que: "mes_anterior",
			Detalle: fmt.Sprintf("Antes se cierra %s: lo que ya está aprobado de ese mes se cuenta también acá hasta entonces.", first)})
	}
	p.Avisos, err = a.avisos(ctx, actor, mes)
	if waiting > 0 {
		p.Bloqueos = append(p.Bloqueos, Bloqueo{Que: "sin_aplicar",
			Detalle: fmt.Sprintf("%d pedidos anteriores al corte todavía no se aplicaron; se aplican solos en cuanto el motor responde.", waiting)})
	}
	return p, err
}

// avisos are the reclamos del funcionario about mes, or earlier, that were not answered in
// time, each with who may answer it. They keep no month open.
func (a *App) avisos(ctx context.Context, actor Actor, mes pa0580.Mes) ([]Bloqueo, error) {
	late, err := a.Reclamos(ctx, actor, FiltroReclamos{Hasta: mes.Propio(), Estado: pa0580.ReclamoVencido, Limite: reclamosPorAviso})
	var out []Bloqueo
	for _, r := range late {
		text := fmt.Sprintf("El reclamo de %s del %s venció el %s sin respuesta.", r.AgenteNombre, r.PresentadoAt.Format("02/01/2006"), r.Vence.Start().Format("02/01/2006"))
		if len(r.Toca) == 0 {
			text += " Hoy no tiene quién lo responda: lo define la administración."
		}
		out = append(out, Bloqueo{Unidad: r.Unidad, Nombre: r.UnidadNombre, Que: "reclamo_vencido", Detalle: text, Toca: r.Toca})
	}
	return out, err
}

// reclamosPorAviso bounds how many a preparation tells of: those that are due longest.
const reclamosPorAviso = 200

// bloqueos are what stands in the way of a close in some units, each with whoever
// must act.
func (a *App) bloqueos(ctx context.Context, mes pa0580.Mes, units []UnidadEnMes) ([]Bloqueo, error) {
	heads, err := a.mandos(ctx)
	if err != nil {
		return nil, err
	}
	authors, err := a.Store.SinDecidir(ctx, mes)
	if err != nil {
		return nil, err
	}
	var out []Bloqueo
	for _, u := range units {
		out = append(out, heads.blockers(u, slices.DeleteFunc(slices.Clone(authors), func(x Autoria) bool { return x.Unidad != u.Unidad }))...)
	}
	return out, nil
}

// mandos knows who decides for each unit today, and what they are called.
type mandos struct {
	org   *pa0580.Organizacion
	hoy   pa0580.Dia
	names map[pa0580.FuncionarioID]string
}

func (a *App) mandos(ctx context.Context) (mandos, error) {
	m := mandos{hoy: a.today(), names: map[pa0580.FuncionarioID]string{}}
	var err error
	if m.org, err = a.Store.Organizacion(ctx); err != nil {
		return m, err
	}
	heads, err := a.Store.Jefaturas(ctx)
	if err != nil {
		return m, err
	}
	substitutes, err := a.Store.Subrogancias(ctx)
	if err != nil {
		return m, err
	}
	for _, j := range heads {
		m.names[j.Jefe] = j.Nombre
	}
	for _, s := range substitutes {
		m.names[s.Subrogante] = s.Nombre
	}
	return m, nil
}

// blockers are a unit's. What its own heads loaded is decided above them.
func (m mandos) blockers(u UnidadEnMes, own []Autoria) []Bloqueo {
	undecided := u.SinDecidir()
	if undecided+u.Aprobadas+u.AjustesAprobados == 0 {
		return nil // nothing of this month to sign, decide or pay
	}
	var out []Bloqueo
	add := func(what, detail string, whose []Mando) {
		out = append(out, Bloqueo{Unidad: u.Unidad, Nombre: u.Nombre, Que: what, Detalle: detail, Toca: whose})
	}
	heads := m.named(m.org.Mandos(u.Unidad, m.hoy))
	for _, x := range own {
		deciders := m.org.Deciders(u.Unidad, x.Agente, m.hoy)
		if len(heads) == 0 || maps.Equal(cargos(deciders), m.org.Mandos(u.Unidad, m.hoy)) {
			continue // decided as any other
		}
		undecided -= x.Cantidad
		if len(deciders) == 0 {
			add("sin_jefatura", fmt.Sprintf("%d gestiones de %s no tienen quién las decida: ninguna jefatura superior es otra persona. Lo define la administración.", x.Cantidad, x.Nombre), nil)
			continue
		}
		add("sin_decidir", fmt.Sprintf("%d gestiones de %s sin decidir: le corresponde a la jefatura superior.", x.Cantidad, x.Nombre), m.named(cargos(deciders)))
	}
	if undecided > 0 {
		add("sin_decidir", fmt.Sprintf("%d gestiones sin decidir: le corresponde a su jefatura.", undecided), heads)
	}
	switch c := u.Conformidad; {
	case c == nil:
		add("sin_conformidad", "La jefatura no dio su conformidad al mes.", heads)
	case !c.Vigente:
		add("conformidad_vencida", fmt.Sprintf("%s dio su conformidad el %s y desde entonces el mes de la unidad cambió: hay que darla de nuevo.",
			c.Nombre, c.At.Format("02/01/2006 a las 15:04")), heads)
	}
	if len(heads) == 0 {
		add("sin_jefatura", "La unidad no tiene jefe ni subrogante hoy: lo define la administración.", nil)
	}
	return out
}

func cargos(deciders map[pa0580.FuncionarioID]pa0580.Autoridad) map[pa0580.FuncionarioID]pa0580.Cargo {
	out := make(map[pa0580.FuncionarioID]pa0580.Cargo, len(deciders))
	for who, right := range deciders {
		out[who] = right.Cargo
	}
	return out
}

func (m mandos) named(who map[pa0580.FuncionarioID]pa0580.Cargo) []Mando {
	var out []Mando
	for id, cargo := range who {
		out = append(out, Mando{ID: id, Nombre: m.names[id], Cargo: cargo})
	}
	slices.SortFunc(out, func(a, b Mando) int { return cmp.Or(cmp.Compare(a.Nombre, b.Nombre), cmp.Compare(a.ID, b.ID)) })
	return out
}

// Conformar signs a unit's month off, as its head or acting substitute, the way the
// preparation with that digest showed it.
func (a *App) Conformar(ctx context.Context, actor Actor, mes pa0580.Mes, unit pa0580.UnidadID, huella string) (Conformidad, error) {
	if err := actor.must(RolJefe); err != nil {
		return Conformidad{}, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return Conformidad{}, err
	}
	now := a.Reloj()
	cargo, ok := org.Mandos(unit, pa0580.DiaOf(now))[actor.ID]
	if !ok {
		return Conformidad{}, pa0580.Refuse(0, pa0580.CodeForbidden, "unidad", "Solo la jefatura de esa unidad, o su subrogante en fecha, da la conformidad.")
	}
	return a.Store.SetConformidad(ctx, Conformidad{
		Mes: mes, Unidad: unit, Actor: actor.ID, Nombre: actor.Nombre,
		Autoridad: pa0580.Autoridad{Cargo: cargo, Unidad: unit}, At: now, Huella: huella, Vigente: true,
	})
}
