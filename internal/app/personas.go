package app

import (
	"ande.gov.py/gestiones/internal/pa0580"
)

// Funcionario is a person of the utility.
type Funcionario struct {
	ID     pa0580.FuncionarioID
	Legajo string // personnel number
	CI     string
	Nombre string
	Roles  []Rol
	Activo bool
}

// FiltroPersonas narrows the list of people.
type FiltroPersonas struct {
	Texto  string // part of a name or a legajo
	Tras   string // cursor: the last legajo of the page before
	Limite int
}

// FiltroRoster narrows the roster.
type FiltroRoster struct {
	Unidad      pa0580.UnidadID
	Funcionario pa0580.FuncionarioID
	On          pa0580.Dia // zero: any
}

// AsignacionFicha is a roster entry with the names to show.
type AsignacionFicha struct {
	pa0580.Asignacion
	FuncionarioNombre string
	UnidadNombre      string
}

// JefaturaFicha is a jefatura with its id and the head's name.
type JefaturaFicha struct {
	ID string
	pa0580.Jefatura
	Nombre string
}

// SubroganciaFicha is a subrogancia with its id and the substitute's name.
type SubroganciaFicha struct {
	ID string
	pa0580.Subrogancia
	Nombre string
}

// FeriadoFicha is a calendar entry with its id.
type FeriadoFicha struct {
	ID string
	pa0580.Feriado
}

// Cambio is one change of the organisation: exactly one of the first fields is set. An empty
// id asks for a new row.
type Cambio struct {
	Unidad      *pa0580.Unidad
	Funcionario *Funcionario
	Asignacion  *pa0580.Asignacion
	Jefatura    *JefaturaFicha
	Subrogancia *SubroganciaFicha
	Responsable *Responsable
	Feriado     *FeriadoFicha
	SinFeriado  string // id of an entry that no longer holds

	// Calendario is the version of the calendar that a change of it was rehearsed
	// against, zero where it was not. It counts beside Feriado and SinFeriado only.
	Calendario int
}

// Responsable says who extracts a unit's data; Quitar ends it.
type Responsable struct {
	Unidad      pa0580.UnidadID
	Funcionario pa0580.FuncionarioID
	Quitar      bool
}
