package pa0580

// Advertencia warns the head, and in the first case the agent. It never blocks.
type Advertencia string

// The pre-checks.
const (
	Repetida     Advertencia = "repetida"         // same person, reference and type on the same day
	NoEsMT       Advertencia = "no_es_mt"         // type 1 on a supply that is not MT
	OtroTitular  Advertencia = "otro_titular"     // OPEN SGC's holder is somebody else
	CantidadRara Advertencia = "cantidad_inusual" // many gestiones for that agent and day
)

// Contexto is what the pre-checks need beyond the gestión itself.
type Contexto struct {
	Iguales int // other gestiones in force of the same person, reference, type and day
	DelDia  int // gestiones of that agent on that day
	Inusual int // from how many a day is unusual; 0 never
}

// Advertencias runs the pre-checks on g.
func (g Gestion) Advertencias(c Contexto) []Advertencia {
	var out []Advertencia
	if c.Iguales > 0 {
		out = append(out, Repetida)
	}
	if h := g.Hallazgo; h != nil && h.Existe {
		if g.Tipo == GrandesClientes && g.Referencia.Tipo == NIS && h.Tension != MT {
			out = append(out, NoEsMT)
		}
		if h.Titular != "" && (Documento{Normal: h.Titular}).Persona() != g.Documento.Persona() {
			out = append(out, OtroTitular)
		}
	}
	if c.Inusual > 0 && c.DelDia >= c.Inusual {
		out = append(out, CantidadRara)
	}
	return out
}
