package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// VistaPrevia is exactly what the planillas would hold at the corte.
type VistaPrevia struct {
	Mes       pa0580.Mes
	Corte     time.Time
	Cortada   bool   // the corte is set: otherwise this rehearses one at that moment
	Huella    string // what an order to close names; empty in a rehearsal
	Lineas    int64
	Unidades  []Planilla // without annex, not numbered
	Identidad Identidad
	Antes     pa0580.Mes // closes first: what is approved of it is counted here until then
	Cambios   *Cambios   // since HR last saw something else; nil the first time
	Anterior  *Cambios   // since last month's planillas; nil where there are none
}

// Previa is what HR saw of a month.
type Previa struct {
	Huella   string
	Por      string // name
	At       time.Time
	Unidades []Planilla
}

// VistaPrevia is exactly what the planillas would hold at the corte. Refused
// while a command from before the corte is unapplied, unless motivo says why.
func (a *App) VistaPrevia(ctx context.Context, actor Actor, mes pa0580.Mes, motivo string) (VistaPrevia, error) {
	if err := actor.must(RolRRHH, RolAuditor); err != nil {
		return VistaPrevia{}, err
	}
	cierre, err := a.Store.Cierre(ctx, mes)
	if err != nil {
		return VistaPrevia{}, err
	}
	now := a.Reloj()
	if cierre.CerradoAt != nil {
		return VistaPrevia{}, pa0580.Recorded(pa0580.CodeMonthClosed)
	}
	if err := pa0580.Sealed(cierre.Corte, mes, now); err != nil {
		return VistaPrevia{}, err
	}
	if err := a.Store.SealCorte(ctx, mes, now); err != nil {
		return VistaPrevia{}, err
	}
	waiting, err := a.Store.SinAplicar(ctx, mes)
	if err != nil {
		return VistaPrevia{}, err
	}
	if waiting > 0 && motivo == "" {
		return VistaPrevia{}, pa0580.Recorded(pa0580.CodeUnapplied)
	}
	v, err := a.compared(ctx, mes, now)
	if err == nil && actor.Es(RolRRHH) { // the order to close is theirs
		err = a.Store.AddPrevia(ctx, v, actor.ID, now)
	}
	return v, err
}

// Ensayo rehearses a close at any time, of a month that goes on as well: what the
// planillas would hold at the corte or, where none is set, now.
func (a *App) Ensayo(ctx context.Context, actor Actor, mes pa0580.Mes) (VistaPrevia, error) {
	if err := actor.must(RolRRHH, RolAuditor); err != nil {
		return VistaPrevia{}, err
	}
	now := a.Reloj()
	if now.Before(mes.Start()) {
		return VistaPrevia{}, pa0580.Refuse(0, pa0580.CodeMonthNotOver, "mes", "El mes "+mes.String()+" no empezó: todavía no hay qué ensayar.")
	}
	v, err := a.compared(ctx, mes, now)
	if err != nil {
		return VistaPrevia{}, err
	}
	turn, err := a.Store.Turno(ctx, mes)
	v.Antes = turn.Antes(mes)
	v.Huella = "" // only a preview is closed by
	return v, err
}

// compared reads what the planillas would hold, beside what HR saw last and beside
// the month before.
func (a *App) compared(ctx context.Context, mes pa0580.Mes, at time.Time) (VistaPrevia, error) {
	v, err := a.Store.VistaPrevia(ctx, mes, at)
	if err != nil {
		return VistaPrevia{}, err
	}
	before, err := a.Store.Previa(ctx, mes, v.Huella, true)
	if err != nil {
		return VistaPrevia{}, err
	}
	if before != nil {
		v.Cambios = &Cambios{Mes: mes, Huella: before.Huella, Por: before.Por, At: before.At, Diferencias: movidas(before.Unidades, v.Unidades)}
	}
	if mes.Complementaria() > 0 {
		return v, nil // no other is like it
	}
	last, err := a.Store.Planillas(ctx, Vision{Todo: true}, mes.Prev())
	if err == nil && len(last) > 0 {
		v.Anterior = &Cambios{Mes: mes.Prev(), At: last[0].CerradaAt, Diferencias: diferencias(last, v.Unidades, overMonths)}
	}
	return v, err
}

// moved says what moved since a preview, for a refusal; empty where nobody knows it.
func (a *App) moved(ctx context.Context, mes pa0580.Mes, huella string) (string, error) {
	seen, err := a.Store.Previa(ctx, mes, huella, false)
	if err != nil || seen == nil {
		return "", err
	}
	now, err := a.Store.VistaPrevia(ctx, mes, a.Reloj())
	if err != nil {
		return "", err
	}
	words := inWords(movidas(seen.Unidades, now.Unidades))
	if words == "" && now.Cortada { // the digest covers the moment, too
		words = "el corte, que ahora es el " + now.Corte.Format("02/01/2006 a las 15:04:05")
	}
	return words, nil
}
