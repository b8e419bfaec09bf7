package planilla

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/app"
)

// Up to how many lines of an annex a workbook and a paper hold: both are built in memory,
// 270 MB and 220 MB at these (docs/adr/0013), and nobody turns more than 630 pages. A
// month of 500,000 gestiones has some 5,000 in a unit.
const (
	maxLibro = 200_000
	maxPapel = 20_000
)

// Imprenta writes planillas; see [app.Imprenta].
type Imprenta struct {
	MaxAnexo int // lines of the annex in XLSX and PDF, where that is less; 0: as many as they hold
}

// Unidad writes a unit's planilla, annex and all.
func (i Imprenta) Unidad(ctx context.Context, p app.Planilla) ([]app.Archivo, error) {
	return i.archivos(ctx, deUnidad(p))
}

// Mes writes the consolidated planilla of a month.
func (i Imprenta) Mes(ctx context.Context, c app.Consolidada) ([]app.Archivo, error) {
	return i.archivos(ctx, deMes(c))
}

// archivos writes one format after the other, until ctx ends.
func (i Imprenta) archivos(ctx context.Context, d impreso) ([]app.Archivo, error) {
	var out []app.Archivo
	var failed []error
	for _, f := range app.Formatos() {
		if err := ctx.Err(); err != nil {
			return out, errors.Join(append(failed, fmt.Errorf("write %s: %w", d.nombre, err))...)
		}
		content, err := i.en(d, f)
		if err != nil {
			failed = append(failed, fmt.Errorf("write %s as %s: %w", d.nombre, f, err))
			continue
		}
		out = append(out, app.Archivo{Nombre: d.archivo(f), Formato: f, Contenido: content, SHA256: sha256.Sum256(content)})
	}
	return out, errors.Join(failed...)
}

func (i Imprenta) en(d impreso, f app.Formato) ([]byte, error) {
	switch f {
	case app.XLSX:
		return d.hasta(i.upTo(maxLibro)).xlsx()
	case app.PDF:
		return d.hasta(i.upTo(maxPapel)).pdf()
	case app.CSV:
		return d.tablas[0].csv(), nil
	case app.AnexoCSV:
		return d.detalle.csv(), nil
	case app.JSON:
		return d.json()
	}
	return nil, errors.New("nobody knows how")
}

func (i Imprenta) upTo(lines int) int {
	if i.MaxAnexo > 0 {
		return min(lines, i.MaxAnexo)
	}
	return lines
}

// archivo names a file. The CSV of what stands behind the planilla goes by that.
func (d impreso) archivo(f app.Formato) string {
	if f == app.AnexoCSV {
		return d.nombre + "-" + strings.ToLower(d.detalle.nombre) + ".csv"
	}
	return d.nombre + "." + string(f)
}

// hasta leaves out the tables behind the first that have more than limit lines, and says
// where they are; and a scarce one that has none.
func (d impreso) hasta(limit int) impreso {
	kept, where := d.tablas[:1:1], []dato{}
	for _, t := range d.tablas[1:] {
		switch n := len(t.filas); {
		case n > limit:
			where = append(where, dato{t.nombre, fmt.Sprintf("sus %s líneas son más de las que este archivo lleva; están en %s y en %s",
				miles(n), d.archivo(app.AnexoCSV), d.archivo(app.JSON))})
		case n > 0 || !t.escasa:
			kept = append(kept, t)
		}
	}
	d.tablas, d.notas = kept, append(where, d.notas...)
	return d
}
