package app

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// senders is how many messages of a bulk request travel at once.
const senders = 16

// PedirLote stores many decisions at once. Each item is judged by itself: those
// refused are listed with their reason, the others are stored in the order
// given and applied in the background; [App.Lote] shows them finish.
func (a *App) PedirLote(ctx context.Context, actor Actor, ps []Peticion, k Clave) (Lote, error) {
	switch {
	case k.Clave == "":
		return Lote{}, sinClave()
	case len(ps) == 0 || len(ps) > a.Config.MaxLote:
		return Lote{}, pa0580.Refuse(0, pa0580.CodeField, "comandos", fmt.Sprintf("Un lote lleva de 1 a %d comandos.", a.Config.MaxLote))
	}
	if err := actor.must(RolJefe); err != nil {
		return Lote{}, err
	}
	rows, err := a.rowsOf(ctx, actor, ps)
	if err != nil {
		return Lote{}, err
	}
	rules, err := a.reglas(ctx)
	if err != nil {
		return Lote{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Lote{}, fmt.Errorf("make id: %w", err)
	}
	lote := Lote{ID: id.String(), Actor: actor.ID, CreadoAt: rules.now, Pedidos: len(ps)}
	var stored []pa0580.Comando
	for _, p := range ps {
		c, err := a.item(rules, actor, rows, p)
		if rs := pa0580.RefusalsIn(err); len(rs) > 0 {
			lote.Rechazos = append(lote.Rechazos, Rechazo{Gestion: p.Gestion, Code: rs[0].Code, Message: rs[0].Message})
			continue
		}
		if err != nil {
			return Lote{}, err
		}
		stored = append(stored, c)
	}
	lote, fresh, err := a.Store.AddLote(ctx, lote, stored, k)
	if err == nil && fresh {
		a.send(ctx, lote)
	}
	return lote, err
}

func (a *App) rowsOf(ctx context.Context, actor Actor, ps []Peticion) (map[pa0580.GestionID]pa0580.Gestion, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return nil, err
	}
	ids := make([]pa0580.GestionID, len(ps))
	for i, p := range ps {
		ids[i] = p.Gestion
	}
	rows, err := a.Store.Filas(ctx, v, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[pa0580.GestionID]pa0580.Gestion, len(rows))
	for _, g := range rows {
		out[g.ID] = g
	}
	return out, nil
}

// item judges one; a second one for the same gestión would be stale at once.
func (a *App) item(r reglas, actor Actor, rows map[pa0580.GestionID]pa0580.Gestion, p Peticion) (pa0580.Comando, error) {
	g, ok := rows[p.Gestion]
	switch {
	case !p.Accion.Decides():
		return pa0580.Comando{}, pa0580.Refuse(0, pa0580.CodeField, "accion", "Un lote lleva solo decisiones de la jefatura.")
	case !ok:
		return pa0580.Comando{}, pa0580.Refuse(0, pa0580.CodeNotFound, "gestion", "No existe esa gestión, está repetida en el lote o no le corresponde.")
	}
	c, err := a.comando(r, actor, g, p)
	if err == nil {
		delete(rows, p.Gestion)
	}
	return c, err
}

// send has the workflows apply the commands after the request was answered, so many
// at once: told without waiting, thousands would queue in the engine, and whoever
// decides on one gestión behind them. What a crash leaves unsent, [App.Reconciliar]
// sends.
func (a *App) send(ctx context.Context, l Lote) {
	ctx = context.WithoutCancel(ctx)
	bulk := a.lanes().bulk
	var next atomic.Int64
	for range min(senders, len(l.Comandos)) {
		a.background.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(l.Comandos)); i = next.Add(1) - 1 {
				if bulk.Acquire(ctx, 1) == nil { // always: ctx never ends
					a.applyLater(ctx, l.Comandos[i].Comando)
					bulk.Release(1)
				}
			}
		})
	}
}

// applyLater has a stored command applied that nobody waits for. Where that fails its
// workflow is told instead, and applies it when it can; where it takes too long,
// [App.Reconciliar] tells it.
func (a *App) applyLater(ctx context.Context, c pa0580.Comando) {
	one, cancel := context.WithTimeout(ctx, sendOneIn)
	defer cancel()
	_, err := a.Flow.Aplicar(one, c.Gestion, c.ID)
	if err == nil {
		return
	}
	a.Log.InfoContext(ctx, "command stored, not applied yet", "comando", c.ID, "error", err)
	if one.Err() == nil {
		_ = a.tell(one, c) // which logs it
	}
}

// Lote reads one of the actor's own bulk requests with every item's result.
func (a *App) Lote(ctx context.Context, actor Actor, id string) (Lote, error) {
	return a.Store.Lote(ctx, actor.ID, id)
}
