package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// fijarCorte sets a month's corte.
type fijarCorte struct {
	Momento string `json:"momento,omitempty" format:"date-time" doc:"Si falta, ahora"`
}

// conMotivo is a written reason.
type conMotivo struct {
	Motivo string `json:"motivo,omitempty" maxLength:"2000"`
}

// orden closes a month as its preview showed it.
type orden struct {
	Huella string `json:"huella" doc:"La de la vista previa que usted revisó"`
	Motivo string `json:"motivo,omitempty" maxLength:"2000" doc:"Obligatorio si hay bloqueos; la planilla lo imprime"`
}

type darConformidad struct {
	Unidad string `json:"unidad" format:"uuid"`
	Huella string `json:"huella" doc:"La que mostró la preparación de la unidad que usted revisó"`
}

var (
	ejemploCierre = cierre{Mes: "2026-10", Corte: &corte{"2026-11-03T18:00:00-03:00", "Hugo Ferreira", true}}
	ejemploOrden  = ordenDada{ID: idOtro, Momento: "2026-11-03T18:19:00-03:00", Por: "Hugo Ferreira", Huella: huella, Estado: "por_confirmar"}
)

// cerrado is the example month after its close.
func cerrado() cierre {
	c := ejemploCierre
	c.CerradoAt, c.CerradoPor, c.Huella = ptr("2026-11-03T18:20:00-03:00"), "Hugo Ferreira", huella
	c.Lineas, c.Avisadas, c.Planillas = 20412, 20412, 98
	c.Archivos, c.Probado = &avance{Escritos: 495, Esperados: 495}, true
	return c
}

// conOrden is the example month with an order that waits for its second person.
func conOrden() cierre {
	c, o := ejemploCierre, ejemploOrden
	c.Orden = &o
	return c
}

// deOrden are the refusals of an order when it is carried out.
var deOrden = append([]pa0580.Code{pa0580.CodeForbidden, pa0580.CodeCorte, pa0580.CodeDigest, pa0580.CodeUnapplied, pa0580.CodeIdentity, pa0580.CodeNothing, pa0580.CodeReasonMissing,
	pa0580.CodeUnconfirmed, pa0580.CodeWithdrawn, pa0580.CodeSuperseded}, deTurno...)

func (s *server) cierres() {
	s.handle(operacion{
		id: "listar-cierres", tag: "cierres", method: http.MethodGet, path: "/cierres", resumen: "Listar los cierres",
		texto: "Los meses con corte o cerrados.", niega: []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 200, texto: "Los meses", ejemplo: cierres{[]cierre{cerrado()}}}},
	}, func(p *pedido) error {
		all, err := s.Cierres(p.ctx, p.actor)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, cierres{mapped(all, cierreOf)})
	})
	s.handle(operacion{
		id: "leer-cierre", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}", resumen: "Leer un cierre y su avance",
		texto: "Las planillas son definitivas en cuanto está cerrado; «avisadas» sube hasta «lineas» mientras el motor se entera, y «archivos.escritos» hasta «archivos.esperados» mientras se escriben; quien pide antes uno lo recibe igual.", niega: []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 200, texto: "El cierre", ejemplo: cerrado()}},
	}, monthly(func(p *pedido, mes pa0580.Mes) (cierre, error) {
		c, err := s.Cierre(p.ctx, p.actor, mes)
		return cierreOf(c), err
	}))
	s.handle(operacion{
		id: "leer-preparacion", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}/preparacion", resumen: "Preparar un cierre",
		texto: "En cualquier momento, por unidad: qué falta decidir y desde cuándo, qué está aprobado, si hay conformidad y sigue vigente, qué bloquea y a quién le toca; y qué reclamos de funcionarios vencieron sin respuesta, que no bloquean. La jefatura y los responsables ven lo suyo.", niega: []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 200, texto: "La preparación", ejemplo: ejemploPreparacion}},
	}, monthly(func(p *pedido, mes pa0580.Mes) (preparacion, error) {
		out, err := s.Preparacion(p.ctx, p.actor, mes)
		return preparacionOf(out), err
	}))
}

