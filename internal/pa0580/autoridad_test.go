package pa0580_test

import (
	"maps"
	"slices"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

// The Gerencia heads the Agencia, the Agencia the Sección. Who decides, told by
// names: what the trees drawn at random can't show a reader.
func TestDeciders(t *testing.T) {
	t.Parallel()
	unidades := []pa0580.Unidad{{ID: "gerencia"}, {ID: "agencia", Padre: "gerencia"}, {ID: "seccion", Padre: "agencia"}}
	type mandos map[pa0580.UnidadID]pa0580.FuncionarioID
	tests := map[string]struct {
		jefes, subrogantes mandos
		unidad             pa0580.UnidadID
		agente             pa0580.FuncionarioID
		want               []string // who, as what, of which unit
	}{
		"an agent's goes to the unit's head": {
			jefes:  mandos{"gerencia": "gina", "agencia": "ana", "seccion": "saul"},
			unidad: "seccion", agente: "agente", want: []string{"saul jefe seccion"},
		},
		"the acting substitute decides beside the head": {
			jefes: mandos{"agencia": "ana", "seccion": "saul"}, subrogantes: mandos{"seccion": "susi"},
			unidad: "seccion", agente: "agente", want: []string{"saul jefe seccion", "susi subrogante seccion"},
		},
		"a unit without head waits, whoever is above": {
			jefes:  mandos{"gerencia": "gina", "agencia": "ana"},
			unidad: "seccion", agente: "agente",
		},
		"a head's own goes up, not to their substitute": {
			jefes: mandos{"agencia": "ana", "seccion": "saul"}, subrogantes: mandos{"seccion": "susi"},
			unidad: "seccion", agente: "saul", want: []string{"ana jefe agencia"},
		},
		"an acting substitute's own goes up, not to the head": {
			jefes: mandos{"agencia": "ana", "seccion": "saul"}, subrogantes: mandos{"seccion": "susi"},
			unidad: "seccion", agente: "susi", want: []string{"ana jefe agencia"},
		},
		"past units that the same person heads": {
			jefes:  mandos{"gerencia": "gina", "agencia": "saul", "seccion": "saul"},
			unidad: "seccion", agente: "saul", want: []string{"gina jefe gerencia"},
		},
		"past a substitute of the same person": {
			jefes:  mandos{"gerencia": "gina", "agencia": "saul", "seccion": "saul"},
			unidad: "seccion", agente: "saul", subrogantes: mandos{"agencia": "susi"},
			want: []string{"gina jefe gerencia"},
		},
		"past units without head": {
			jefes:  mandos{"gerencia": "gina", "seccion": "saul"},
			unidad: "seccion", agente: "saul", want: []string{"gina jefe gerencia"},
		},
		"the substitute of the head above stands in there too": {
			jefes: mandos{"agencia": "ana", "seccion": "saul"}, subrogantes: mandos{"agencia": "abel"},
			unidad: "seccion", agente: "saul", want: []string{"abel subrogante agencia", "ana jefe agencia"},
		},
		"substituting above decides nothing of one's own": {
			jefes: mandos{"agencia": "ana", "seccion": "saul"}, subrogantes: mandos{"agencia": "saul"},
			unidad: "seccion", agente: "saul", want: []string{"ana jefe agencia"},
		},
		"the root's head goes to the root's substitute": {
			jefes: mandos{"gerencia": "gina"}, subrogantes: mandos{"gerencia": "gil"},
			unidad: "gerencia", agente: "gina", want: []string{"gil subrogante gerencia"},
		},
		"who heads everything goes to the root's substitute": {
			jefes:       mandos{"gerencia": "gina", "agencia": "gina", "seccion": "gina"},
			subrogantes: mandos{"gerencia": "gil", "agencia": "abel", "seccion": "susi"},
			unidad:      "seccion", agente: "gina", want: []string{"gil subrogante gerencia"},
		},
		"the root's substitute goes to the root's head": {
			jefes: mandos{"gerencia": "gina"}, subrogantes: mandos{"gerencia": "gil"},
			unidad: "gerencia", agente: "gil", want: []string{"gina jefe gerencia"},
		},
		"nobody is left at the root": {
			jefes:  mandos{"gerencia": "gina"},
			unidad: "gerencia", agente: "gina",
		},
		"nobody is left above": {
			jefes:  mandos{"seccion": "saul"},
			unidad: "seccion", agente: "saul",
		},
		"a head who attends elsewhere is an agent there": {
			jefes:  mandos{"gerencia": "gina", "agencia": "ana", "seccion": "saul"},
			unidad: "seccion", agente: "ana", want: []string{"saul jefe seccion"},
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var js []pa0580.Jefatura
			for u, who := range tc.jefes {
				js = append(js, pa0580.Jefatura{Unidad: u, Jefe: who, Desde: hoy})
			}
			var ss []pa0580.Subrogancia
			for u, who := range tc.subrogantes {
				ss = append(ss, pa0580.Subrogancia{Unidad: u, Subrogante: who, Desde: hoy, Hasta: hoy})
			}
			o := pa0580.NewOrganizacion(1, pa0580.Calendario{}, unidades, js, ss)
			got := o.Deciders(tc.unidad, tc.agente, hoy)
			var told []string
			for _, who := range slices.Sorted(maps.Keys(got)) {
				told = append(told, string(who)+" "+string(got[who].Cargo)+" "+string(got[who].Unidad))
			}
			equal(t, "deciders", told, tc.want)
		})
	}
}

