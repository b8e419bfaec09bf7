package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// ReclamoFicha is a reclamo del funcionario as people read it.
type ReclamoFicha struct {
	pa0580.ReclamoFuncionario
	UnidadCodigo   string
	UnidadNombre   string
	AgenteNombre   string
	RespondeNombre string       // who answered
	Ajuste         *AjusteFicha // by which it is mended, as that fares
	Toca           []Mando      // who may answer today; empty once it ended, and where nobody may
}

// FiltroReclamos narrows a list. Zero fields do not.
type FiltroReclamos struct {
	ID       pa0580.ReclamoFuncionarioID
	Gestion  pa0580.GestionID
	Agente   pa0580.FuncionarioID
	Mes      pa0580.Mes
	Hasta    pa0580.Mes // about this month or an earlier one
	Abiertos bool       // only those that wait for an answer
	Estado   pa0580.EstadoReclamo
	Limite   int
}

// NuevoReclamo is what a funcionario claims: about a gestión of theirs, or about one that
// is missing of a month in a unit.
type NuevoReclamo struct {
	Gestion pa0580.GestionID
	Unidad  pa0580.UnidadID
	Mes     pa0580.Mes
	Motivo  string // as [pa0580.ParseMotivoReclamo] gives it
}

// RespuestaDeReclamo is what somebody answers. A zero sign asks for no ajuste.
type RespuestaDeReclamo struct {
	Procede bool
	Motivo  string
	Signo   pa0580.Signo
	Gestion pa0580.GestionID // that the ajuste is of; empty: the one claimed about
}

// PasoDeReclamo is something done to a reclamo del funcionario.
type PasoDeReclamo struct {
	ID     pa0580.ReclamoFuncionarioID
	Accion string // as the audit names it
	Quien  pa0580.FuncionarioID
	At     time.Time
	Ajuste *pa0580.Ajuste // that comes of it
	// Decide judges the step, with the gestión as it stands.
	Decide func(*pa0580.ReclamoFuncionario, pa0580.Estado) error
}

// Reclamar files a reclamo del funcionario about the actor's own pay, whatever their roles
// are today. Whoever decides on that gestión, or would, has to answer it within
// [pa0580.PlazoReclamo] working days. Refuses what [pa0580.Reclamable] does, a second open
// one with CodeConflict, and a month that is open or in which they did not attend there.
func (a *App) Reclamar(ctx context.Context, actor Actor, n NuevoReclamo, k Clave) (ReclamoFicha, error) {
	if before, repeated, err := a.repeatedReclamo(ctx, actor, k); err != nil || repeated {
		return before, err
	}
	r, err := a.newReclamo(ctx, actor, n)
	if err != nil {
		return ReclamoFicha{}, err
	}
	id, err := a.Store.AddReclamo(ctx, r, k)
	if err != nil {
		return ReclamoFicha{}, err
	}
	a.tellReclamo(ctx, id)
	return a.ReclamoFuncionario(ctx, actor, id)
}

// repeatedReclamo is what a key did to one before, as [App.madeBefore] finds it.
func (a *App) repeatedReclamo(ctx context.Context, actor Actor, k Clave) (ReclamoFicha, bool, error) {
	made, again, err := a.madeBefore(ctx, actor, k)
	if err != nil || !again {
		return ReclamoFicha{}, false, err
	}
	_, id, _ := strings.Cut(made, "/")
	f, err := a.oneReclamo(ctx, Vision{Todo: true}, pa0580.ReclamoFuncionarioID(id))
	return f, true, err
}

func (a *App) newReclamo(ctx context.Context, actor Actor, n NuevoReclamo) (pa0580.ReclamoFuncionario, error) {
	r := pa0580.ReclamoFuncionario{Agente: actor.ID, Gestion: n.Gestion, Unidad: n.Unidad, Mes: n.Mes, Motivo: n.Motivo, PresentadoAt: a.Reloj()}
	if n.Gestion != "" {
		g, err := a.Store.Gestion(ctx, Vision{Propias: actor.ID}, n.Gestion)
		if err != nil {
			return r, err
		}
		r.Unidad, r.Mes = g.Unidad, g.Mes
	} else if err := a.attended(ctx, actor, n); err != nil {
		return r, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return r, err
	}
	r.Vence = org.Calendario.Vencimiento(pa0580.DiaOf(r.PresentadoAt), pa0580.PlazoReclamo, org.Camino(r.Unidad))
	id, err := uuid.NewV7()
	if err != nil {
		return r, fmt.Errorf("make id: %w", err)
	}
	r.ID = pa0580.ReclamoFuncionarioID(id.String())
	return r, nil
}

