package pa0580

// Estado is where a gestión stands.
type Estado string

// The estados of DOMAIN's table.
const (
	Recibida  Estado = "recibida"  // saved: durable from here on
	Pendiente Estado = "pendiente" // OPEN SGC has the reference; the head decides
	Invalida  Estado = "invalida"  // it has not, and the agent was told at once
	Observada Estado = "observada" // back with the agent
	Anulada   Estado = "anulada"   // withdrawn by its agent
	Aprobada  Estado = "aprobada"
	Rechazada Estado = "rechazada"
	Incluida  Estado = "incluida" // a line of a planilla
)

// Estados lists them all, in the order of a gestión's life.
func Estados() []Estado {
	return []Estado{Recibida, Pendiente, Observada, Aprobada, Rechazada, Incluida, Invalida, Anulada}
}

// Accion is what moves a gestión from one estado to the next.
type Accion string

// What OPEN SGC and the close do.
const (
	Verificar Accion = "verificar" // the reference exists
	Invalidar Accion = "invalidar" // it does not, the agent is still at the counter
	Devolver  Accion = "devolver"  // it does not, the agent had been told «received»
	Incluir   Accion = "incluir"   // the freeze of a close
)

// Reclasificar is what a change of the calendar does to a gestión of an open month:
// its estado stays.
const Reclasificar Accion = "reclasificar"

// What people ask: each is stored as a [Comando] before anything else happens.
const (
	Corregir           Accion = "corregir"
	Anular             Accion = "anular"
	Aprobar            Accion = "aprobar"
	Observar           Accion = "observar"
	RetirarObservacion Accion = "retirar_observacion"
	Rechazar           Accion = "rechazar"
	RetirarDecision    Accion = "retirar_decision"
)

// Acciones lists what people can ask.
func Acciones() []Accion {
	return []Accion{Corregir, Anular, Aprobar, Observar, RetirarObservacion, Rechazar, RetirarDecision}
}

var transitions = map[Estado]map[Accion]Estado{
	Recibida: {
		Verificar: Pendiente, Invalidar: Invalida, Devolver: Observada,
		Corregir: Recibida, Anular: Anulada, Rechazar: Rechazada,
	},
	Pendiente: {
		Corregir: Recibida, Anular: Anulada,
		Aprobar: Aprobada, Observar: Observada, Rechazar: Rechazada,
	},
	Observada: {
		Corregir: Recibida, Anular: Anulada,
		RetirarObservacion: Pendiente, Rechazar: Rechazada,
	},
	Aprobada:  {RetirarDecision: Pendiente, Incluir: Incluida},
	Rechazada: {RetirarDecision: Pendiente},
}

// After is the estado that a leads to from e; false where DOMAIN's table has no
// such line.
func (e Estado) After(a Accion) (Estado, bool) {
	next, ok := transitions[e][a]
	return next, ok
}

// Final tells an estado that nothing leaves.
func (e Estado) Final() bool { return len(transitions[e]) == 0 }

// Ended tells whether the gestión's workflow has nothing left to wait for.
// A rejection ends it too; taking the rejection back starts it again.
func (e Estado) Ended() bool { return e.Final() || e == Rechazada }
