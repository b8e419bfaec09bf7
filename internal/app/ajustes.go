package app

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// AjusteFicha is an ajuste as people read it.
type AjusteFicha struct {
	pa0580.Ajuste
	Unidad        pa0580.UnidadID
	UnidadCodigo  string
	UnidadNombre  string
	Agente        pa0580.FuncionarioID
	AgenteNombre  string
	PideNombre    string
	JefeNombre    string
	RRHHNombre    string
	RechazoNombre string
	Planilla      string // id, where included
	PlanillaNro   int64
	PlanillaMes   pa0580.Mes
	Reclamo       pa0580.ReclamoFuncionarioID // that it answers; empty where it was asked for without one
}

// FiltroAjustes narrows a list. Zero fields do not.
type FiltroAjustes struct {
	ID      pa0580.AjusteID
	Gestion pa0580.GestionID
	Mes     pa0580.Mes // that they correct
	Estado  pa0580.EstadoAjuste
	Limite  int
}

// PedirAjuste asks to take a paid line back or to add one. Whoever asks as one of those
// who decide on the gestión, or as HR, approves it with that: the other of both is
// still to. Nobody asks about their own: that is a reclamo.
func (a *App) PedirAjuste(ctx context.Context, actor Actor, g pa0580.GestionID, s pa0580.Signo, motivo string, k Clave) (AjusteFicha, error) {
	if err := actor.must(RolJefe, RolRRHH); err != nil {
		return AjusteFicha{}, err
	}
	if made, again, err := a.madeBefore(ctx, actor, k); err != nil {
		return AjusteFicha{}, err
	} else if again {
		return a.Ajuste(ctx, actor, pa0580.AjusteID(made))
	}
	motivo, err := pa0580.ParseMotivo(motivo)
	if err != nil {
		return AjusteFicha{}, err
	}
	v, err := a.vision(ctx, actor)
	if err != nil {
		return AjusteFicha{}, err
	}
	row, err := a.Store.Gestion(ctx, v, g)
	if err != nil {
		return AjusteFicha{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return AjusteFicha{}, fmt.Errorf("make id: %w", err)
	}
	x := pa0580.Ajuste{ID: pa0580.AjusteID(id.String()), Gestion: g, Signo: s, Motivo: motivo, Pide: actor.ID, PedidoAt: a.Reloj()}
	word, err := a.visto(ctx, actor, row, x.PedidoAt)
	if err != nil {
		return AjusteFicha{}, err
	}
	if err := x.Approve(word); err != nil {
		return AjusteFicha{}, err
	}
	made, err := a.Store.AddAjuste(ctx, x, k)
	if err != nil {
		return AjusteFicha{}, err
	}
	return a.Ajuste(ctx, actor, made)
}

// madeBefore finds what a key did before: neither authority nor estado are judged again
// (docs/adr/0006), whoever decides by now. Refuses a request without key.
func (a *App) madeBefore(ctx context.Context, actor Actor, k Clave) (objeto string, again bool, err error) {
	if k.Clave == "" {
		return "", false, sinClave()
	}
	return a.Store.Repetido(ctx, actor.ID, k)
}

// visto is an actor's word on an ajuste of a gestión: as head where they decide on it,
// otherwise as HR. Refuses with CodeOwnGestion or CodeForbidden.
func (a *App) visto(ctx context.Context, actor Actor, row Ficha, at time.Time) (pa0580.Visto, error) {
	if actor.ID == row.Agente {
		return pa0580.Visto{}, pa0580.Refuse(0, pa0580.CodeOwnGestion, "actor", "Nadie ajusta su propia gestión: pídalo a su jefatura o con un reclamo.")
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return pa0580.Visto{}, err
	}
	if right, ok := org.Deciders(row.Unidad, row.Agente, pa0580.DiaOf(at))[actor.ID]; ok && actor.Es(RolJefe) {
		return pa0580.Visto{Quien: actor.ID, Autoridad: right, At: at}, nil
	}
	if !actor.Es(RolRRHH) {
		return pa0580.Visto{}, pa0580.Refuse(0, pa0580.CodeForbidden, "actor", "Un ajuste lo aprueban quien decide sobre esa gestión y recursos humanos.")
	}
	return pa0580.Visto{Quien: actor.ID, At: at}, nil
}

// AprobarAjuste adds the actor's approval: with both it goes into the next planilla.
func (a *App) AprobarAjuste(ctx context.Context, actor Actor, id pa0580.AjusteID, k Clave) (AjusteFicha, error) {
	return a.decidirAjuste(ctx, actor, id, "aprobar_ajuste", k, (*pa0580.Ajuste).Approve)
}

// RechazarAjuste ends it, with a reason.
func (a *App) RechazarAjuste(ctx context.Context, actor Actor, id pa0580.AjusteID, motivo string, k Clave) (AjusteFicha, error) {
	motivo, err := pa0580.ParseMotivo(motivo)
	if err != nil {
		return AjusteFicha{}, err
	}
	return a.decidirAjuste(ctx, actor, id, "rechazar_ajuste", k, func(x *pa0580.Ajuste, v pa0580.Visto) error { return x.Reject(v, motivo) })
}

func (a *App) decidirAjuste(ctx context.Context, actor Actor, id pa0580.AjusteID, accion string, k Clave,
	decide func(*pa0580.Ajuste, pa0580.Visto) error,
) (AjusteFicha, error) {
	if err := actor.must(RolJefe, RolRRHH); err != nil {
		return AjusteFicha{}, err
	}
	_, again, err := a.madeBefore(ctx, actor, k)
	if err != nil {
		return AjusteFicha{}, err
	}
	x, err := a.Ajuste(ctx, actor, id)
	if err != nil || again {
		return x, err
	}
	word, err := a.visto(ctx, actor, Ficha{Gestion: pa0580.Gestion{Agente: x.Agente, Unidad: x.Unidad}}, a.Reloj())
	if err != nil {
		return AjusteFicha{}, err
	}
	err = a.Store.DecideAjuste(ctx, id, accion, word, k, func(x *pa0580.Ajuste) error { return decide(x, word) })
	if err != nil {
		return AjusteFicha{}, err
	}
	return a.Ajuste(ctx, actor, id)
}

// Ajuste finds one that the actor may see. Refuses with CodeNotFound.
func (a *App) Ajuste(ctx context.Context, actor Actor, id pa0580.AjusteID) (AjusteFicha, error) {
	all, err := a.Ajustes(ctx, actor, FiltroAjustes{ID: id, Limite: 1})
	if err == nil && len(all) == 0 {
		err = pa0580.ErrNoAjuste()
	}
	if err != nil {
		return AjusteFicha{}, err
	}
	return all[0], nil
}

// Ajustes lists those the actor may see, newest first.
func (a *App) Ajustes(ctx context.Context, actor Actor, f FiltroAjustes) ([]AjusteFicha, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return nil, err
	}
	return a.Store.Ajustes(ctx, v, f)
}
