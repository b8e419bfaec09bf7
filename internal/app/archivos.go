package app

import (
	"context"
	"errors"
	"fmt"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Imprenta writes planillas as files. The same planilla gives the same figures in
// every format.
type Imprenta interface {
	// Formatos are those a planilla is written in.
	Formatos() []Formato
	// Unidad writes a unit's planilla with its annex.
	Unidad(p Planilla, f Formato) (Archivo, error)
	// Mes writes a month's planillas together.
	Mes(c Consolidada, f Formato) (Archivo, error)
}

// ArchivoDePlanilla is a planilla as a file. It is written after the close, or for
// whoever asks first, and is the same bytes for ever.
func (a *App) ArchivoDePlanilla(ctx context.Context, actor Actor, id string, f Formato) (Archivo, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Archivo{}, err
	}
	return a.archivoDePlanilla(ctx, v, id, f)
}

func (a *App) archivoDePlanilla(ctx context.Context, v Vision, id string, f Formato) (Archivo, error) {
	read := func() (Archivo, bool, error) { return a.Store.ArchivoDePlanilla(ctx, v, id, f) }
	return once(read, func() error {
		p, err := a.Store.Planilla(ctx, v, id)
		if err != nil {
			return err
		}
		written, err := a.Imprenta.Unidad(p, f)
		if err != nil {
			return err
		}
		return a.Store.AddArchivo(ctx, p.Mes, id, written)
	})
}

// once reads a file, and writes it before where nobody has.
func once(read func() (Archivo, bool, error), write func() error) (Archivo, error) {
	kept, found, err := read()
	if err != nil || found {
		return kept, err
	}
	if err := write(); err != nil {
		return Archivo{}, err
	}
	kept, _, err = read() // somebody else may have been first
	return kept, err
}

// ArchivoDeMes is a closed month's planillas together, as a file; see
// [App.ArchivoDePlanilla]. Refuses with CodeNotFound while the month is open.
func (a *App) ArchivoDeMes(ctx context.Context, actor Actor, mes pa0580.Mes, f Formato) (Archivo, error) {
	if err := actor.must(RolRRHH, RolAuditor); err != nil {
		return Archivo{}, err
	}
	return a.archivoDeMes(ctx, mes, f)
}

func (a *App) archivoDeMes(ctx context.Context, mes pa0580.Mes, f Formato) (Archivo, error) {
	read := func() (Archivo, bool, error) { return a.Store.ArchivoDeMes(ctx, mes, f) }
	return once(read, func() error {
		c, err := a.Store.Cierre(ctx, mes)
		if err != nil {
			return err
		}
		if c.CerradoAt == nil {
			return pa0580.Refuse(0, pa0580.CodeNotFound, "mes", "El mes "+mes.String()+" no está cerrado: todavía no tiene planilla consolidada.")
		}
		sheets, err := a.Store.Planillas(ctx, Vision{Todo: true}, mes)
		if err != nil {
			return err
		}
		written, err := a.Imprenta.Mes(Consolidada{
			Mes: mes, CerradoAt: *c.CerradoAt, CerradoPor: c.CerradoPor, Motivo: c.Motivo, Huella: c.Huella, Planillas: sheets,
		}, f)
		if err != nil {
			return err
		}
		return a.Store.AddArchivo(ctx, mes, "", written)
	})
}

// Archivar writes every file of a closed month that is not written yet. What cannot be
// written holds up no other.
func (a *App) Archivar(ctx context.Context, mes pa0580.Mes) error {
	all := Vision{Todo: true}
	sheets, err := a.Store.Planillas(ctx, all, mes)
	if err != nil {
		return err
	}
	var failed []error
	for _, f := range a.Imprenta.Formatos() {
		for _, p := range sheets {
			if _, err := a.archivoDePlanilla(ctx, all, p.ID, f); err != nil {
				failed = append(failed, fmt.Errorf("planilla %d: %w", p.Numero, err))
			}
		}
		if _, err := a.archivoDeMes(ctx, mes, f); err != nil {
			failed = append(failed, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}
