package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// ajusteStore corrects what closed months paid.
type ajusteStore interface {
	// AddAjuste stores one that is asked for, judged by what closes have done by
	// then, and gives its id; the same key again gives the first one's. Refuses as
	// [pa0580.NewAjuste] does.
	AddAjuste(ctx context.Context, a pa0580.Ajuste, k Clave) (pa0580.AjusteID, error)
	// DecideAjuste has decide judge an ajuste that is held meanwhile, and stores what
	// it made of it. Refuses with CodeNotFound and as decide does.
	DecideAjuste(ctx context.Context, id pa0580.AjusteID, accion string, v pa0580.Visto, k Clave, decide func(*pa0580.Ajuste) error) error
	// Ajustes lists those that v may see, newest first.
	Ajustes(ctx context.Context, v Vision, f FiltroAjustes) ([]AjusteFicha, error)
	// Renglones are the lines that a gestión ever caused in planillas, oldest first.
	Renglones(ctx context.Context, id pa0580.GestionID) ([]Renglon, error)
	// ComandoDe is the command that decided on a gestión as it stands; nil where none did.
	ComandoDe(ctx context.Context, id pa0580.GestionID) (*Pedido, string, error)
}

// reclamoStore keeps what funcionarios claim about their own pay.
type reclamoStore interface {
	// AddReclamo stores one, judged by how its gestión stands by then, or by whether its
	// month is closed, and gives its id; the same key again gives the first one's. Refuses
	// as [pa0580.Reclamable] does, and with CodeConflict where one is open.
	AddReclamo(ctx context.Context, r pa0580.ReclamoFuncionario, k Clave) (pa0580.ReclamoFuncionarioID, error)
	// DecideReclamo takes a step on a reclamo that is held meanwhile, with the ajuste that
	// comes of it, in one transaction. Refuses with CodeNotFound, as the step does, and as
	// AddAjuste does.
	DecideReclamo(ctx context.Context, p PasoDeReclamo, k Clave) error
	// Reclamos lists those that v may see: the open ones first, by due date, then the
	// newest.
	Reclamos(ctx context.Context, v Vision, f FiltroReclamos) ([]ReclamoFicha, error)
	// ReclamosPorAvisar lists those from before a moment whose workflow has to look at
	// them: open and of another engine than motor, past their due date and nobody recorded
	// it, or ended and their workflow does not know; after an id, in the order of their ids.
	ReclamosPorAvisar(ctx context.Context, motor string, before time.Time, tras pa0580.ReclamoFuncionarioID, limit int) ([]pa0580.ReclamoFuncionarioID, error)
}

// cuentaStore is what statements are made of.
type cuentaStore interface {
	// EstadoDeCuenta reads, as of one instant, what v may see of a funcionario's month,
	// and of their closed ones. Refuses with CodeNotFound where there is no such person.
	EstadoDeCuenta(ctx context.Context, v Vision, quien pa0580.FuncionarioID, f FiltroDeCuenta) (EstadoDeCuenta, error)
}

// tarifaStore keeps tariffs: what was decided on never changes.
type tarifaStore interface {
	// AddTarifa stores a proposal. Repeated with its key it changes nothing. Returns its
	// id. Refuses with CodeMonthClosed.
	AddTarifa(ctx context.Context, t pa0580.Tarifa, k Clave) (pa0580.TarifaID, error)
	// DecideTarifa has decide judge a tariff, given the last closed month, while no month
	// closes, and stores what it made of it. Refuses with CodeNotFound, too.
	DecideTarifa(ctx context.Context, id pa0580.TarifaID, accion string, v pa0580.Visto, k Clave, decide func(*pa0580.Tarifa, pa0580.Mes) error) error
	// Tarifas are all of them: by their month and the order of approval, latest first.
	Tarifas(ctx context.Context) ([]TarifaFicha, error)
	// EnsayoTarifa is what the last closed months would have paid by a tariff, as of one
	// instant, with so many people at most. Refuses with CodeNotFound.
	EnsayoTarifa(ctx context.Context, id pa0580.TarifaID, personas int) (EnsayoTarifa, error)
}
