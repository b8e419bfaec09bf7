package httpapi

import (
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// nombrado is something with a name.
type nombrado struct {
	ID     string `json:"id" format:"uuid"`
	Nombre string `json:"nombre"`
}

// documento is a customer's document; its number is masked but where it was
// asked for in full.
type documento struct {
	Tipo   string `json:"tipo" enum:"CI,RUC" doc:"CI o RUC"`
	Numero string `json:"numero" doc:"Como se escribe; los puntos y espacios se ignoran"`
}

type referencia struct {
	Tipo   string `json:"tipo" enum:"NIS,EXPEDIENTE,RECLAMO" doc:"Qué se cita de OPEN SGC"`
	Numero string `json:"numero" doc:"El número en OPEN SGC"`
}

// gestion is a gestión as people read it.
type gestion struct {
	ID                 string        `json:"id" format:"uuid"`
	Estado             string        `json:"estado" enum:"recibida,pendiente,observada,aprobada,rechazada,incluida,invalida,anulada"`
	Version            int64         `json:"version" doc:"Sube con cada cambio; los pedidos dicen cuál se vio"`
	Unidad             nombrado      `json:"unidad" doc:"Como se llamaba al guardar"`
	Agente             nombrado      `json:"agente"`
	Modo               string        `json:"modo" enum:"permanente,apoyo"`
	Documento          documento     `json:"documento" doc:"Enmascarado"`
	Referencia         referencia    `json:"referencia"`
	TipoGestion        int           `json:"tipo_gestion" minimum:"1" maximum:"5"`
	TipoGestionNombre  string        `json:"tipo_gestion_nombre"`
	Observacion        string        `json:"observacion"`
	GuardadaAt         string        `json:"guardada_at" format:"date-time"`
	Mes                string        `json:"mes"`
	Jornada            string        `json:"jornada" enum:"ordinaria,extraordinaria"`
	MotivoJornada      string        `json:"motivo_jornada,omitempty" enum:"fuera_de_horario,dia_no_laborable" doc:"Por qué es extraordinaria"`
	Feriado            string        `json:"feriado,omitempty" doc:"El feriado, si fue por uno"`
	Calendario         int           `json:"calendario" doc:"La versión del calendario por la que se clasificó; se lee en /calendario"`
	Verificacion       *verificacion `json:"verificacion,omitempty" doc:"Qué contestó OPEN SGC; falta mientras no contesta"`
	Decision           *resolucion   `json:"decision,omitempty" doc:"La aprobación o el rechazo vigente"`
	Razon              *razon        `json:"razon,omitempty" doc:"Por qué está observada, rechazada o anulada, y quién lo decidió"`
	Planilla           *planillaDe   `json:"planilla,omitempty" doc:"Dónde se paga, si está incluida"`
	Advertencias       []string      `json:"advertencias" enum:"repetida,no_es_mt,otro_titular,cantidad_inusual" doc:"Avisan y no impiden nada"`
	ComandosSinAplicar int           `json:"comandos_sin_aplicar" doc:"Pedidos guardados que todavía no se aplicaron"`
}

type verificacion struct {
	Existe  bool   `json:"existe"`
	Tension string `json:"tension,omitempty" enum:"BT,MT"`
	Titular string `json:"titular,omitempty" doc:"Documento del titular, enmascarado"`
	At      string `json:"at" format:"date-time"`
}

type razon struct {
	Motivo string `json:"motivo"`
	Nombre string `json:"nombre"`
	At     string `json:"at" format:"date-time"`
}

type resolucion struct {
	Actor string `json:"actor" format:"uuid"`
	At    string `json:"at" format:"date-time"`
}

type planillaDe struct {
	ID     string `json:"id" format:"uuid"`
	Numero int64  `json:"numero"`
}

type pagina struct {
	Gestiones []gestion `json:"gestiones"`
	Siguiente *string   `json:"siguiente" doc:"El cursor de la página siguiente; null en la última"`
}

// moment writes an instant with Paraguay's offset.
func moment(t time.Time) string { return pa0580.Local(t).Format(time.RFC3339) }

func momentOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return ptr(moment(*t))
}

// gestionOf shows a ficha to an actor. Who loaded it is warned of repetition
// only: the other warnings are the head's.
func gestionOf(f app.Ficha, actor app.Actor) gestion {
	out := gestion{
		ID: string(f.ID), Estado: string(f.Estado), Version: f.Version,
		Unidad: nombrado{string(f.Unidad), f.UnidadNombre}, Agente: nombrado{string(f.Agente), f.AgenteNombre}, Modo: string(f.Modo),
		Documento:   documento{string(f.Documento.Tipo), f.Documento.Masked()},
		Referencia:  referencia{string(f.Referencia.Tipo), f.Referencia.Numero},
		TipoGestion: int(f.Tipo), TipoGestionNombre: f.Tipo.String(), Observacion: f.Observacion,
		GuardadaAt: moment(f.GuardadaAt), Mes: f.Mes.String(),
		Jornada: string(f.Clasificacion.Jornada), MotivoJornada: string(f.Clasificacion.Motivo), Feriado: f.Clasificacion.Feriado, Calendario: f.Clasificacion.Calendario,
		Advertencias: []string{}, ComandosSinAplicar: f.SinAplicar,
	}
	if h := f.Hallazgo; h != nil {
		out.Verificacion = &verificacion{h.Existe, string(h.Tension), pa0580.MaskDocumento(h.Titular), moment(h.At)}
	}
	if d := f.Decision; d != nil {
		out.Decision = &resolucion{string(d.Actor), moment(d.At)}
	}
	if r := f.Razon; r != nil {
		out.Razon = &razon{r.Motivo, r.Nombre, moment(r.At)}
	}
	if f.Planilla != "" {
		out.Planilla = &planillaDe{f.Planilla, f.PlanillaNro}
	}
	for _, a := range f.Advertencias {
		if a == pa0580.Repetida || f.Agente != actor.ID {
			out.Advertencias = append(out.Advertencias, string(a))
		}
	}
	return out
}

func paginaOf(rows []app.Ficha, more bool, actor app.Actor) pagina {
	out := pagina{Gestiones: mapped(rows, func(f app.Ficha) gestion { return gestionOf(f, actor) })}
	if more && len(rows) > 0 {
		out.Siguiente = cursorOf(string(rows[len(rows)-1].ID))
	}
	return out
}

// mapped is never null in JSON.
func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
