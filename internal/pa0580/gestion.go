package pa0580

import "time"

// Identifiers are UUIDs in text. They name rows and workflows and carry no
// personal data.
type (
	// GestionID names a gestión, and its workflow.
	GestionID string
	// ComandoID names a stored command.
	ComandoID string
	// UnidadID names a unit.
	UnidadID string
	// FuncionarioID names a person of the utility.
	FuncionarioID string
)

// Modo is how a funcionario attends in a unit (PA0580, 1.b).
type Modo string

// The attendance modes.
const (
	Permanente Modo = "permanente"
	Apoyo      Modo = "apoyo"
)

// Asignacion is a roster entry: who attends in which unit, how, from when to
// when (both days included; a zero Hasta is open).
type Asignacion struct {
	ID          string
	Funcionario FuncionarioID
	Unidad      UnidadID
	Modo        Modo
	Desde       Dia
	Hasta       Dia
}

// Gestion is one attended customer matter: what the bonus counts.
type Gestion struct {
	ID           GestionID
	Agente       FuncionarioID
	Unidad       UnidadID
	UnidadNombre string // as it was at saving, like the asignación
	Asignacion   string
	Modo         Modo
	Contenido
	GuardadaAt    time.Time
	Mes           Mes // local month of GuardadaAt
	Clasificacion Clasificacion

	Estado   Estado
	Version  int64     // raised by every change
	Aceptada bool      // the agent was told «received» before OPEN SGC answered
	Hallazgo *Hallazgo // nil until OPEN SGC answers
	Decision *Decision // the approval or rejection in force
}

// Contenido is what the agent types, and the only part a correction may change.
type Contenido struct {
	Documento   Documento
	Referencia  Referencia
	Tipo        TipoGestion
	Observacion string
}

// Decision is an approval or rejection in force.
type Decision struct {
	Comando ComandoID
	Actor   FuncionarioID
	At      time.Time // when it was stored: what a corte is compared with
}

// New is the gestión an agent saves (step 50): recibida, with the moment
// classified and the asignación copied.
func New(id GestionID, a Asignacion, unidad string, c Contenido, at time.Time, k Clasificacion) Gestion {
	return Gestion{
		ID: id, Agente: a.Funcionario, Unidad: a.Unidad, UnidadNombre: unidad, Asignacion: a.ID, Modo: a.Modo,
		Contenido: c, GuardadaAt: at, Mes: MesOf(at), Clasificacion: k,
		Estado: Recibida, Version: 1,
	}
}

// Verify records what OPEN SGC answered about a recibida gestión: pendiente
// where the reference exists; otherwise invalida when the agent is still being
// answered, observada when they were already told «received». Refuses with
// CodeWrongEstado, g unchanged, when g is not waiting for OPEN SGC.
func (g *Gestion) Verify(h Hallazgo) error {
	accion := Verificar
	if !h.Existe {
		accion = Invalidar
		if g.Aceptada {
			accion = Devolver
		}
	}
	next, ok := g.Estado.After(accion)
	if !ok {
		return wrongEstado(g.Estado)
	}
	g.Estado, g.Hallazgo, g.Version = next, &h, g.Version+1
	return nil
}

// Accept marks that the agent was told «received». It changes nothing that
// anybody saw, so the version stays. It is false when OPEN SGC was faster.
func (g *Gestion) Accept() bool {
	if g.Estado != Recibida {
		return false
	}
	g.Aceptada = true
	return true
}

// Apply applies a stored command, judging its legality now; authority was
// judged when it was stored. cortes are those set so far. Refuses with
// CodeStale, CodeWrongEstado, CodeCorte, CodeOwnGestion or CodeReferenceUnknown;
// g is unchanged then and the command ends sin_efecto.
//
// Only what OPEN SGC has can wait for approval (step 20). So an observation of a
// missing reference is not withdrawn but corrected, and a rejection taken back
// returns to recibida where OPEN SGC has not answered, to observada where it
// answered no (docs/adr/0009).
func (g *Gestion) Apply(c Comando, cortes Cortes) error {
	if c.Vista != g.Version {
		return &Refusal{Code: CodeStale, Campo: "version", Message: "La gestión cambió desde que usted la vio: ábrala de nuevo y repita."}
	}
	if c.Accion.Decides() && c.Actor == g.Agente {
		return ownGestion()
	}
	next, ok := g.Estado.After(c.Accion)
	if !ok {
		return wrongEstado(g.Estado)
	}
	if c.Accion == RetirarDecision {
		if corte, passed := cortes.Between(g.Mes, g.Decision.At, c.At); passed {
			return &Refusal{Code: CodeCorte, Campo: "accion", Message: "La decisión entró en el corte de " + corte.Mes.String() + " y ya no puede retirarse."}
		}
	}
	if c.Accion == RetirarObservacion && !g.verified() {
		return ErrInexistente(g.Referencia)
	}
	switch c.Accion {
	case Corregir:
		g.Contenido, g.Hallazgo, g.Aceptada = *c.Correccion, nil, true
	case Aprobar, Rechazar:
		g.Decision = &Decision{Comando: c.ID, Actor: c.Actor, At: c.At}
	case RetirarDecision:
		g.Decision = nil
		if g.Hallazgo == nil {
			next, g.Aceptada = Recibida, true
		} else if !g.verified() {
			next = Observada
		}
	}
	g.Estado, g.Version = next, g.Version+1
	return nil
}

// verified tells whether OPEN SGC has the reference.
func (g *Gestion) verified() bool { return g.Hallazgo != nil && g.Hallazgo.Existe }

func wrongEstado(e Estado) *Refusal {
	return &Refusal{Code: CodeWrongEstado, Campo: "estado", Message: "La gestión está " + string(e) + " y no admite esa acción."}
}

func ownGestion() *Refusal {
	return &Refusal{Code: CodeOwnGestion, Campo: "actor", Message: "Nadie decide sobre su propia gestión: le corresponde a la jefatura superior."}
}
