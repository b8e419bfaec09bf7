package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// deEstado are the parameters of a statement's page.
var deEstado = []parametro{
	deMes,
	{
		nombre: "situacion", texto: "Solo estas gestiones; se repite, o van separadas por coma. Las cifras son siempre de todas", repetible: true,
		schema:  huma.Schema{Type: "array", Items: &huma.Schema{Type: "string", Enum: []any{"contada", "en_espera", "no_contada"}}},
		ejemplo: []string{"no_contada"},
	},
	text("cursor", "El «siguiente» de la página anterior", *cursorOf(idGestion)),
	number("limite", "Cuántas gestiones por página; 50 si no se dice", 1, maxPage, pageSize),
}

var deMes = text("mes", "AAAA-MM en hora local; si falta, el corriente", "2026-10")

const (
	textoEstado = "Por unidad y modo de atención, lo cargado en el mes: lo que llevan las planillas cerradas, lo que espera —y a quién— y lo que no se contó, por qué. " +
		"Cargadas = contadas + en espera + no contadas. Después, las gestiones, de la más antigua a la más nueva, de a páginas, cada una con su porqué en una frase; los ajustes y los reclamos del funcionario sobre el mes, también; y los últimos 24 meses cerrados. " +
		"Es de un momento y no queda guardado; los documentos van enmascarados."
	textoImpreso = "Lo mismo que en JSON, en A4. Lista hasta 1.000 gestiones, primero las que no se contaron, y dice si hay más; las cifras son de todas."
	textoDeQuien = " Los roles rrhh y auditor lo ven entero; las jefaturas y los responsables, lo de sus unidades, y entonces «parcial» es true."
)

// filtroDeCuenta reads a statement's parameters.
func (c *consulta) filtroDeCuenta() app.FiltroDeCuenta {
	f := app.FiltroDeCuenta{Mes: c.month(c.get("mes")), Limite: c.number("limite", c.get("limite"), 1, maxPage, pageSize)}
	for _, given := range c.values["situacion"] {
		for name := range strings.SplitSeq(given, ",") {
			s := app.Situacion(strings.TrimSpace(name))
			if !slices.Contains(app.Situaciones(), s) {
				c.no("situacion", "Las situaciones son contada, en_espera y no_contada.")
				return f
			}
			f.Situaciones = append(f.Situaciones, s)
		}
	}
	if cursor := c.get("cursor"); cursor != "" {
		id := uncursor(cursor)
		if !isID(id) {
			c.no("cursor", "El cursor no es de esta lista: empiece sin cursor.")
		}
		f.Tras = pa0580.GestionID(id)
	}
	return f
}

func (s *server) estadosDeCuenta() {
	deOtro := []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound}
	enJSON := []salida{{status: 200, texto: "El estado", ejemplo: ejemploEstado}}
	enPDF := []salida{{status: 200, texto: "El archivo", tipo: "application/pdf", ejemplo: "%PDF-…", headers: map[string]string{
		"Content-Disposition": "El nombre del archivo", "ETag": "Su SHA-256",
	}}}
	s.handle(operacion{
		id: "leer-mi-estado", tag: "estados", method: http.MethodGet, path: "/yo/estado", resumen: "Leer mi estado de cuenta",
		texto: textoEstado, query: deEstado, salidas: enJSON,
	}, func(p *pedido) error {
		return s.estado(p, func(f app.FiltroDeCuenta) (app.EstadoDeCuenta, error) { return s.MiEstado(p.ctx, p.actor, f) })
	})
	s.handle(operacion{
		id: "leer-estado", tag: "estados", method: http.MethodGet, path: "/funcionarios/{id}/estado", resumen: "Leer el estado de cuenta de un funcionario",
		texto: textoEstado + textoDeQuien, query: deEstado, niega: deOtro, salidas: enJSON,
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		return s.estado(p, func(f app.FiltroDeCuenta) (app.EstadoDeCuenta, error) {
			return s.EstadoDe(p.ctx, p.actor, pa0580.FuncionarioID(id), f)
		})
	})
	s.handle(operacion{
		id: "descargar-mi-estado", tag: "estados", method: http.MethodGet, path: "/yo/estado.pdf", resumen: "Descargar mi estado de cuenta en PDF",
		texto: textoImpreso, query: []parametro{deMes}, salidas: enPDF,
	}, func(p *pedido) error {
		return s.estadoImpreso(p, func(mes pa0580.Mes) (app.Archivo, error) { return s.MiEstadoImpreso(p.ctx, p.actor, mes) })
	})
	s.handle(operacion{
		id: "descargar-estado", tag: "estados", method: http.MethodGet, path: "/funcionarios/{id}/estado.pdf", resumen: "Descargar el estado de cuenta de un funcionario en PDF",
		texto: textoImpreso + textoDeQuien, query: []parametro{deMes}, niega: deOtro, salidas: enPDF,
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		return s.estadoImpreso(p, func(mes pa0580.Mes) (app.Archivo, error) {
			return s.EstadoImpresoDe(p.ctx, p.actor, pa0580.FuncionarioID(id), mes)
		})
	})
}

func (s *server) estado(p *pedido, read func(app.FiltroDeCuenta) (app.EstadoDeCuenta, error)) error {
	f := p.filtroDeCuenta()
	if err := p.err(); err != nil {
		return err
	}
	e, err := read(f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, estadoOf(e))
}

func (s *server) estadoImpreso(p *pedido, write func(pa0580.Mes) (app.Archivo, error)) error {
	mes := p.month(p.get("mes"))
	if err := p.err(); err != nil {
		return err
	}
	a, err := write(mes)
	if err != nil {
		return err
	}
	return p.file(a, "application/pdf")
}
