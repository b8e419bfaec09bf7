package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type jefatura struct {
	ID     string   `json:"id" format:"uuid"`
	Unidad string   `json:"unidad" format:"uuid"`
	Jefe   nombrado `json:"jefe"`
	Desde  string   `json:"desde" format:"date"`
	Hasta  *string  `json:"hasta" format:"date" doc:"El último día, incluido; null si sigue"`
}

type listaJefaturas struct {
	Jefaturas []jefatura `json:"jefaturas"`
}

type datosJefatura struct {
	Unidad string `json:"unidad" format:"uuid"`
	Jefe   string `json:"jefe" format:"uuid"`
	Desde  string `json:"desde" format:"date"`
	Hasta  string `json:"hasta,omitempty" format:"date" doc:"El último día, incluido; si falta, sigue"`
}

type subrogancia struct {
	ID         string   `json:"id" format:"uuid"`
	Unidad     string   `json:"unidad" format:"uuid"`
	Subrogante nombrado `json:"subrogante"`
	Desde      string   `json:"desde" format:"date"`
	Hasta      string   `json:"hasta" format:"date" doc:"El último día, incluido"`
}

type listaSubrogancias struct {
	Subrogancias []subrogancia `json:"subrogancias"`
}

type datosSubrogancia struct {
	Unidad     string `json:"unidad" format:"uuid"`
	Subrogante string `json:"subrogante" format:"uuid"`
	Desde      string `json:"desde" format:"date"`
	Hasta      string `json:"hasta" format:"date" doc:"El último día, incluido"`
}

func (s *server) mandos() {
	s.handle(operacion{
		id: "listar-jefaturas", tag: "organizacion", method: http.MethodGet, path: "/jefaturas", resumen: "Listar jefaturas",
		texto: "Quién dirige qué unidad y desde cuándo.",
		salidas: []salida{{status: 200, texto: "Las jefaturas", ejemplo: listaJefaturas{[]jefatura{
			{idOtro, idUnidad, nombrado{idJefe, "Jimena Ortiz"}, "2026-01-01", nil},
		}}}},
	}, func(p *pedido) error {
		all, err := s.Jefaturas(p.ctx)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, listaJefaturas{mapped(all, func(j app.JefaturaFicha) jefatura {
			return jefatura{j.ID, string(j.Unidad), nombrado{string(j.Jefe), j.Nombre}, j.Desde.String(), optional(j.Hasta)}
		})})
	})
	change(s, "/jefaturas", "una jefatura", "Quién dirige una unidad. Una sola persona por día.",
		datosJefatura{idUnidad, idJefe, "2026-01-01", ""},
		func(in datosJefatura, id string, c *campos) app.Cambio {
			desde := c.day("desde", in.Desde)
			return app.Cambio{Jefatura: &app.JefaturaFicha{ID: id, Jefatura: pa0580.Jefatura{
				Unidad: pa0580.UnidadID(c.id("unidad", in.Unidad)), Jefe: pa0580.FuncionarioID(c.id("jefe", in.Jefe)),
				Desde: desde, Hasta: c.until(in.Hasta, desde),
			}}}
		})
	s.handle(operacion{
		id: "listar-subrogancias", tag: "organizacion", method: http.MethodGet, path: "/subrogancias", resumen: "Listar subrogancias",
		texto: "Quién sustituye a qué jefatura y en qué días.",
		salidas: []salida{{status: 200, texto: "Las subrogancias", ejemplo: listaSubrogancias{[]subrogancia{
			{idOtro, idUnidad, nombrado{idAgente, "Sara Duarte"}, "2026-10-05", "2026-10-16"},
		}}}},
	}, func(p *pedido) error {
		all, err := s.Subrogancias(p.ctx)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, listaSubrogancias{mapped(all, func(x app.SubroganciaFicha) subrogancia {
			return subrogancia{x.ID, string(x.Unidad), nombrado{string(x.Subrogante), x.Nombre}, x.Desde.String(), x.Hasta.String()}
		})})
	})
	change(s, "/subrogancias", "una subrogancia", "Quién sustituye a la jefatura de una unidad, en días contados.",
		datosSubrogancia{idUnidad, idAgente, "2026-10-05", "2026-10-16"},
		func(in datosSubrogancia, id string, c *campos) app.Cambio {
			desde := c.day("desde", in.Desde)
			if in.Hasta == "" {
				c.no("hasta", "Falta «hasta»: una subrogancia tiene último día.")
			}
			return app.Cambio{Subrogancia: &app.SubroganciaFicha{ID: id, Subrogancia: pa0580.Subrogancia{
				Unidad: pa0580.UnidadID(c.id("unidad", in.Unidad)), Subrogante: pa0580.FuncionarioID(c.id("subrogante", in.Subrogante)),
				Desde: desde, Hasta: c.until(in.Hasta, desde),
			}}}
		})
}
