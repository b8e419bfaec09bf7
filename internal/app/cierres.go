package app

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// plazoCierre is how long HR's request waits for the freeze; past it the close
// goes on and its progress shows the outcome.
const plazoCierre = 30 * time.Second

// leenCierres are who reads how months close.
var leenCierres = []Rol{RolRRHH, RolAuditor, RolJefe, RolResponsable}

// Cierres lists every month that has a corte or is closed.
func (a *App) Cierres(ctx context.Context, actor Actor) ([]Cierre, error) {
	if err := actor.must(leenCierres...); err != nil {
		return nil, err
	}
	return a.Store.Cierres(ctx)
}

// Cierre reads a month's closing and its progress: lines frozen, workflows told.
func (a *App) Cierre(ctx context.Context, actor Actor, mes pa0580.Mes) (Cierre, error) {
	if err := actor.must(leenCierres...); err != nil {
		return Cierre{}, err
	}
	return a.cierre(ctx, mes)
}

func (a *App) cierre(ctx context.Context, mes pa0580.Mes) (Cierre, error) {
	c, err := a.Store.Cierre(ctx, mes)
	if err != nil {
		return Cierre{}, err
	}
	c.Orden, err = a.Store.UltimaOrden(ctx, mes)
	return c, err
}

// Cortar sets a month's corte: at `at`, or now where at is nil.
func (a *App) Cortar(ctx context.Context, actor Actor, mes pa0580.Mes, at *time.Time, k Clave) (Cierre, error) {
	if err := a.rrhh(actor, k); err != nil {
		return Cierre{}, err
	}
	now := a.Reloj()
	if at == nil {
		at = &now
	}
	if err := a.Store.SetCorte(ctx, mes, at, actor.ID, now, k); err != nil {
		return Cierre{}, err
	}
	return a.Store.Cierre(ctx, mes)
}

// LevantarCorte takes a month's corte back, until its close.
func (a *App) LevantarCorte(ctx context.Context, actor Actor, mes pa0580.Mes, k Clave) (Cierre, error) {
	if err := a.rrhh(actor, k); err != nil {
		return Cierre{}, err
	}
	if err := a.Store.SetCorte(ctx, mes, nil, actor.ID, a.Reloj(), k); err != nil {
		return Cierre{}, err
	}
	return a.Store.Cierre(ctx, mes)
}

// Cerrar stores HR's order to close a month as the preview with that digest
// showed it, and waits for the freeze. closed is false where that takes longer
// than plazoCierre: the order is stored and carried out all the same. Where a second
// person must confirm it waits for nothing, and the order says so.
func (a *App) Cerrar(ctx context.Context, actor Actor, mes pa0580.Mes, huella, motivo string, k Clave) (c Cierre, closed bool, err error) {
	if err := a.rrhh(actor, k); err != nil {
		return Cierre{}, false, err
	}
	motivo, err = pa0580.ParseMotivo(motivo)
	if err != nil {
		return Cierre{}, false, err
	}
	if huella == "" {
		return Cierre{}, false, pa0580.Refuse(0, pa0580.CodeField, "huella", "Falta la huella de la vista previa que usted revisó.")
	}
	before, err := a.ready(ctx, mes)
	if err != nil {
		return Cierre{}, false, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Cierre{}, false, fmt.Errorf("make id: %w", err)
	}
	order, err := a.Store.AddOrden(ctx, Orden{
		ID: contract.OrdenID(id.String()), Mes: mes, Actor: actor.ID, Huella: huella, Motivo: motivo, CreadoAt: a.Reloj(),
		Doble: a.Config.CierreDoble && before.CerradoAt == nil, // of a closed month it closes nothing, and needs nobody
	}, k)
	if err != nil {
		return Cierre{}, false, err
	}
	return a.carryOut(ctx, order)
}

// ConfirmarCierre has a second person of HR confirm an order to close, and waits for
// its freeze as [App.Cerrar] does.
func (a *App) ConfirmarCierre(ctx context.Context, actor Actor, mes pa0580.Mes, id contract.OrdenID, k Clave) (c Cierre, closed bool, err error) {
	if err := a.rrhh(actor, k); err != nil {
		return Cierre{}, false, err
	}
	if _, err := a.ready(ctx, mes); err != nil {
		return Cierre{}, false, err
	}
	order, err := a.Store.ConfirmarOrden(ctx, mes, id, actor.ID, a.Reloj(), k)
	if err != nil {
		return Cierre{}, false, err
	}
	return a.carryOut(ctx, order)
}

