package httpapi

import (
	"net/http"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// nuevaGestion is what an agent saves.
type nuevaGestion struct {
	Documento   documento  `json:"documento" doc:"Paso 10: va primero; nada más se mira hasta que es válido"`
	Referencia  referencia `json:"referencia" doc:"Paso 20: exactamente una, y debe existir en OPEN SGC"`
	TipoGestion int        `json:"tipo_gestion" minimum:"1" maximum:"5" doc:"Paso 30: 1 grandes clientes, 2 preferencial, 3 fraccionamiento de deuda, 4 solicitudes, 5 reclamos y consultas"`
	Observacion string     `json:"observacion,omitempty" maxLength:"2000" doc:"Paso 40: optativa, texto simple"`
	Unidad      string     `json:"unidad,omitempty" format:"uuid" doc:"Obligatoria si hoy atiende en varias; si no, es la suya"`
}

// correccion changes what the agent typed; what is left out stays as it was.
type correccion struct {
	Version     int64       `json:"version,omitempty" minimum:"1" doc:"La versión que usted vio; puede ir en If-Match"`
	Documento   *documento  `json:"documento,omitempty" doc:"Cambia entero"`
	Referencia  *referencia `json:"referencia,omitempty" doc:"Cambia entera"`
	TipoGestion *int        `json:"tipo_gestion,omitempty" minimum:"1" maximum:"5"`
	Observacion *string     `json:"observacion,omitempty" maxLength:"2000" doc:"Vacía, la borra"`
}

// anulacion withdraws a gestión.
type anulacion struct {
	Version int64  `json:"version,omitempty" minimum:"1" doc:"La versión que usted vio; puede ir en If-Match"`
	Motivo  string `json:"motivo" maxLength:"2000" doc:"Por qué"`
}

// busqueda is a document and the filters of a list.
type busqueda struct {
	Documento documento `json:"documento"`
	Criterios
}

var conETag = map[string]string{"ETag": "La versión, entre comillas"}

func (s *server) gestiones() {
	handleBody(s, operacion{
		id: "cargar-gestion", tag: "gestiones", method: http.MethodPost, path: "/gestiones", resumen: "Cargar una gestión",
		texto: "Guarda lo atendido (PA0580, pasos 10 a 50). El servidor pone la hora. Si OPEN SGC contesta a tiempo queda pendiente (201); si no, queda recibida y se verifica sola (202). La hace el rol agente, asignado hoy en la unidad.",
		niega: slices.Concat(deCarga, []pa0580.Code{pa0580.CodeUnit, pa0580.CodeNotRostered, pa0580.CodeForbidden}),
		salidas: []salida{
			{status: 201, texto: "Guardada, y OPEN SGC contestó. Una carga repetida con su clave da la gestión como está ahora: `observada` es la que OPEN SGC no tiene y se acusó antes de saberlo", ejemplo: ejemploGestion, headers: map[string]string{"ETag": conETag["ETag"], "Location": "La gestión"}},
			{status: 202, texto: "Guardada; OPEN SGC todavía no contestó", ejemplo: recibida(), headers: map[string]string{"ETag": conETag["ETag"], "Location": "La gestión"}},
		},
	}, ejemploCarga, s.cargar)
	s.handle(operacion{
		id: "listar-gestiones", tag: "gestiones", method: http.MethodGet, path: "/gestiones", resumen: "Listar gestiones",
		texto: "Las que usted puede ver, las más nuevas primero, de a páginas.", query: deLista,
		salidas: []salida{{status: 200, texto: "Una página", ejemplo: ejemploPagina}},
	}, s.listar)
	handleBody(s, operacion{
		id: "buscar-gestiones", tag: "gestiones", method: http.MethodPost, path: "/gestiones/buscar", resumen: "Buscar por documento",
		texto: "Las gestiones de una persona. Es un POST porque un documento no va en una dirección. Una C.I. y el RUC de la misma persona dan lo mismo.", repetible: true,
		niega:   deCarga[:3],
		salidas: []salida{{status: 200, texto: "Una página", ejemplo: ejemploPagina}},
	}, busqueda{Documento: documento{"RUC", "80009735-1"}, Criterios: Criterios{Mes: "2026-10"}}, s.buscar)
	s.handle(operacion{
		id: "leer-gestion", tag: "gestiones", method: http.MethodGet, path: "/gestiones/{id}", resumen: "Leer una gestión",
		texto: "Con su versión en ETag. Una que no le corresponde no existe para usted.", niega: []pa0580.Code{pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "La gestión", ejemplo: ejemploGestion, headers: conETag}},
	}, s.leer)
	handleBody(s, operacion{
		id: "corregir-gestion", tag: "gestiones", method: http.MethodPost, path: "/gestiones/{id}/correccion", resumen: "Corregir una gestión",
		texto: "Su agente corrige documento, referencia, tipo u observación, y se verifica otra vez. Lo que no se envía queda como estaba. Si se sabe que la referencia nueva no existe, se rechaza y nada cambia.",
		niega: slices.Concat(deCarga, deAccion), conVersion: true,
		salidas: []salida{
			{status: 200, texto: "Corregida", ejemplo: ejemploGestion, headers: conETag},
			{status: 202, texto: "Guardada; se aplica en cuanto el motor responde", ejemplo: enEspera("corregir")},
		},
	}, correccion{Version: 2, Observacion: ptr("Consulta por las dos últimas facturas")}, s.corregir)
	handleBody(s, operacion{
		id: "anular-gestion", tag: "gestiones", method: http.MethodPost, path: "/gestiones/{id}/anulacion", resumen: "Anular una gestión",
		texto: "Su agente la retira, con motivo. No se deshace.", conVersion: true,
		niega: append([]pa0580.Code{pa0580.CodeReasonMissing, pa0580.CodeRemark}, deAccion...),
		salidas: []salida{
			{status: 200, texto: "Anulada", ejemplo: anulada(), headers: conETag},
			{status: 202, texto: "Guardada; se aplica en cuanto el motor responde", ejemplo: enEspera("anular")},
		},
	}, anulacion{Version: 2, Motivo: "Se cargó dos veces"}, s.anular)
}

