package app

import (
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

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
