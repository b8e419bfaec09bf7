package planilla

import (
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// detalle has every gestión that is paid and every ajuste, documents masked: its lineas
// add up to what is paid.
func detalle(lineas []app.Linea) tabla {
	t := tabla{nombre: "Anexo", columnas: []columna{
		{clave: "gestion", titulo: "Gestión", ancho: 60},
		{clave: "legajo", titulo: "Legajo", ancho: 16},
		modos,
		{clave: "mes", titulo: "Mes", ancho: 15},
		{clave: "documento", titulo: "Documento", ancho: 20},
		{clave: "referencia_tipo", grupo: "Referencia", titulo: "De", ancho: 22},
		{clave: "referencia", grupo: "Referencia", titulo: "Número", ancho: 26},
		{clave: "tipo_gestion", grupo: "Tipo de gestión", titulo: "N°", ancho: 9, clase: numero},
		{clave: "tipo_gestion_nombre", grupo: "Tipo de gestión", titulo: "Nombre", ancho: 42},
		{clave: "jornada", titulo: "Jornada", ancho: 24},
		{clave: "guardada", titulo: "Guardada", ancho: 30, clase: momento},
		{clave: "ajuste", titulo: "Ajuste", ancho: 15},
		{clave: "lineas", titulo: "Líneas", ancho: 13, clase: cuenta},
		{clave: "importe", titulo: "Importe ₲", ancho: 22, clase: dinero, escasa: true},
		{clave: "motivo", titulo: "Motivo", ancho: 125, debajo: true}, // the longest fits into a sheet's highest row
	}}
	for _, l := range lineas {
		signo, n := ajuste(l.Ajuste)
		t.filas = append(t.filas, []any{
			string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, string(l.Referencia.Tipo), l.Referencia.Numero,
			int(l.Tipo), l.Tipo.String(), string(l.Jornada), pa0580.Local(l.GuardadaAt).Truncate(time.Second), // the same in every format
			signo, n, importe(l.Importe), oneLine(l.Motivo),
		})
	}
	return t.podada()
}

// ajuste names what one does, and says how many lines it adds; a gestión that is paid is
// one line, and none.
func ajuste(s pa0580.Signo) (signo string, lineas int) {
	if s == 0 {
		return "", 1
	}
	return s.String(), int(s)
}

// partido has the gestiones apart from the ajustes, of which most planillas have none.
// Those leave out what would make a page of them too wide to read.
func (t tabla) partido() (anexo, ajustes tabla) {
	of := slices.IndexFunc(t.columnas, func(c columna) bool { return c.clave == "ajuste" })
	var common, kept []int
	for i, c := range t.columnas {
		if i < of || c.clase == dinero {
			common = append(common, i)
		}
	}
	anexo = tabla{clave: "anexo", nombre: t.nombre, columnas: pick(t.columnas, common)}
	ajustes = tabla{clave: "ajustes", nombre: "Ajustes", lema: "líneas de meses cerrados que esta planilla suma o resta", total: true, escasa: true}
	for i, c := range t.columnas {
		switch c.clave {
		case "tipo_gestion_nombre", "guardada":
			continue
		case "tipo_gestion":
			c.grupo, c.titulo = "", "Tipo" // alone
		}
		kept = append(kept, i)
		ajustes.columnas = append(ajustes.columnas, c)
	}
	for _, f := range t.filas {
		if f[of] == "" {
			anexo.filas = append(anexo.filas, pick(f, common))
			continue
		}
		ajustes.filas = append(ajustes.filas, pick(f, kept))
	}
	anexo.escasa = len(ajustes.filas) > 0 // a complementaria's
	return anexo, ajustes
}