func (s *server) ordenes() {
	handleBody(s, operacion{
		id: "fijar-corte", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/corte", resumen: "Fijar el corte", vacio: true,
		texto: "Lo que la jefatura guarde después cuenta para el mes siguiente. Lo hace el rol rrhh.", niega: append([]pa0580.Code{pa0580.CodeForbidden, pa0580.CodeCorte}, deTurno...),
		salidas: []salida{{status: 200, texto: "Fijado", ejemplo: ejemploCierre}},
	}, fijarCorte{"2026-11-03T18:00:00-03:00"}, s.cortar)
	s.handle(operacion{
		id: "levantar-corte", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/corte/levantar", resumen: "Levantar el corte",
		texto: "Hasta el cierre. Lo hace el rol rrhh.", niega: append([]pa0580.Code{pa0580.CodeForbidden, pa0580.CodeCorte}, deTurno...),
		salidas: []salida{{status: 200, texto: "Levantado", ejemplo: cierre{Mes: "2026-10"}}},
	}, monthly(func(p *pedido, mes pa0580.Mes) (cierre, error) {
		c, err := s.LevantarCorte(p.ctx, p.actor, mes, p.clave)
		return cierreOf(c), err
	}))
	handleBody(s, operacion{
		id: "cerrar-mes", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/cerrar", resumen: "Cerrar el mes", plazo: closeIn,
		texto: "Como lo mostró la vista previa de esa huella; si algo cambió desde entonces, se rechaza. O se cierra entero o no pasa nada. No se deshace. Lo hace el rol rrhh. Una complementaria («2026-10-c1») se corta, se ve y se cierra igual: tiene solo los ajustes que corrigen ese mes cerrado. Donde el cierre es de dos personas (GESTIONES_CIERRE_DOBLE), la orden queda «por_confirmar» y la contesta 202; otra del mismo mes ocupa su lugar.",
		niega: append([]pa0580.Code{pa0580.CodeRemark}, deOrden...),
		salidas: []salida{
			{status: 200, texto: "Cerrado", ejemplo: cerrado()},
			{status: 202, texto: "Orden guardada; el cierre sigue y su avance se lee en GET", ejemplo: conOrden()},
		},
	}, orden{Huella: huella}, s.cerrar)
	s.handle(operacion{
		id: "confirmar-cierre", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/ordenes/{id}/confirmar", resumen: "Confirmar una orden de cierre", plazo: closeIn,
		texto: "Otra persona del rol rrhh que la que dio la orden la confirma, y con eso se lleva a cabo: se juzga ahora, y si algo cambió desde la vista previa se rechaza y hace falta otra orden. La misma confirmación repetida da lo mismo una vez.",
		niega: append([]pa0580.Code{pa0580.CodeNotFound, pa0580.CodeWrongEstado, pa0580.CodeConflict}, deOrden...),
		salidas: []salida{
			{status: 200, texto: "Cerrado", ejemplo: cerrado()},
			{status: 202, texto: "Confirmada; el cierre sigue y su avance se lee en GET", ejemplo: ejemploCierre},
		},
	}, s.confirmar)
	s.handle(operacion{
		id: "retirar-orden-cierre", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/ordenes/{id}/retirar", resumen: "Retirar una orden de cierre",
		texto:   "Mientras espera su confirmación; quien la dio u otra persona del rol rrhh.",
		niega:   []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeWrongEstado, pa0580.CodeSuperseded},
		salidas: []salida{{status: 200, texto: "Retirada", ejemplo: ejemploCierre}},
	}, s.retirarOrden)
	handleBody(s, operacion{
		id: "dar-conformidad", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/conformidades", resumen: "Dar la conformidad de una unidad", repetible: true,
		texto:   "La jefatura de la unidad, o su subrogante en fecha, da por bueno el mes terminado como lo vio: la huella es la que mostró la preparación. Si algo se mueve después, la conformidad deja de estar vigente y hay que darla de nuevo.",
		niega:   []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeMonthNotOver, pa0580.CodeMonthClosed, pa0580.CodeDigest},
		salidas: []salida{{status: 200, texto: "Dada", ejemplo: unaFirma}},
	}, darConformidad{idUnidad, huella}, s.conformar)
}

func (s *server) cortar(p *pedido, in fijarCorte, ajenos pa0580.Refusals) error {
	mes, err := p.mes()
	ajenos = append(ajenos, pa0580.RefusalsIn(err)...)
	at, wrong := momentAsked(in.Momento)
	if wrong != nil {
		ajenos = append(ajenos, wrong)
	}
	if err := p.refusal(ajenos); err != nil {
		return err
	}
	c, err := s.Cortar(p.ctx, p.actor, mes, at, p.clave)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, cierreOf(c))
}

func (s *server) cerrar(p *pedido, in orden, ajenos pa0580.Refusals) error {
	mes, err := p.mes()
	if err := p.refusal(append(ajenos, pa0580.RefusalsIn(err)...)); err != nil {
		return err
	}
	c, closed, err := s.Cerrar(p.ctx, p.actor, mes, in.Huella, in.Motivo, p.clave)
	return p.ordered(c, closed, err)
}

func (s *server) confirmar(p *pedido) error {
	mes, id, err := p.orden()
	if err != nil {
		return err
	}
	c, closed, err := s.ConfirmarCierre(p.ctx, p.actor, mes, id, p.clave)
	return p.ordered(c, closed, err)
}

func (s *server) retirarOrden(p *pedido) error {
	mes, id, err := p.orden()
	if err != nil {
		return err
	}
	c, err := s.RetirarOrden(p.ctx, p.actor, mes, id, p.clave)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, cierreOf(c))
}

// orden reads which order of which month the path names.
func (p *pedido) orden() (pa0580.Mes, contract.OrdenID, error) {
	mes, err := p.mes()
	if err := p.refusal(pa0580.RefusalsIn(err)); err != nil {
		return mes, "", err
	}
	id, err := p.id()
	return mes, contract.OrdenID(id), err
}

// ordered answers how an order ended, or that it is stored.
func (p *pedido) ordered(c app.Cierre, closed bool, err error) error {
	switch {
	case err != nil:
		return err
	case !closed:
		p.g.Header("Location", base+"/cierres/"+c.Mes.String())
		return p.answer(http.StatusAccepted, cierreOf(c))
	}
	return p.answer(http.StatusOK, cierreOf(c))
}

func (s *server) conformar(p *pedido, in darConformidad, ajenos pa0580.Refusals) error {
	mes, err := p.mes()
	ajenos = append(ajenos, pa0580.RefusalsIn(err)...)
	if !isID(in.Unidad) {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "unidad", "La unidad se indica con su identificador."))
	}
	if in.Huella == "" {
		ajenos = append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "huella", "Falta la huella de la unidad: es la que muestra la preparación que usted revisó."))
	}
	if err := p.refusal(ajenos); err != nil {
		return err
	}
	c, err := s.Conformar(p.ctx, p.actor, mes, pa0580.UnidadID(in.Unidad), in.Huella)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, conformidadOf(c))
}
