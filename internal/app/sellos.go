package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Sello is a block of audit entries, sealed into the chain: its digest covers each
// of them and, through the digest of the block before, all earlier ones.
type Sello struct {
	Bloque int64 // 1, 2, 3…
	Filas  int64 // entries in it
	Huella [32]byte
	At     time.Time // when it was sealed
}

// Alterado is what became of something sealed.
type Alterado string

// What a verification tells apart.
const (
	Alterada   Alterado = "alterada"    // an entry is not as it was sealed
	Falta      Alterado = "falta"       // a sealed entry is gone
	Agregada   Alterado = "agregada"    // an entry says that it was there when its time was sealed, and was not
	CadenaRota Alterado = "cadena_rota" // a block does not follow from the one before, or from what it holds
	Hueco      Alterado = "hueco"       // a block is gone
	OtraHuella Alterado = "otra_huella" // a block is not the one that a manifest named: the chain was computed anew
)

// Alteracion is one thing that a verification of the chain found.
type Alteracion struct {
	Que    Alterado
	Bloque int64 // of a gap, the first that is missing; 0 for an entry that no block could hold
	Fila   int64 // the entry's id in auditoria; 0 where it is about a block
}

func (a Alteracion) String() string {
	switch a.Que {
	case Alterada:
		return fmt.Sprintf("El asiento %d de la auditoría no es el que se selló en el bloque %d.", a.Fila, a.Bloque)
	case Falta:
		return fmt.Sprintf("Falta el asiento %d de la auditoría, que se selló en el bloque %d.", a.Fila, a.Bloque)
	case Agregada:
		return fmt.Sprintf("El asiento %d de la auditoría se agregó después: su bloque (%d) se selló sin él.", a.Fila, a.Bloque)
	case Hueco:
		return fmt.Sprintf("Falta el bloque %d de la cadena de sellos.", a.Bloque)
	case OtraHuella:
		return fmt.Sprintf("El bloque %d no es el que consta en el manifiesto: la cadena se calculó de nuevo.", a.Bloque)
	}
	return fmt.Sprintf("La cadena de sellos se rompe en el bloque %d.", a.Bloque)
}

// Verificacion is what a verification of the chain went over.
type Verificacion struct {
	Bloques   int64
	Filas     int64 // that they sealed
	SinSellar int64 // entries that no block had to hold yet
	Ultimo    Sello // zero where nothing was sealed
}

// ErrSinSellar says that an entry is stored and cannot be sealed yet: a transaction
// older than its own goes on. Asked again later it can.
var ErrSinSellar = errors.New("not sealed yet: an older transaction is still running")

// Sellar seals the audit and gives the block that holds every entry of accion about
// objeto, such as «cerrar» about «cierre/2026-10»: that one and all before it cannot be
// changed unnoticed from then on. Fails with [ErrSinSellar] where not all of them
// could be sealed, or there is none.
func (a *App) Sellar(ctx context.Context, objeto, accion string) (Sello, error) {
	if _, err := a.sellar(ctx); err != nil {
		return Sello{}, err
	}
	s, sealed, err := a.Store.SelloDe(ctx, objeto, accion)
	if err == nil && !sealed {
		err = fmt.Errorf("%s of %s: %w", accion, objeto, ErrSinSellar)
	}
	return s, err
}

// sellar seals until nothing is left that can be, and returns how many entries
// that were.
func (a *App) sellar(ctx context.Context) (int, error) {
	sealed := 0
	for {
		s, err := a.Store.Seal(ctx, a.Reloj())
		if err != nil || s.Filas == 0 {
			return sealed, err
		}
		sealed += int(s.Filas)
	}
}

// sellos seals what was audited. It has no more than its part of the time: what it
// does not come to, the next one does.
func (r *reconciliation) sellos(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, reconcileSeal)
	defer cancel()
	var err error
	r.found.Selladas, err = r.sellar(within)
	if err == nil || r.found.Selladas > 0 && over(within) {
		return nil
	}
	return fmt.Errorf("sellos: %w", err)
}
