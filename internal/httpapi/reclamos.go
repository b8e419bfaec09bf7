package httpapi

import (
	"net/http"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// nuevoReclamo is what a funcionario claims about their own pay.
type nuevoReclamo struct {
	Gestion string `json:"gestion,omitempty" format:"uuid" doc:"La gestión propia que se resolvió mal; si falta, se reclama una que no está, con su mes y su unidad"`
	Unidad  string `json:"unidad,omitempty" format:"uuid" doc:"De la que falta"`
	Mes     string `json:"mes,omitempty" doc:"De la que falta, AAAA-MM: un mes cerrado"`
	Motivo  string `json:"motivo" maxLength:"2000"`
}

type responderReclamo struct {
	Resultado string `json:"resultado" enum:"sin_lugar,procede"`
	Motivo    string `json:"motivo" maxLength:"2000" doc:"Lo lee quien reclamó; si hay ajuste, la planilla lo imprime"`
	Signo     string `json:"signo,omitempty" enum:"resta,suma" doc:"Del ajuste que procede; falta si su decisión ya se retiró y la gestión volvió a la bandeja"`
	Gestion   string `json:"gestion,omitempty" format:"uuid" doc:"La que se suma, si se reclamó una que faltaba: de ese funcionario, esa unidad y ese mes; solo con signo"`
}

// reclamoFuncionario is a funcionario's claim: no «reclamo» of OPEN SGC's.
type reclamoFuncionario struct {
	ID           string              `json:"id" format:"uuid"`
	Gestion      string              `json:"gestion,omitempty" format:"uuid" doc:"Falta si se reclama una que no está"`
	Mes          string              `json:"mes"`
	Unidad       unidadCorta         `json:"unidad"`
	Agente       nombrado            `json:"agente"`
	Motivo       string              `json:"motivo"`
	Estado       string              `json:"estado" enum:"presentado,vencido,retirado,sin_lugar,procede"`
	PresentadoAt string              `json:"presentado_at" format:"date-time"`
	Vence        string              `json:"vence" format:"date" doc:"El último día para responderlo: cinco días hábiles de la unidad"`
	VencidoAt    *string             `json:"vencido_at,omitempty" format:"date-time" doc:"Cuándo constó que nadie lo respondió a tiempo"`
	RetiradoAt   *string             `json:"retirado_at,omitempty" format:"date-time"`
	Respuesta    *respuestaDeReclamo `json:"respuesta,omitempty"`
	Toca         []mando             `json:"toca" doc:"Quiénes pueden responderlo hoy; vacío si terminó, o si lo define la administración"`
}

type respuestaDeReclamo struct {
	Actor   nombrado `json:"actor"`
	Cargo   string   `json:"cargo" enum:"jefe,subrogante"`
	At      string   `json:"at" format:"date-time"`
	Procede bool     `json:"procede"`
	Motivo  string   `json:"motivo"`
	Ajuste  *ajuste  `json:"ajuste,omitempty" doc:"El que lo repara, y cómo va: recursos humanos lo aprueba o lo rechaza"`
}

type reclamosFuncionario struct {
	Reclamos []reclamoFuncionario `json:"reclamos"`
}

func reclamoOf(r app.ReclamoFicha) reclamoFuncionario {
	out := reclamoFuncionario{
		ID: string(r.ID), Gestion: string(r.Gestion), Mes: r.Mes.String(), Unidad: unidadCorta{string(r.Unidad), r.UnidadCodigo, r.UnidadNombre},
		Agente: nombrado{string(r.Agente), r.AgenteNombre}, Motivo: r.Motivo, Estado: string(r.Estado()), PresentadoAt: moment(r.PresentadoAt),
		Vence: r.Vence.String(), VencidoAt: momentOf(r.VencidoAt), RetiradoAt: momentOf(r.RetiradoAt), Toca: mapped(r.Toca, mandoOf),
	}
	if x := r.Respuesta; x != nil {
		out.Respuesta = &respuestaDeReclamo{nombrado{string(x.Quien), r.RespondeNombre}, string(x.Autoridad.Cargo), moment(x.At), x.Procede, x.Motivo, nil}
		if r.Ajuste != nil {
			out.Respuesta.Ajuste = ptr(ajusteOf(*r.Ajuste))
		}
	}
	return out
}

func mandoOf(m app.Mando) mando { return mando{string(m.ID), m.Nombre, string(m.Cargo)} }

// unReclamo is the example, as it waits.
func unReclamo() reclamoFuncionario {
	return reclamoFuncionario{
		ID: idReclamo, Gestion: idGestion, Mes: "2026-10", Unidad: unaUnidad, Agente: nombrado{idAgente, "Ana Benítez"},
		Motivo: "El expediente que faltaba está cargado desde el día 12", Estado: "presentado", PresentadoAt: "2026-11-10T08:30:00-03:00", Vence: "2026-11-17",
		Toca: []mando{{idJefe, "Jimena Ortiz", "jefe"}},
	}
}

// reclamoRespondido is the example with its answer.
func reclamoRespondido() reclamoFuncionario {
	r, x := unReclamo(), unAjuste()
	x.Signo, x.Motivo, x.Reclamo = "suma", "El expediente estaba completo", idReclamo
	r.Estado, r.Toca = "procede", []mando{}
	r.Respuesta = &respuestaDeReclamo{nombrado{idJefe, "Jimena Ortiz"}, "jefe", "2026-11-10T10:05:00-03:00", true, x.Motivo, &x}
	return r
}

const textoReclamo = "Un reclamo de funcionario es sobre el pago propio; no es el reclamo de un cliente en OPEN SGC. "

// deReclamos are the parameters of their lists.
var deReclamos = []parametro{
	oneOf("estado", "abierto son los que esperan respuesta: presentado o vencido", "abierto", "presentado", "vencido", "retirado", "sin_lugar", "procede"),
	text("mes", "Solo los de este mes, AAAA-MM", "2026-10"), text("gestion", "Solo los de esta gestión", idGestion),
}

func (s *server) reclamos() {
	de := []salida{{status: 200, texto: "Los reclamos", ejemplo: reclamosFuncionario{[]reclamoFuncionario{unReclamo()}}}}
	handleBody(s, operacion{
		id: "reclamar", tag: "reclamos", method: http.MethodPost, path: "/reclamos-funcionario", resumen: "Reclamar sobre el pago propio",
		texto: textoReclamo + "Trata de una gestión propia que un cierre resolvió o la jefatura rechazó, o de una que falta en un mes cerrado. Lo que todavía espera no se reclama: el rechazo dice qué hacer. " +
			"Va a quien decide sobre esas gestiones, que lo responde con motivo en cinco días hábiles; vencido, también puede responderlo su jefatura superior. Uno abierto a la vez por gestión.",
		niega:   []pa0580.Code{pa0580.CodeNotFound, pa0580.CodeWrongEstado, pa0580.CodeConflict, pa0580.CodeReasonMissing, pa0580.CodeRemark, pa0580.CodeNotRostered},
		salidas: []salida{{status: 201, texto: "Presentado", ejemplo: unReclamo(), headers: map[string]string{"Location": "El reclamo"}}},
	}, nuevoReclamo{Gestion: idGestion, Motivo: unReclamo().Motivo}, s.reclamar)
	s.handle(operacion{
		id: "listar-mis-reclamos", tag: "reclamos", method: http.MethodGet, path: "/yo/reclamos-funcionario", resumen: "Listar mis reclamos de funcionario",
		texto: "Primero los que esperan respuesta, hasta 500.", query: deReclamos, salidas: de,
	}, func(p *pedido) error {
		return s.listarReclamos(p, func(f app.FiltroReclamos) ([]app.ReclamoFicha, error) { return s.MisReclamos(p.ctx, p.actor, f) })
	})
	s.handle(operacion{
		id: "listar-reclamos-funcionario", tag: "reclamos", method: http.MethodGet, path: "/reclamos-funcionario", resumen: "Listar reclamos de funcionarios",
		texto: "Los propios y, para quien decide, los que le toca responder o respondió su unidad; los vencidos, también para su jefatura superior; todos, para rrhh y auditor. Primero los que esperan respuesta, por su vencimiento, hasta 500.",
		query: deReclamos, salidas: de,
	}, func(p *pedido) error {
		return s.listarReclamos(p, func(f app.FiltroReclamos) ([]app.ReclamoFicha, error) { return s.Reclamos(p.ctx, p.actor, f) })
	})
	s.handle(operacion{
		id: "leer-reclamo-funcionario", tag: "reclamos", method: http.MethodGet, path: "/reclamos-funcionario/{id}", resumen: "Leer un reclamo de funcionario",
		texto: "Con su respuesta y, si procede, cómo va el ajuste.", niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El reclamo", ejemplo: reclamoRespondido()}},
	}, named(reclamoOf, func(p *pedido, id pa0580.ReclamoFuncionarioID) (app.ReclamoFicha, error) {
		return s.ReclamoFuncionario(p.ctx, p.actor, id)
	}))
	handleBody(s, operacion{
		id: "responder-reclamo-funcionario", tag: "reclamos", method: http.MethodPost, path: "/reclamos-funcionario/{id}/responder", resumen: "Responder un reclamo de funcionario",
		texto: "Quien decide sobre esas gestiones o, vencido, su jefatura superior; nadie el propio. «sin_lugar» no cambia nada. «procede» pide un ajuste, que con eso aprueba como jefatura y espera a recursos humanos; lo que falta solo se suma; " +
			"sin signo, solo si la decisión se retiró en la bandeja.",
		niega:   []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeOwnGestion, pa0580.CodeNotFound, pa0580.CodeWrongEstado, pa0580.CodeConflict, pa0580.CodeReasonMissing, pa0580.CodeRemark, pa0580.CodeReferenceUnknown},
		salidas: []salida{{status: 200, texto: "Respondido", ejemplo: reclamoRespondido()}},
	}, responderReclamo{Resultado: "procede", Motivo: "El expediente estaba completo", Signo: "suma"}, s.responderReclamo)
	s.handle(operacion{
		id: "retirar-reclamo-funcionario", tag: "reclamos", method: http.MethodPost, path: "/reclamos-funcionario/{id}/retirar", resumen: "Retirar un reclamo propio",
		texto: "Mientras nadie lo respondió.", niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeWrongEstado},
		salidas: []salida{{status: 200, texto: "Retirado", ejemplo: func() reclamoFuncionario {
			r := unReclamo()
			r.Estado, r.RetiradoAt, r.Toca = "retirado", ptr("2026-11-10T09:00:00-03:00"), []mando{}
			return r
		}()}},
	}, named(reclamoOf, func(p *pedido, id pa0580.ReclamoFuncionarioID) (app.ReclamoFicha, error) {
		return s.RetirarReclamo(p.ctx, p.actor, id, p.clave)
	}))
}

