package pa0580

import "time"

// ReclamoFuncionarioID names a reclamo del funcionario, and its workflow.
type ReclamoFuncionarioID string

// PlazoReclamo is how many working days an answer may take. PA0580 is silent: a week lets
// a substitute come in for a head who is away, and an ajuste still reach the next close.
const PlazoReclamo = 5

// EstadoReclamo is how far a reclamo del funcionario has come.
type EstadoReclamo string

// The estados. The last three end it.
const (
	ReclamoPresentado EstadoReclamo = "presentado" // waits for whoever decides
	ReclamoVencido    EstadoReclamo = "vencido"    // past its due date: the level above may answer too
	ReclamoRetirado   EstadoReclamo = "retirado"
	ReclamoSinLugar   EstadoReclamo = "sin_lugar" // answered: nothing changes
	ReclamoProcede    EstadoReclamo = "procede"   // answered: an ajuste, or a decision taken back, mends it
)

// EstadosReclamo lists them.
func EstadosReclamo() []EstadoReclamo {
	return []EstadoReclamo{ReclamoPresentado, ReclamoVencido, ReclamoRetirado, ReclamoSinLugar, ReclamoProcede}
}

// Ended tells an estado that nothing leaves.
func (e EstadoReclamo) Ended() bool {
	return e == ReclamoRetirado || e == ReclamoSinLugar || e == ReclamoProcede
}

// ReclamoFuncionario is a funcionario's claim about their own pay: that a gestión was
// settled wrongly, or that one is missing altogether. It is not what PA0580 calls
// «reclamo», a customer's case in OPEN SGC ([Reclamo]).
type ReclamoFuncionario struct {
	ID           ReclamoFuncionarioID
	Agente       FuncionarioID
	Gestion      GestionID // empty: there is none, and there should be
	Contra       Estado    // how that one stood when it was filed: incluida or rechazada
	Unidad       UnidadID
	Mes          Mes
	Motivo       string
	PresentadoAt time.Time
	Vence        Dia        // last day for an answer in time, fixed when it was filed
	VencidoAt    *time.Time // when it was recorded that none came
	RetiradoAt   *time.Time
	Respuesta    *Respuesta
}

// Respuesta is the answer to a reclamo del funcionario.
type Respuesta struct {
	Visto
	Procede bool
	Motivo  string
	Ajuste  AjusteID // of what proceeds; empty where the inbox mends it
}

// Estado is how far it has come.
func (r ReclamoFuncionario) Estado() EstadoReclamo {
	switch {
	case r.RetiradoAt != nil:
		return ReclamoRetirado
	case r.Respuesta != nil && r.Respuesta.Procede:
		return ReclamoProcede
	case r.Respuesta != nil:
		return ReclamoSinLugar
	case r.VencidoAt != nil:
		return ReclamoVencido
	}
	return ReclamoPresentado
}

// ErrNoReclamo is the refusal for one that does not exist, or is not theirs to see.
func ErrNoReclamo() *Refusal {
	return Refuse(0, CodeNotFound, "id", "No se encontró ese reclamo de funcionario entre los que usted puede ver.")
}

// ParseMotivoReclamo reads what somebody claims. Refuses with CodeReasonMissing or
// CodeRemark.
func ParseMotivoReclamo(s string) (string, error) {
	motivo, err := ParseMotivo(s)
	if err == nil && motivo == "" {
		err = Refuse(0, CodeReasonMissing, "motivo", "Falta el motivo: escriba qué está mal, o qué falta.")
	}
	return motivo, err
}

// Repeated is the refusal where one about the same still waits for its answer.
func (r ReclamoFuncionario) Repeated() *Refusal {
	campo, about := "gestion", "sobre esa gestión"
	if r.Gestion == "" {
		campo, about = "mes", "por lo que falta de ese mes en esa unidad"
	}
	return Refuse(0, CodeConflict, campo, "Ya hay un reclamo suyo "+about+" que espera respuesta: retírelo, o espere a que se responda.")
}

