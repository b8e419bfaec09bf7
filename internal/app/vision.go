package app

import (
	"context"

	"ande.gov.py/gestiones/internal/pa0580"
)

// vision is everything the actor may see today. It is the one place that turns
// roles, jefaturas, subrogancias and responsables into a scope.
func (a *App) vision(ctx context.Context, actor Actor) (Vision, error) {
	v := Vision{Todo: actor.Es(RolRRHH, RolAuditor)}
	if actor.Es(RolAgente) {
		v.Propias = actor.ID
	}
	if actor.Es(RolJefe) {
		org, err := a.Store.Organizacion(ctx)
		if err != nil {
			return Vision{}, err
		}
		v.Bandeja = org.Bandeja(actor.ID, a.today())
		for _, s := range v.Bandeja {
			if s.Solo == "" {
				v.Unidades = append(v.Unidades, s.Unidad)
			}
		}
	}
	if actor.Es(RolResponsable) {
		units, err := a.Store.ResponsableDe(ctx, actor.ID)
		if err != nil {
			return Vision{}, err
		}
		v.Unidades = append(v.Unidades, units...)
	}
	return v, nil
}

// visionDeReclamos is what an actor may see of reclamos del funcionario, too: their own,
// whatever their roles, and those that were left unanswered below them.
func (a *App) visionDeReclamos(ctx context.Context, actor Actor) (Vision, error) {
	v, err := a.vision(ctx, actor)
	v.Propias = actor.ID
	if err != nil || !actor.Es(RolJefe) {
		return v, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return Vision{}, err
	}
	v.Superior = org.BandejaSuperior(actor.ID, a.today())
	return v, nil
}

func (a *App) today() pa0580.Dia { return pa0580.DiaOf(a.Reloj()) }
