package app

import (
	"time"

	"ande.gov.py/gestiones/internal/contract"
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

// Cierre is a month's closing.
type Cierre struct {
	Mes           pa0580.Mes
	Corte         *pa0580.Corte
	CortePor      string
	Sellado       bool
	CerradoAt     *time.Time
	CerradoPor    string
	ConfirmadoPor string // empty: nobody had to
	Huella        string
	Motivo        string
	Lineas        int64 // frozen
	Avisadas      int64 // workflows told
	Planillas     int64
	Archivos      int64  // files written
	Esperados     int64  // files that there are to be: those of each planilla, and the month's
	Probado       bool   // its manifest is signed
	Orden         *Orden // the newest one, with its result
}

// Completo tells a closed month after which nothing is left to be done: its
// gestiones told, its files written, its manifest signed.
func (c Cierre) Completo() bool {
	return c.CerradoAt != nil && c.Avisadas >= c.Lineas && c.Archivos >= c.Esperados && c.Probado
}

// UnidadEnMes is a unit's part of a month's preparation.
type UnidadEnMes struct {
	Unidad         pa0580.UnidadID
	Codigo         string
	Nombre         string
	Huella         string // what its head signs
	Recibidas      int
	Pendientes     int
	Observadas     int
	Edades         Edades // of these three
	MasAntigua     *time.Time
	Aprobadas      int // of the month or earlier, waiting for a planilla
	Ordinarias     int // of the approved
	FueraDeHorario int // of the approved, extraordinarias by their reason
	DiaNoLaborable int
	Rechazadas     int
	Incluidas      int
	Advertencias   int // undecided or approved with a warning

	AjustesPedidos   int // wait for the head's approval, or HR's
	AjustesAprobados int // go into this month's planilla
	Conformidad      *Conformidad
}

// SinDecidir are those that wait for somebody.
func (u UnidadEnMes) SinDecidir() int { return u.Recibidas + u.Pendientes + u.Observadas }

// Edades count what is undecided by the days since it was loaded: up to 2, 3 to 7,
// and more.
type Edades struct {
	HastaDosDias, HastaUnaSemana, MasDeUnaSemana int
}

// Autoria is how many undecided gestiones somebody loaded in a unit.
type Autoria struct {
	Unidad   pa0580.UnidadID
	Agente   pa0580.FuncionarioID
	Nombre   string
	Cantidad int
}

// Conformidad is a head's signature under a unit's month, as they saw it.
type Conformidad struct {
	Mes       pa0580.Mes
	Unidad    pa0580.UnidadID
	Actor     pa0580.FuncionarioID
	Nombre    string
	Autoridad pa0580.Autoridad
	At        time.Time
	Huella    string // of what they saw
	Vigente   bool   // nothing has moved since
}

// Preparacion is what HR looks at before a close.
type Preparacion struct {
	Cierre     Cierre
	Unidades   []UnidadEnMes
	SinAplicar int
	Bloqueos   []Bloqueo
	Avisos     []Bloqueo // what somebody owes, and a close does not wait for
}

// Bloqueo is something a close owes a written reason for, or that somebody is late with.
type Bloqueo struct {
	Unidad  pa0580.UnidadID // empty: the whole month
	Nombre  string
	Que     string  // sin_conformidad, conformidad_vencida, sin_decidir, sin_jefatura, sin_aplicar; reclamo_vencido
	Detalle string  // Spanish
	Toca    []Mando // who must act; empty where the administration must, or nobody
}

// Mando is somebody who decides for a unit.
type Mando struct {
	ID     pa0580.FuncionarioID
	Nombre string
	Cargo  pa0580.Cargo
}

// Orden is a stored order to close a month.
type Orden struct {
	ID       contract.OrdenID
	Mes      pa0580.Mes
	Actor    pa0580.FuncionarioID
	Huella   string
	Motivo   string
	CreadoAt time.Time
	Cerrado  *bool // nil until carried out; false where it was withdrawn or superseded, too
	Codigo   pa0580.Code

	Doble         bool // it needs a second person of HR
	ConfirmadaPor pa0580.FuncionarioID
	ConfirmadaAt  *time.Time // nil: nobody confirmed it
	Autor         string     // name of Actor
	Confirmo      string     // name of ConfirmadaPor
}

// Regla is what the rules ask of it.
func (o Orden) Regla() pa0580.Orden {
	return pa0580.Orden{Autor: o.Actor, Doble: o.Doble, Confirmo: o.ConfirmadaPor, Hecha: o.Cerrado != nil, Codigo: o.Codigo}
}

// Planilla is the bonus sheet of one unit and month.
type Planilla struct {
	ID        string
	Numero    int64
	Mes       pa0580.Mes
	Unidad    pa0580.UnidadID
	Codigo    string
	Nombre    string
	Jefe      string
	Conforme  bool
	Motivo    string
	Huella    string
	CerradaAt time.Time
	Tarifas   []TarifaDePlanilla // that its rows are paid by, latest first; often none
	Filas     []Fila
	Anexo     []Linea
}

// TarifaDePlanilla is a tariff as planillas name it.
type TarifaDePlanilla struct {
	ID    pa0580.TarifaID
	Desde pa0580.Mes
	Norma string
}

// Consolidada is a closed month's planillas together, without annexes.
type Consolidada struct {
	Mes           pa0580.Mes
	CerradoAt     time.Time
	CerradoPor    string
	ConfirmadoPor string // empty: nobody had to
	Motivo        string
	Huella        string
	Planillas     []Planilla // by number
}

// Formato is how a planilla is written as a file.
type Formato string

// The formats: the same figures in each.
const (
	XLSX     Formato = "xlsx"
	PDF      Formato = "pdf"
	CSV      Formato = "csv"       // the first table
	AnexoCSV Formato = "anexo.csv" // the second
	JSON     Formato = "json"
)

// Formatos are those that every planilla, and every closed month, is written in.
func Formatos() []Formato { return []Formato{XLSX, PDF, CSV, AnexoCSV, JSON} }

// Archivo is a planilla's file. It is written once, and the same for ever.
type Archivo struct {
	Nombre    string
	Formato   Formato
	Contenido []byte
	SHA256    [32]byte
}

// Fila is one funcionario's row: counts per type 1–5.
type Fila struct {
	Funcionario pa0580.FuncionarioID
	Legajo      string
	CI          string
	Nombre      string
	Modo        pa0580.Modo
	Mes         pa0580.Mes // the gestiones' own
	Cuentas
	Tarifa pa0580.TarifaID // by which it is paid; empty where its month has none
	Prueba string          // digest of its gestiones, in a preview
}

// Cuentas count gestiones by type, 1 to 5.
type Cuentas struct {
	Ordinarias      [5]int
	Extraordinarias [5]int
	Ajustes         int            // lines of closed months added, less those taken back
	Importe         pa0580.Importe // that all of it pays, by the tariffs there are
}

// Mas adds two counts up.
func (c Cuentas) Mas(o Cuentas) Cuentas {
	for i := range c.Ordinarias {
		c.Ordinarias[i] += o.Ordinarias[i]
		c.Extraordinarias[i] += o.Extraordinarias[i]
	}
	c.Ajustes += o.Ajustes
	c.Importe = c.Importe.Mas(o.Importe)
	return c
}

// TotalOrdinarias is every type's together.
func (c Cuentas) TotalOrdinarias() int { return sum(c.Ordinarias) }

// TotalExtraordinarias is every type's together.
func (c Cuentas) TotalExtraordinarias() int { return sum(c.Extraordinarias) }

// Total is every gestión.
func (c Cuentas) Total() int { return c.TotalOrdinarias() + c.TotalExtraordinarias() }

// Neto is what is paid: every gestión, and the ajustes of what was paid before.
func (c Cuentas) Neto() int { return c.Total() + c.Ajustes }

func sum(counts [5]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// Linea is one gestión of the annex, its document masked; or an ajuste of one.
type Linea struct {
	Gestion    pa0580.GestionID
	Ajuste     pa0580.Signo // zero for a line
	Motivo     string       // of the ajuste
	Legajo     string
	Modo       pa0580.Modo
	Mes        pa0580.Mes
	Documento  string // masked
	Referencia pa0580.Referencia
	Tipo       pa0580.TipoGestion
	Jornada    pa0580.Jornada
	GuardadaAt time.Time
	Importe    pa0580.Importe // that it pays, or takes back
}
