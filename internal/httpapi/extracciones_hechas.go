package httpapi

import (
	"net/http"
	"strconv"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// extraccionHecha is what the audit has of an extraction.
type extraccionHecha struct {
	ID         string   `json:"id" format:"uuid"`
	At         string   `json:"at" format:"date-time" doc:"Cuándo empezó"`
	Actor      nombrado `json:"actor"`
	Unidades   []string `json:"unidades" doc:"Sus códigos"`
	Desde      string   `json:"desde" format:"date"`
	Hasta      string   `json:"hasta" format:"date"`
	Estado     []string `json:"estado,omitempty" doc:"Solo en estos estados"`
	Tipo       int      `json:"tipo,omitempty"`
	Jornada    string   `json:"jornada,omitempty"`
	Formato    string   `json:"formato" enum:"csv,xlsx"`
	Documentos string   `json:"documentos" enum:"enmascarados,completos"`
	Motivo     string   `json:"motivo,omitempty"`
	Fin        string   `json:"fin,omitempty" enum:"completa,cortada,fallida" doc:"cortada: quien la pidió se fue o se detuvo; falta si está en curso, o si el proceso terminó antes"`
	Filas      int64    `json:"filas,omitempty" doc:"Hasta dónde llegó"`
	Terminada  *string  `json:"terminada_at,omitempty" format:"date-time"`
}

type extraccionesHechas struct {
	Extracciones []extraccionHecha `json:"extracciones"`
	Siguiente    *string           `json:"siguiente" doc:"El cursor de la página siguiente; null en la última"`
}

func extraccionHechaOf(e app.ExtraccionHecha) extraccionHecha {
	docs := enmascarados
	if e.Completos {
		docs = completos
	}
	return extraccionHecha{
		ID: e.ID, At: moment(e.At), Actor: nombrado{string(e.Actor), e.Nombre},
		Unidades: mapped(e.Unidades, func(u pa0580.Unidad) string { return u.Codigo }),
		Desde:    e.Desde.String(), Hasta: e.Hasta.String(),
		Estado: mapped(e.Estados, func(s pa0580.Estado) string { return string(s) }), Tipo: int(e.Tipo), Jornada: string(e.Jornada),
		Formato: string(e.Formato), Documentos: docs, Motivo: e.Motivo,
		Fin: string(e.Fin), Filas: e.Filas, Terminada: momentOf(e.TerminadaAt),
	}
}

func (s *server) extraccionesHechas() {
	s.handle(operacion{
		id: "listar-extracciones", tag: "gestiones", method: http.MethodGet, path: "/extracciones", resumen: "Listar las extracciones hechas",
		texto: "Quién extrajo qué, según la auditoría, de la última a la primera. Quien audita ve las de todos; los demás, las suyas.",
		niega: []pa0580.Code{pa0580.CodeForbidden},
		query: []parametro{text("cursor", "El «siguiente» de la página anterior", *cursorOf("412")), number("limite", "Cuántas por página; 50 si no se dice", 1, maxPage, pageSize)},
		salidas: []salida{{status: 200, texto: "Una página", ejemplo: extraccionesHechas{[]extraccionHecha{{
			ID: idOtro, At: unMomento, Actor: nombrado{idJefe, "Jimena Ortiz"}, Unidades: []string{"SCA"}, Desde: "2026-10-01", Hasta: "2026-10-31",
			Formato: "csv", Documentos: completos, Motivo: "Control de la unidad", Fin: "completa", Filas: 1204, Terminada: ptr(unMomento),
		}}, nil}}},
	}, func(p *pedido) error {
		limit := p.number("limite", p.get("limite"), 1, maxPage, pageSize)
		before, err := strconv.ParseInt(uncursor(p.get("cursor")), 10, 64)
		if err != nil && p.get("cursor") != "" {
			p.no("cursor", "El cursor no es de esta lista: empiece sin cursor.")
		}
		if err := p.err(); err != nil {
			return err
		}
		page, more, err := s.Extracciones(p.ctx, p.actor, before, limit)
		if err != nil {
			return err
		}
		out := extraccionesHechas{Extracciones: mapped(page, extraccionHechaOf)}
		if more {
			out.Siguiente = cursorOf(strconv.FormatInt(page[len(page)-1].Asiento, 10))
		}
		return p.answer(http.StatusOK, out)
	})
}