func (s *server) cargar(p *pedido, in nuevaGestion, ajenos pa0580.Refusals) error {
	if err := firstStep(ajenos); err != nil {
		return err
	}
	f, err := s.Cargar(p.ctx, p.actor, app.Carga{
		TipoDocumento: in.Documento.Tipo, Documento: in.Documento.Numero,
		TipoReferencia: in.Referencia.Tipo, Referencia: in.Referencia.Numero,
		TipoGestion: in.TipoGestion, Observacion: in.Observacion,
		Unidad: pa0580.UnidadID(in.Unidad), Ajenos: slices.Concat(p.ajenos, ajenos),
	}, p.clave)
	if err != nil {
		return err
	}
	p.g.Header("Location", base+"/gestiones/"+string(f.ID))
	if f.Estado == pa0580.Recibida {
		return p.ficha(http.StatusAccepted, f)
	}
	return p.ficha(http.StatusCreated, f)
}

// ficha answers with a gestión and its version.
func (p *pedido) ficha(status int, f app.Ficha) error {
	p.g.Header("ETag", etag(f.Version))
	return p.answer(status, gestionOf(f, p.actor))
}

func (s *server) listar(p *pedido) error {
	f := p.filtro(p.criterios())
	if err := p.err(); err != nil {
		return err
	}
	rows, more, err := s.Gestiones(p.ctx, p.actor, f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, paginaOf(rows, more, p.actor))
}

func (s *server) buscar(p *pedido, in busqueda, ajenos pa0580.Refusals) error {
	if err := firstStep(ajenos); err != nil {
		return err
	}
	if _, err := pa0580.ParseDocumento(in.Documento.Tipo, in.Documento.Numero); err != nil {
		return err
	}
	f := p.filtro(in.Criterios)
	if err := p.refusal(append(ajenos, p.refusals...)); err != nil {
		return err
	}
	rows, more, err := s.Buscar(p.ctx, p.actor, in.Documento.Tipo, in.Documento.Numero, f)
	if err != nil {
		return err
	}
	return p.answer(http.StatusOK, paginaOf(rows, more, p.actor))
}

func (s *server) leer(p *pedido) error {
	id, err := p.id()
	if err != nil {
		return err
	}
	f, err := s.Gestion(p.ctx, p.actor, pa0580.GestionID(id))
	if err != nil {
		return err
	}
	return p.ficha(http.StatusOK, f)
}

func (s *server) corregir(p *pedido, in correccion, ajenos pa0580.Refusals) error {
	if err := firstStep(ajenos); err != nil {
		return err
	}
	c := &app.Correccion{TipoGestion: in.TipoGestion, Observacion: in.Observacion}
	if d := in.Documento; d != nil {
		c.Documento = &[2]string{d.Tipo, d.Numero}
	}
	if r := in.Referencia; r != nil {
		c.Referencia = &[2]string{r.Tipo, r.Numero}
	}
	return s.pedir(p, app.Peticion{Accion: pa0580.Corregir, Version: p.version(in.Version), Correccion: c}, ajenos)
}

func (s *server) anular(p *pedido, in anulacion, ajenos pa0580.Refusals) error {
	return s.pedir(p, app.Peticion{Accion: pa0580.Anular, Version: p.version(in.Version), Motivo: in.Motivo}, ajenos)
}
