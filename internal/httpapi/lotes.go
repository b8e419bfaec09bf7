package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// nuevoLote is many decisions at once.
type nuevoLote struct {
	Comandos []decisionDeLote `json:"comandos" minItems:"1" maxItems:"1000" doc:"En este orden se guardan"`
}

type decisionDeLote struct {
	Gestion string `json:"gestion" format:"uuid"`
	Accion  string `json:"accion" enum:"aprobar,observar,retirar_observacion,rechazar,retirar_decision"`
	Version int64  `json:"version" minimum:"1" doc:"La versión que usted vio"`
	Motivo  string `json:"motivo,omitempty" maxLength:"2000" doc:"Obligatorio para observar y rechazar"`
}

// lote is a bulk request and how far it came.
type lote struct {
	ID          string       `json:"id" format:"uuid"`
	CreadoAt    string       `json:"creado_at" format:"date-time"`
	Pedidos     int          `json:"pedidos" doc:"Cuántos se pidieron"`
	Almacenados int          `json:"almacenados" doc:"Cuántos se guardaron"`
	Aplicados   int          `json:"aplicados"`
	SinEfecto   int          `json:"sin_efecto"`
	EnEspera    int          `json:"en_espera" doc:"Guardados que todavía no se aplicaron"`
	Rechazos    []noGuardado `json:"rechazos" doc:"Los que no se guardaron, con su porqué"`
	Comandos    []comando    `json:"comandos"`
}

type noGuardado struct {
	Gestion string `json:"gestion" format:"uuid"`
	Codigo  string `json:"codigo"`
	Mensaje string `json:"mensaje"`
}

func loteOf(l app.Lote) lote {
	out := lote{
		ID: l.ID, CreadoAt: moment(l.CreadoAt), Pedidos: l.Pedidos, Almacenados: len(l.Comandos),
		Rechazos: mapped(l.Rechazos, func(r app.Rechazo) noGuardado { return noGuardado{string(r.Gestion), string(r.Code), r.Message} }),
		Comandos: mapped(l.Comandos, comandoOf),
	}
	for _, c := range l.Comandos {
		switch c.Resultado {
		case pa0580.Aplicado:
			out.Aplicados++
		case pa0580.SinEfecto:
			out.SinEfecto++
		default:
			out.EnEspera++
		}
	}
	return out
}

func (s *server) lotes() {
	stored := lote{
		ID: idOtro, CreadoAt: "2026-10-15T11:05:00-03:00", Pedidos: 2, Almacenados: 1, EnEspera: 1, Comandos: []comando{ejemploEspera},
		Rechazos: []noGuardado{{idOtro, "VERSION", "La gestión cambió desde que usted la vio: ábrala de nuevo y repita."}},
	}
	done := stored
	done.EnEspera, done.Aplicados, done.Comandos = 0, 1, []comando{ejemploAplicado}
	handleBody(s, operacion{
		id: "pedir-lote", tag: "comandos", method: http.MethodPost, path: "/lotes", resumen: "Decidir sobre muchas gestiones", limite: bulkLimit,
		texto:   "Cada decisión se juzga por sí sola: las rechazadas vienen en «rechazos»; las demás quedan guardadas y se aplican en segundo plano; las de una misma gestión, en el orden en que se guardaron.",
		niega:   []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 202, texto: "Guardado", ejemplo: stored, headers: map[string]string{"Location": "El lote"}}},
	}, nuevoLote{[]decisionDeLote{{Gestion: idGestion, Accion: "aprobar", Version: 2}, {Gestion: idOtro, Accion: "observar", Version: 3, Motivo: "Falta el expediente"}}}, s.pedirLote)
	s.handle(operacion{
		id: "leer-lote", tag: "comandos", method: http.MethodGet, path: "/lotes/{id}", resumen: "Leer un lote",
		texto: "Uno de los suyos: cuántos se aplicaron, cuántos esperan y cada resultado.", niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El lote", ejemplo: done}},
	}, s.lote)
}

func (s *server) pedirLote(p *pedido, in nuevoLote, ajenos pa0580.Refusals) error {
	var asked []app.Peticion
	for i, c := range in.Comandos {
		if !isID(c.Gestion) {
			ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, fmt.Sprintf("comandos[%d].gestion", i), "La gestión se indica con su identificador."))
		}
		asked = append(asked, app.Peticion{Gestion: pa0580.GestionID(strings.ToLower(c.Gestion)), Accion: pa0580.Accion(c.Accion), Version: c.Version, Motivo: c.Motivo})
	}
	if err := p.refusal(ajenos); err != nil {
		return err
	}
	l, err := s.PedirLote(p.ctx, p.actor, asked, p.clave)
	if err != nil {
		return err
	}
	p.g.Header("Location", base+"/lotes/"+l.ID)
	return p.answer(http.StatusAccepted, loteOf(l))
}

func (s *server) lote(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	l, err := s.Lote(p.ctx, p.actor, id)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, loteOf(l))
}