// Reclamable judges whether there is anything to claim about a gestión that stands so:
// what a close settled, or what was decided against it. Refuses with CodeWrongEstado,
// saying what to do instead.
func Reclamable(e Estado) error {
	instead := map[Estado]string{
		Recibida:  "Esa gestión todavía espera que OPEN SGC confirme su referencia: si no la tiene, se le pedirá que la corrija.",
		Pendiente: "Esa gestión todavía espera la decisión de su jefatura, como dice su estado de cuenta: reclame si la rechaza.",
		Observada: "Esa gestión espera que usted la corrija: corríjala, y vuelve a la bandeja de su jefatura.",
		Aprobada:  "Esa gestión está aprobada y espera la planilla que dice su estado de cuenta: reclame si esa planilla se cierra sin ella.",
		Anulada:   "Esa gestión la anuló usted y ninguna planilla la lleva: si falta otra, reclámela como faltante, con su mes y su unidad.",
		Invalida:  "OPEN SGC no tiene la referencia de esa gestión: si el cliente fue atendido, reclámela como faltante, con su mes y su unidad.",
	}
	if text, no := instead[e]; no {
		return Refuse(0, CodeWrongEstado, "gestion", text)
	}
	return nil
}

// Lapse records that nobody answered in time; false where there is nothing to record.
func (r *ReclamoFuncionario) Lapse(at time.Time) bool {
	if r.Estado() != ReclamoPresentado || at.Before(r.Vence.Next().Start()) {
		return false
	}
	r.VencidoAt = &at
	return true
}

// Withdraw ends it before it was answered. Refuses with CodeWrongEstado.
func (r *ReclamoFuncionario) Withdraw(at time.Time) error {
	if r.Estado().Ended() {
		return r.ended()
	}
	r.RetiradoAt = &at
	return nil
}

// Mends judges whether an ajuste of g can mend r: of the gestión claimed about; and where
// one is missing, one that adds, of a gestión of the same agent, unit and month. Refuses
// with CodeField.
func (r ReclamoFuncionario) Mends(g Gestion, s Signo) error {
	switch {
	case r.Gestion != "" && g.ID != r.Gestion:
		return Refuse(0, CodeField, "gestion", "El reclamo es sobre otra gestión: quite ese campo.")
	case r.Gestion != "":
		return nil
	case s != Suma:
		return Refuse(0, CodeField, "signo", "Se reclama una gestión que falta: lo que falta se suma. Responda «suma», o sin lugar si nada falta.")
	case g.Agente != r.Agente || g.Unidad != r.Unidad || g.Mes != r.Mes:
		return Refuse(0, CodeField, "gestion", "La gestión que se suma debe ser de ese funcionario, de esa unidad y del mes que reclama, "+r.Mes.String()+": indique una que lo sea, o responda sin lugar y diga por qué.")
	}
	return nil
}

// Answer ends it. What proceeds without an ajuste was mended in the inbox: the gestión,
// which now stands as g, does not stand any more as it was claimed about. Refuses with CodeWrongEstado,
// CodeOwnGestion, CodeReasonMissing or CodeField.
func (r *ReclamoFuncionario) Answer(x Respuesta, g Estado) error {
	switch {
	case r.Estado().Ended():
		return r.ended()
	case x.Quien == r.Agente:
		return Refuse(0, CodeOwnGestion, "actor", "Nadie responde su propio reclamo: le corresponde a la jefatura superior.")
	case x.Motivo == "":
		return Refuse(0, CodeReasonMissing, "motivo", "Falta el motivo: quien reclamó lo lee.")
	case !x.Procede && x.Ajuste != "":
		return Refuse(0, CodeField, "signo", "Un reclamo sin lugar no lleva ajuste: quite el signo, o responda que procede.")
	case x.Procede && x.Ajuste == "" && r.Gestion == "":
		return Refuse(0, CodeField, "gestion", "Falta la gestión de ese funcionario que se ajusta, y su signo: si no hay ninguna, responda sin lugar y diga por qué.")
	case x.Procede && x.Ajuste == "" && g == r.Contra:
		return Refuse(0, CodeField, "signo", "Falta el signo del ajuste que procede: «resta» o «suma». Lo rechazado que ningún corte alcanzó se retira antes en la bandeja, y entonces no hace falta.")
	}
	r.Respuesta = &x
	return nil
}

func (r ReclamoFuncionario) ended() error {
	return Refuse(0, CodeWrongEstado, "reclamo", "El reclamo ya terminó: "+map[EstadoReclamo]string{
		ReclamoRetirado: "quien lo presentó lo retiró", ReclamoSinLugar: "se respondió sin lugar", ReclamoProcede: "se respondió que procede",
	}[r.Estado()]+".")
}
