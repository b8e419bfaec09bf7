package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	// plazoPrensa is how long somebody who asks for a file that nobody wrote yet waits
	// for those being written before it.
	plazoPrensa = 20 * time.Second
	// plazoGuardar bounds the keeping of files once they are written.
	plazoGuardar = 30 * time.Second
)

// Imprenta writes planillas as files, in each of [Formatos]. The same planilla gives the
// same figures in every one. What cannot be written is in the error, and keeps none of
// the others from being returned.
type Imprenta interface {
	// Unidad writes a unit's planilla with its annex.
	Unidad(ctx context.Context, p Planilla) ([]Archivo, error)
	// Mes writes a month's planillas together.
	Mes(ctx context.Context, c Consolidada) ([]Archivo, error)
	// Estado writes a funcionario's statement as PDF. It is of a moment and not kept.
	Estado(ctx context.Context, e EstadoDeCuenta) (Archivo, error)
}

// prensa is the turn to write files: a workbook is built in memory, so a process writes
// one planilla at a time. Those who wait get it in the order in which they came. The
// zero one is free.
type prensa struct {
	once  sync.Once
	taken chan struct{}
}

// turn is the right to write, until it is given back. An error where ctx ends first.
func (p *prensa) turn(ctx context.Context) (back func(), err error) {
	p.once.Do(func() { p.taken = make(chan struct{}, 1) })
	select {
	case p.taken <- struct{}{}:
		return func() { <-p.taken }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the turn to write files: %w", ctx.Err())
	}
}

// ArchivoDePlanilla is a planilla as a file. It is written after the close, or for
// whoever asks first, and is the same bytes for ever.
func (a *App) ArchivoDePlanilla(ctx context.Context, actor Actor, id string, f Formato) (Archivo, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Archivo{}, err
	}
	return a.archivo(ctx,
		func() (Archivo, bool, error) { return a.Store.ArchivoDePlanilla(ctx, v, id, f) },
		func() error { return a.imprimirPlanilla(ctx, id) })
}

// ArchivoDeMes is a closed month's planillas together, as a file; see
// [App.ArchivoDePlanilla]. Refuses with CodeNotFound while the month is open.
func (a *App) ArchivoDeMes(ctx context.Context, actor Actor, mes pa0580.Mes, f Formato) (Archivo, error) {
	if err := actor.must(RolRRHH, RolAuditor); err != nil {
		return Archivo{}, err
	}
	return a.archivo(ctx,
		func() (Archivo, bool, error) { return a.Store.ArchivoDeMes(ctx, mes, f) },
		func() error { return a.imprimirMes(ctx, mes) })
}

// archivo reads a file, and has it written before, with the other formats, where nobody
// has. Of many who ask at once one writes, and the others find what it wrote.
func (a *App) archivo(ctx context.Context, read func() (Archivo, bool, error), write func() error) (Archivo, error) {
	kept, found, err := read()
	if err != nil || found {
		return kept, err
	}
	soon, cancel := context.WithTimeout(ctx, plazoPrensa)
	defer cancel()
	back, err := a.prensa.turn(soon)
	if err != nil {
		return Archivo{}, err
	}
	defer back()
	if kept, found, err = read(); err != nil || found {
		return kept, err
	}
	failed := write()
	kept, found, err = read() // another process may have been first: its file counts
	if err == nil && !found {
		err = errors.Join(errors.New("a file was not written"), failed)
	}
	return kept, err
}

// Archivar writes every file of a closed month that is not written yet. What cannot be
// written holds up no other planilla's.
func (a *App) Archivar(ctx context.Context, mes pa0580.Mes) error {
	missing, err := a.Store.SinArchivos(ctx, mes)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range missing {
		failed = append(failed, a.archivar(ctx, mes, id))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// archivar writes a planilla's files, or with an empty id the month's, unless somebody
// did while we waited for the turn.
func (a *App) archivar(ctx context.Context, mes pa0580.Mes, id string) error {
	back, err := a.prensa.turn(ctx)
	if err != nil {
		return err
	}
	defer back()
	missing, err := a.Store.SinArchivos(ctx, mes)
	switch {
	case err != nil || !slices.Contains(missing, id):
		return err
	case id == "":
		return a.imprimirMes(ctx, mes)
	}
	return a.imprimirPlanilla(ctx, id)
}

// imprimirPlanilla writes a planilla in every format, from one reading of it.
func (a *App) imprimirPlanilla(ctx context.Context, id string) error {
	p, err := a.Store.Planilla(ctx, Vision{Todo: true}, id)
	if err != nil {
		return err
	}
	written, failed := a.Imprenta.Unidad(ctx, p)
	return errors.Join(failed, a.guardar(ctx, p.Mes, id, written))
}

func (a *App) imprimirMes(ctx context.Context, mes pa0580.Mes) error {
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
	written, failed := a.Imprenta.Mes(ctx, Consolidada{
		Mes: mes, CerradoAt: *c.CerradoAt, CerradoPor: c.CerradoPor, ConfirmadoPor: c.ConfirmadoPor, Motivo: c.Motivo, Huella: c.Huella, Planillas: sheets,
	})
	return errors.Join(failed, a.guardar(ctx, mes, "", written))
}

// guardar keeps what was written, also where whoever asked has left meanwhile: the next
// one need not write it again.
func (a *App) guardar(ctx context.Context, mes pa0580.Mes, planilla string, written []Archivo) error {
	if len(written) == 0 {
		return nil
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), plazoGuardar)
	defer cancel()
	return a.Store.AddArchivos(keep, mes, planilla, written)
}
