package pa0580_test

import (
	"slices"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

// linea is one line of DOMAIN's «States of a gestión».
type linea struct {
	from   pa0580.Estado
	accion pa0580.Accion
	to     pa0580.Estado
	by     string
}

// tabla is DOMAIN's table, whole, copied from its text.
var tabla = []linea{
	{"recibida", "verificar", "pendiente", "OPEN SGC"},
	{"recibida", "invalidar", "invalida", "OPEN SGC"},
	{"recibida", "devolver", "observada", "OPEN SGC"},
	{"recibida", "corregir", "recibida", "agente"},
	{"pendiente", "corregir", "recibida", "agente"},
	{"observada", "corregir", "recibida", "agente"},
	{"recibida", "anular", "anulada", "agente"},
	{"pendiente", "anular", "anulada", "agente"},
	{"observada", "anular", "anulada", "agente"},
	{"pendiente", "aprobar", "aprobada", "jefe"},
	{"pendiente", "observar", "observada", "jefe"},
	{"observada", "retirar_observacion", "pendiente", "jefe"},
	{"recibida", "rechazar", "rechazada", "jefe"},
	{"pendiente", "rechazar", "rechazada", "jefe"},
	{"observada", "rechazar", "rechazada", "jefe"},
	{"aprobada", "retirar_decision", "pendiente", "jefe"},
	{"rechazada", "retirar_decision", "pendiente", "jefe"},
	{"aprobada", "incluir", "incluida", "cierre"},
}

var (
	todos   = []pa0580.Estado{"recibida", "pendiente", "observada", "aprobada", "rechazada", "incluida", "invalida", "anulada"}
	finales = []pa0580.Estado{"invalida", "anulada", "incluida"}
	// What people ask, by whom, and whether DOMAIN's table says «with reason».
	pedidos = map[pa0580.Accion]struct {
		by     string
		motivo bool
	}{
		"corregir": {"agente", false}, "anular": {"agente", true},
		"aprobar": {"jefe", false}, "observar": {"jefe", true}, "rechazar": {"jefe", true},
		"retirar_observacion": {"jefe", false}, "retirar_decision": {"jefe", false},
	}
)

func after(from pa0580.Estado, a pa0580.Accion) (pa0580.Estado, bool) {
	for _, l := range tabla {
		if l.from == from && l.accion == a {
			return l.to, true
		}
	}
	return "", false
}

func TestEveryEstadoAndAccion(t *testing.T) {
	t.Parallel()
	acciones := map[pa0580.Accion]bool{"": true, "borrar": true}
	for _, l := range tabla {
		acciones[l.accion] = true
	}
	for _, from := range append([]pa0580.Estado{"", "cerrada"}, todos...) {
		for a := range acciones {
			to, ok := from.After(a)
			wantTo, wantOK := after(from, a)
			equal(t, string(from)+" + "+string(a), to, wantTo)
			equal(t, string(from)+" + "+string(a)+" is in the table", ok, wantOK)
		}
	}
}

func TestEstadosThatEnd(t *testing.T) {
	t.Parallel()
	listed := slices.Sorted(slices.Values(pa0580.Estados()))
	equal(t, "Estados", listed, slices.Sorted(slices.Values(todos)))
	for _, e := range todos {
		final := slices.Contains(finales, e)
		equal(t, string(e)+" is final", e.Final(), final)
		equal(t, string(e)+" ends the workflow", e.Ended(), final || e == "rechazada")
	}
}

func TestAcciones(t *testing.T) {
	t.Parallel()
	asked := pa0580.Acciones()
	equal(t, "how many can be asked", len(asked), len(pedidos))
	for _, l := range tabla {
		p, person := pedidos[l.accion]
		equal(t, string(l.accion)+" can be asked", slices.Contains(asked, l.accion), person)
		equal(t, string(l.accion)+" is the head's", l.accion.Decides(), l.by == "jefe")
		equal(t, string(l.accion)+" needs a reason", l.accion.NeedsMotivo(), p.motivo)
		if person {
			equal(t, string(l.accion)+": by", p.by, l.by)
		}
	}
}

func TestComandoCheck(t *testing.T) {
	t.Parallel()
	contenido := &pa0580.Contenido{Tipo: pa0580.Solicitudes}
	tests := map[string]struct {
		comando pa0580.Comando
		code    pa0580.Code
	}{
		"an approval":                      {comando: pa0580.Comando{Accion: "aprobar", Vista: 1}},
		"a correction":                     {comando: pa0580.Comando{Accion: "corregir", Vista: 3, Correccion: contenido}},
		"a rejection with its reason":      {comando: pa0580.Comando{Accion: "rechazar", Vista: 1, Motivo: "No corresponde."}},
		"a rejection without reason":       {pa0580.Comando{Accion: "rechazar", Vista: 1}, pa0580.CodeReasonMissing},
		"sending back without reason":      {pa0580.Comando{Accion: "observar", Vista: 1}, pa0580.CodeReasonMissing},
		"annulling without reason":         {pa0580.Comando{Accion: "anular", Vista: 1}, pa0580.CodeReasonMissing},
		"taking back owes no reason":       {comando: pa0580.Comando{Accion: "retirar_decision", Vista: 1}},
		"withdrawing owes no reason":       {comando: pa0580.Comando{Accion: "retirar_observacion", Vista: 1}},
		"nobody asks for the freeze":       {pa0580.Comando{Accion: "incluir", Vista: 1}, pa0580.CodeField},
		"nobody asks for a verification":   {pa0580.Comando{Accion: "verificar", Vista: 1}, pa0580.CodeField},
		"no action":                        {pa0580.Comando{Vista: 1}, pa0580.CodeField},
		"no version seen":                  {pa0580.Comando{Accion: "aprobar"}, pa0580.CodeField},
		"a correction of nothing":          {pa0580.Comando{Accion: "corregir", Vista: 1}, pa0580.CodeField},
		"an approval that changes content": {pa0580.Comando{Accion: "aprobar", Vista: 1, Correccion: contenido}, pa0580.CodeField},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome(t, "Check", tc.comando.Check(), 0, tc.code)
		})
	}
}
