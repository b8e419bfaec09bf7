package app

import (
	"context"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Yo is what an actor is and does today.
type Yo struct {
	Actor
	Atiende []AsignacionFicha
	Decide  []pa0580.Unidad // as head or acting substitute, or because what its head loaded comes to them
}

// Yo tells somebody where they attend and where they decide today.
func (a *App) Yo(ctx context.Context, actor Actor) (Yo, error) {
	out := Yo{Actor: actor}
	var err error
	if out.Atiende, err = a.Store.Roster(ctx, FiltroRoster{Funcionario: actor.ID, On: a.today()}); err != nil || !actor.Es(RolJefe) {
		return out, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return Yo{}, err
	}
	seen := map[pa0580.UnidadID]bool{}
	for _, part := range org.Bandeja(actor.ID, a.today()) {
		if u, ok := org.Unidad(part.Unidad); ok && !seen[u.ID] {
			seen[u.ID] = true
			out.Decide = append(out.Decide, u)
		}
	}
	return out, nil
}
