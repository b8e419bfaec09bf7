package httpapi

import (
	"fmt"
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// proponerTarifa is a tariff to be decided on.
type proponerTarifa struct {
	Desde  string       `json:"desde" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"El primer mes cuyas gestiones paga, AAAA-MM: posterior al último cerrado"`
	Norma  string       `json:"norma" maxLength:"200" doc:"La resolución que la dispone; la planilla la imprime"`
	Montos []datosMonto `json:"montos" minItems:"20" maxItems:"20" doc:"Los 20: tipos 1 a 5, por modo y jornada"`
}

type datosMonto struct {
	Tipo      int    `json:"tipo" minimum:"1" maximum:"5"`
	Modo      string `json:"modo" enum:"permanente,apoyo"`
	Jornada   string `json:"jornada" enum:"ordinaria,extraordinaria"`
	Guaranies *int64 `json:"guaranies" minimum:"0" maximum:"10000000" doc:"Por gestión, sin decimales"`
}

type tarifa struct {
	ID           string       `json:"id" format:"uuid"`
	Desde        string       `json:"desde" doc:"El primer mes cuyas gestiones paga"`
	Norma        string       `json:"norma"`
	Estado       string       `json:"estado" enum:"propuesta,aprobada,rechazada"`
	Vigencia     string       `json:"vigencia,omitempty" enum:"vigente,futura,reemplazada" doc:"De una aprobada, en el mes en curso. Una reemplazada sigue valiendo para los meses que pagó"`
	Montos       []datosMonto `json:"montos"`
	PropuestaPor nombrado     `json:"propuesta_por"`
	PropuestaAt  string       `json:"propuesta_at" format:"date-time"`
	Aprobacion   *palabra     `json:"aprobacion,omitempty"`
	Rechazo      *rechazoDe   `json:"rechazo,omitempty"`
	Huella       string       `json:"huella,omitempty" doc:"De una aprobada: SHA-256 de toda ella, que la prueba de cada cierre cubre"`
}

// tarifaCorta names one that a planilla is paid by.
type tarifaCorta struct {
	ID    string `json:"id" format:"uuid"`
	Desde string `json:"desde"`
	Norma string `json:"norma"`
}

type listaTarifas struct {
	Tarifas []tarifa `json:"tarifas" doc:"La más nueva primero"`
}

func tarifaOf(t app.TarifaFicha) tarifa {
	out := tarifa{
		ID: string(t.ID), Desde: t.Desde.String(), Norma: t.Norma, Estado: string(t.Estado()), Vigencia: string(t.Vigencia),
		Montos: mapped(t.Montos.Lista(), func(m pa0580.Monto) datosMonto {
			return datosMonto{int(m.Tipo), string(m.Modo), string(m.Jornada), ptr(int64(m.Guaranies))}
		}),
		PropuestaPor: nombrado{string(t.Propone), t.ProponeNombre}, PropuestaAt: moment(t.PropuestaAt),
		Aprobacion: palabraOf(t.Aprobacion, t.DecideNombre), Huella: t.Huella,
	}
	if r := t.Rechazo; r != nil {
		out.Rechazo = &rechazoDe{nombrado{string(r.Quien), t.DecideNombre}, moment(r.At), t.Motivo}
	}
	return out
}

func tarifaCortaOf(t app.TarifaDePlanilla) tarifaCorta {
	return tarifaCorta{string(t.ID), t.Desde.String(), t.Norma}
}

const unaNorma = "Resolución P/N° 12345/2026"

// unosMontos are the example's: overtime is paid half as much again.
func unosMontos() []datosMonto {
	var m pa0580.Montos
	for i := range m {
		m[i] = 5_000 + pa0580.Guaranies(i/5%2)*2_500
	}
	return tarifaOf(app.TarifaFicha{Tarifa: pa0580.Tarifa{Montos: m}}).Montos
}

// unaTarifa is the example, as it was proposed.
func unaTarifa() tarifa {
	return tarifa{
		ID: idTarifa, Desde: "2026-11", Norma: unaNorma, Estado: "propuesta", Montos: unosMontos(),
		PropuestaPor: nombrado{idOtro, "Rut Acosta"}, PropuestaAt: "2026-10-20T09:10:00-03:00",
	}
}

// tarifaAprobada is the example that another administrator approved.
func tarifaAprobada() tarifa {
	t := unaTarifa()
	t.Estado, t.Vigencia, t.Huella = "aprobada", "futura", huella
	t.Aprobacion = &palabra{nombrado{idJefe, "Darío Vera"}, "", "2026-10-22T08:30:00-03:00"}
	return t
}

func (s *server) tarifas() {
	niega := []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeWrongEstado}
	handleBody(s, operacion{
		id: "proponer-tarifa", tag: "tarifas", method: http.MethodPost, path: "/tarifas", resumen: "Proponer una tarifa",
		texto: "Lo que paga cada gestión desde un mes, por tipo, modo y jornada. La propone una persona con el rol admin y la aprueba otra; hasta entonces no rige. " +
			"Cada gestión se paga por la tarifa de su propio mes, aunque entre en una planilla posterior, y un ajuste resta lo mismo que se pagó. Sin tarifa las planillas llevan solo cuentas.",
		niega:   []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeMonthClosed},
		salidas: []salida{{status: 201, texto: "Propuesta", ejemplo: unaTarifa(), headers: map[string]string{"Location": "La tarifa"}}},
	}, proponerTarifa{"2026-11", unaNorma, unosMontos()}, s.proponerTarifa)
	s.handle(operacion{
		id: "listar-tarifas", tag: "tarifas", method: http.MethodGet, path: "/tarifas", resumen: "Listar tarifas",
		texto: "Todas, y cuál rige hoy. Las ven los roles admin, rrhh y auditor.", niega: []pa0580.Code{pa0580.CodeForbidden},
		salidas: []salida{{status: 200, texto: "Las tarifas", ejemplo: listaTarifas{[]tarifa{tarifaAprobada()}}}},
	}, func(p *pedido) error {
		all, err := s.Tarifas(p.ctx, p.actor)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, listaTarifas{mapped(all, tarifaOf)})
	})
	s.handle(operacion{
		id: "leer-tarifa", tag: "tarifas", method: http.MethodGet, path: "/tarifas/{id}", resumen: "Leer una tarifa",
		texto: "Con quién la propuso y quién decidió. La ven los roles admin, rrhh y auditor.", niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "La tarifa", ejemplo: tarifaAprobada()}},
	}, named(tarifaOf, func(p *pedido, id pa0580.TarifaID) (app.TarifaFicha, error) { return s.Tarifa(p.ctx, p.actor, id) }))
	s.handle(operacion{
		id: "aprobar-tarifa", tag: "tarifas", method: http.MethodPost, path: "/tarifas/{id}/aprobar", resumen: "Aprobar una tarifa",
		texto: "La aprueba una persona con el rol admin que no la propuso, mientras el mes desde el que rige no esté cerrado. Lo aprobado no cambia: se reemplaza por otra tarifa. " +
			"La vista previa de un mes al que le toca deja de valer.", niega: append([]pa0580.Code{pa0580.CodeMonthClosed}, niega...),
		salidas: []salida{{status: 200, texto: "Aprobada", ejemplo: tarifaAprobada()}},
	}, named(tarifaOf, func(p *pedido, id pa0580.TarifaID) (app.TarifaFicha, error) {
		return s.AprobarTarifa(p.ctx, p.actor, id, p.clave)
	}))
	handleBody(s, operacion{
		id: "rechazar-tarifa", tag: "tarifas", method: http.MethodPost, path: "/tarifas/{id}/rechazar", resumen: "Rechazar una tarifa",
		texto: "La rechaza, con motivo, una persona con el rol admin que no la propuso.", niega: append([]pa0580.Code{pa0580.CodeReasonMissing, pa0580.CodeRemark}, niega...),
		salidas: []salida{{status: 200, texto: "Rechazada", ejemplo: func() tarifa {
			t := unaTarifa()
			t.Estado, t.Rechazo = "rechazada", &rechazoDe{nombrado{idJefe, "Darío Vera"}, "2026-10-22T08:30:00-03:00", "La resolución dice otro monto para el tipo 3"}
			return t
		}()}},
	}, conMotivo{"La resolución dice otro monto para el tipo 3"}, func(p *pedido, in conMotivo, ajenos pa0580.Refusals) error {
		if err := p.refusal(ajenos); err != nil {
			return err
		}
		return named(tarifaOf, func(p *pedido, id pa0580.TarifaID) (app.TarifaFicha, error) {
			return s.RechazarTarifa(p.ctx, p.actor, id, in.Motivo, p.clave)
		})(p)
	})
	s.ensayoTarifa()
}

