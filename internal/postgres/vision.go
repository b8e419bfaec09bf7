package postgres

import (
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// condition is a piece of WHERE about a row called g.
type condition = schema.QueryWithArgs

// branches turns a vision into SQL: a row is seen that meets any of these. It
// is the only place that does. They stay apart so that a list can walk one
// index for each; none means that nothing is seen.
func branches(v app.Vision) []condition {
	if v.Todo {
		return []condition{bun.SafeQuery("TRUE")}
	}
	var out []condition
	if v.Propias != "" {
		out = append(out, bun.SafeQuery("g.agente_id = ?", v.Propias))
	}
	units := slices.Clone(v.Unidades)
	slices.Sort(units)
	for _, u := range slices.Compact(units) {
		out = append(out, bun.SafeQuery("g.unidad_id = ?", u))
	}
	return append(out, decided(v.Bandeja)...)
}

// decided is what somebody decides on, part by part.
func decided(parts []pa0580.Alcance) []condition {
	var out []condition
	for _, a := range parts {
		switch {
		case a.Solo != "":
			out = append(out, bun.SafeQuery("g.unidad_id = ? AND g.agente_id = ?", a.Unidad, a.Solo))
		case len(a.Excepto) > 0:
			out = append(out, bun.SafeQuery("g.unidad_id = ? AND g.agente_id NOT IN (?)", a.Unidad, bun.List(a.Excepto)))
		default:
			out = append(out, bun.SafeQuery("g.unidad_id = ?", a.Unidad))
		}
	}
	return out
}

// visible is the whole vision as one condition.
func visible(v app.Vision) condition {
	sql, args := "(FALSE", []any(nil)
	for _, b := range branches(v) {
		sql, args = sql+" OR (?)", append(args, b)
	}
	return bun.SafeQuery(sql+")", args...)
}

// narrow puts a filter into a query over g. Its inbox is not here: that one
// decides the order too. False: the filter names something that cannot be.
func narrow(q *bun.SelectQuery, f app.Filtro) bool {
	if len(f.Estados) > 0 {
		q.Where("g.estado IN (?)", bun.List(f.Estados))
	}
	if f.Unidad != "" {
		q.Where("g.unidad_id = ?", f.Unidad)
	}
	if f.Agente != "" {
		q.Where("g.agente_id = ?", f.Agente)
	}
	if !f.Mes.IsZero() {
		q.Where("g.dia BETWEEN ? AND ?", dia(pa0580.DiaOf(f.Mes.Start())), lastDay(f.Mes))
	}
	if f.Tipo != 0 {
		q.Where("g.tipo_gestion = ?", int(f.Tipo))
	}
	if f.Jornada != "" {
		q.Where("g.jornada = ?", f.Jornada)
	}
	if f.Referencia != "" {
		q.Where("g.referencia = ?", f.Referencia)
	}
	if f.Persona != "" {
		q.Where("g.persona = ?", f.Persona)
	}
	return (f.Unidad == "" || isID(f.Unidad)) && (f.Agente == "" || isID(f.Agente))
}
