package demo

import (
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Cuenta is somebody to sign in as.
type Cuenta struct {
	Variable string `json:"variable"` // of the shell, such as JEFE
	Quien    string `json:"quien"`    // name, and what for
	Token    string `json:"token"`
}

// Ejemplo is something worth typing.
type Ejemplo struct {
	Variable string `json:"variable"`
	Valor    string `json:"valor"`
}

// Accounts is what a person needs to begin: who there is, and what to type. It
// survives a round trip through JSON.
type Accounts struct {
	URL      string    `json:"url"`
	Admin    string    `json:"admin"` // token
	Cuentas  []Cuenta  `json:"cuentas,omitempty"`
	Ejemplos []Ejemplo `json:"ejemplos,omitempty"`
}

// People lists everybody to sign in as, the administrator last.
func (a Accounts) People() []Cuenta {
	return append(a.Cuentas[:len(a.Cuentas):len(a.Cuentas)], Cuenta{Variable: "ADMIN", Quien: "Administración del sistema", Token: a.Admin})
}

// Env is the same as lines for a shell, to be read with «. demo.env».
func (a Accounts) Env() string {
	var b strings.Builder
	export := func(name, value string) {
		fmt.Fprintf(&b, "export %s='%s'\n", name, strings.ReplaceAll(value, "'", `'\''`))
	}
	export("GESTIONES", a.URL)
	for _, c := range a.People() {
		fmt.Fprintf(&b, "# %s\n", c.Quien)
		export(c.Variable, c.Token)
	}
	for _, e := range a.Ejemplos {
		export(e.Variable, e.Valor)
	}
	return b.String()
}

// Get finds a token or an example by its variable; empty where there is none.
func (a Accounts) Get(variable string) string {
	for _, c := range a.People() {
		if c.Variable == variable {
			return c.Token
		}
	}
	for _, e := range a.Ejemplos {
		if e.Variable == variable {
			return e.Valor
		}
	}
	return ""
}

// accounts picks what is worth printing.
func (p *player) accounts() Accounts {
	who := func(variable string, f pa0580.FuncionarioID, que string) Cuenta {
		return Cuenta{Variable: variable, Quien: p.persona(f).Nombre + " (" + que + ")", Token: p.tokens[f]}
	}
	cast, bt := p.papeles, p.espejo.bt[0]
	return Accounts{
		URL: p.URL, Admin: p.Admin,
		Cuentas: []Cuenta{
			who("AGENTE", cast.agente, "agente de GC-ADC-SC"),
			who("JEFE", cast.jefe, "jefe de GC-ADC-SC"),
			who("JEFE_OTRO", cast.jefeOtro, "jefe de DGR-IT-SSAC"),
			who("JEFE_AGENTE", cast.jefeAgente, "jefe y agente de DGR-IT-SC"),
			who("JEFE_SUPERIOR", cast.jefeSuperior, "jefe de DGR-IT: decide lo de JEFE_AGENTE"),
			who("SUBROGANTE", cast.subrogante, "agente y hoy subrogante de GC-ADC-SSAC"),
			who("SIN_NOMINA", cast.sinNomina, "agente sin asignación"),
			who("RRHH", cast.rrhh, "recursos humanos"),
			who("RRHH2", cast.rrhh2, "recursos humanos"),
			who("AUDITOR", cast.auditor, "auditoría"),
			who("RESPONSABLE", cast.responsable, "responsable de GC-ADC-SC y GC-ADC-SSAC"),
			who("ADMIN2", cast.admin2, "administración: aprueba las tarifas que ADMIN propone"),
		},
		Ejemplos: []Ejemplo{
			{"NIS", bt.Numero},
			{"CI", bt.Titular},
			{"NIS_MT", p.espejo.mt[0].Numero},
			{"RUC", p.espejo.mt[0].Titular},
			{"EXPEDIENTE", p.espejo.expedientes[0].Numero},
			{"RECLAMO", p.espejo.reclamos[0].Numero},
			{"MES_PASADO", p.Pasado.String()},
			{"MES_ANTERIOR", p.Anterior.String()},
			{"UNIDAD", p.unidadIDs[comercialAsuncion]},
			{"UNIDAD_OTRA", p.unidadIDs[serviciosItapua]},
		},
	}
}
