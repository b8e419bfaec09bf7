package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type feriado struct {
	ID     string  `json:"id" format:"uuid"`
	Dia    string  `json:"dia" format:"date"`
	Nombre string  `json:"nombre"`
	Unidad *string `json:"unidad" format:"uuid" doc:"Solo para esta unidad y las que dependen de ella; null: para todas"`
}

type calendario struct {
	Anio     int       `json:"anio"`
	Version  int       `json:"version" doc:"Sube con cada cambio; las gestiones guardan por cuál se clasificaron"`
	Feriados []feriado `json:"feriados"`
}

type datosFeriado struct {
	Dia    string `json:"dia" format:"date"`
	Nombre string `json:"nombre" maxLength:"200"`
	Unidad string `json:"unidad,omitempty" format:"uuid" doc:"Solo para esta unidad y las que dependen de ella"`
}

func feriadoOf(f app.FeriadoFicha) feriado {
	out := feriado{ID: f.ID, Dia: f.Dia.String(), Nombre: f.Nombre}
	if f.Unidad != "" {
		out.Unidad = ptr(string(f.Unidad))
	}
	return out
}

func (s *server) calendario() {
	s.handle(operacion{
		id: "leer-calendario", tag: "organizacion", method: http.MethodGet, path: "/calendario", resumen: "Leer el calendario",
		texto: "Los días no laborables de un año, además de sábados y domingos.",
		query: []parametro{number("anio", "El año; si falta, el que corre", 2000, 2100, 2026)},
		salidas: []salida{{status: 200, texto: "El calendario", ejemplo: calendario{2026, 14, []feriado{
			{idOtro, "2026-12-08", "Virgen de Caacupé", nil},
		}}}},
	}, func(p *pedido) error {
		today := pa0580.DiaOf(s.Reloj())
		year := p.number("anio", p.get("anio"), 2000, 2100, today.Year)
		if err := p.err(); err != nil {
			return err
		}
		version, all, err := s.Feriados(p.ctx, year)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, calendario{year, version, mapped(all, feriadoOf)})
	})
	change(s, "/calendario/feriados", "un feriado", "Un día no laborable. Vale para lo que se guarde desde ahora: no reclasifica nada.",
		datosFeriado{"2026-12-08", "Virgen de Caacupé", ""},
		func(in datosFeriado, id string, c *campos) app.Cambio {
			return app.Cambio{Feriado: &app.FeriadoFicha{ID: id, Feriado: pa0580.Feriado{
				Dia: c.day("dia", in.Dia), Nombre: c.text("nombre", in.Nombre, 200), Unidad: pa0580.UnidadID(c.optionalID("unidad", in.Unidad)),
			}}}
		})
	s.handle(operacion{
		id: "quitar-feriado", tag: "organizacion", method: http.MethodDelete, path: "/calendario/feriados/{id}", resumen: "Quitar un feriado",
		texto: "Deja de valer para lo que se guarde desde ahora. Lo hace el rol admin; la auditoría lo guarda.", niega: deAdmin,
		salidas: []salida{{status: 204, texto: "Quitado"}},
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		p.ownClave()
		if _, err := s.save(p, app.Cambio{SinFeriado: id}, &campos{}); err != nil {
			return err
		}
		return p.nothing()
	})
}
