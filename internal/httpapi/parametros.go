package httpapi

import (
	"github.com/danielgtaylor/huma/v2"

	"ande.gov.py/gestiones/internal/pa0580"
)

func text(nombre, texto, ejemplo string) parametro {
	return parametro{nombre: nombre, texto: texto, schema: huma.Schema{Type: "string"}, ejemplo: ejemplo}
}

func identifier(nombre, texto string) parametro {
	return parametro{nombre: nombre, texto: texto, schema: huma.Schema{Type: "string", Format: "uuid"}, ejemplo: idUnidad}
}

func number(nombre, texto string, low, high float64, ejemplo int) parametro {
	return parametro{nombre: nombre, texto: texto, schema: huma.Schema{Type: "integer", Minimum: &low, Maximum: &high}, ejemplo: ejemplo}
}

func oneOf(nombre, texto string, values ...any) parametro {
	return parametro{nombre: nombre, texto: texto, schema: huma.Schema{Type: "string", Enum: values}, ejemplo: values[0]}
}

func estados() parametro {
	var values []any
	for _, e := range pa0580.Estados() {
		values = append(values, string(e))
	}
	return parametro{
		nombre: "estado", texto: "Solo en estos estados; se repite, o van separados por coma", repetible: true,
		schema:  huma.Schema{Type: "array", Items: &huma.Schema{Type: "string", Enum: values}},
		ejemplo: []string{string(pa0580.Pendiente)},
	}
}

// deLista are the filters of a list of gestiones.
var deLista = []parametro{
	estados(),
	identifier("unidad", "Solo de esta unidad"),
	identifier("agente", "Solo de este agente"),
	text("mes", "Solo guardadas en este mes, AAAA-MM en hora local", "2026-10"),
	number("tipo", "Solo de este tipo de gestión", 1, 5, 5),
	oneOf("jornada", "Solo de esta jornada", string(pa0580.Ordinaria), string(pa0580.Extraordinaria)),
	text("referencia", "Solo con este número de NIS, expediente o reclamo", "1234567"),
	text("cursor", "El «siguiente» de la página anterior", *cursorOf(idGestion)),
	number("limite", "Cuántas por página; 50 si no se dice", 1, maxPage, pageSize),
}
