package httpapi

import (
	"net/http"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// pedirAjuste asks to correct what a closed month paid.
type pedirAjuste struct {
	Gestion string `json:"gestion" format:"uuid"`
	Signo   string `json:"signo" enum:"resta,suma" doc:"resta: se pagó y no correspondía; suma: correspondía y no se pagó"`
	Motivo  string `json:"motivo" maxLength:"2000" doc:"La planilla lo imprime"`
}

// ajuste corrects what a closed month paid.
type ajuste struct {
	ID         string      `json:"id" format:"uuid"`
	Gestion    string      `json:"gestion" format:"uuid"`
	Corrige    string      `json:"corrige" doc:"El mes cerrado que corrige"`
	Signo      string      `json:"signo" enum:"resta,suma"`
	Estado     string      `json:"estado" enum:"pedido,aprobado,rechazado,incluido"`
	Motivo     string      `json:"motivo"`
	Unidad     unidadCorta `json:"unidad"`
	Agente     nombrado    `json:"agente"`
	PedidoPor  nombrado    `json:"pedido_por"`
	PedidoAt   string      `json:"pedido_at" format:"date-time"`
	Jefatura   *palabra    `json:"jefatura,omitempty" doc:"Quien decide sobre la gestión, si ya lo aprobó"`
	RRHH       *palabra    `json:"rrhh,omitempty" doc:"Recursos humanos, si ya lo aprobó"`
	Rechazo    *rechazoDe  `json:"rechazo,omitempty"`
	Planilla   *planillaDe `json:"planilla,omitempty" doc:"Donde entró"`
	PlanillaDe string      `json:"planilla_mes,omitempty"`
	Reclamo    string      `json:"reclamo,omitempty" format:"uuid" doc:"El reclamo de funcionario del que salió"`
}

// palabra is somebody's approval.
type palabra struct {
	Actor nombrado `json:"actor"`
	Cargo string   `json:"cargo,omitempty" enum:"jefe,subrogante"`
	At    string   `json:"at" format:"date-time"`
}

type rechazoDe struct {
	Actor  nombrado `json:"actor"`
	At     string   `json:"at" format:"date-time"`
	Motivo string   `json:"motivo"`
}

type ajustes struct {
	Ajustes []ajuste `json:"ajustes"`
}

func ajusteOf(a app.AjusteFicha) ajuste {
	out := ajuste{
		ID: string(a.ID), Gestion: string(a.Gestion), Corrige: a.Mes.String(), Signo: a.Signo.String(), Estado: string(a.Estado()), Motivo: a.Motivo,
		Unidad: unidadCorta{string(a.Unidad), a.UnidadCodigo, a.UnidadNombre}, Agente: nombrado{string(a.Agente), a.AgenteNombre},
		PedidoPor: nombrado{string(a.Pide), a.PideNombre}, PedidoAt: moment(a.PedidoAt),
		Jefatura: palabraOf(a.Jefe, a.JefeNombre), RRHH: palabraOf(a.RRHH, a.RRHHNombre), Reclamo: string(a.Reclamo),
	}
	if r := a.Rechazo; r != nil {
		out.Rechazo = &rechazoDe{nombrado{string(r.Quien), a.RechazoNombre}, moment(r.At), a.Rechazado}
	}
	if a.Planilla != "" {
		out.Planilla, out.PlanillaDe = &planillaDe{a.Planilla, a.PlanillaNro}, a.PlanillaMes.String()
	}
	return out
}

var signos = map[string]pa0580.Signo{"resta": pa0580.Resta, "suma": pa0580.Suma}

func palabraOf(v *pa0580.Visto, name string) *palabra {
	if v == nil {
		return nil
	}
	return &palabra{nombrado{string(v.Quien), name}, string(v.Autoridad.Cargo), moment(v.At)}
}

// unAjuste is the example, as its head asked for it.
func unAjuste() ajuste {
	return ajuste{
		ID: idAjuste, Gestion: idGestion, Corrige: "2026-10", Signo: "resta", Estado: "pedido", Motivo: "Se cargó dos veces al mismo cliente",
		Unidad: unidadCorta{idUnidad, "SCA", "Sección Comercial Asunción"}, Agente: nombrado{idAgente, "Ana Benítez"},
		PedidoPor: nombrado{idJefe, "Jimena Ortiz"}, PedidoAt: "2026-11-10T10:05:00-03:00",
		Jefatura: &palabra{nombrado{idJefe, "Jimena Ortiz"}, "jefe", "2026-11-10T10:05:00-03:00"},
	}
}

// ajusteAprobado is the example with both approvals.
func ajusteAprobado() ajuste {
	a := unAjuste()
	a.Estado, a.RRHH = "aprobado", &palabra{nombrado{idRRHH, "Hugo Ferreira"}, "", "2026-11-10T11:40:00-03:00"}
	return a
}

func (s *server) ajustes() {
	niega := []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeOwnGestion, pa0580.CodeWrongEstado}
	handleBody(s, operacion{
		id: "pedir-ajuste", tag: "ajustes", method: http.MethodPost, path: "/ajustes", resumen: "Pedir un ajuste",
		texto: "Lo que un mes cerrado pagó no cambia: un error se corrige en una planilla posterior, restando la línea que no correspondía o sumando la que faltó. " +
			"Lo pide quien decide sobre la gestión o recursos humanos, que con eso lo aprueba; falta la otra parte. Una gestión se paga una vez o ninguna, cualquiera sea la historia de sus ajustes.",
		niega:   append([]pa0580.Code{pa0580.CodeReasonMissing, pa0580.CodeRemark, pa0580.CodeConflict}, niega...),
		salidas: []salida{{status: 201, texto: "Pedido", ejemplo: unAjuste(), headers: map[string]string{"Location": "El ajuste"}}},
	}, pedirAjuste{idGestion, "resta", "Se cargó dos veces al mismo cliente"}, s.pedirAjuste)
	s.handle(operacion{
		id: "listar-ajustes", tag: "ajustes", method: http.MethodGet, path: "/ajustes", resumen: "Listar ajustes",
		texto: "Los de las gestiones que usted puede ver, del más nuevo al más viejo, hasta 500.",
		query: []parametro{
			text("mes", "Solo los que corrigen este mes, AAAA-MM", "2026-10"), text("estado", "pedido, aprobado, rechazado o incluido", "pedido"),
			text("gestion", "Solo los de esta gestión", idGestion),
		},
		salidas: []salida{{status: 200, texto: "Los ajustes", ejemplo: ajustes{[]ajuste{unAjuste()}}}},
	}, s.listarAjustes)
	s.handle(operacion{
		id: "leer-ajuste", tag: "ajustes", method: http.MethodGet, path: "/ajustes/{id}", resumen: "Leer un ajuste", niega: []pa0580.Code{pa0580.CodeNotFound},
		texto:   "Con quién lo pidió, quién lo aprobó y en qué planilla entró.",
		salidas: []salida{{status: 200, texto: "El ajuste", ejemplo: ajusteAprobado()}},
	}, named(ajusteOf, func(p *pedido, id pa0580.AjusteID) (app.AjusteFicha, error) { return s.Ajuste(p.ctx, p.actor, id) }))
	s.handle(operacion{
		id: "aprobar-ajuste", tag: "ajustes", method: http.MethodPost, path: "/ajustes/{id}/aprobar", resumen: "Aprobar un ajuste", niega: niega,
		texto:   "Como quien decide sobre la gestión, o como recursos humanos: hacen falta los dos, y son dos personas. Aprobado, entra en la próxima planilla de su unidad cuyo corte le siga.",
		salidas: []salida{{status: 200, texto: "Aprobado, o a la espera de la otra parte", ejemplo: ajusteAprobado()}},
	}, named(ajusteOf, func(p *pedido, id pa0580.AjusteID) (app.AjusteFicha, error) {
		return s.AprobarAjuste(p.ctx, p.actor, id, p.clave)
	}))
	handleBody(s, operacion{
		id: "rechazar-ajuste", tag: "ajustes", method: http.MethodPost, path: "/ajustes/{id}/rechazar", resumen: "Rechazar un ajuste",
		texto: "Cualquiera de las dos partes, con motivo, mientras no esté en una planilla: también el que se aprobó por error.", niega: append([]pa0580.Code{pa0580.CodeReasonMissing, pa0580.CodeRemark}, niega...),
		salidas: []salida{{status: 200, texto: "Rechazado", ejemplo: func() ajuste {
			a := unAjuste()
			a.Estado, a.Rechazo = "rechazado", &rechazoDe{nombrado{idRRHH, "Hugo Ferreira"}, "2026-11-10T11:40:00-03:00", "Son dos suministros distintos"}
			return a
		}()}},
	}, conMotivo{"Son dos suministros distintos"}, func(p *pedido, in conMotivo, ajenos pa0580.Refusals) error {
		return named(ajusteOf, func(p *pedido, id pa0580.AjusteID) (app.AjusteFicha, error) {
			if err := p.refusal(ajenos); err != nil {
				return app.AjusteFicha{}, err
			}
			return s.RechazarAjuste(p.ctx, p.actor, id, in.Motivo, p.clave)
		})(p)
	})
}

