package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Manifiesto is what a close is proved by.
type Manifiesto struct {
	Mes       pa0580.Mes
	Corte     time.Time
	CerradoAt time.Time
	Lineas    int64
	Huella    string              // of the preview that was closed
	Acta      [32]byte            // over who cut off and closed, when and why, salted
	Anterior  *ManifiestoAnterior // nil for the first
	Sello     Sello               // of the audit's entry of the close: everything before it is sealed with it
	Planillas []PlanillaProbada   // by number
	Archivos  []ArchivoProbado    // by name
}

// ManifiestoAnterior names the manifest that was signed before, by the SHA-256 of
// its bytes: so no close can be taken out, or put in.
type ManifiestoAnterior struct {
	Mes    pa0580.Mes
	SHA256 [32]byte
}

// Firmado is a signed manifest, as it is kept.
type Firmado struct {
	Orden     int64 // 1 for the first that was signed, 2 for the next…
	Contenido []byte
	Clave     string // public key that proves it
	At        time.Time
}

// PlanillaProbada is a planilla in a manifest.
type PlanillaProbada struct {
	Numero     int64
	Codigo     string // of its unit
	Lineas     int64
	Huella     string   // as the preview had it: over its rows and lines, salted
	Compromiso [32]byte // over all that it prints, and its lines' commitments
}

// ArchivoProbado is a file in a manifest.
type ArchivoProbado struct {
	Nombre string
	SHA256 [32]byte
}

// Notario signs manifests.
type Notario interface {
	// Publica is the key that proves its signature.
	Publica() string
	Firmar(m Manifiesto) ([]byte, error)
}

// Certificar makes the manifest of everything closed that has none, up to mes, in the
// order of closing: each names the one before. A month's files are written first,
// and the audit sealed as far as its close. Without a key it certifies nothing, and what
// somebody changed since stays without: `gestiones doctor` says so of either.
func (a *App) Certificar(ctx context.Context, mes pa0580.Mes) error {
	owed, err := a.Store.SinManifiesto(ctx)
	if err != nil {
		return err
	}
	for _, m := range owed {
		if a.Notario == nil {
			a.Log.WarnContext(ctx, "no key to sign the manifest with", "mes", m.String())
			return nil
		}
		err := a.certificar(ctx, m)
		if errors.Is(err, errInfirmable) { // for ever: the others are not to wait for it
			a.Log.ErrorContext(ctx, "not signed", "mes", m.String(), "error", err)
		} else if err != nil {
			return fmt.Errorf("certify %s: %w", m, err)
		}
		if m == mes {
			break
		}
	}
	return nil
}

// errInfirmable is a month that somebody changed since: it gets no signature, and
// «gestiones verify --database» tells what is not as it was.
var errInfirmable = errors.New("the month is not as its close was audited, or its manifest was taken away")

func (a *App) certificar(ctx context.Context, mes pa0580.Mes) error {
	if err := a.firmable(ctx, mes); err != nil { // before it is worth the work
		return err
	}
	if err := a.Archivar(ctx, mes); err != nil {
		return err
	}
	seal, err := a.Sellar(ctx, "cierre/"+mes.String(), "cerrar")
	if err != nil {
		return err
	}
	if err := a.firmable(ctx, mes); err != nil {
		return err
	}
	m, orden, err := a.Store.ParaManifiesto(ctx, mes)
	if err != nil {
		return err
	}
	m.Sello = seal
	signed, err := a.Notario.Firmar(m)
	if err != nil {
		return err
	}
	return a.Store.AddManifiesto(ctx, mes, Firmado{Orden: orden, Contenido: signed, Clave: a.Notario.Publica(), At: a.Reloj()})
}

func (a *App) firmable(ctx context.Context, mes pa0580.Mes) error {
	is, err := a.Store.Firmable(ctx, mes)
	if err == nil && !is {
		err = errInfirmable
	}
	return err
}

// Manifiesto gives a closed month's signed manifest. Refuses with CodeNotFound where
// there is none (yet).
func (a *App) Manifiesto(ctx context.Context, actor Actor, mes pa0580.Mes) (Firmado, error) {
	if err := actor.must(RolRRHH, RolAuditor); err != nil {
		return Firmado{}, err
	}
	signed, err := a.Store.Manifiesto(ctx, mes)
	if err == nil && signed == nil {
		return Firmado{}, pa0580.Refuse(0, pa0580.CodeNotFound, "mes", "El mes "+mes.String()+" todavía no tiene manifiesto: se firma cuando está cerrado, escritos sus archivos y sellada la auditoría.")
	}
	if err != nil {
		return Firmado{}, err
	}
	return *signed, nil
}
