package app

import (
	"context"
	"time"
)

// ExtraccionHecha is what the audit has of an extraction.
type ExtraccionHecha struct {
	Extraccion // as it was asked for; of Unidades, the codes

	Asiento     int64  // the audit's number for it: later ones have a greater one
	Nombre      string // of who took it
	Filas       int64
	Fin         FinDeExtraccion // empty: under way, or its process ended before
	TerminadaAt *time.Time
}

// Extracciones lists who took what, newest first: an auditor sees everybody's, anybody
// else their own. It goes on before an entry, where one is given; more tells that
// there is a next page.
func (a *App) Extracciones(ctx context.Context, actor Actor, antes int64, limite int) (page []ExtraccionHecha, more bool, err error) {
	if err := actor.must(RolResponsable, RolJefe, RolRRHH, RolAuditor); err != nil {
		return nil, false, err
	}
	whose := actor.ID
	if actor.Es(RolAuditor) {
		whose = ""
	}
	all, err := a.Store.Extracciones(ctx, whose, antes, limite+1)
	return all[:min(limite, len(all))], len(all) > limite, err
}