func (s *server) reclamar(p *pedido, in nuevoReclamo, ajenos pa0580.Refusals) error {
	n := app.NuevoReclamo{Gestion: pa0580.GestionID(in.Gestion), Unidad: pa0580.UnidadID(in.Unidad)}
	switch {
	case in.Gestion != "" && (in.Unidad != "" || in.Mes != ""):
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "gestion", "La unidad y el mes son los de la gestión: quítelos, o quite la gestión si reclama una que falta."))
	case in.Gestion != "" && !isID(in.Gestion):
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "gestion", "La gestión se indica con su identificador."))
	case in.Gestion == "":
		mes, err := pa0580.ParseMes(in.Mes)
		if ajenos = append(ajenos, pa0580.RefusalsIn(err)...); !isID(in.Unidad) {
			ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "unidad", "La unidad se indica con su identificador."))
		}
		n.Mes = mes
	}
	var err error
	n.Motivo, err = pa0580.ParseMotivoReclamo(in.Motivo)
	if err := p.refusal(append(ajenos, pa0580.RefusalsIn(err)...)); err != nil {
		return err
	}
	r, err := s.Reclamar(p.ctx, p.actor, n, p.clave)
	if err != nil {
		return err
	}
	return p.created("/reclamos-funcionario", string(r.ID), reclamoOf(r))
}

