package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// motorStore is what keeps rows and engine together.
type motorStore interface {
	// SinAvisar lists gestiones with a command stored before a moment and not
	// applied yet, each with its newest one, the longest waiting first; not those
	// of a bulk request of which something was applied between that moment and now.
	SinAvisar(ctx context.Context, before, now time.Time, desde int64, limit int) ([]Pendiente, error)
	// Movidas lists the gestiones that a command applied within a span left in an
	// estado that asks something of their workflow, to verify or to end: after an
	// id, in the order of their ids.
	Movidas(ctx context.Context, from, to time.Time, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error)
	// Ajenas lists open gestiones that an engine other than motor drove, or none
	// did, of those stored before a moment, in the order of their ids.
	Ajenas(ctx context.Context, motor string, before time.Time, limit int) ([]pa0580.GestionID, error)
	// SinVerificar lists recibida gestiones stored before a moment, after an id,
	// in the order of their ids.
	SinVerificar(ctx context.Context, before time.Time, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error)
	// Abiertas lists gestiones whose workflow is open, after an id, in the order
	// of their ids.
	Abiertas(ctx context.Context, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error)
	// Adoptar records that motor drives these gestiones.
	Adoptar(ctx context.Context, ids []pa0580.GestionID, motor string) error
	// AddReconciliacion keeps what a reconciliation found, and forgets the old ones.
	AddReconciliacion(ctx context.Context, r Reconciliacion) error
	// UltimaReconciliacion is the newest one, nil where there is none.
	UltimaReconciliacion(ctx context.Context) (*Reconciliacion, error)
	// Pulso is how much waits, and since when, as of now.
	Pulso(ctx context.Context, motor string) (Pulso, error)
}

// selloStore seals the audit into a chain.
type selloStore interface {
	// Seal seals the oldest entries that no block holds, and returns their block;
	// an empty one where there are none. What a transaction wrote that is not older
	// than all that are running is left for later.
	Seal(ctx context.Context, at time.Time) (Sello, error)
	// SelloDe is the block with which every entry of accion about objeto was sealed;
	// false where one was not, or there is none.
	SelloDe(ctx context.Context, objeto, accion string) (Sello, bool, error)
}

// pruebaStore is what closes are proved by.
type pruebaStore interface {
	// SinManifiesto lists the closed months that have no manifest, oldest first.
	SinManifiesto(ctx context.Context) ([]pa0580.Mes, error)
	// ParaManifiesto reads what a closed month's manifest says, but for the seal, and
	// its place among the manifests.
	ParaManifiesto(ctx context.Context, mes pa0580.Mes) (Manifiesto, int64, error)
	// Firmable tells that what is closed is as its close was audited, and was never
	// signed before.
	Firmable(ctx context.Context, mes pa0580.Mes) (bool, error)
	// AddManifiesto keeps a signed manifest; where there is one, that one counts.
	AddManifiesto(ctx context.Context, mes pa0580.Mes, f Firmado) error
	// Manifiesto is a month's, nil where there is none.
	Manifiesto(ctx context.Context, mes pa0580.Mes) (*Firmado, error)
}