// Who is the next above, told by names: never only those who are late.
func TestSuperiores(t *testing.T) {
	t.Parallel()
	unidades := []pa0580.Unidad{{ID: "gerencia"}, {ID: "agencia", Padre: "gerencia"}, {ID: "seccion", Padre: "agencia"}}
	tests := map[string]struct {
		gerencia, agencia, seccion, subroga pa0580.FuncionarioID // the last one the head of the agencia
		want                                []string
	}{
		"the head of the unit above":                {gerencia: "gina", agencia: "ana", seccion: "saul", want: []string{"ana agencia"}},
		"past a unit that the late one heads too":   {gerencia: "gina", agencia: "saul", seccion: "saul", want: []string{"gina gerencia"}},
		"past one that the late one substitutes in": {gerencia: "gina", seccion: "saul", subroga: "saul", want: []string{"gina gerencia"}},
		"their substitute there is somebody else":   {gerencia: "gina", agencia: "saul", seccion: "saul", subroga: "abel", want: []string{"abel agencia", "saul agencia"}},
		"nobody, where one person heads everything": {gerencia: "saul", agencia: "saul", seccion: "saul"},
		"past the agent's own unit":                 {gerencia: "gina", agencia: "agente", seccion: "saul", subroga: "abel", want: []string{"gina gerencia"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var js []pa0580.Jefatura
			for u, who := range map[pa0580.UnidadID]pa0580.FuncionarioID{"gerencia": tc.gerencia, "agencia": tc.agencia, "seccion": tc.seccion} {
				if who != "" {
					js = append(js, pa0580.Jefatura{Unidad: u, Jefe: who, Desde: hoy})
				}
			}
			var ss []pa0580.Subrogancia
			if tc.subroga != "" {
				ss = append(ss, pa0580.Subrogancia{Unidad: "agencia", Subrogante: tc.subroga, Desde: hoy, Hasta: hoy})
			}
			got := pa0580.NewOrganizacion(1, pa0580.Calendario{}, unidades, js, ss).Superiores("seccion", "agente", hoy)
			var told []string
			for _, who := range slices.Sorted(maps.Keys(got)) {
				told = append(told, string(who)+" "+string(got[who].Unidad))
			}
			equal(t, "those above", told, tc.want)
		})
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	o := pa0580.NewOrganizacion(1, pa0580.Calendario{}, []pa0580.Unidad{{ID: "u"}},
		[]pa0580.Jefatura{{Unidad: "u", Jefe: jefe, Desde: hoy, Hasta: hoy}}, nil)
	manana := pa0580.Dia{Year: 2026, Month: 10, Day: 16}
	own := pa0580.Autoridad{Cargo: "agente", Unidad: "u"}
	tests := map[string]struct {
		accion        pa0580.Accion
		actor, agente pa0580.FuncionarioID
		on            pa0580.Dia
		want          pa0580.Autoridad
		code          pa0580.Code
	}{
		"an agent corrects theirs":             {accion: "corregir", actor: agente, agente: agente, on: hoy, want: own},
		"an agent annuls theirs":               {accion: "anular", actor: agente, agente: agente, on: hoy, want: own},
		"a head corrects their own":            {accion: "corregir", actor: jefe, agente: jefe, on: hoy, want: own},
		"a head corrects nobody else's":        {accion: "corregir", actor: jefe, agente: agente, on: hoy, code: pa0580.CodeForbidden},
		"a head annuls nobody else's":          {accion: "anular", actor: jefe, agente: agente, on: hoy, code: pa0580.CodeForbidden},
		"a head approves":                      {accion: "aprobar", actor: jefe, agente: agente, on: hoy, want: pa0580.Autoridad{Cargo: "jefe", Unidad: "u"}},
		"a head takes back":                    {accion: "retirar_decision", actor: jefe, agente: agente, on: hoy, want: pa0580.Autoridad{Cargo: "jefe", Unidad: "u"}},
		"yesterday's head does not":            {accion: "aprobar", actor: jefe, agente: agente, on: manana, code: pa0580.CodeForbidden},
		"an agent does not approve":            {accion: "aprobar", actor: agente, agente: "otro", on: hoy, code: pa0580.CodeForbidden},
		"nobody approves their own":            {accion: "aprobar", actor: jefe, agente: jefe, on: hoy, code: pa0580.CodeOwnGestion},
		"nobody withdraws on their own":        {accion: "retirar_observacion", actor: jefe, agente: jefe, on: hoy, code: pa0580.CodeOwnGestion},
		"not even the agent who heads nothing": {accion: "rechazar", actor: agente, agente: agente, on: hoy, code: pa0580.CodeOwnGestion},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			aut, err := o.Authorize(tc.accion, tc.actor, "u", tc.agente, tc.on)
			outcome(t, "Authorize", err, 0, tc.code)
			equal(t, "autoridad", aut, tc.want)
		})
	}
}
