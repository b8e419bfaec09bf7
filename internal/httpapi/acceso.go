package httpapi

import (
	"net/http"
)

// yo is who asks.
type yo struct {
	ID      string       `json:"id" format:"uuid"`
	Nombre  string       `json:"nombre"`
	Roles   []string     `json:"roles" enum:"agente,jefe,responsable,rrhh,auditor,admin"`
	Atiende []asignacion `json:"atiende" doc:"Dónde atiende hoy; si es en varias unidades, al cargar hay que decir en cuál"`
	Decide  []unidad     `json:"decide" doc:"Las unidades de las que hoy le toca decidir algo"`
}

func (s *server) acceso() {
	s.handle(operacion{
		id: "leer-yo", tag: "acceso", method: http.MethodGet, path: "/yo", resumen: "Saber quién soy",
		texto: "Con qué roles, dónde atiende y sobre qué unidades decide hoy.",
		salidas: []salida{{status: 200, texto: "Usted", ejemplo: yo{
			idAgente, "Ana Benítez", []string{"agente"},
			[]asignacion{{idOtro, nombrado{idAgente, "Ana Benítez"}, nombrado{idUnidad, "Sección Comercial Asunción"}, "permanente", "2026-01-01", nil}},
			[]unidad{},
		}}},
	}, func(p *pedido) error {
		me, err := s.Yo(p.ctx, p.actor)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, yo{string(me.ID), me.Nombre, rolesOf(me.Roles), mapped(me.Atiende, asignacionOf), mapped(me.Decide, unidadOf)})
	})
}
