package app

import (
	"context"
	"errors"

	"ande.gov.py/gestiones/internal/pa0580"
)

// ErrCalendario tells that the calendar changed since a gestión was classified by it.
var ErrCalendario = errors.New("the calendar changed since the gestión was classified")

// EnsayoCalendario is what a change of the calendar would do to gestiones that are
// saved, as of one instant.
type EnsayoCalendario struct {
	Version       int         // of the calendar it was rehearsed against
	Meses         []EnsayoMes // those with a gestión that would count otherwise, in order
	Conformidades []Firmada   // those that hold now and would not
}

// EnsayoMes is one of its months. Of a closed one, everything stays as it was paid.
type EnsayoMes struct {
	Mes      pa0580.Mes
	Cerrado  bool
	Cortado  bool // it has a corte: what its preview shows would move
	Unidades []EnsayoUnidad
}

// EnsayoUnidad is how many gestiones of a unit would count otherwise, and how.
type EnsayoUnidad struct {
	Unidad         pa0580.UnidadID
	Codigo, Nombre string
	Cambios        []CambioJornada
}

// CambioJornada is how many gestiones count by De and would by A; an empty reason is
// ordinary attendance.
type CambioJornada struct {
	De, A    pa0580.MotivoExtra
	Cantidad int
}

// Firmada is a unit's conformidad for a month.
type Firmada struct {
	Mes            pa0580.Mes
	Unidad         pa0580.UnidadID
	Codigo, Nombre string
}

// Gestiones counts those that would count otherwise.
func (m EnsayoMes) Gestiones() int {
	n := 0
	for _, u := range m.Unidades {
		for _, c := range u.Cambios {
			n += c.Cantidad
		}
	}
	return n
}

// Feriados lists a year's calendar entries, of a past version of the calendar or of the
// current one where version is zero: everybody may read it.
func (a *App) Feriados(ctx context.Context, year, version int) (int, []FeriadoFicha, error) {
	return a.Store.Feriados(ctx, year, version)
}

// EnsayarCalendario shows what a change of the calendar would do, and does nothing.
func (a *App) EnsayarCalendario(ctx context.Context, actor Actor, c Cambio) (EnsayoCalendario, error) {
	if err := actor.must(RolAdmin, RolRRHH, RolAuditor); err != nil {
		return EnsayoCalendario{}, err
	}
	return a.Store.EnsayoCalendario(ctx, c)
}