func (s *server) listarReclamos(p *pedido, list func(app.FiltroReclamos) ([]app.ReclamoFicha, error)) error {
	f := app.FiltroReclamos{Mes: p.month(p.get("mes")), Gestion: pa0580.GestionID(p.uuid("gestion", p.get("gestion"))), Limite: 500}
	switch estado := pa0580.EstadoReclamo(p.get("estado")); {
	case estado == "abierto":
		f.Abiertos = true
	case estado == "" || slices.Contains(pa0580.EstadosReclamo(), estado):
		f.Estado = estado
	default:
		p.no("estado", "El estado es abierto, presentado, vencido, retirado, sin_lugar o procede.")
	}
	if err := p.err(); err != nil {
		return err
	}
	all, err := list(f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, reclamosFuncionario{mapped(all, reclamoOf)})
}

func (s *server) responderReclamo(p *pedido, in responderReclamo, ajenos pa0580.Refusals) error {
	x := app.RespuestaDeReclamo{Motivo: in.Motivo, Procede: in.Resultado == "procede", Gestion: pa0580.GestionID(in.Gestion)}
	if !x.Procede && in.Resultado != "sin_lugar" {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "resultado", "El resultado es «sin_lugar» o «procede»."))
	}
	signo, known := signos[in.Signo]
	if !known && in.Signo != "" {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "signo", "El signo es «resta» o «suma»."))
	}
	switch {
	case in.Gestion != "" && !isID(in.Gestion):
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "gestion", "La gestión se indica con su identificador."))
	case in.Gestion != "" && in.Signo == "":
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "gestion", "La gestión es la del ajuste que procede: agregue su signo, o quítela."))
	}
	x.Signo = signo
	if err := p.refusal(ajenos); err != nil {
		return err
	}
	return named(reclamoOf, func(p *pedido, id pa0580.ReclamoFuncionarioID) (app.ReclamoFicha, error) {
		return s.ResponderReclamo(p.ctx, p.actor, id, x, p.clave)
	})(p)
}
