package httpapi

import (
	"net/http"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// suceso is one moment of a gestión's life: an entry of the audit, or an event
// of its workflow.
type suceso struct {
	Origen  string            `json:"origen" enum:"registro,motor" doc:"registro: la auditoría; motor: el flujo en Temporal"`
	At      string            `json:"at" format:"date-time"`
	Actor   *nombrado         `json:"actor,omitempty" doc:"Quién; falta si fue el sistema"`
	Accion  string            `json:"accion,omitempty" doc:"Qué se hizo, según el registro"`
	Version int64             `json:"version,omitempty" doc:"La que dejó, si cambió algo"`
	Detalle map[string]string `json:"detalle,omitempty" doc:"Códigos, estados y el motivo dado"`
	Evento  int64             `json:"evento,omitempty" doc:"Número del evento en el motor"`
	Tipo    string            `json:"tipo,omitempty" doc:"Tipo del evento en el motor"`
	Que     string            `json:"que,omitempty" doc:"Mensaje o actividad de la que trata"`

	at time.Time
}

type historia struct {
	Linea []suceso `json:"linea" doc:"Todo, en el orden en que pasó"`
	Motor bool     `json:"motor" doc:"Si el motor contestó; si no, faltan sus eventos"`
}

func historiaOf(h app.Historia) historia {
	out := historia{Motor: h.Motor, Linea: []suceso{}}
	for _, a := range h.Asientos {
		e := suceso{Origen: "registro", at: a.At, At: moment(a.At), Accion: a.Accion, Version: a.Version, Detalle: a.Detalle}
		if a.Actor != "" {
			e.Actor = &nombrado{string(a.Actor), a.Nombre}
		}
		out.Linea = append(out.Linea, e)
	}
	for _, v := range h.Eventos {
		out.Linea = append(out.Linea, suceso{Origen: "motor", at: v.At, At: moment(v.At), Evento: v.ID, Tipo: v.Tipo, Que: v.Que})
	}
	slices.SortStableFunc(out.Linea, func(a, b suceso) int { return a.at.Compare(b.at) })
	return out
}

func (s *server) historias() {
	s.handle(operacion{
		id: "leer-historia", tag: "gestiones", method: http.MethodGet, path: "/gestiones/{id}/historia", resumen: "Leer la historia de una gestión",
		texto: "Una sola línea de tiempo: lo que el registro guardó y los eventos propios del flujo. Sin datos del cliente.", niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "La línea de tiempo", ejemplo: historia{Motor: true, Linea: []suceso{
			{Origen: "registro", At: unMomento, Actor: &nombrado{idAgente, "Ana Benítez"}, Accion: "cargar", Version: 1, Detalle: map[string]string{"estado": "recibida"}},
			{Origen: "motor", At: unMomento, Evento: 1, Tipo: "WorkflowExecutionStarted", Que: "Gestion"},
			{Origen: "registro", At: unMomento, Accion: "verificar", Version: 2, Detalle: map[string]string{"estado": "pendiente"}},
		}}}},
	}, s.historia)
	s.handle(operacion{
		id: "revelar-documento", tag: "gestiones", method: http.MethodPost, path: "/gestiones/{id}/documento", resumen: "Ver el documento completo",
		texto: "El número sin enmascarar. La auditoría guarda quién lo pidió y cuándo, cada vez.", repetible: true, niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El documento", ejemplo: documentoEntero{Tipo: "CI", Numero: "1234567", Entrada: "1.234.567"}}},
	}, s.revelar)
}

func (s *server) historia(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	h, err := s.Historia(p.ctx, p.actor, pa0580.GestionID(id))
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, historiaOf(h))
}

// documentoEntero is a document in full.
type documentoEntero struct {
	Tipo    string `json:"tipo" enum:"CI,RUC"`
	Numero  string `json:"numero" doc:"En su forma normal"`
	Entrada string `json:"entrada" doc:"Como lo escribió el agente"`
}

func (s *server) revelar(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	if err := p.refusal(nil); err != nil {
		return err
	}
	d, err := s.Revelar(p.ctx, p.actor, pa0580.GestionID(id))
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, documentoEntero{string(d.Tipo), d.Normal, d.Entrada})
}
