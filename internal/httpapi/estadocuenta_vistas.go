package httpapi

import (
	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// estadoDeCuenta is a funcionario's statement of a month.
type estadoDeCuenta struct {
	Funcionario     personaCorta      `json:"funcionario"`
	Mes             string            `json:"mes"`
	Al              string            `json:"al" format:"date-time" doc:"El momento del que es"`
	CerradoAt       *string           `json:"cerrado_at" format:"date-time" doc:"Cuándo se cerró el mes; null si está abierto"`
	Parcial         bool              `json:"parcial" doc:"true: solo lo de las unidades que ve quien pregunta"`
	Totales         Sumas             `json:"totales"`
	Unidades        []parteDeCuenta   `json:"unidades"`
	Planillas       []pago            `json:"planillas" doc:"Las que llevan gestiones de este mes, y la de este mes con las atrasadas de otros"`
	EnPlanillaDeMes Totales           `json:"en_planilla_del_mes" doc:"Lo que lleva la planilla de este mes, también de meses anteriores"`
	Gestiones       []gestionDeCuenta `json:"gestiones" doc:"Una página, de la más antigua a la más nueva"`
	Siguiente       *string           `json:"siguiente" doc:"El cursor de la página siguiente; null en la última"`
	MesesCerrados   []mesDeCuenta     `json:"meses_cerrados" doc:"Los últimos, el más nuevo primero"`
	Ajustes         []ajusteDeCuenta  `json:"ajustes" doc:"Los de gestiones de este mes, y los que llevan sus planillas"`
	Reclamos        []reclamoDeCuenta `json:"reclamos" doc:"Los del funcionario sobre este mes"`
}

type personaCorta struct {
	ID     string `json:"id" format:"uuid"`
	Legajo string `json:"legajo"`
	Nombre string `json:"nombre"`
}

// Sumas are what was loaded, by what it came to.
type Sumas struct {
	Cargadas   Totales `json:"cargadas" doc:"La suma de las otras tres"`
	Contadas   Totales `json:"contadas" doc:"Las lleva una planilla cerrada"`
	EnEspera   Totales `json:"en_espera"`
	NoContadas Totales `json:"no_contadas" doc:"Rechazadas, anuladas o inválidas"`
}

type parteDeCuenta struct {
	Unidad unidadCorta `json:"unidad"`
	Modo   string      `json:"modo" enum:"permanente,apoyo"`
	Sumas
	Causas []causa `json:"causas" doc:"De las que están en espera o no se contaron"`
}

// causa counts what stands as it does for the same cause.
type causa struct {
	Situacion     string      `json:"situacion" enum:"en_espera,no_contada"`
	Estado        string      `json:"estado" enum:"recibida,pendiente,observada,aprobada,rechazada,anulada,invalida,incluida"`
	Porque        string      `json:"porque"`
	De            []encargado `json:"de" doc:"A quiénes espera; vacío si no espera a una persona, o si nadie puede decidirla hoy"`
	MesDePlanilla string      `json:"mes_de_planilla,omitempty" doc:"La planilla que esperan las aprobadas"`
	Totales
}

type encargado struct {
	ID     string `json:"id" format:"uuid"`
	Nombre string `json:"nombre"`
	Cargo  string `json:"cargo" enum:"jefe,subrogante,agente"`
}

// pago is a row of a closed planilla.
type pago struct {
	Planilla  planillaDe  `json:"planilla"`
	Mes       string      `json:"mes" doc:"El de la planilla"`
	Unidad    unidadCorta `json:"unidad"`
	Modo      string      `json:"modo" enum:"permanente,apoyo"`
	DeMes     string      `json:"gestiones_de" doc:"El mes de las gestiones: anterior al de la planilla si son atrasadas"`
	Conforme  bool        `json:"conforme" doc:"Si la jefatura dio su conformidad"`
	Huella    string      `json:"huella" doc:"De la planilla entera"`
	CerradaAt string      `json:"cerrada_at" format:"date-time"`
	Totales
}

// gestionDeCuenta tells one gestión, without data of the customer but the mask.
type gestionDeCuenta struct {
	ID            string      `json:"id" format:"uuid" doc:"Con él se reclama sobre ella"`
	Unidad        unidadCorta `json:"unidad"`
	Modo          string      `json:"modo" enum:"permanente,apoyo"`
	Documento     string      `json:"documento" doc:"Enmascarado"`
	Referencia    referencia  `json:"referencia"`
	TipoGestion   int         `json:"tipo_gestion" minimum:"1" maximum:"5"`
	Jornada       string      `json:"jornada" enum:"ordinaria,extraordinaria"`
	GuardadaAt    string      `json:"guardada_at" format:"date-time"`
	Situacion     string      `json:"situacion" enum:"contada,en_espera,no_contada"`
	Ajuste        string      `json:"ajuste,omitempty" enum:"suma,resta" doc:"Si la cuenta, o la restó, un ajuste; falta si es una línea, o ninguna planilla"`
	Estado        string      `json:"estado" enum:"recibida,pendiente,observada,aprobada,rechazada,incluida,invalida,anulada"`
	Porque        string      `json:"porque" doc:"En una frase"`
	De            []encargado `json:"de" doc:"A quiénes espera"`
	Razon         *razon      `json:"razon,omitempty" doc:"Quién la aprobó, observó, rechazó o anuló, cuándo y con qué motivo"`
	Planilla      *planillaDe `json:"planilla,omitempty" doc:"La que la lleva"`
	MesDePlanilla string      `json:"mes_de_planilla,omitempty" doc:"El de la planilla que la lleva, o de la que espera una aprobada"`
}

// ajusteDeCuenta tells one ajuste; the rest of it is at /ajustes.
type ajusteDeCuenta struct {
	ID       string      `json:"id" format:"uuid"`
	Gestion  string      `json:"gestion" format:"uuid"`
	Signo    string      `json:"signo" enum:"resta,suma"`
	Estado   string      `json:"estado" enum:"pedido,aprobado,rechazado,incluido"`
	Motivo   string      `json:"motivo"`
	Planilla *planillaDe `json:"planilla,omitempty" doc:"La que lo lleva"`
	Mes      string      `json:"mes_de_planilla,omitempty"`
	Reclamo  string      `json:"reclamo,omitempty" format:"uuid" doc:"El de funcionario del que salió"`
	Porque   string      `json:"porque" doc:"En una frase"`
}

// reclamoDeCuenta tells one reclamo; the rest of it is at /reclamos-funcionario.
type reclamoDeCuenta struct {
	ID      string  `json:"id" format:"uuid"`
	Gestion string  `json:"gestion,omitempty" format:"uuid" doc:"Falta si se reclamó una que no está"`
	Estado  string  `json:"estado" enum:"presentado,vencido,retirado,sin_lugar,procede"`
	Vence   string  `json:"vence" format:"date"`
	Porque  string  `json:"porque" doc:"En una frase"`
	De      []mando `json:"de" doc:"A quiénes espera"`
}

type mesDeCuenta struct {
	Mes        string `json:"mes"`
	Cargadas   int    `json:"cargadas"`
	Contadas   int    `json:"contadas" doc:"De las cargadas en el mes, en cualquier planilla"`
	EnEspera   int    `json:"en_espera"`
	NoContadas int    `json:"no_contadas"`
	EnPlanilla int    `json:"en_planilla" doc:"Lo que lleva la planilla del mes, también de meses anteriores"`
	Importe    *int64 `json:"importe,omitempty" doc:"En guaraníes, lo que pagaron; falta si no regía ninguna tarifa"`
}

func estadoOf(e app.EstadoDeCuenta) estadoDeCuenta {
	out := estadoDeCuenta{
		Funcionario: personaCorta{string(e.Funcionario.ID), e.Funcionario.Legajo, e.Funcionario.Nombre},
		Mes:         e.Mes.String(), Al: moment(e.At), CerradoAt: momentOf(e.CerradoAt), Parcial: e.Parcial,
		Totales: sumasOf(e.Totales()), Unidades: mapped(e.Partes(), parteOf), Planillas: mapped(e.Pagos, pagoOf), EnPlanillaDeMes: totales(e.Pagadas()),
		Ajustes: mapped(e.Ajustes, ajusteDeCuentaOf), Reclamos: mapped(e.Reclamos, reclamoDeCuentaOf),
		Gestiones: mapped(e.Gestiones, gestionDeCuentaOf), MesesCerrados: mapped(e.Historia, func(m app.MesDeCuenta) mesDeCuenta {
			return mesDeCuenta{m.Mes.String(), m.Cargadas(), m.Contadas, m.EnEspera, m.NoContadas, m.Pagadas, m.Importe.Entero()}
		}),
	}
	if e.Mas {
		out.Siguiente = cursorOf(string(e.Gestiones[len(e.Gestiones)-1].ID))
	}
	return out
}

func sumasOf(s app.Sumas) Sumas {
	return Sumas{totales(s.Cargadas()), totales(s.Contadas), totales(s.EnEspera), totales(s.NoContadas)}
}

func parteOf(p app.ParteDeCuenta) parteDeCuenta {
	return parteDeCuenta{cortaOf(p.Unidad), string(p.Modo), sumasOf(p.Sumas), mapped(p.Grupos, func(g app.GrupoDeCuenta) causa {
		return causa{string(g.Situacion), string(g.Estado), g.Porque, encargados(g.De), g.Espera.String(), totales(g.Cuentas)}
	})}
}

func cortaOf(u pa0580.Unidad) unidadCorta { return unidadCorta{string(u.ID), u.Codigo, u.Nombre} }

func encargados(de []app.Mando) []encargado {
	return mapped(de, func(m app.Mando) encargado { return encargado{string(m.ID), m.Nombre, string(m.Cargo)} })
}

func pagoOf(p app.Pago) pago {
	return pago{
		planillaDe{p.Planilla.ID, p.Planilla.Numero}, p.Planilla.Mes.String(), unidadCorta{string(p.Planilla.Unidad), p.Planilla.Codigo, p.Planilla.Nombre},
		string(p.Fila.Modo), p.Fila.Mes.String(), p.Planilla.Conforme, p.Planilla.Huella, moment(p.Planilla.CerradaAt), totales(p.Fila.Cuentas),
	}
}

func gestionDeCuentaOf(g app.GestionDeCuenta) gestionDeCuenta {
	out := gestionDeCuenta{
		ID: string(g.ID), Unidad: cortaOf(g.Unidad), Modo: string(g.Modo), Documento: g.Documento, Referencia: referencia{string(g.Referencia.Tipo), g.Referencia.Numero},
		TipoGestion: int(g.Tipo), Jornada: string(g.Jornada), GuardadaAt: moment(g.GuardadaAt),
		Situacion: string(g.Situacion), Ajuste: g.Ajuste.String(), Estado: string(g.Estado), Porque: g.Porque, De: encargados(g.De), MesDePlanilla: g.Espera.String(),
	}
	if r := g.Razon; r != nil {
		out.Razon = &razon{r.Motivo, r.Nombre, moment(r.At)}
	}
	if p := g.Planilla; p != nil {
		out.Planilla, out.MesDePlanilla = &planillaDe{p.ID, p.Numero}, p.Mes.String()
	}
	return out
}

func ajusteDeCuentaOf(x app.AjusteDeCuenta) ajusteDeCuenta {
	out := ajusteDeCuenta{
		ID: string(x.ID), Gestion: string(x.Gestion), Signo: x.Signo.String(), Estado: string(x.Estado()), Motivo: x.Motivo, Reclamo: string(x.Reclamo), Porque: x.Porque,
	}
	if x.Planilla != "" {
		out.Planilla, out.Mes = &planillaDe{x.Planilla, x.PlanillaNro}, x.PlanillaMes.String()
	}
	return out
}

func reclamoDeCuentaOf(r app.ReclamoDeCuenta) reclamoDeCuenta {
	return reclamoDeCuenta{string(r.ID), string(r.Gestion), string(r.Estado()), r.Vence.String(), r.Porque, mapped(r.Toca, mandoOf)}
}

// The example's month: what adds up in it adds up as in a real one.
var (
	ejemploEstado = estadoDeCuenta{
		Funcionario: personaCorta{idAgente, "10427", "Ana Benítez"}, Mes: "2026-10", Al: "2026-11-04T08:15:00-03:00", CerradoAt: ptr("2026-11-03T18:20:00-03:00"),
		Totales: ejemploSumas,
		Unidades: []parteDeCuenta{{unaUnidad, "permanente", ejemploSumas, []causa{
			{"en_espera", "pendiente", "Esperan la decisión de Jimena Ortiz (jefatura).", []encargado{{idJefe, "Jimena Ortiz", "jefe"}}, "", unaDeTipo5},
			{"no_contada", "rechazada", "Rechazadas por la jefatura.", []encargado{}, "", unaDeTipo5},
		}}},
		Planillas:       []pago{{planillaDe{idPlanilla, 412}, "2026-10", unaUnidad, "permanente", "2026-10", true, huella, "2026-11-03T18:20:00-03:00", ejemploTotales}},
		EnPlanillaDeMes: ejemploTotales,
		Gestiones: []gestionDeCuenta{{
			ID: idGestion, Unidad: unaUnidad, Modo: "permanente", Documento: "•••4567", Referencia: referencia{"NIS", "1234567"}, TipoGestion: 5, Jornada: "ordinaria",
			GuardadaAt: unMomento, Situacion: "no_contada", Estado: "rechazada", Porque: "Jimena Ortiz la rechazó el 15/10/2026 a las 11:05: «Falta el expediente».",
			De: []encargado{}, Razon: &razon{"Falta el expediente", "Jimena Ortiz", "2026-10-15T11:05:00-03:00"},
		}},
		Siguiente:     cursorOf(idGestion),
		MesesCerrados: []mesDeCuenta{{"2026-10", 98, 96, 1, 1, 96, ptr(int64(482_500))}},
		Ajustes: []ajusteDeCuenta{{
			ID: idAjuste, Gestion: idGestion, Signo: "suma", Estado: "pedido", Motivo: "El expediente estaba completo", Reclamo: idReclamo,
			Porque: "Suma que espera a recursos humanos: «El expediente estaba completo».",
		}},
		Reclamos: []reclamoDeCuenta{{
			idReclamo, idGestion, "procede", "2026-11-17",
			"Procede: Jimena Ortiz lo respondió el 10/11/2026 a las 10:05: «El expediente estaba completo». La suma espera a recursos humanos.", []mando{},
		}},
	}
	ejemploSumas = Sumas{
		Cargadas: Totales{Ordinarias: [5]int{0, 4, 2, 0, 86}, Extraordinarias: [5]int{0, 0, 0, 0, 6}, TotalOrdinarias: 92, TotalExtraordinarias: 6, Total: 98},
		Contadas: ejemploTotales, EnEspera: unaDeTipo5, NoContadas: unaDeTipo5,
	}
	unaDeTipo5 = Totales{Ordinarias: [5]int{0, 0, 0, 0, 1}, TotalOrdinarias: 1, Total: 1}
)