func (s *server) pedirAjuste(p *pedido, in pedirAjuste, ajenos pa0580.Refusals) error {
	if !isID(in.Gestion) {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "gestion", "La gestión se indica con su identificador."))
	}
	signo, known := signos[in.Signo]
	if !known {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "signo", "El signo es «resta» o «suma»."))
	}
	if err := p.refusal(ajenos); err != nil {
		return err
	}
	a, err := s.PedirAjuste(p.ctx, p.actor, pa0580.GestionID(in.Gestion), signo, in.Motivo, p.clave)
	if err != nil {
		return err
	}
	return p.created("/ajustes", string(a.ID), ajusteOf(a))
}

func (s *server) listarAjustes(p *pedido) error {
	f := app.FiltroAjustes{
		Mes: p.month(p.get("mes")), Estado: pa0580.EstadoAjuste(p.get("estado")), Gestion: pa0580.GestionID(p.uuid("gestion", p.get("gestion"))), Limite: 500,
	}
	if f.Estado != "" && !slices.Contains(pa0580.EstadosAjuste(), f.Estado) {
		p.no("estado", "El estado de un ajuste es pedido, aprobado, rechazado o incluido.")
	}
	if err := p.err(); err != nil {
		return err
	}
	all, err := s.Ajustes(p.ctx, p.actor, f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, ajustes{mapped(all, ajusteOf)})
}
