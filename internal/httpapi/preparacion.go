package httpapi

import (
	"ande.gov.py/gestiones/internal/app"
)

// preparacion is what HR looks at before a close.
type preparacion struct {
	SinAplicar int           `json:"sin_aplicar" doc:"Pedidos anteriores al corte que todavía no se aplicaron"`
	Unidades   []unidadEnMes `json:"unidades"`
	Bloqueos   []bloqueo     `json:"bloqueos" doc:"Lo que, para cerrar, pide un motivo escrito"`
	Avisos     []bloqueo     `json:"avisos" doc:"Lo que alguien debe y el cierre no espera: los reclamos de funcionarios que vencieron sin respuesta"`
	Cierre     cierre        `json:"cierre"`
}

type unidadEnMes struct {
	Unidad          unidadCorta  `json:"unidad"`
	Recibidas       int          `json:"recibidas"`
	Pendientes      int          `json:"pendientes"`
	Observadas      int          `json:"observadas"`
	Edades          edades       `json:"edades" doc:"De las que están sin decidir, por los días desde que se cargaron"`
	MasAntigua      *string      `json:"mas_antigua" format:"date-time" doc:"La más antigua sin decidir; null si no hay"`
	Aprobadas       int          `json:"aprobadas" doc:"Del mes o anteriores, a la espera de planilla"`
	Ordinarias      int          `json:"ordinarias" doc:"De las aprobadas"`
	Extraordinarias porMotivo    `json:"extraordinarias" doc:"De las aprobadas, por su motivo"`
	Rechazadas      int          `json:"rechazadas"`
	Incluidas       int          `json:"incluidas"`
	ConAdvertencias int          `json:"con_advertencias"`
	Ajustes         ajustesDe    `json:"ajustes" doc:"De meses cerrados, en camino"`
	Huella          string       `json:"huella,omitempty" doc:"Lo que la jefatura firma: va en su conformidad. Falta si el mes está cerrado"`
	Conformidad     *conformidad `json:"conformidad,omitempty" doc:"Falta si la jefatura no la dio"`
}

type ajustesDe struct {
	Pedidos   int `json:"pedidos" doc:"A la espera de la jefatura o de recursos humanos"`
	Aprobados int `json:"aprobados" doc:"Entran en la planilla de este mes"`
}

type edades struct {
	HastaDosDias   int `json:"hasta_2_dias"`
	HastaUnaSemana int `json:"de_3_a_7_dias"`
	MasDeUnaSemana int `json:"mas_de_7_dias"`
}

type porMotivo struct {
	Total          int `json:"total"`
	FueraDeHorario int `json:"fuera_de_horario"`
	DiaNoLaborable int `json:"dia_no_laborable"`
}

type unidadCorta struct {
	ID     string `json:"id" format:"uuid"`
	Codigo string `json:"codigo"`
	Nombre string `json:"nombre"`
}

type conformidad struct {
	Mes     string   `json:"mes"`
	Unidad  string   `json:"unidad" format:"uuid"`
	Actor   nombrado `json:"actor"`
	Cargo   string   `json:"cargo" enum:"jefe,subrogante"`
	At      string   `json:"at" format:"date-time"`
	Vigente bool     `json:"vigente" doc:"false si algo cambió desde que se dio: hay que darla de nuevo"`
}

type bloqueo struct {
	Unidad  *nombrado `json:"unidad,omitempty" doc:"Falta si es de todo el mes"`
	Que     string    `json:"que" enum:"sin_conformidad,conformidad_vencida,sin_decidir,sin_jefatura,sin_aplicar,mes_anterior,reclamo_vencido"`
	Detalle string    `json:"detalle"`
	Toca    []mando   `json:"toca" doc:"A quiénes les corresponde; vacío si le toca a la administración, o a nadie"`
}

// mando is somebody who decides for a unit.
type mando struct {
	ID     string `json:"id" format:"uuid"`
	Nombre string `json:"nombre"`
	Cargo  string `json:"cargo" enum:"jefe,subrogante"`
}

var (
	unaUnidad = unidadCorta{idUnidad, "SCA", "Sección Comercial Asunción"}
	unaFirma  = conformidad{"2026-10", idUnidad, nombrado{idJefe, "Jimena Ortiz"}, "jefe", "2026-11-02T09:12:00-03:00", true}

	ejemploPreparacion = preparacion{
		Cierre: ejemploCierre,
		Unidades: []unidadEnMes{{
			Unidad: unaUnidad, Pendientes: 2, Edades: edades{HastaUnaSemana: 2}, MasAntigua: ptr(unMomento),
			Aprobadas: 310, Ordinarias: 290, Extraordinarias: porMotivo{20, 14, 6}, Rechazadas: 4, Huella: huella, Conformidad: &unaFirma,
		}},
		Bloqueos: []bloqueo{{
			&nombrado{idUnidad, unaUnidad.Nombre}, "sin_decidir", "2 gestiones sin decidir: le corresponde a su jefatura.", []mando{{idJefe, "Jimena Ortiz", "jefe"}},
		}},
		Avisos: []bloqueo{{
			&nombrado{idUnidad, unaUnidad.Nombre}, "reclamo_vencido", "El reclamo de Ana Benítez del 23/10/2026 venció el 30/10/2026 sin respuesta.",
			[]mando{{idJefe, "Jimena Ortiz", "jefe"}, {idOtro, "Gladys Rojas", "jefe"}},
		}},
	}
)

func conformidadOf(c app.Conformidad) conformidad {
	return conformidad{c.Mes.String(), string(c.Unidad), nombrado{string(c.Actor), c.Nombre}, string(c.Autoridad.Cargo), moment(c.At), c.Vigente}
}

func preparacionOf(p app.Preparacion) preparacion {
	return preparacion{
		Cierre: cierreOf(p.Cierre), SinAplicar: p.SinAplicar,
		Unidades: mapped(p.Unidades, unidadEnMesOf), Bloqueos: mapped(p.Bloqueos, bloqueoOf), Avisos: mapped(p.Avisos, bloqueoOf),
	}
}

func unidadEnMesOf(u app.UnidadEnMes) unidadEnMes {
	out := unidadEnMes{
		Unidad:    unidadCorta{string(u.Unidad), u.Codigo, u.Nombre},
		Recibidas: u.Recibidas, Pendientes: u.Pendientes, Observadas: u.Observadas,
		Edades: edades(u.Edades), MasAntigua: momentOf(u.MasAntigua),
		Aprobadas: u.Aprobadas, Ordinarias: u.Ordinarias,
		Extraordinarias: porMotivo{u.FueraDeHorario + u.DiaNoLaborable, u.FueraDeHorario, u.DiaNoLaborable},
		Rechazadas:      u.Rechazadas, Incluidas: u.Incluidas, ConAdvertencias: u.Advertencias, Ajustes: ajustesDe{u.AjustesPedidos, u.AjustesAprobados}, Huella: u.Huella,
	}
	if u.Conformidad != nil {
		out.Conformidad = ptr(conformidadOf(*u.Conformidad))
	}
	return out
}

func bloqueoOf(b app.Bloqueo) bloqueo {
	out := bloqueo{Que: b.Que, Detalle: b.Detalle, Toca: mapped(b.Toca, mandoOf)}
	if b.Unidad != "" {
		out.Unidad = &nombrado{string(b.Unidad), b.Nombre}
	}
	return out
}
