package app

import "ande.gov.py/gestiones/internal/pa0580"

// ParteDeCuenta is what one unit and attendance mode add to a statement.
type ParteDeCuenta struct {
	Unidad pa0580.Unidad
	Modo   pa0580.Modo
	Sumas
	Grupos []GrupoDeCuenta // those that are not counted, or not yet
}

// Sumas are the counts of what was loaded, by its situation.
type Sumas struct{ Contadas, EnEspera, NoContadas Cuentas }

// Cargadas is everything loaded.
func (s Sumas) Cargadas() Cuentas { return s.Contadas.Mas(s.EnEspera).Mas(s.NoContadas) }

func (s *Sumas) add(g GrupoDeCuenta) {
	switch g.Situacion {
	case Contada:
		s.Contadas = s.Contadas.Mas(g.Cuentas)
	case EnEspera:
		s.EnEspera = s.EnEspera.Mas(g.Cuentas)
	default:
		s.NoContadas = s.NoContadas.Mas(g.Cuentas)
	}
}

// Totales are those of every unit and mode.
func (e EstadoDeCuenta) Totales() (s Sumas) {
	for _, g := range e.Grupos {
		s.add(g)
	}
	return s
}

// Partes are the statement by unit and mode, in the order of its groups.
func (e EstadoDeCuenta) Partes() []ParteDeCuenta {
	var out []ParteDeCuenta
	for _, g := range e.Grupos {
		last := len(out) - 1
		if last < 0 || out[last].Unidad != g.Unidad || out[last].Modo != g.Modo {
			out = append(out, ParteDeCuenta{Unidad: g.Unidad, Modo: g.Modo})
			last++
		}
		if out[last].add(g); g.Situacion != Contada {
			out[last].Grupos = append(out[last].Grupos, g)
		}
	}
	return out
}

// Pagadas is what the month's own planillas hold, also of earlier months.
func (e EstadoDeCuenta) Pagadas() (c Cuentas) {
	for _, p := range e.Pagos {
		if p.Planilla.Mes == e.Mes {
			c = c.Mas(p.Fila.Cuentas)
		}
	}
	return c
}
