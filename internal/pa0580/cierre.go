package pa0580

import "time"

// Corte is the moment that splits the decisions of a month's planillas from
// those of the next.
type Corte struct {
	Mes     Mes
	At      time.Time
	Cerrado bool
	Por     string // name of who set it, where it is to be told
}

// Cortes are those set and not lifted, one per month at most.
type Cortes []Corte

// Between finds the corte that a decision stored at `decided` on a gestión of
// mes fell into, where it has passed by `asked`. Such a decision can't be
// taken back: it counts in that corte's planilla, or was judged for it.
func (cs Cortes) Between(mes Mes, decided, asked time.Time) (Corte, bool) {
	for _, c := range cs {
		if !c.Mes.Before(mes) && decided.Before(c.At) && !asked.Before(c.At) {
			return c, true
		}
	}
	return Corte{}, false
}

// Turno is what decides which month closes next.
type Turno struct {
	Primero Mes // the first with a gestión; zero when there is none
	Ultimo  Mes // the last closed month; zero when none is
	Ultima  Mes // of the month in question, once closed: itself or its last closed complementaria
}

// turn is the month to close now; zero where there is none.
func (t Turno) turn() Mes {
	if t.Ultimo.IsZero() {
		return t.Primero
	}
	return t.Ultimo.Next()
}

// Antes is the month that closes before mes; zero where its turn has come, or has passed.
func (t Turno) Antes(mes Mes) Mes {
	if turn := t.turn(); mes.Complementaria() == 0 && turn.Before(mes) {
		return turn
	}
	return Mes{}
}

// CheckCorte judges the corte HR wants for mes, which has that one or nil: the month is
// over, it comes next, none is set, and the moment is neither past nor absurdly far.
// Refuses with CodeMonthNotOver, CodeMonthOrder, CodeMonthClosed or CodeCorte.
func CheckCorte(mes Mes, set *Corte, t Turno, at, now time.Time) error {
	if err := CheckTurn(mes, t, now); err != nil {
		return err
	}
	if set != nil {
		return &Refusal{Code: CodeCorte, Campo: "mes", Message: "El corte de " + mes.String() + " ya está fijado, por " + set.Por + ": levántelo antes de fijar otro."}
	}
	if at.Before(now) {
		return &Refusal{Code: CodeCorte, Campo: "momento", Message: "El corte no puede fijarse en el pasado: elija este momento o uno posterior."}
	}
	if at.Sub(now) > 62*24*time.Hour {
		return &Refusal{Code: CodeCorte, Campo: "momento", Message: "El corte queda a más de dos meses: revise la fecha."}
	}
	return nil
}

// CheckTurn judges whether mes is the month to close now: the one after the last
// closed, at first the first with a gestión. A closed month can't be undone, so a
// mistyped year must not close one. A complementaria's turn comes once its month is
// closed, and the complementarias before it.
func CheckTurn(mes Mes, t Turno, now time.Time) error {
	if mes.Complementaria() > 0 {
		return checkComplementaria(mes, t)
	}
	primero, ultimo, turn := t.Primero, t.Ultimo, t.turn()
	switch {
	case now.Before(mes.End()):
		return &Refusal{Code: CodeMonthNotOver, Campo: "mes", Message: "El mes " + mes.String() + " no terminó: se cierra desde el día 1 del siguiente."}
	case mes.Before(primero):
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "El mes " + mes.String() + " es anterior a la primera gestión: el primero que se cierra es " + turn.String() + "."}
	case !ultimo.IsZero() && !ultimo.Before(mes):
		return &Refusal{Code: CodeMonthClosed, Campo: "mes", Message: "El mes " + mes.String() + " ya está cerrado."}
	case turn.IsZero():
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "Todavía no hay gestiones: no hay mes que cerrar."}
	case turn.Before(mes):
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "Los meses se cierran en orden: primero " + turn.String() + "."}
	}
	return nil
}

// CheckSigning judges whether units' heads sign mes off: one that is over and holds, or
// held, gestiones, or the complementaria that comes next. Refuses with CodeMonthNotOver,
// CodeMonthOrder or CodeMonthClosed.
func CheckSigning(mes Mes, t Turno, now time.Time) error {
	switch {
	case mes.Complementaria() > 0:
		return checkComplementaria(mes, t)
	case now.Before(mes.End()):
		return &Refusal{Code: CodeMonthNotOver, Campo: "mes", Message: "El mes " + mes.String() + " no terminó: se firma desde el día 1 del siguiente."}
	case t.Primero.IsZero() || mes.Before(t.Primero):
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "El mes " + mes.String() + " es anterior a la primera gestión: no hay qué firmar."}
	case !t.Ultimo.Before(mes):
		return &Refusal{Code: CodeMonthClosed, Campo: "mes", Message: "El mes " + mes.String() + " ya está cerrado y no cambia."}
	}
	return nil
}

func checkComplementaria(mes Mes, t Turno) error {
	switch {
	case t.Ultima.IsZero():
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "Una complementaria corrige un mes cerrado, y " + mes.Propio().String() + " no lo está: lo que falta entra en su planilla."}
	case mes == t.Ultima.Siguiente():
		return nil
	case t.Ultima.Before(mes):
		return &Refusal{Code: CodeMonthOrder, Campo: "mes", Message: "Las complementarias se cierran en orden: primero " + t.Ultima.Siguiente().String() + "."}
	}
	return &Refusal{Code: CodeMonthClosed, Campo: "mes", Message: "La complementaria " + mes.String() + " ya está cerrada."}
}

// Sealed refuses, with CodeCorte, to preview or close at a moment before the
// corte, or without one.
func Sealed(corte *Corte, mes Mes, now time.Time) error {
	if corte == nil {
		return &Refusal{Code: CodeCorte, Campo: "mes", Message: "Falta fijar el corte de " + mes.String() + "."}
	}
	if now.Before(corte.At) {
		return &Refusal{Code: CodeCorte, Campo: "mes", Message: "El corte de " + mes.String() + " todavía no llegó: es el " + Local(corte.At).Format("02/01/2006 15:04") + "."}
	}
	return nil
}
