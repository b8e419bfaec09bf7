package httpapi

import (
	"net/http"
	"regexp"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type unidad struct {
	ID     string  `json:"id" format:"uuid"`
	Codigo string  `json:"codigo"`
	Nombre string  `json:"nombre"`
	Padre  *string `json:"padre" format:"uuid" doc:"La unidad superior; null en la raíz"`
	Activa bool    `json:"activa"`
}

type listaUnidades struct {
	Unidades []unidad `json:"unidades"`
}

type datosUnidad struct {
	Codigo string `json:"codigo" pattern:"^[A-Z0-9][A-Z0-9-]{0,29}$"`
	Nombre string `json:"nombre" maxLength:"200"`
	Padre  string `json:"padre,omitempty" format:"uuid" doc:"La unidad superior"`
	Activa *bool  `json:"activa,omitempty" doc:"Si falta, sí"`
}

type datosResponsable struct {
	Funcionario string `json:"funcionario" format:"uuid"`
	Quitar      bool   `json:"quitar,omitempty" doc:"Que deje de serlo"`
}

var codigoUnidad = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,29}$`)

func unidadOf(u pa0580.Unidad) unidad {
	out := unidad{ID: string(u.ID), Codigo: u.Codigo, Nombre: u.Nombre, Activa: u.Activa}
	if u.Padre != "" {
		out.Padre = ptr(string(u.Padre))
	}
	return out
}

func (s *server) unidades() {
	s.handle(operacion{
		id: "listar-unidades", tag: "organizacion", method: http.MethodGet, path: "/unidades", resumen: "Listar las unidades",
		texto:   "El árbol entero, cada una con su superior.",
		salidas: []salida{{status: 200, texto: "Las unidades", ejemplo: listaUnidades{[]unidad{{idUnidad, "SCA", "Sección Comercial Asunción", ptr(idOtro), true}}}}},
	}, func(p *pedido) error {
		all, err := s.Unidades(p.ctx)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, listaUnidades{mapped(all, unidadOf)})
	})
	change(s, "/unidades", "una unidad", "Una unidad del árbol.",
		datosUnidad{Codigo: "SCA", Nombre: "Sección Comercial Asunción", Padre: idOtro},
		func(in datosUnidad, id string, c *campos) app.Cambio {
			if !codigoUnidad.MatchString(in.Codigo) {
				c.no("codigo", "El código lleva hasta 30 letras mayúsculas, dígitos y guiones, y no empieza con guion.")
			}
			return app.Cambio{Unidad: &pa0580.Unidad{
				ID: pa0580.UnidadID(id), Codigo: in.Codigo, Nombre: c.text("nombre", in.Nombre, 200),
				Padre: pa0580.UnidadID(c.optionalID("padre", in.Padre)), Activa: in.Activa == nil || *in.Activa,
			}}
		})
	handleBody(s, operacion{
		id: "nombrar-responsable", tag: "organizacion", method: http.MethodPost, path: "/unidades/{id}/responsables", resumen: "Nombrar o quitar a quien responde por una unidad",
		texto: "El responsable lee y extrae los datos de la unidad. Lo hace el rol admin.", niega: deAdmin,
		salidas: []salida{{status: 200, texto: "Hecho", ejemplo: hecho{idUnidad + "/" + idAgente}}},
	}, datosResponsable{Funcionario: idAgente}, func(p *pedido, in datosResponsable, ajenos pa0580.Refusals) error {
		unit, err := p.id()
		if err != nil {
			return err
		}
		c := &campos{refusals: ajenos}
		id, err := s.save(p, app.Cambio{Responsable: &app.Responsable{
			Unidad: pa0580.UnidadID(unit), Funcionario: pa0580.FuncionarioID(c.id("funcionario", in.Funcionario)), Quitar: in.Quitar,
		}}, c)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, hecho{id})
	})
}
