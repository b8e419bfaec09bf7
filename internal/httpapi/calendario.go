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
	Version  int       `json:"version" doc:"Sube con cada cambio; las gestiones guardan por cuál se clasificaron, en «calendario»"`
	Feriados []feriado `json:"feriados"`
}

type datosFeriado struct {
	Dia    string `json:"dia" format:"date"`
	Nombre string `json:"nombre" maxLength:"200"`
	Unidad string `json:"unidad,omitempty" format:"uuid" doc:"Solo para esta unidad y las que dependen de ella"`

	Calendario int `json:"calendario,omitempty" minimum:"1" doc:"La versión que dio el ensayo: se rechaza si el calendario cambió desde entonces. Obligatoria si el cambio reclasifica gestiones"`
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
		texto: "Los días no laborables de un año, además de sábados y domingos; en cualquier versión, para ver por cuál se clasificó una gestión.",
		query: []parametro{
			number("anio", "El año; si falta, el que corre", 2000, 2100, 2026),
			number("version", "Una versión pasada; si falta, la vigente", 1, 1_000_000, 14),
		},
		niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El calendario", ejemplo: calendario{2026, 14, []feriado{
			{idOtro, "2026-12-08", "Virgen de Caacupé", nil},
		}}}},
	}, func(p *pedido) error {
		today := pa0580.DiaOf(s.Reloj())
		year := p.number("anio", p.get("anio"), 2000, 2100, today.Year)
		version := p.number("version", p.get("version"), 1, 1_000_000, 0)
		if err := p.err(); err != nil {
			return err
		}
		version, all, err := s.Feriados(p.ctx, year, version)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, calendario{year, version, mapped(all, feriadoOf)})
	})
	change(s, "/calendario/feriados", "un feriado", "Un día no laborable. Vale para lo que se guarde desde ahora, y reclasifica lo ya guardado ese día en meses abiertos: todo o nada, auditado gestión por gestión. Si hay algo que reclasificar pide el ensayo. Los meses cerrados quedan como se pagaron.",
		datosFeriado{Dia: "2026-12-08", Nombre: "Virgen de Caacupé", Calendario: 14},
		func(in datosFeriado, id string, c *campos) app.Cambio { return c.feriado(in, id) })
	s.handle(operacion{
		id: "quitar-feriado", tag: "organizacion", method: http.MethodDelete, path: "/calendario/feriados/{id}", resumen: "Quitar un feriado",
		texto: "Deja de valer para lo que se guarde desde ahora, y lo ya guardado ese día en meses abiertos se reclasifica. Lo hace el rol admin; la auditoría lo guarda.", niega: deAdmin,
		query:   []parametro{number("calendario", "La versión que dio el ensayo, obligatoria si el cambio reclasifica gestiones", 1, 1_000_000, 14)},
		salidas: []salida{{status: 204, texto: "Quitado"}},
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		version := p.number("calendario", p.get("calendario"), 1, 1_000_000, 0)
		if err := p.err(); err != nil {
			return err
		}
		p.ownClave()
		if _, err := s.save(p, app.Cambio{SinFeriado: id, Calendario: version}, &campos{}); err != nil {
			return err
		}
		return p.nothing()
	})
	s.ensayoCalendario()
}

// feriado reads a change of an entry, or of a new one where there is no id.
func (c *campos) feriado(in datosFeriado, id string) app.Cambio {
	return app.Cambio{Calendario: in.Calendario, Feriado: &app.FeriadoFicha{ID: id, Feriado: pa0580.Feriado{
		Dia: c.day("dia", in.Dia), Nombre: c.text("nombre", in.Nombre, 200), Unidad: pa0580.UnidadID(c.optionalID("unidad", in.Unidad)),
	}}}
}
