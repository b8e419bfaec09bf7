package app

import (
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// explain says of each group and gestión of a statement why it stands as it does, and
// whom it waits for today.
func (m mandos) explain(e *EstadoDeCuenta) {
	agent := Mando{ID: e.Funcionario.ID, Nombre: e.Funcionario.Nombre, Cargo: pa0580.CargoAgente}
	known := map[pa0580.UnidadID][]Mando{}
	waitsFor := func(estado pa0580.Estado, unit pa0580.UnidadID) []Mando {
		switch estado {
		case pa0580.Observada:
			return []Mando{agent}
		case pa0580.Pendiente:
			if _, ok := known[unit]; !ok {
				known[unit] = m.named(cargos(m.org.Deciders(unit, agent.ID, m.hoy)))
			}
			return known[unit]
		}
		return nil
	}
	for i := range e.Grupos {
		g := &e.Grupos[i]
		g.De = waitsFor(g.Estado, g.Unidad.ID)
		g.Porque = g.porque()
	}
	for i := range e.Gestiones {
		g := &e.Gestiones[i]
		g.De = waitsFor(g.Estado, g.Unidad.ID)
		g.Porque = g.porque(e.Funcionario.Nombre, e.Mes)
	}
}

// porque is why many stand as they do.
func (g GrupoDeCuenta) porque() string {
	switch {
	case g.Situacion == Contada:
		return ""
	case g.Restada:
		return "Contadas, y restadas después por un ajuste."
	}
	switch g.Estado {
	case pa0580.Aprobada:
		return "Aprobadas: esperan la planilla de " + g.Espera.Nombre() + "."
	case pa0580.Pendiente:
		return "Esperan " + decision(g.De) + "."
	case pa0580.Observada:
		return "Observadas: esperan la corrección de " + names(g.De) + "."
	case pa0580.Recibida:
		return "Recibidas: esperan que OPEN SGC confirme su referencia."
	case pa0580.Rechazada:
		return "Rechazadas por la jefatura."
	case pa0580.Anulada:
		return "Anuladas por quien las cargó."
	case pa0580.Invalida:
		return "Inválidas: OPEN SGC no tiene su referencia."
	}
	return perdidas
}

// perdidas is said of what the records contradict; «gestiones verify» finds it.
const perdidas = "Figura como incluida y ninguna planilla la tiene: avise a Recursos Humanos."

// porque is why a gestión of a month stands as it does, for the person who loaded it
// and for whoever reads about it.
func (g GestionDeCuenta) porque(agent string, mes pa0580.Mes) string {
	switch {
	case g.Ajuste == pa0580.Resta:
		return fmt.Sprintf("Restada en la planilla N° %d de %s: %s.", g.Planilla.Numero, g.Planilla.Mes.Nombre(), quoted(g.Motivo))
	case g.Ajuste == pa0580.Suma:
		return fmt.Sprintf("Sumada en la planilla N° %d de %s: %s.", g.Planilla.Numero, g.Planilla.Mes.Nombre(), quoted(g.Motivo))
	case g.Situacion == Contada:
		return g.contada(mes)
	}
	reference := "el " + string(g.Referencia.Tipo) + " " + g.Referencia.Numero
	switch g.Estado {
	case pa0580.Aprobada:
		if g.Espera != mes {
			return fmt.Sprintf("%s no llegó al corte de %s y espera la planilla de %s.", g.acted("Aprobada", "por"), g.Espera.Prev().Nombre(), g.Espera.Nombre())
		}
		return fmt.Sprintf("%s espera la planilla de %s.", g.acted("Aprobada", "por"), g.Espera.Nombre())
	case pa0580.Pendiente:
		return "Espera " + decision(g.De) + "."
	case pa0580.Observada:
		if !g.Existe {
			return fmt.Sprintf("Espera la corrección de %s: OPEN SGC no tiene %s.", agent, reference)
		}
		return fmt.Sprintf("Espera la corrección de %s: %s.", agent, g.reason("la observó"))
	case pa0580.Recibida:
		return "Espera que OPEN SGC confirme " + reference + "."
	case pa0580.Rechazada:
		return g.reason("la rechazó") + "."
	case pa0580.Anulada:
		return g.reason("la anuló") + "."
	case pa0580.Invalida:
		return "OPEN SGC no tiene " + reference + ": no se aceptó al cargarla."
	}
	return perdidas
}

func (g GestionDeCuenta) contada(mes pa0580.Mes) string {
	p := g.Planilla
	if p.Mes != mes {
		return fmt.Sprintf("Contada en la planilla N° %d de %s: no llegó aprobada al corte de %s.", p.Numero, p.Mes.Nombre(), p.Mes.Prev().Nombre())
	}
	return fmt.Sprintf("Contada en la planilla N° %d de %s.", p.Numero, p.Mes.Nombre())
}

// acted is who did it and when, to go on after a colon.
func (g GestionDeCuenta) acted(what, by string) string {
	if g.Razon == nil { // its record is missing; what is told is still so
		return what + ":"
	}
	return fmt.Sprintf("%s %s %s el %s:", what, by, g.Razon.Nombre, g.Razon.At.Format("02/01/2006 a las 15:04"))
}

// reason is who did it, when, and the reason they gave.
func (g GestionDeCuenta) reason(did string) string {
	if g.Razon == nil {
		return "No consta quién " + did
	}
	text := fmt.Sprintf("%s %s el %s", g.Razon.Nombre, did, g.Razon.At.Format("02/01/2006 a las 15:04"))
	if motivo := strings.Join(strings.Fields(g.Razon.Motivo), " "); motivo != "" {
		text += ": «" + motivo + "»"
	}
	return text
}

// decision is whose decision is waited for.
func decision(de []Mando) string {
	if len(de) == 0 {
		return "una decisión que hoy no le corresponde a nadie: la jefatura la define la administración"
	}
	return "la decisión de " + names(de)
}

// names are those who can do it, each of whom is enough.
func names(de []Mando) string {
	out := make([]string, len(de))
	for i, m := range de {
		switch out[i] = m.Nombre; m.Cargo {
		case pa0580.CargoJefe:
			out[i] += " (jefatura)"
		case pa0580.CargoSubrogante:
			out[i] += " (subrogante)"
		}
	}
	return strings.Join(out, " o de ")
}
