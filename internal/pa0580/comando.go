package pa0580

import (
	"slices"
	"time"
)

// Comando is what somebody asked of a gestión after loading. It is stored
// before it is applied, and applied in the order of storing.
type Comando struct {
	ID         ComandoID
	Gestion    GestionID
	Accion     Accion
	Actor      FuncionarioID
	Autoridad  Autoridad // as judged when the command was stored
	Vista      int64     // the version the actor saw
	Motivo     string
	Correccion *Contenido // of a correction: the whole new content
	At         time.Time  // when it was stored
}

// Resultado is how a stored command ended.
type Resultado string

// The outcomes of a command.
const (
	Aplicado  Resultado = "aplicado"
	SinEfecto Resultado = "sin_efecto" // it had become illegal meanwhile
)

// Decides tells the actions that belong to the head, not the agent.
func (a Accion) Decides() bool {
	return slices.Contains([]Accion{Aprobar, Observar, RetirarObservacion, Rechazar, RetirarDecision}, a)
}

// NeedsMotivo tells the actions that owe a written reason.
func (a Accion) NeedsMotivo() bool { return a == Anular || a == Observar || a == Rechazar }

// Check judges a command by itself, before it is stored: the action exists and
// its reason is there. Refuses with CodeField or CodeReasonMissing.
func (c Comando) Check() error {
	switch {
	case !slices.Contains(Acciones(), c.Accion):
		return &Refusal{Code: CodeField, Campo: "accion", Message: "La acción debe ser aprobar, observar, retirar_observacion, rechazar, retirar_decision, corregir o anular."}
	case c.Accion.NeedsMotivo() && c.Motivo == "":
		return &Refusal{Code: CodeReasonMissing, Campo: "motivo", Message: "Falta el motivo: escriba por qué."}
	case c.Vista < 1:
		return &Refusal{Code: CodeField, Campo: "version", Message: "Falta la versión de la gestión que usted vio."}
	case (c.Accion == Corregir) != (c.Correccion != nil):
		return &Refusal{Code: CodeField, Campo: "accion", Message: "Una corrección lleva el contenido nuevo, y solo ella."}
	}
	return nil
}
