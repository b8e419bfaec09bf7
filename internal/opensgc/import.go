package opensgc

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Pedido is what somebody asked to import.
type Pedido struct {
	Archivos   []string
	Patrones   pa0580.Patrones
	Saltar     bool     // import the good lines of files that have rejected ones
	Reemplazar bool     // the mirror ends with these references only
	Informe    string   // file for every rejected line; empty: none
	Mostrar    int      // rejected lines kept in the Resumen
	Progreso   Progreso // nil: none
}

// Guardar stores references in one transaction: all of them, or none where the
// sequence gives an error, which it returns. With replace nothing else remains.
type Guardar func(ctx context.Context, filas iter.Seq2[app.ReferenciaSGC, error], replace bool) (int64, error)

// Why an import does not take place, for people.
var (
	ErrRechazadas  = errors.New("no se importó nada: corrija las líneas rechazadas o repita con --saltar-rechazados")
	ErrVacia       = errors.New("no se importó nada: los archivos no traen ninguna referencia")
	ErrCambio      = errors.New("no se importó nada: un archivo cambió mientras se leía")
	ErrCombinacion = errors.New("--saltar-rechazados no se combina con --reemplazar: lo rechazado desaparecería y la ventanilla diría que no existe")
)

// Import reads every file once to judge it and a second time to store it, so
// that a bad file costs no transaction and changes nothing. All files are one
// import: no reference may come twice in them, and they are stored together or
// not at all. The Resumen says what was found, also on an error, which may be
// one of those above or an *Ilegible.
func Import(ctx context.Context, p Pedido, guardar Guardar) (Resumen, error) {
	if p.Saltar && p.Reemplazar {
		return Resumen{}, ErrCombinacion
	}
	files, err := openFuentes(p.Archivos)
	defer files.close()
	if err != nil {
		return Resumen{}, err
	}
	informe, err := newInforme(p.Informe, files)
	if err != nil {
		return Resumen{}, err
	}
	i := &importacion{Pedido: p, files: files, lector: newLector(p.Patrones, p.Archivos...), informe: informe}
	err = errors.Join(i.judge(ctx), informe.close())
	switch {
	case err != nil:
		return i.res, err
	case i.res.Rechazadas > 0 && !p.Saltar:
		return i.res, ErrRechazadas
	case i.res.Aceptadas == 0:
		return i.res, ErrVacia
	}
	i.res.Importadas, err = i.store(ctx, guardar)
	return i.res, err
}

type importacion struct {
	Pedido
	files   fuentes
	lector  *lector
	informe *informe
	res     Resumen
}

// judge reads everything once.
func (i *importacion) judge(ctx context.Context) error {
	for _, err := range i.filas(ctx, "Revisando") {
		var bad *Rechazo
		switch {
		case errors.As(err, &bad):
			i.res.reject(bad, i.Mostrar)
			if err := i.informe.add(bad); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			i.res.Aceptadas++
		}
	}
	return nil
}

// store reads everything again, without what was rejected.
func (i *importacion) store(ctx context.Context, guardar Guardar) (int64, error) {
	var broken error // kept here too, lest guardar lose it
	good := func(yield func(app.ReferenciaSGC, error) bool) {
		for fila, err := range i.filas(ctx, "Importando") {
			var bad *Rechazo
			if errors.As(err, &bad) {
				continue
			}
			broken = err
			if !yield(fila, err) || err != nil {
				return
			}
		}
	}
	n, err := guardar(ctx, good, i.Reemplazar)
	if broken != nil {
		return 0, broken
	}
	if err != nil {
		return 0, fmt.Errorf("store references: %w", err)
	}
	return n, nil
}

// filas reads all files from their beginning. It ends with ErrCambio where a
// file is not what it was before.
func (i *importacion) filas(ctx context.Context, fase string) iter.Seq2[app.ReferenciaSGC, error] {
	return func(yield func(app.ReferenciaSGC, error) bool) {
		bar := i.Progreso.begin(fase, i.files.size())
		defer func() { _ = bar.Close() }() // an import does not depend on its being drawn
		for n, f := range i.files {
			in, err := f.rewind(bar)
			if err != nil {
				yield(app.ReferenciaSGC{}, err)
				return
			}
			for fila, err := range i.lector.read(n, in) {
				if ctx.Err() != nil {
					err = ctx.Err()
				}
				if !yield(fila, err) {
					return
				}
			}
			if !f.unchanged() {
				yield(app.ReferenciaSGC{}, ErrCambio)
				return
			}
		}
	}
}