func (s *server) proponerTarifa(p *pedido, in proponerTarifa, ajenos pa0580.Refusals) error {
	c := &campos{refusals: ajenos}
	desde, err := pa0580.ParseMes(in.Desde)
	if err != nil {
		c.no("desde", "Falta «desde»: el mes se escribe AAAA-MM, por ejemplo 2026-11.")
	}
	norma, err := pa0580.ParseNorma(in.Norma)
	c.refusals = append(c.refusals, pa0580.RefusalsIn(err)...)
	montos := c.montos(in.Montos)
	if err := p.refusal(c.refusals); err != nil {
		return err
	}
	t, err := s.ProponerTarifa(p.ctx, p.actor, desde, norma, montos, p.clave)
	if err != nil {
		return err
	}
	return p.created("/tarifas", string(t.ID), tarifaOf(t))
}

// montos reads the amounts. One that was left out is not 0.
func (c *campos) montos(in []datosMonto) pa0580.Montos {
	before := len(c.refusals)
	all := make([]pa0580.Monto, len(in))
	for i, m := range in {
		if all[i] = (pa0580.Monto{Tipo: pa0580.TipoGestion(m.Tipo), Modo: pa0580.Modo(m.Modo), Jornada: pa0580.Jornada(m.Jornada)}); m.Guaranies == nil {
			c.no(fmt.Sprintf("montos[%d].guaranies", i), "Falta el monto: si no se paga nada, escriba 0.")
			continue
		}
		all[i].Guaranies = pa0580.Guaranies(*m.Guaranies)
	}
	montos, err := pa0580.ParseMontos(all)
	if len(c.refusals) == before {
		c.refusals = append(c.refusals, pa0580.RefusalsIn(err)...)
	}
	return montos
}
