package pa0580

// Orden is what the rules ask of a stored order to close a month.
type Orden struct {
	Autor    FuncionarioID
	Doble    bool          // it needs a second person of HR
	Confirmo FuncionarioID // empty: nobody yet
	Hecha    bool          // carried out, withdrawn or superseded: it has its result
	Codigo   Code          // why it closed nothing, where it is done and did not
}

// PorConfirmar tells an order that waits for its second person. Nobody carries it
// out, and it may be withdrawn, or superseded by another of its month.
func (o Orden) PorConfirmar() bool { return o.Doble && o.Confirmo == "" && !o.Hecha }

// Confirmar has quien confirm o. Whoever confirmed it before is not refused: it
// counts once. Refuses with CodeWrongEstado, CodeForbidden, CodeConflict,
// CodeWithdrawn or CodeSuperseded.
func (o *Orden) Confirmar(quien FuncionarioID) error {
	switch {
	case !o.Doble:
		return Refuse(0, CodeWrongEstado, "id", "Esa orden no espera confirmación: se lleva a cabo sola.")
	case quien == o.Autor:
		return Refuse(0, CodeForbidden, "actor", "La orden la dio usted: debe confirmarla otra persona de Recursos Humanos.")
	case o.Confirmo == quien:
		return nil
	case o.Confirmo != "":
		return Refuse(0, CodeConflict, "id", "La orden ya fue confirmada por otra persona: lea el cierre para ver cómo terminó.")
	case o.Hecha:
		return Recorded(o.Codigo)
	}
	o.Confirmo = quien
	return nil
}

// Retirar withdraws o before it was confirmed. One that is withdrawn stays so.
// Refuses with CodeWrongEstado or CodeSuperseded.
func (o *Orden) Retirar() error {
	switch {
	case o.PorConfirmar():
		o.Hecha, o.Codigo = true, CodeWithdrawn
	case o.Codigo == CodeSuperseded:
		return Recorded(CodeSuperseded)
	case o.Codigo != CodeWithdrawn:
		return Refuse(0, CodeWrongEstado, "id", "Una orden se retira mientras espera su confirmación, y esta ya no la espera.")
	}
	return nil
}
