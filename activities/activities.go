// Package activities is what the workflows do in the world: ask OPEN SGC, apply
// stored commands, freeze a month, tell its gestiones. Each activity is safe to
// run twice: the row, locked, decides what is still to be done. They return
// ids, estados and codes, and faults without their text (see contract.ToWire).
package activities

import (
	"context"
	"log/slog"
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// SGC asks OPEN SGC about a reference; see app.SGC.
type SGC interface {
	Consultar(ctx context.Context, r pa0580.Referencia) (pa0580.Hallazgo, error)
}

// Store is what activities need of PostgreSQL. A method that changes a row
// does so in one transaction with its audit entry.
type Store interface {
	// Attend reads what there is to verify, and tells the engine (a namespace's
	// UUID) that now drives the row, unless it waits for OPEN SGC: then Verify
	// does. Refuses with CodeNotFound.
	Attend(ctx context.Context, id pa0580.GestionID, motor string) (contract.RowState, pa0580.Referencia, error)
	// Verify records OPEN SGC's answer about a version of a recibida row; a row
	// that has moved on is left as it is. Returns the row either way.
	Verify(ctx context.Context, id pa0580.GestionID, version int64, h pa0580.Hallazgo, motor string) (contract.RowState, error)
	// Adoptar records that motor drives these gestiones.
	Adoptar(ctx context.Context, ids []pa0580.GestionID, motor string) error
	// ApplyUpTo applies the stored commands of a gestión up to and including
	// id, in the order of storing, each once. Asked again it returns what the
	// first time gave. Refuses with CodeNotFound.
	ApplyUpTo(ctx context.Context, id pa0580.ComandoID, at time.Time) (contract.Applied, error)

	// AttendReclamo reads a reclamo del funcionario for its workflow: records that its due
	// date passed, which engine drives it, and that this one knows of its end. Refuses with
	// CodeNotFound.
	AttendReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID, motor string, at time.Time) (contract.ReclamoState, error)

	// Unapplied lists up to limit commands stored before a month's corte and
	// not applied yet.
	Unapplied(ctx context.Context, mes pa0580.Mes, limit int) ([]pa0580.Comando, error)
	// Freeze carries out a stored order: everything or nothing, in one
	// REPEATABLE READ transaction. Asked again it returns the recorded result.
	Freeze(ctx context.Context, id contract.OrdenID, at time.Time) (contract.Congelada, error)
	// Untold lists up to limit frozen gestiones of a month whose workflow was
	// not told, after a key.
	Untold(ctx context.Context, mes pa0580.Mes, after pa0580.GestionID, limit int) ([]Untold, error)
	// MarkTold marks them told.
	MarkTold(ctx context.Context, ids []pa0580.GestionID) error
}

// Untold is a frozen gestión whose workflow is to be told.
type Untold struct {
	ID  pa0580.GestionID
	Row contract.RowState
}

// Messenger sends messages to other workflows. Workflows never do that
// themselves: an activity can bound its pace.
type Messenger interface {
	// Avisar tells that a stored command waits.
	Avisar(ctx context.Context, g pa0580.GestionID, c pa0580.ComandoID) error
	// Incluir tells a workflow that its gestión is in a planilla, and waits
	// until it heard. A workflow that is gone needs no telling: no error.
	Incluir(ctx context.Context, id pa0580.GestionID, row contract.RowState) error
}

// Reconciler sends again what was left undone; see app.App.Reconciliar.
type Reconciler interface {
	Reconciliar(ctx context.Context) (contract.Reconciliada, error)
}

// Archive writes a closed month's files and signs its manifest; see app.App.Archivar
// and app.App.Certificar.
type Archive interface {
	Archivar(ctx context.Context, mes pa0580.Mes) error
	Certificar(ctx context.Context, mes pa0580.Mes) error
}

// Activities carries the dependencies of every activity.
type Activities struct {
	Store      Store
	SGC        SGC
	Messenger  Messenger
	Reconciler Reconciler
	Archive    Archive
	Reloj      func() time.Time
	Motor      func() string // the engine's epoch as last heard: UUID of the Temporal namespace
	Log        *slog.Logger

	// Verificada hears of each gestión whose answer from OPEN SGC was stored here.
	Verificada func(pa0580.GestionID)
	// PlazoSGC is how long the counter's one attempt at OPEN SGC may take.
	PlazoSGC time.Duration
	// Paralelo is how many workflows are told at once while a close drains.
	Paralelo int
}

// wire logs what a history must not hold and returns what it may.
func (a *Activities) wire(ctx context.Context, doing string, err error) error {
	if err != nil && len(pa0580.RefusalsIn(err)) == 0 && ctx.Err() == nil {
		a.Log.WarnContext(ctx, doing, "error", err)
	}
	return contract.ToWire(err)
}
