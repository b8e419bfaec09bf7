package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// linaje is where a gestión's lines come from, and where it went.
type linaje struct {
	Gestion   gestion   `json:"gestion" doc:"Con lo que contestó OPEN SGC"`
	Decision  *autoria  `json:"decision,omitempty" doc:"El pedido por el que está como está"`
	Renglones []renglon `json:"renglones" doc:"Cada línea y cada ajuste que causó, del más viejo al más nuevo"`
	Neto      int       `json:"neto" doc:"1 si hoy está pagada, 0 si no"`

	Reclamos []reclamoFuncionario `json:"reclamos" doc:"Los que su agente hizo sobre ella, de los que usted puede ver"`
}

type autoria struct {
	Comando comando  `json:"comando"`
	Actor   nombrado `json:"actor"`
	Cargo   string   `json:"cargo" enum:"agente,jefe,subrogante"`
	Unidad  string   `json:"unidad" format:"uuid" doc:"La de su autoridad"`
}

type renglon struct {
	Planilla    planillaDe `json:"planilla"`
	Mes         string     `json:"mes" doc:"El de la planilla"`
	Unidad      string     `json:"unidad" doc:"Su código"`
	CerradaAt   string     `json:"cerrada_at" format:"date-time"`
	CerradoPor  string     `json:"cerrado_por"`
	Conformidad string     `json:"conformidad,omitempty" doc:"Quién dio por bueno el mes de la unidad tal como se cerró"`
	Probado     bool       `json:"probado" doc:"Si un manifiesto firmado lo prueba"`
	Ajuste      string     `json:"ajuste,omitempty" format:"uuid" doc:"Falta si es la línea que la paga"`
	Signo       string     `json:"signo,omitempty" enum:"suma,resta"`
	Motivo      string     `json:"motivo,omitempty" doc:"Del ajuste"`
	Jefatura    string     `json:"jefatura,omitempty" doc:"Quién aprobó el ajuste como jefatura"`
	RRHH        string     `json:"rrhh,omitempty" doc:"Quién lo aprobó por recursos humanos"`
	Importe     *int64     `json:"importe,omitempty" doc:"En guaraníes, lo que paga, o lo que suma o resta el ajuste; falta si no regía ninguna tarifa"`
	Norma       string     `json:"norma,omitempty" doc:"La de la tarifa"`
	Reclamo     string     `json:"reclamo,omitempty" format:"uuid" doc:"El de funcionario del que salió el ajuste"`
}

func linajeOf(l app.Linaje, actor app.Actor) linaje {
	out := linaje{Gestion: gestionOf(l.Gestion, actor), Neto: l.Neto(), Reclamos: mapped(l.Reclamos, reclamoOf), Renglones: mapped(l.Renglones, func(r app.Renglon) renglon {
		return renglon{
			planillaDe{r.Planilla, r.Numero}, r.Mes.String(), r.Codigo, moment(r.CerradaAt), r.CerradoPor, r.Conformidad, r.Probado,
			string(r.Ajuste), r.Signo.String(), r.Motivo, r.Jefatura, r.RRHH, r.Importe.Entero(), r.Norma, string(r.Reclamo),
		}
	})}
	if d := l.Decision; d != nil {
		out.Decision = &autoria{comandoOf(*d), nombrado{string(d.Actor), l.Decide}, string(d.Autoridad.Cargo), string(d.Autoridad.Unidad)}
	}
	return out
}

func ejemploLinaje() linaje {
	g, line := aprobada(), renglon{planillaDe{idPlanilla, 412}, "2026-10", "SCA", "2026-11-03T18:20:00-03:00", "Hugo Ferreira", "Jimena Ortiz", true, "", "", "", "", "", ptr(int64(5_000)), unaNorma, ""}
	g.Estado, g.Planilla = "incluida", &planillaDe{idPlanilla, 412}
	back := line
	back.Planilla, back.Mes, back.CerradaAt = planillaDe{idOtro, 521}, "2026-11", "2026-12-02T17:30:00-03:00"
	back.Importe = ptr(int64(-5_000))
	back.Ajuste, back.Signo, back.Motivo, back.Jefatura, back.RRHH = idAjuste, "resta", "Se cargó dos veces al mismo cliente", "Jimena Ortiz", "Hugo Ferreira"
	return linaje{g, &autoria{ejemploAplicado, nombrado{idJefe, "Jimena Ortiz"}, "jefe", idUnidad}, []renglon{line, back}, 0, []reclamoFuncionario{}}
}

func (s *server) linajes() {
	s.handle(operacion{
		id: "leer-linaje", tag: "gestiones", method: http.MethodGet, path: "/gestiones/{id}/linaje", resumen: "Leer el linaje de una gestión", niega: []pa0580.Code{pa0580.CodeNotFound},
		texto:   "De cada línea, a su gestión, su verificación en OPEN SGC, el pedido que la aprobó y con qué autoridad; de la gestión, a cada línea y cada ajuste que causó en planillas, y a cada reclamo que su agente hizo sobre ella.",
		salidas: []salida{{status: 200, texto: "El linaje", ejemplo: ejemploLinaje()}},
	}, func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		l, err := s.Linaje(p.ctx, p.actor, pa0580.GestionID(id))
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, linajeOf(l, p.actor))
	})
}
