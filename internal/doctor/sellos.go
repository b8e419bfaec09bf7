package doctor

import "time"

// lateSeal is from when on an entry of the audit that no block holds is worth a
// person's attention.
const lateSeal = 15 * time.Minute

func (s Symptoms) seals(say sayer) {
	const tema = "Sellos"
	n, age := s.Pulso.SinSellar, s.age(s.Pulso.SinSellarDesde)
	switch {
	case s.Pulso.ContadorAtras:
		say(Grave, tema, "Detenga serve, work y PostgreSQL; suba el contador con «pg_resetwal --epoch» (docs/operations.md, «La cadena de sellos»). Lo que se audite antes quedará fuera de la cadena.",
			"PostgreSQL cuenta menos transacciones que las que se sellaron: se restauró de un volcado, y nada se puede sellar.")
	case n == 0:
		say(Bien, tema, "", "Toda la auditoría está sellada.")
	case age > lateSeal:
		say(Aviso, tema, "«gestiones reconcile» sella ahora, también sin Temporal. Si después sigue igual, una transacción que no termina lo impide: búsquela en pg_stat_activity (backend_xid) y pg_prepared_xacts, en cualquier base de ese PostgreSQL.",
			"Asientos de la auditoría sin sellar: %d; el más viejo, hace %s.", n, since(age))
	default:
		say(Bien, tema, "", "Asientos de la auditoría por sellar: %d.", n)
	}
}
