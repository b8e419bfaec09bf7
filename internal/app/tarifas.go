package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// TarifaFicha is a tariff as people read it.
type TarifaFicha struct {
	pa0580.Tarifa
	ProponeNombre string
	DecideNombre  string
	Huella        string          // the digest of all of it, once approved
	Vigencia      pa0580.Vigencia // as of the current month; empty where it is not approved
}

// MesesDeEnsayo is how many closed months a tariff is rehearsed over, at most.
const MesesDeEnsayo = 12

// PersonasDeEnsayo is how many people a rehearsal names, at most.
const PersonasDeEnsayo = 500

// EnsayoTarifa is what closed months would have paid by a tariff. A complementaria counts
// with the month that it corrects.
type EnsayoTarifa struct {
	Tarifa   pa0580.TarifaID
	Meses    []MesEnsayado // newest first
	Total    Ensayado
	Personas int // in all
	Ganan    int // of these, by what was paid in guaraní
	Pierden  int
	Gente    []PersonaEnsayada // the greatest difference first, then the greatest amount
}

// Ensayado is what planillas paid and what a tariff makes of it.
type Ensayado struct {
	Lineas         int            // paid, less those taken back
	SinImporte     int            // lines and ajustes by no tariff, whatever they add up to
	Pagado         pa0580.Importe // none: no tariff was in force
	Seria          pa0580.Importe // the same by this one
	Diferencia     pa0580.Importe // from one to the other
	SeriaSinTarifa pa0580.Importe // what those without a tariff would have come to; none where there are none
}

// MesEnsayado is what a month's planillas pay.
type MesEnsayado struct {
	Mes pa0580.Mes
	Ensayado
}

// PersonaEnsayada is what they pay one funcionario.
type PersonaEnsayada struct {
	Funcionario    pa0580.FuncionarioID
	Legajo, Nombre string
	Ensayado
	Meses []MesEnsayado // newest first
}

// ProponerTarifa stores a tariff for another administrator to decide on.
func (a *App) ProponerTarifa(ctx context.Context, actor Actor, desde pa0580.Mes, norma string, montos pa0580.Montos, k Clave) (TarifaFicha, error) {
	if err := actor.must(RolAdmin); err != nil {
		return TarifaFicha{}, err
	}
	if k.Clave == "" {
		return TarifaFicha{}, sinClave()
	}
	id, err := uuid.NewV7()
	if err != nil {
		return TarifaFicha{}, fmt.Errorf("make id: %w", err)
	}
	made, err := a.Store.AddTarifa(ctx, pa0580.Tarifa{
		ID: pa0580.TarifaID(id.String()), Desde: desde, Norma: norma, Montos: montos, Propone: actor.ID, PropuestaAt: a.Reloj(),
	}, k)
	if err != nil {
		return TarifaFicha{}, err
	}
	return a.Tarifa(ctx, actor, made)
}

// AprobarTarifa puts a tariff in force from its month on.
func (a *App) AprobarTarifa(ctx context.Context, actor Actor, id pa0580.TarifaID, k Clave) (TarifaFicha, error) {
	return a.decidirTarifa(ctx, actor, id, "aprobar_tarifa", k, func(t *pa0580.Tarifa, v pa0580.Visto, ultimo pa0580.Mes) error {
		return t.Approve(v, ultimo)
	})
}

// RechazarTarifa ends it, with a reason.
func (a *App) RechazarTarifa(ctx context.Context, actor Actor, id pa0580.TarifaID, motivo string, k Clave) (TarifaFicha, error) {
	if err := actor.must(RolAdmin); err != nil {
		return TarifaFicha{}, err
	}
	motivo, err := pa0580.ParseMotivo(motivo)
	if err != nil {
		return TarifaFicha{}, err
	}
	return a.decidirTarifa(ctx, actor, id, "rechazar_tarifa", k, func(t *pa0580.Tarifa, v pa0580.Visto, _ pa0580.Mes) error {
		return t.Reject(v, motivo)
	})
}

func (a *App) decidirTarifa(ctx context.Context, actor Actor, id pa0580.TarifaID, accion string, k Clave,
	decide func(*pa0580.Tarifa, pa0580.Visto, pa0580.Mes) error,
) (TarifaFicha, error) {
	if err := actor.must(RolAdmin); err != nil {
		return TarifaFicha{}, err
	}
	if k.Clave == "" {
		return TarifaFicha{}, sinClave()
	}
	v := pa0580.Visto{Quien: actor.ID, At: a.Reloj()}
	err := a.Store.DecideTarifa(ctx, id, accion, v, k, func(t *pa0580.Tarifa, ultimo pa0580.Mes) error { return decide(t, v, ultimo) })
	if err != nil {
		return TarifaFicha{}, err
	}
	return a.Tarifa(ctx, actor, id)
}

// Tarifas lists all of them, latest first, for administrators, HR and auditors.
func (a *App) Tarifas(ctx context.Context, actor Actor) ([]TarifaFicha, error) {
	if err := actor.must(RolAdmin, RolRRHH, RolAuditor); err != nil {
		return nil, err
	}
	all, err := a.Store.Tarifas(ctx)
	if err != nil {
		return nil, err
	}
	var ts pa0580.Tarifas
	for _, t := range all {
		ts = append(ts, t.Tarifa)
	}
	for i := range all {
		all[i].Vigencia = ts.Vigencia(all[i].Tarifa, pa0580.MesOf(a.Reloj()))
	}
	return all, nil
}

// Tarifa is one of them. Refuses with CodeNotFound.
func (a *App) Tarifa(ctx context.Context, actor Actor, id pa0580.TarifaID) (TarifaFicha, error) {
	all, err := a.Tarifas(ctx, actor)
	if err != nil {
		return TarifaFicha{}, err
	}
	for _, t := range all {
		if t.ID == id {
			return t, nil
		}
	}
	return TarifaFicha{}, pa0580.ErrNoTarifa()
}

// EnsayarTarifa tells who would have been paid how much by a tariff, whatever its estado,
// over the last closed months. It changes nothing.
func (a *App) EnsayarTarifa(ctx context.Context, actor Actor, id pa0580.TarifaID, personas int) (EnsayoTarifa, error) {
	if err := actor.must(RolAdmin, RolRRHH, RolAuditor); err != nil {
		return EnsayoTarifa{}, err
	}
	return a.Store.EnsayoTarifa(ctx, id, personas)
}
