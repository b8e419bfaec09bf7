package app

import (
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Ficha is a gestión as people read it.
type Ficha struct {
	pa0580.Gestion
	AgenteNombre string
	Planilla     string // id, where incluida
	PlanillaNro  int64
	DelDia       int // gestiones of that agent on that day
	Iguales      int // others in force of the same person, reference, type and day
	Advertencias []pa0580.Advertencia
	SinAplicar   int // stored commands not applied yet
	Razon        *Razon
}

// Razon is why somebody sent a gestión back, rejected or annulled it, while it
// stands so.
type Razon struct {
	Motivo string
	Nombre string // of who did
	At     time.Time
}

// Asiento is one entry of a gestión's audit.
type Asiento struct {
	At      time.Time
	Actor   pa0580.FuncionarioID // empty: the system
	Nombre  string
	Accion  string
	Version int64             // zero where it changed nothing, such as a reading
	Detalle map[string]string // codes and estados, and the reason given
}

// Evento is one event of the gestión's workflow, as Temporal tells it.
type Evento struct {
	ID   int64
	At   time.Time
	Tipo string
	Que  string // the update, signal or activity it is about
}

// Vision is what somebody may see. It becomes SQL in one place.
type Vision struct {
	Todo     bool
	Propias  pa0580.FuncionarioID // their own
	Unidades []pa0580.UnidadID    // every gestión of these
	Bandeja  []pa0580.Alcance     // what they decide on
	Superior []pa0580.Alcance     // reclamos past their due date, of those who decide below them
}

// Filtro narrows a list. Zero fields do not.
type Filtro struct {
	Estados    []pa0580.Estado
	Unidad     pa0580.UnidadID
	Agente     pa0580.FuncionarioID
	Mes        pa0580.Mes
	Tipo       pa0580.TipoGestion
	Jornada    pa0580.Jornada
	Referencia string
	Persona    string           // the base number of a document, from a search
	Bandeja    []pa0580.Alcance // only what somebody decides on, oldest first
	Tras       pa0580.GestionID // cursor: the last one of the page before
	Limite     int
}

// Pedido is a stored command with its result.
type Pedido struct {
	pa0580.Comando
	Estado     pa0580.Estado    // the gestión's, as read with it
	Resultado  pa0580.Resultado // empty until applied
	Codigo     pa0580.Code      // why sin_efecto
	AplicadoAt *time.Time
	Version    int64 // of the row it made
}

// Lote is a bulk request: what was refused at the door, and each stored command.
type Lote struct {
	ID       string
	Actor    pa0580.FuncionarioID
	CreadoAt time.Time
	Pedidos  int // asked for
	Rechazos []Rechazo
	Comandos []Pedido
}

// Rechazo is one item of a bulk request that was not stored.
type Rechazo struct {
	Gestion pa0580.GestionID `json:"gestion"`
	Code    pa0580.Code      `json:"codigo"`
	Message string           `json:"mensaje"`
}
