package planilla

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/app"
)

// Imprenta writes planillas; see [app.Imprenta].
type Imprenta struct{}

// Formatos are those it writes.
func (Imprenta) Formatos() []app.Formato {
	return []app.Formato{app.XLSX, app.PDF, app.CSV, app.Anexo, app.JSON}
}

// Unidad writes a unit's planilla, annex and all.
func (Imprenta) Unidad(p app.Planilla, f app.Formato) (app.Archivo, error) {
	return deUnidad(p).archivo(f)
}

// Mes writes the consolidated planilla of a month.
func (Imprenta) Mes(c app.Consolidada, f app.Formato) (app.Archivo, error) {
	return deMes(c).archivo(f)
}

func (d documento) archivo(f app.Formato) (app.Archivo, error) {
	var content []byte
	var err error
	switch f {
	case app.XLSX:
		content, err = d.xlsx()
	case app.PDF:
		content, err = d.pdf()
	case app.CSV:
		content = d.tablas[0].csv()
	case app.Anexo:
		content = d.tablas[1].csv()
	case app.JSON:
		content, err = d.json()
	default:
		err = fmt.Errorf("no format %q", f)
	}
	if err != nil {
		return app.Archivo{}, fmt.Errorf("write %s as %s: %w", d.nombre, f, err)
	}
	name := d.nombre + "." + string(f)
	if f == app.Anexo {
		name = d.nombre + "-" + strings.ToLower(d.tablas[1].nombre) + ".csv"
	}
	return app.Archivo{Nombre: name, Formato: f, Contenido: content, SHA256: sha256.Sum256(content)}, nil
}