// attended refuses what could not be missing: of a unit in which they did not attend that
// month.
func (a *App) attended(ctx context.Context, actor Actor, n NuevoReclamo) error {
	roster, err := a.Store.Roster(ctx, FiltroRoster{Funcionario: actor.ID, Unidad: n.Unidad})
	if err != nil {
		return err
	}
	first, last := pa0580.DiaOf(n.Mes.Start()), pa0580.DiaOf(n.Mes.End().Add(-time.Second))
	if !slices.ContainsFunc(roster, func(x AsignacionFicha) bool {
		return !last.Before(x.Desde) && (x.Hasta == pa0580.Dia{} || !x.Hasta.Before(first))
	}) {
		return pa0580.Refuse(0, pa0580.CodeNotRostered, "unidad", "Usted no tuvo asignación en esa unidad ningún día de ese mes: revise la unidad y el mes.")
	}
	return nil
}

// RetirarReclamo ends the actor's own, before it was answered.
func (a *App) RetirarReclamo(ctx context.Context, actor Actor, id pa0580.ReclamoFuncionarioID, k Clave) (ReclamoFicha, error) {
	if before, repeated, err := a.repeatedReclamo(ctx, actor, k); err != nil || repeated {
		return before, err
	}
	r, err := a.ReclamoFuncionario(ctx, actor, id)
	if err != nil {
		return ReclamoFicha{}, err
	}
	if r.Agente != actor.ID {
		return ReclamoFicha{}, pa0580.Refuse(0, pa0580.CodeForbidden, "actor", "Solo quien presentó el reclamo lo retira.")
	}
	now := a.Reloj()
	return a.decideReclamo(ctx, actor, PasoDeReclamo{
		ID: id, Accion: "retirar_reclamo", Quien: actor.ID, At: now,
		Decide: func(r *pa0580.ReclamoFuncionario, _ pa0580.Estado) error { return r.Withdraw(now) },
	}, k)
}

func (a *App) decideReclamo(ctx context.Context, actor Actor, step PasoDeReclamo, k Clave) (ReclamoFicha, error) {
	if err := a.Store.DecideReclamo(ctx, step, k); err != nil {
		return ReclamoFicha{}, err
	}
	a.tellReclamo(ctx, step.ID)
	return a.ReclamoFuncionario(ctx, actor, step.ID)
}

// tellReclamo has a reclamo's workflow look at its row. Nobody waits for that: what gets
// lost the reconciler sends.
func (a *App) tellReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID) {
	a.later(ctx, func(ctx context.Context) error {
		one, cancel := context.WithTimeout(ctx, sendOneIn)
		defer cancel()
		err := a.Flow.AvisarReclamo(one, id)
		if err != nil {
			a.Log.WarnContext(ctx, "reclamo stored, workflow not told", "reclamo", id, "error", err)
		}
		return err
	})
}

// ReclamoFuncionario finds one that the actor may see. Refuses with CodeNotFound.
func (a *App) ReclamoFuncionario(ctx context.Context, actor Actor, id pa0580.ReclamoFuncionarioID) (ReclamoFicha, error) {
	v, err := a.visionDeReclamos(ctx, actor)
	if err != nil {
		return ReclamoFicha{}, err
	}
	return a.oneReclamo(ctx, v, id)
}

func (a *App) oneReclamo(ctx context.Context, v Vision, id pa0580.ReclamoFuncionarioID) (ReclamoFicha, error) {
	all, err := a.reclamos(ctx, v, FiltroReclamos{ID: id, Limite: 1})
	if err == nil && len(all) == 0 {
		err = pa0580.ErrNoReclamo()
	}
	if err != nil {
		return ReclamoFicha{}, err
	}
	return all[0], nil
}

// MisReclamos lists the actor's own.
func (a *App) MisReclamos(ctx context.Context, actor Actor, f FiltroReclamos) ([]ReclamoFicha, error) {
	f.Agente = actor.ID
	return a.reclamos(ctx, Vision{Propias: actor.ID}, f)
}

// Reclamos lists those the actor may see: the open ones first, by due date.
func (a *App) Reclamos(ctx context.Context, actor Actor, f FiltroReclamos) ([]ReclamoFicha, error) {
	v, err := a.visionDeReclamos(ctx, actor)
	if err != nil {
		return nil, err
	}
	return a.reclamos(ctx, v, f)
}

// reclamos reads them, each with who may answer it today.
func (a *App) reclamos(ctx context.Context, v Vision, f FiltroReclamos) ([]ReclamoFicha, error) {
	all, err := a.Store.Reclamos(ctx, v, f)
	if err != nil || !slices.ContainsFunc(all, func(r ReclamoFicha) bool { return !r.Estado().Ended() }) {
		return all, err
	}
	heads, err := a.mandos(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		heads.answer(&all[i])
	}
	return all, nil
}

// answer says of a reclamo who may answer it today.
func (m mandos) answer(r *ReclamoFicha) {
	if !r.Estado().Ended() {
		r.Toca = m.named(cargos(answering(m.org, r.ReclamoFuncionario, m.hoy)))
	}
}
