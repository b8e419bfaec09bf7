package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type asignacion struct {
	ID          string   `json:"id" format:"uuid"`
	Funcionario nombrado `json:"funcionario"`
	Unidad      nombrado `json:"unidad"`
	Modo        string   `json:"modo" enum:"permanente,apoyo"`
	Desde       string   `json:"desde" format:"date"`
	Hasta       *string  `json:"hasta" format:"date" doc:"El último día, incluido; null si sigue"`
}

type listaAsignaciones struct {
	Asignaciones []asignacion `json:"asignaciones"`
}

type datosAsignacion struct {
	Funcionario string `json:"funcionario" format:"uuid"`
	Unidad      string `json:"unidad" format:"uuid"`
	Modo        string `json:"modo" enum:"permanente,apoyo"`
	Desde       string `json:"desde" format:"date"`
	Hasta       string `json:"hasta,omitempty" format:"date" doc:"El último día, incluido; si falta, sigue"`
}

func asignacionOf(a app.AsignacionFicha) asignacion {
	return asignacion{
		a.ID, nombrado{string(a.Funcionario), a.FuncionarioNombre}, nombrado{string(a.Unidad), a.UnidadNombre},
		string(a.Modo), a.Desde.String(), optional(a.Hasta),
	}
}

func (s *server) nomina() {
	s.handle(operacion{
		id: "listar-asignaciones", tag: "organizacion", method: http.MethodGet, path: "/asignaciones", resumen: "Listar la nómina",
		texto: "Quién atiende en qué unidad, cómo y desde cuándo. Un agente ve las suyas; la jefatura, las de su unidad.",
		query: []parametro{
			identifier("unidad", "Solo de esta unidad"), identifier("funcionario", "Solo de este funcionario"),
			text("dia", "Solo las vigentes ese día, AAAA-MM-DD", "2026-10-15"),
		},
		salidas: []salida{{status: 200, texto: "La nómina", ejemplo: listaAsignaciones{[]asignacion{
			{idOtro, nombrado{idAgente, "Ana Benítez"}, nombrado{idUnidad, "Sección Comercial Asunción"}, "permanente", "2026-01-01", nil},
		}}}},
	}, func(p *pedido) error {
		f := app.FiltroRoster{
			Unidad:      pa0580.UnidadID(p.uuid("unidad", p.get("unidad"))),
			Funcionario: pa0580.FuncionarioID(p.uuid("funcionario", p.get("funcionario"))),
			On:          p.day("dia", p.get("dia")),
		}
		if err := p.err(); err != nil {
			return err
		}
		all, err := s.Roster(p.ctx, p.actor, f)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, listaAsignaciones{mapped(all, asignacionOf)})
	})
	change(s, "/asignaciones", "una asignación", "Quién atiende en qué unidad y desde cuándo. No cambia ninguna gestión ya guardada.",
		datosAsignacion{idAgente, idUnidad, "permanente", "2026-01-01", ""},
		func(in datosAsignacion, id string, c *campos) app.Cambio {
			if m := pa0580.Modo(in.Modo); m != pa0580.Permanente && m != pa0580.Apoyo {
				c.no("modo", "El modo es permanente o apoyo.")
			}
			desde := c.day("desde", in.Desde)
			return app.Cambio{Asignacion: &pa0580.Asignacion{
				ID: id, Funcionario: pa0580.FuncionarioID(c.id("funcionario", in.Funcionario)),
				Unidad: pa0580.UnidadID(c.id("unidad", in.Unidad)), Modo: pa0580.Modo(in.Modo),
				Desde: desde, Hasta: c.until(in.Hasta, desde),
			}}
		})
}
