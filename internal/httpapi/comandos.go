package httpapi

import (
	"net/http"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// decision is what a head asks of one gestión.
type decision struct {
	Accion  string `json:"accion" enum:"aprobar,observar,retirar_observacion,rechazar,retirar_decision"`
	Version int64  `json:"version,omitempty" minimum:"1" doc:"La versión que usted vio; puede ir en If-Match"`
	Motivo  string `json:"motivo,omitempty" maxLength:"2000" doc:"Obligatorio para observar y rechazar"`
}

// comando is a stored command with its result.
type comando struct {
	ID           string  `json:"id" format:"uuid"`
	Gestion      string  `json:"gestion" format:"uuid"`
	Accion       string  `json:"accion" enum:"corregir,anular,aprobar,observar,retirar_observacion,rechazar,retirar_decision"`
	VersionVista int64   `json:"version_vista" doc:"La versión que se vio al pedirlo"`
	Motivo       string  `json:"motivo,omitempty"`
	PedidoAt     string  `json:"pedido_at" format:"date-time"`
	Resultado    string  `json:"resultado" enum:"en_espera,aplicado,sin_efecto"`
	Codigo       string  `json:"codigo,omitempty" doc:"Por qué quedó sin efecto"`
	Mensaje      string  `json:"mensaje,omitempty" doc:"Lo mismo, para la persona"`
	AplicadoAt   *string `json:"aplicado_at,omitempty" format:"date-time"`
}

type comandos struct {
	Comandos []comando `json:"comandos"`
}

func comandoOf(c app.Pedido) comando {
	out := comando{
		ID: string(c.ID), Gestion: string(c.Gestion), Accion: string(c.Accion), VersionVista: c.Vista, Motivo: c.Motivo,
		PedidoAt: moment(c.At), Resultado: string(c.Resultado), Codigo: string(c.Codigo), AplicadoAt: momentOf(c.AplicadoAt),
	}
	if c.Resultado == "" {
		out.Resultado = "en_espera"
	}
	if c.Codigo != "" {
		out.Mensaje = pa0580.Recorded(c.Codigo).Message
	}
	return out
}

// enEspera is a command of that kind, stored and not applied.
func enEspera(accion string) comando {
	c := ejemploEspera
	c.Accion = accion
	return c
}

func (s *server) comandos() {
	handleBody(s, operacion{
		id: "decidir-gestion", tag: "comandos", method: http.MethodPost, path: "/gestiones/{id}/decisiones", resumen: "Decidir sobre una gestión",
		texto: "La jefatura de la unidad, o su subrogante en fecha, aprueba, observa, rechaza o retira lo decidido. Nadie decide sobre su propia gestión. El pedido se guarda antes de aplicarse: con 202 se aplicará.",
		niega: append([]pa0580.Code{pa0580.CodeReasonMissing, pa0580.CodeRemark, pa0580.CodeOwnGestion, pa0580.CodeCorte}, deAccion...), conVersion: true,
		salidas: []salida{
			{status: 200, texto: "Aplicada", ejemplo: aprobada(), headers: conETag},
			{status: 202, texto: "Guardada; se aplica en cuanto el motor responde", ejemplo: ejemploEspera, headers: map[string]string{"Location": "El comando"}},
		},
	}, decision{Accion: "aprobar", Version: 2}, s.decidir)
	s.handle(operacion{
		id: "leer-bandeja", tag: "comandos", method: http.MethodGet, path: "/bandeja", resumen: "Leer la bandeja de la jefatura",
		texto: "Lo que espera su decisión hoy, lo más antiguo primero. Si no se dice estado, las pendientes.", query: deLista, niega: []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 200, texto: "Una página", ejemplo: ejemploPagina}},
	}, s.bandeja)
	s.handle(operacion{
		id: "listar-sin-efecto", tag: "comandos", method: http.MethodGet, path: "/comandos/sin-efecto", resumen: "Listar lo que quedó sin efecto",
		texto:   "Sus pedidos que ya no correspondían cuando se aplicaron, hasta que los dé por vistos.",
		salidas: []salida{{status: 200, texto: "Los pedidos", ejemplo: comandos{[]comando{ejemploSinEfecto}}}},
	}, s.sinEfecto)
	s.handle(operacion{
		id: "leer-comando", tag: "comandos", method: http.MethodGet, path: "/comandos/{id}", resumen: "Leer un pedido",
		texto: "Uno de los suyos, con su resultado.", niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El pedido", ejemplo: ejemploAplicado}},
	}, s.comando)
	s.handle(operacion{
		id: "ver-comando", tag: "comandos", method: http.MethodPost, path: "/comandos/{id}/visto", resumen: "Dar por visto un pedido sin efecto",
		texto: "Sale de la lista de los que quedaron sin efecto.", repetible: true, niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 204, texto: "Visto"}},
	}, s.visto)
}

func (s *server) decidir(p *pedido, in decision, ajenos pa0580.Refusals) error {
	accion := pa0580.Accion(in.Accion)
	if !accion.Decides() {
		return p.refusal(append(ajenos, pa0580.Refuse(0, pa0580.CodeField, "accion", "La acción debe ser aprobar, observar, retirar_observacion, rechazar o retirar_decision.")))
	}
	return s.pedir(p, app.Peticion{Accion: accion, Version: p.version(in.Version), Motivo: in.Motivo}, ajenos)
}

// pedir stores a command about the gestión of the path and answers with the
// gestión where it was applied, otherwise with the command.
func (s *server) pedir(p *pedido, ask app.Peticion, ajenos pa0580.Refusals) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	ask.Gestion, ask.Ajenos = pa0580.GestionID(id), slices.Concat(p.ajenos, ajenos)
	stored, f, err := s.Pedir(p.ctx, p.actor, ask, p.clave)
	if err != nil {
		return err
	}
	if stored.Resultado == "" {
		p.g.Header("Location", base+"/comandos/"+string(stored.ID))
		return p.answer(http.StatusAccepted, comandoOf(stored))
	}
	return p.ficha(http.StatusOK, f)
}

func (s *server) bandeja(p *pedido) error {
	f := p.filtro(p.criterios())
	if err := p.err(); err != nil {
		return err
	}
	rows, more, err := s.Bandeja(p.ctx, p.actor, f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, paginaOf(rows, more, p.actor))
}

func (s *server) sinEfecto(p *pedido) error {
	all, err := s.SinEfecto(p.ctx, p.actor)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, comandos{mapped(all, comandoOf)})
}

func (s *server) comando(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	c, err := s.Comando(p.ctx, p.actor, pa0580.ComandoID(id))
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, comandoOf(c))
}

func (s *server) visto(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	if err := p.refusal(nil); err != nil {
		return err
	}
	if err := s.Visto(p.ctx, p.actor, pa0580.ComandoID(id)); err != nil {
		return err
	}
	return p.nothing()
}