// RetirarOrden takes an order to close back, whoever of HR gave it, until it is confirmed.
func (a *App) RetirarOrden(ctx context.Context, actor Actor, mes pa0580.Mes, id contract.OrdenID, k Clave) (Cierre, error) {
	if err := a.rrhh(actor, k); err != nil {
		return Cierre{}, err
	}
	if _, err := a.Store.RetirarOrden(ctx, mes, id, actor.ID, a.Reloj(), k); err != nil {
		return Cierre{}, err
	}
	return a.cierre(ctx, mes)
}

// carryOut waits for a stored order's freeze, unless it has its result or waits for
// its second person.
func (a *App) carryOut(ctx context.Context, order Orden) (c Cierre, closed bool, err error) {
	stored := func() (Cierre, bool, error) {
		c, err := a.Store.Cierre(ctx, order.Mes)
		c.Orden = &order
		return c, false, err
	}
	if order.Regla().PorConfirmar() {
		return stored()
	}
	if order.Cerrado == nil {
		wait, cancel := context.WithTimeout(ctx, plazoCierre)
		defer cancel()
		result, err := a.Flow.Congelar(wait, order.Mes, order.ID)
		if err != nil {
			a.Log.WarnContext(ctx, "order to close stored, not carried out yet", "orden", order.ID, "error", err)
			return stored()
		}
		order.Cerrado, order.Codigo = &result.Cerrado, result.Codigo
	}
	c, err = a.Store.Cierre(ctx, order.Mes)
	c.Orden = &order
	if err != nil || *order.Cerrado {
		return c, err == nil, err
	}
	return Cierre{}, false, a.whyNot(ctx, c, order)
}

// whyNot tells why an order did not close its month: who did before, or what moved
// since its preview.
func (a *App) whyNot(ctx context.Context, c Cierre, o Orden) error {
	refusal := pa0580.Recorded(o.Codigo)
	switch {
	case o.Codigo == pa0580.CodeMonthClosed && c.CerradoAt != nil:
		refusal.Message = "El mes " + c.Mes.String() + " ya fue cerrado por " + c.CerradoPor + " el " + c.CerradoAt.Format("02/01/2006 a las 15:04") + "."
	case o.Codigo == pa0580.CodeDigest && c.CerradoAt == nil:
		what, err := a.moved(ctx, c.Mes, o.Huella)
		if err != nil {
			return err
		}
		if what != "" {
			refusal.Message = "Lo que usted vio en la vista previa cambió (" + what + "): ábrala de nuevo y compare."
		}
	}
	return refusal
}

// ready refuses at the door, with no order stored and no workflow started, a
// close whose turn or corte has not come. A closed month passes: an order
// repeated has its recorded result.
func (a *App) ready(ctx context.Context, mes pa0580.Mes) (Cierre, error) {
	c, err := a.Store.Cierre(ctx, mes)
	if err != nil || c.CerradoAt != nil {
		return c, err
	}
	turn, err := a.Store.Turno(ctx, mes)
	if err != nil {
		return c, err
	}
	now := a.Reloj()
	if err := pa0580.CheckTurn(mes, turn, now); err != nil {
		return c, err
	}
	return c, pa0580.Sealed(c.Corte, mes, now)
}

// Planillas lists the planillas the actor may see; a zero mes means every month.
func (a *App) Planillas(ctx context.Context, actor Actor, mes pa0580.Mes) ([]Planilla, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return nil, err
	}
	return a.Store.Planillas(ctx, v, mes)
}

// Planilla reads one with its rows and annex.
func (a *App) Planilla(ctx context.Context, actor Actor, id string) (Planilla, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Planilla{}, err
	}
	return a.Store.Planilla(ctx, v, id)
}

func (a *App) rrhh(actor Actor, k Clave) error {
	if err := actor.must(RolRRHH); err != nil {
		return err
	}
	if k.Clave == "" {
		return sinClave()
	}
	return nil
}
