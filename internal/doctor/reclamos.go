package doctor

// claims tells of those that nobody answered in time. That is for people to mend: nothing
// is wrong with the system.
func (s Symptoms) claims(say sayer) {
	if n := s.Pulso.Reclamos; n > 0 {
		say(Bien, "Reclamos", "", "De funcionarios, vencidos sin respuesta: %d; el más viejo, hace %s. La preparación del mes dice a quiénes les toca responderlos.", n, since(s.age(s.Pulso.ReclamoDesde)))
	}
}
