package httpapi

import (
	"net/http"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// vistaPrevia is exactly what the planillas would hold.
type vistaPrevia struct {
	Mes       string           `json:"mes"`
	Corte     string           `json:"corte" format:"date-time"`
	Cortada   bool             `json:"cortada" doc:"false si el corte no está fijado y se ensaya uno en este momento"`
	Huella    string           `json:"huella,omitempty" doc:"Va en el pedido de cerrar; falta en un ensayo"`
	Lineas    int64            `json:"lineas"`
	Unidades  []planillaPrevia `json:"unidades"`
	Identidad identidad        `json:"identidad"`
	Antes     string           `json:"antes_se_cierra,omitempty" doc:"El mes que se cierra primero: lo que ya está aprobado de él se cuenta acá hasta entonces"`
	Cambios   *cambios         `json:"cambios,omitempty" doc:"Desde la última vista previa que mostró otra cosa; falta si no hubo"`
	Anterior  *cambios         `json:"frente_al_mes_anterior,omitempty" doc:"Frente a las planillas del mes anterior; falta si no las hay"`
}

// identidad tells what is paid by the commands that heads gave, beside what the
// planillas hold.
type identidad struct {
	Aprobadas int64  `json:"aprobadas" doc:"Aprobaciones de gestiones del mes, anteriores al corte"`
	Retiradas int64  `json:"retiradas" doc:"De ellas, las que se retiraron"`
	Tardias   int64  `json:"tardias" doc:"De meses anteriores, que se pagan en este"`
	Ajustes   int64  `json:"ajustes" doc:"Sumas menos restas"`
	Neto      int64  `json:"neto" doc:"Lo que se paga"`
	Importe   *int64 `json:"importe,omitempty" doc:"En guaraníes; falta si no rige ninguna tarifa"`
	Cuadra    bool   `json:"cuadra" doc:"Si lo que tendrían las planillas es eso mismo; si no, el cierre se rechaza"`
}

func identidadOf(i app.Identidad) identidad {
	return identidad{i.Aprobadas, i.Retiradas, i.Tardio, i.Ajustes, i.Neto(), i.Importe.Entero(), i.Cuadra()}
}

type planillaPrevia struct {
	Unidad   unidadCorta   `json:"unidad"`
	Conforme bool          `json:"conforme" doc:"Si hay conformidad vigente"`
	Tarifas  []tarifaCorta `json:"tarifas" doc:"Por las que se pagarían sus filas; vacío si no rige ninguna"`
	Filas    []fila        `json:"filas"`
	Totales  Totales       `json:"totales"`
}

// cambios is what differs from something seen before.
type cambios struct {
	Mes         string       `json:"mes" doc:"De aquello con lo que se compara"`
	Huella      string       `json:"huella,omitempty" doc:"De aquella vista previa"`
	Por         string       `json:"por,omitempty" doc:"Quién la vio"`
	At          string       `json:"at" format:"date-time" doc:"Cuándo se vio, o se cerró"`
	Diferencias []diferencia `json:"diferencias" doc:"La mayor primero"`
}

type diferencia struct {
	Unidad      unidadCorta `json:"unidad"`
	Funcionario *nombrado   `json:"funcionario,omitempty" doc:"Falta si cambiaron los datos de la unidad, de su gente o de su tarifa"`
	Legajo      string      `json:"legajo,omitempty"`
	Modo        string      `json:"modo,omitempty" enum:"permanente,apoyo"`
	Mes         string      `json:"mes,omitempty" doc:"El de las gestiones"`
	Antes       Totales     `json:"antes"`
	Ahora       Totales     `json:"ahora" doc:"Iguales a las de antes si las gestiones son otras"`
}

func vistaPreviaOf(v app.VistaPrevia) vistaPrevia {
	return vistaPrevia{
		v.Mes.String(), moment(v.Corte), v.Cortada, v.Huella, v.Lineas,
		mapped(v.Unidades, func(p app.Planilla) planillaPrevia {
			return planillaPrevia{unidadCorta{string(p.Unidad), p.Codigo, p.Nombre}, p.Conforme, mapped(p.Tarifas, tarifaCortaOf), mapped(p.Filas, filaOf), totalesOf(p.Filas)}
		}),
		identidadOf(v.Identidad), v.Antes.String(), cambiosOf(v.Cambios), cambiosOf(v.Anterior),
	}
}

func cambiosOf(c *app.Cambios) *cambios {
	if c == nil {
		return nil
	}
	return &cambios{c.Mes.String(), c.Huella, c.Por, moment(c.At), mapped(c.Diferencias, diferenciaOf)}
}

func diferenciaOf(d app.Diferencia) diferencia {
	out := diferencia{
		Unidad: unidadCorta{string(d.Unidad), d.Codigo, d.UnidadNombre}, Legajo: d.Legajo, Modo: string(d.Modo),
		Antes: totales(d.Antes), Ahora: totales(d.Ahora),
	}
	if d.Funcionario != "" {
		out.Funcionario = &nombrado{string(d.Funcionario), d.Nombre}
	}
	if !d.Mes.IsZero() {
		out.Mes = d.Mes.String()
	}
	return out
}

var (
	unaDiferencia = diferencia{
		unidadCorta{idUnidad, "SCA", "Sección Comercial Asunción"}, &nombrado{idAgente, "Ana Benítez"}, "10427", "permanente", "2026-10",
		Totales{Ordinarias: [5]int{0, 4, 2, 0, 83}, Extraordinarias: [5]int{0, 0, 0, 0, 6}, TotalOrdinarias: 89, TotalExtraordinarias: 6, Total: 95, Ajustes: -1, Neto: 94, Importe: ptr(int64(477_500))}, ejemploTotales,
	}
	ejemploPrevia = vistaPrevia{
		"2026-10", "2026-11-03T18:00:00-03:00", true, huella, 96, []planillaPrevia{{unaUnidad, true, []tarifaCorta{{idTarifa, "2026-10", unaNorma}}, []fila{ejemploFila}, ejemploTotales}},
		identidad{98, 4, 2, -1, 95, ptr(int64(482_500)), true}, "", &cambios{"2026-10", otraHuella, "Hugo Ferreira", "2026-11-03T18:05:00-03:00", []diferencia{unaDiferencia}}, nil,
	}
)

// ejemploEnsayo is the example before its corte.
func ejemploEnsayo() vistaPrevia {
	v := ejemploPrevia
	v.Huella, v.Cortada = "", false
	return v
}

func (s *server) vistasPrevias() {
	s.handle(operacion{
		id: "ensayar-cierre", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}/ensayo", resumen: "Ensayar un cierre",
		texto: "En cualquier momento, también del mes en curso: lo que tendrían las planillas al corte o, si no está fijado, ahora; qué cambió desde la última vista previa y frente al mes anterior. Con su huella no se cierra: para eso está la vista previa. Para los roles rrhh y auditor.",
		niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeMonthClosed, pa0580.CodeMonthNotOver}, plazo: closeIn,
		salidas: []salida{{status: 200, texto: "El ensayo", ejemplo: ejemploEnsayo()}},
	}, monthly(func(p *pedido, mes pa0580.Mes) (vistaPrevia, error) {
		v, err := s.Ensayo(p.ctx, p.actor, mes)
		return vistaPreviaOf(v), err
	}))
	preview := salida{status: 200, texto: "La vista previa", ejemplo: ejemploPrevia}
	niega := append([]pa0580.Code{pa0580.CodeForbidden, pa0580.CodeCorte, pa0580.CodeMonthClosed, pa0580.CodeUnapplied}, pa0580.CodeRemark)
	s.handle(operacion{
		id: "ver-vista-previa", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}/vista-previa", resumen: "Ver la vista previa",
		texto: "Exactamente lo que tendrían las planillas al corte, con su huella, y qué cambió desde la última que mostró otra cosa.", niega: niega[:4], plazo: closeIn,
		salidas: []salida{preview},
	}, monthly(func(p *pedido, mes pa0580.Mes) (vistaPrevia, error) {
		v, err := s.VistaPrevia(p.ctx, p.actor, mes, "")
		return vistaPreviaOf(v), err
	}))
	handleBody(s, operacion{
		id: "ver-vista-previa-con-motivo", tag: "cierres", method: http.MethodPost, path: "/cierres/{mes}/vista-previa", resumen: "Ver la vista previa con motivo",
		texto: "La misma, aunque haya pedidos anteriores al corte sin aplicar: el motivo dice por qué. Es un POST porque un texto libre no va en una dirección.", niega: niega, plazo: closeIn, repetible: true,
		salidas: []salida{preview},
	}, conMotivo{"El motor está en reparación"}, func(p *pedido, in conMotivo, ajenos pa0580.Refusals) error {
		mes, err := p.mes()
		motivo, wrong := pa0580.ParseMotivo(in.Motivo)
		if err := p.refusal(append(append(ajenos, pa0580.RefusalsIn(err)...), pa0580.RefusalsIn(wrong)...)); err != nil {
			return err
		}
		v, err := s.VistaPrevia(p.ctx, p.actor, mes, motivo)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, vistaPreviaOf(v))
	})
}
