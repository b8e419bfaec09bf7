package pa0580

import "time"

// AjusteID names an ajuste.
type AjusteID string

// Signo is what an ajuste does: it takes a paid line back, or adds one.
type Signo int

// Both.
const (
	Resta Signo = -1
	Suma  Signo = 1
)

func (s Signo) String() string {
	switch s {
	case Resta:
		return "resta"
	case Suma:
		return "suma"
	}
	return ""
}

// ErrNoAjuste is the refusal for one that does not exist, or is not theirs to see.
func ErrNoAjuste() *Refusal {
	return Refuse(0, CodeNotFound, "ajuste", "No se encontró ese ajuste entre los que usted puede ver.")
}

// EstadoAjuste is how far an ajuste has come.
type EstadoAjuste string

// The estados. An approved one goes into the next planilla that its corte lets it into.
const (
	AjustePedido    EstadoAjuste = "pedido" // waits for the head, for HR, or for both
	AjusteAprobado  EstadoAjuste = "aprobado"
	AjusteRechazado EstadoAjuste = "rechazado"
	AjusteIncluido  EstadoAjuste = "incluido"
)

// EstadosAjuste lists them.
func EstadosAjuste() []EstadoAjuste {
	return []EstadoAjuste{AjustePedido, AjusteAprobado, AjusteRechazado, AjusteIncluido}
}

// Ajuste corrects what a closed month paid, in a later planilla: closed is immutable
// (DOMAIN, "Closing a month", 6). Head and HR approve it, two people, neither of them
// whoever loaded the gestión.
type Ajuste struct {
	ID        AjusteID
	Gestion   GestionID
	Mes       Mes // the closed month that it corrects
	Signo     Signo
	Motivo    string
	Pide      FuncionarioID
	PedidoAt  time.Time
	Jefe      *Visto // the head's approval
	RRHH      *Visto // human resources'
	Rechazo   *Visto // by either, with its reason
	Rechazado string
	Incluido  bool
}

// Visto is somebody's word on an ajuste, or on a tariff.
type Visto struct {
	Quien     FuncionarioID
	Autoridad Autoridad // empty where it is no head's
	At        time.Time
}

// Estado is how far it has come.
func (a Ajuste) Estado() EstadoAjuste {
	switch {
	case a.Incluido:
		return AjusteIncluido
	case a.Rechazo != nil:
		return AjusteRechazado
	case a.Jefe != nil && a.RRHH != nil:
		return AjusteAprobado
	}
	return AjustePedido
}

// Pagada says what closes have done about a gestión so far.
type Pagada struct {
	Estado  Estado
	Mes     Mes       // its own
	Linea   Mes       // the month whose planilla paid it; zero where none did
	Ajustes int       // net of those included
	Abierto bool      // one waits, or is approved and in no planilla yet
	EnCurso bool      // a command on it is stored and not applied yet
	Existe  bool      // OPEN SGC has its reference
	Firme   time.Time // where rejected: the corte of a closed month after which that stands; zero where there is none
	Cortado Mes       // where rejected: an open month whose corte reached that; zero where it can be taken back
}

// Neto is 1 where the gestión is paid now, 0 where it is not.
func (p Pagada) Neto() int {
	if p.Linea.IsZero() {
		return p.Ajustes
	}
	return 1 + p.Ajustes
}

// NewAjuste judges whether s may be asked about a gestión of which closes did p, and says
// which closed month it corrects. What was never paid can be added where it was rejected
// and a month was closed whose corte had passed over that: before the corte the decision is
// taken back, and between both one waits. Refuses with CodeReasonMissing, CodeWrongEstado, CodeReferenceUnknown or CodeConflict.
func NewAjuste(p Pagada, s Signo, motivo string) (Mes, error) {
	switch {
	case motivo == "":
		return Mes{}, &Refusal{Code: CodeReasonMissing, Campo: "motivo", Message: "Falta el motivo: la planilla lo imprime junto al ajuste."}
	case p.Abierto:
		return Mes{}, &Refusal{Code: CodeConflict, Campo: "gestion", Message: "Esa gestión ya tiene un ajuste en camino: espere a que entre en una planilla, o recházelo."}
	case p.EnCurso:
		return Mes{}, &Refusal{Code: CodeConflict, Campo: "gestion", Message: "Esa gestión tiene un pedido guardado que todavía no se aplicó: espere a que se aplique."}
	case s == Resta && p.Neto() == 0:
		return Mes{}, &Refusal{Code: CodeWrongEstado, Campo: "signo", Message: "Ninguna planilla paga hoy esa gestión: no hay línea que restar."}
	case s == Suma && p.Neto() == 1:
		return Mes{}, &Refusal{Code: CodeWrongEstado, Campo: "signo", Message: "Esa gestión ya está pagada: no se suma dos veces."}
	case s == Suma && p.Linea.IsZero() && p.Firme.IsZero() && !p.Cortado.IsZero():
		return Mes{}, &Refusal{Code: CodeWrongEstado, Campo: "gestion", Message: "El rechazo de esa gestión entró en el corte de " + p.Cortado.String() + ", que todavía no se cerró: espere a que se cierre, y entonces súmela."}
	case s == Suma && p.Linea.IsZero() && (p.Estado != Rechazada || p.Firme.IsZero()):
		return Mes{}, &Refusal{Code: CodeWrongEstado, Campo: "gestion", Message: "Solo se suma lo que se restó, o lo rechazado antes de un corte que ya pasó: lo demás se decide en la bandeja."}
	}
	if p.Linea.IsZero() {
		if s == Suma && !p.Existe { // step 20: only what OPEN SGC has is paid
			return Mes{}, &Refusal{Paso: 20, Code: CodeReferenceUnknown, Campo: "gestion", Message: "OPEN SGC no tiene la referencia de esa gestión, o no contestó nunca: no se paga."}
		}
		return p.Mes, nil
	}
	return p.Linea, nil
}

// head tells the word of whoever decides on the gestión.
func (v Visto) head() bool { return v.Autoridad.Cargo != "" }

// Approve adds somebody's word: the head's, where it has an authority, or HR's.
// Refuses with CodeWrongEstado once it is decided, and with CodeForbidden where one
// person would speak for both.
func (a *Ajuste) Approve(v Visto) error {
	if a.Estado() != AjustePedido {
		return &Refusal{Code: CodeWrongEstado, Campo: "ajuste", Message: "El ajuste ya está " + string(a.Estado()) + "."}
	}
	mine, other := &a.RRHH, a.Jefe
	if v.head() {
		mine, other = &a.Jefe, a.RRHH
	}
	switch {
	case *mine != nil:
		return &Refusal{Code: CodeWrongEstado, Campo: "ajuste", Message: "Esa aprobación ya está dada: falta la otra."}
	case other != nil && other.Quien == v.Quien:
		return &Refusal{Code: CodeForbidden, Campo: "actor", Message: "La jefatura y recursos humanos aprueban por separado: falta otra persona."}
	}
	*mine = &v
	return nil
}

// Reject ends it, with a reason, until a planilla has it: what was approved by mistake,
// too. Refuses with CodeWrongEstado or CodeReasonMissing.
func (a *Ajuste) Reject(v Visto, motivo string) error {
	if a.Rechazo != nil || a.Incluido {
		return &Refusal{Code: CodeWrongEstado, Campo: "ajuste", Message: "El ajuste ya está " + string(a.Estado()) + "."}
	}
	if motivo == "" {
		return &Refusal{Code: CodeReasonMissing, Campo: "motivo", Message: "Falta el motivo del rechazo."}
	}
	a.Rechazo, a.Rechazado = &v, motivo
	return nil
}
