package httpapi

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// plain is a name that can be shown back: an unknown one may be anything that
// was typed into the wrong place, a document among others.
var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z_-]{0,37}[0-9]{0,2}$`)

func shown(name string, known bool) string {
	if known || plain.MatchString(name) {
		return name
	}
	return "(otro)"
}

// judgedBy is the step and the code under which a field's form is judged.
func judgedBy(campo string) (int, pa0580.Code) {
	switch campo {
	case "documento.tipo":
		return 10, pa0580.CodeDocumentType
	case "documento", "documento.numero":
		return 10, pa0580.CodeDocumentFormat
	case "referencia.tipo":
		return 20, pa0580.CodeReferenceType
	case "referencia", "referencia.numero":
		return 20, pa0580.CodeReferenceFormat
	case "tipo_gestion":
		return 30, pa0580.CodeTipoGestion
	case "observacion":
		return 40, pa0580.CodeRemark
	}
	return 0, pa0580.CodeField
}

// smellsOfTime tells a field by which a client would set the moment (step 50).
func smellsOfTime(name string) bool {
	name = strings.ToLower(name)
	if slices.Contains([]string{"at", "ts", "time", "date", "dia", "mes", "now", "ahora"}, name) || strings.HasSuffix(name, "_at") {
		return true
	}
	return slices.ContainsFunc([]string{"fecha", "hora", "momento", "timestamp", "guardad", "cread", "created", "saved"},
		func(part string) bool { return strings.Contains(name, part) })
}

// hasDates tells a command in which people do say days: a jefatura, a corte.
func hasDates(t reflect.Type) bool {
	return slices.ContainsFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return slices.Contains([]string{"desde", "dia", "momento", "mes"}, tagOf(f))
	})
}
