package planilla

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Copista writes extractions; see [app.Copista].
type Copista struct{}

// Extraccion writes an extraction's file row by row: CSV goes out as it is written, a
// workbook once it is whole. Remarks, in which people write whom they attended, go
// with documents in full, and have no column without them.
func (Copista) Extraccion(e app.Extraccion, out io.Writer) (app.Escritor, error) {
	columns := extraidas
	if !e.Completos {
		columns = columns[:len(columns)-1]
	}
	switch e.Formato {
	case app.CSV:
		return newExtraccionCSV(columns, out), nil
	case app.XLSX:
		w, err := newExtraccionXLSX(columns, out)
		if err != nil {
			return nil, fmt.Errorf("begin a workbook: %w", err)
		}
		return w, nil
	}
	return nil, fmt.Errorf("an extraction has no format %q", e.Formato)
}

// fecha is a time.Time that is a day's beginning, in no zone.
const fecha clase = momento + 1

// extraidas are an extraction's columns: for filtering and adding up, so that a cell
// has one thing.
var extraidas = []columna{
	{clave: "gestion", titulo: "Gestión", ancho: 38},
	{clave: "unidad", titulo: "Unidad", ancho: 12},
	{clave: "unidad_nombre", titulo: "Nombre de la unidad", ancho: 34},
	{clave: "dia", titulo: "Día", ancho: 12, clase: fecha},
	{clave: "hora", titulo: "Hora", ancho: 10},
	{clave: "legajo", titulo: "Legajo", ancho: 12},
	{clave: "funcionario", titulo: "Funcionario", ancho: 30},
	{clave: "modo", titulo: "Atención", ancho: 12},
	{clave: "documento_tipo", titulo: "Documento de", ancho: 13},
	{clave: "documento", titulo: "Documento", ancho: 13},
	{clave: "referencia_tipo", titulo: "Referencia de", ancho: 13},
	{clave: "referencia", titulo: "Referencia", ancho: 18},
	{clave: "tipo_gestion", titulo: "Tipo", ancho: 6, clase: numero},
	{clave: "tipo_gestion_nombre", titulo: "Tipo de gestión", ancho: 26},
	{clave: "jornada", titulo: "Jornada", ancho: 15},
	{clave: "jornada_motivo", titulo: "Por qué extraordinaria", ancho: 20},
	{clave: "feriado", titulo: "Feriado", ancho: 20},
	{clave: "estado", titulo: "Estado", ancho: 12},
	{clave: "decidida_por", titulo: "Decidida por", ancho: 30},
	{clave: "decidida", titulo: "Decidida", ancho: 19, clase: momento},
	{clave: "planilla", titulo: "Planilla N°", ancho: 12, clase: numero},
	{clave: "ajustes", titulo: "Ajustes", ancho: 10, clase: numero},
	{clave: "observacion", titulo: "Observación", ancho: 60},
}

// extraida gives the cells; nil is an empty one.
func extraida(g app.Extraida, cells []any) []any {
	at := pa0580.Local(g.GuardadaAt)
	year, month, day := at.Date()
	cells = append(cells[:0],
		string(g.Gestion), g.Unidad, g.UnidadNombre, time.Date(year, month, day, 0, 0, 0, 0, time.UTC), at.Format("15:04:05"), g.Legajo, g.Nombre, string(g.Modo),
		string(g.Documento.Tipo), g.Documento.Normal, string(g.Referencia.Tipo), g.Referencia.Numero,
		int(g.Tipo), g.Tipo.String(), string(g.Clasificacion.Jornada), string(g.Clasificacion.Motivo), g.Clasificacion.Feriado,
		string(g.Estado), g.DecididaPor, nil, nil, g.Ajustes, g.Observacion)
	if g.DecididaAt != nil {
		cells[len(cells)-4] = pa0580.Local(*g.DecididaAt).Truncate(time.Second) // the same in every format
	}
	if g.Planilla != 0 {
		cells[len(cells)-3] = int(g.Planilla)
	}
	return cells
}

// sentAtOnce is how many bytes of CSV are gathered before they go out.
const sentAtOnce = 64 << 10

type extraccionCSV struct {
	columnas []columna
	csv      *csv.Writer
	cells    []any
	line     []string
}

func newExtraccionCSV(columns []columna, out io.Writer) *extraccionCSV {
	w := &extraccionCSV{columnas: columns, csv: newCSV(bufio.NewWriterSize(out, sentAtOnce)), line: make([]string, len(columns))}
	for i, c := range columns {
		w.line[i] = c.clave
	}
	_ = w.csv.Write(w.line) // an error stays, and the next row or the end returns it
	return w
}

func (w *extraccionCSV) Fila(g app.Extraida) error {
	w.cells = extraida(g, w.cells)
	for i, c := range w.columnas {
		w.line[i] = c.csv(w.cells[i])
	}
	return w.csv.Write(w.line)
}

func (c columna) csv(v any) string {
	if v == nil {
		return ""
	}
	if at, ok := v.(time.Time); ok && c.clase == fecha {
		return at.Format("02/01/2006")
	}
	return csvCell(v)
}

func (w *extraccionCSV) Cerrar() error {
	w.csv.Flush()
	return w.csv.Error()
}

func (w *extraccionCSV) Soltar() {}
