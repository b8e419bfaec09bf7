package app

import (
	"context"
	"slices"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Guardar writes one change of units, people, roster, jefaturas, subrogancias,
// responsables or calendar, audited. Only administrators do.
func (a *App) Guardar(ctx context.Context, actor Actor, c Cambio, k Clave) (string, error) {
	if err := actor.must(RolAdmin); err != nil {
		return "", err
	}
	if k.Clave == "" {
		return "", sinClave()
	}
	return a.Store.Save(ctx, actor.ID, a.Reloj(), k, c)
}

// Unidades lists the units' tree: everybody who signs in may read it.
func (a *App) Unidades(ctx context.Context) ([]pa0580.Unidad, error) {
	return a.Store.Unidades(ctx)
}

// Funcionarios lists people with their personnel data.
func (a *App) Funcionarios(ctx context.Context, actor Actor, f FiltroPersonas) ([]Funcionario, error) {
	if err := actor.must(RolAdmin, RolRRHH, RolAuditor); err != nil {
		return nil, err
	}
	return a.Store.Funcionarios(ctx, f)
}

// Roster lists asignaciones. An agent sees their own, a head those of their units.
func (a *App) Roster(ctx context.Context, actor Actor, f FiltroRoster) ([]AsignacionFicha, error) {
	if !actor.Es(RolAdmin, RolRRHH, RolAuditor) {
		v, err := a.vision(ctx, actor)
		if err != nil {
			return nil, err
		}
		if f.Unidad == "" || !slices.Contains(v.Unidades, f.Unidad) {
			f.Funcionario = actor.ID
		}
	}
	return a.Store.Roster(ctx, f)
}

// Jefaturas lists who heads which unit.
func (a *App) Jefaturas(ctx context.Context) ([]JefaturaFicha, error) {
	return a.Store.Jefaturas(ctx)
}

// Subrogancias lists who stands in for a unit's head, and when.
func (a *App) Subrogancias(ctx context.Context) ([]SubroganciaFicha, error) {
	return a.Store.Subrogancias(ctx)
}
