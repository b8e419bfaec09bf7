package postgres

import (
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// citablesDe are the documents that people may quote in what they write about a gestión
// called so: its customer's, and those that corrections replaced. None: they were erased.
func citablesDe(g string) string {
	return `concat_ws(' ', NULLIF(` + g + `.documento, ''), (SELECT string_agg(DISTINCT v.documento, ' ') FROM gestion_versiones v WHERE v.gestion_id = ` + g + `.id))`
}

// sinCitas is a text about a gestión without any of them. Where the law had them erased, it
// says nothing any more: it may quote them.
func sinCitas(text, citables string) string {
	if text != "" && citables == "" {
		return pa0580.Borrado
	}
	for document := range strings.FieldsSeq(citables) {
		text = pa0580.HideDocumento(text, document)
	}
	return text
}
