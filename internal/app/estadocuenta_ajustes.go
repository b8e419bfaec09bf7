package app

import (
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// AjusteDeCuenta is an ajuste as a statement tells it, customers' documents masked.
type AjusteDeCuenta struct {
	AjusteFicha
	Porque string // in one sentence
}

// ReclamoDeCuenta is a reclamo del funcionario as a statement tells it, the same.
type ReclamoDeCuenta struct {
	ReclamoFicha
	Porque string // in one sentence
}

// explainAjustes says of each ajuste and reclamo how it stands, and whom it waits for.
func (m mandos) explainAjustes(e *EstadoDeCuenta) {
	for i := range e.Ajustes {
		e.Ajustes[i].Porque = e.Ajustes[i].porque()
	}
	for i := range e.Reclamos {
		r := &e.Reclamos[i]
		m.answer(&r.ReclamoFicha)
		r.Porque = r.porque()
	}
}

func (x AjusteFicha) signo() string {
	if x.Signo == pa0580.Resta {
		return "Resta"
	}
	return "Suma"
}

// espera is what an ajuste that is asked for lacks.
func (x AjusteFicha) espera() string {
	switch {
	case x.Jefe != nil:
		return "recursos humanos"
	case x.RRHH != nil:
		return "la jefatura"
	}
	return "la jefatura y recursos humanos"
}

func (x AjusteFicha) porque() string {
	switch x.Estado() {
	case pa0580.AjusteIncluido:
		return fmt.Sprintf("%s en la planilla N° %d de %s: %s.", x.signo(), x.PlanillaNro, x.PlanillaMes.Nombre(), quoted(x.Motivo))
	case pa0580.AjusteAprobado:
		return fmt.Sprintf("%s aprobada, que espera la próxima planilla: %s.", x.signo(), quoted(x.Motivo))
	case pa0580.AjusteRechazado:
		return fmt.Sprintf("%s que %s rechazó el %s: %s.", x.signo(), x.RechazoNombre, x.Rechazo.At.Format("02/01/2006"), quoted(x.Rechazado))
	}
	return fmt.Sprintf("%s que espera a %s: %s.", x.signo(), x.espera(), quoted(x.Motivo))
}

func (r ReclamoFicha) porque() string {
	filed, due := "Presentado el "+r.PresentadoAt.Format("02/01/2006"), r.Vence.Start().Format("02/01/2006")
	switch r.Estado() {
	case pa0580.ReclamoPresentado:
		return fmt.Sprintf("%s: espera %s hasta el %s.", filed, answerOf(r.Toca), due)
	case pa0580.ReclamoVencido:
		return fmt.Sprintf("%s: venció el %s y sigue a la espera de %s.", filed, due, answerOf(r.Toca))
	case pa0580.ReclamoRetirado:
		return fmt.Sprintf("%s y retirado el %s.", filed, r.RetiradoAt.Format("02/01/2006"))
	}
	said := fmt.Sprintf("%s lo respondió el %s: %s.", r.RespondeNombre, r.Respuesta.At.Format("02/01/2006 a las 15:04"), quoted(r.Respuesta.Motivo))
	if !r.Respuesta.Procede {
		return "Sin lugar: " + said
	}
	return "Procede: " + said + " " + r.remedio()
}

// remedio is what became of a reclamo that proceeds.
func (r ReclamoFicha) remedio() string {
	if r.Ajuste == nil {
		return "La gestión volvió a la bandeja."
	}
	x := *r.Ajuste
	what := "La " + strings.ToLower(x.signo())
	switch x.Estado() {
	case pa0580.AjusteIncluido:
		return fmt.Sprintf("%s está en la planilla N° %d de %s.", what, x.PlanillaNro, x.PlanillaMes.Nombre())
	case pa0580.AjusteAprobado:
		return what + " está aprobada y espera la próxima planilla."
	case pa0580.AjusteRechazado:
		return fmt.Sprintf("%s rechazó %s el %s: %s.", x.RechazoNombre, strings.ToLower(what), x.Rechazo.At.Format("02/01/2006"), quoted(x.Rechazado))
	}
	return what + " espera a " + x.espera() + "."
}

// answerOf is whose answer is waited for.
func answerOf(de []Mando) string {
	if len(de) == 0 {
		return "una respuesta que hoy no le corresponde a nadie (la jefatura la define la administración)"
	}
	return "la respuesta de " + names(de)
}

// quoted is what somebody wrote, on one line.
func quoted(text string) string { return "«" + strings.Join(strings.Fields(text), " ") + "»" }
