package pa0580_test

import (
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

// agree holds after every step of the walk: the gestión is what the model says,
// and what was fixed at saving stands.
func (v *vida) agree(t *rapid.T) {
	want := v.saved
	want.Estado, want.Version, want.Aceptada = v.estado, v.version, v.aceptada
	want.Contenido, want.Hallazgo, want.Decision = v.contenido, v.hallazgo, v.decision
	equal(t, "gestión", v.g, want)
	decided := v.estado == "aprobada" || v.estado == "rechazada" || v.estado == "incluida"
	equal(t, "has a decision in "+string(v.estado), v.g.Decision != nil, decided)
}

// standing gives the cortes set and not lifted as the rules take them.
func (v *vida) standing() (cs pa0580.Cortes) {
	for mes := agosto.Next(); !v.cerrado.Next().Before(mes); mes = mes.Next() {
		if at, set := v.cortes[mes]; set {
			cs = append(cs, pa0580.Corte{Mes: mes, At: at, Cerrado: !v.cerrado.Before(mes)})
		}
	}
	return cs
}

func deepCopy(g pa0580.Gestion) pa0580.Gestion {
	if g.Hallazgo != nil {
		h := *g.Hallazgo
		g.Hallazgo = &h
	}
	if g.Decision != nil {
		d := *g.Decision
		g.Decision = &d
	}
	return g
}

// A head approves, HR sets cortes, the head thinks again: told with the edges
// that a random walk seldom meets.
func TestTakingBackAroundTheCorte(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, day, hour int) time.Time {
		return pa0580.LocalTime(2026, month, day, hour, 0, 0)
	}
	octubreCorte, noviembreCorte := at(time.November, 3, 12), at(time.December, 2, 12)
	cortes := pa0580.Cortes{
		{Mes: septiembre, At: at(time.October, 20, 12), Cerrado: true},
		{Mes: octubre, At: octubreCorte, Cerrado: true},
		{Mes: noviembre, At: noviembreCorte},
	}
	tests := map[string]struct {
		decided, asked time.Time
		cortes         pa0580.Cortes
		code           pa0580.Code
	}{
		"no corte is set":                            {decided: at(time.October, 16, 9), asked: at(time.December, 20, 9)},
		"both before the corte":                      {decided: at(time.October, 30, 9), asked: at(time.November, 3, 11), cortes: cortes},
		"asked a nanosecond before":                  {decided: at(time.October, 30, 9), asked: octubreCorte.Add(-1), cortes: cortes},
		"asked at the corte itself":                  {decided: at(time.October, 30, 9), asked: octubreCorte, cortes: cortes, code: pa0580.CodeCorte},
		"decided before, asked after":                {decided: at(time.October, 30, 9), asked: at(time.November, 4, 9), cortes: cortes, code: pa0580.CodeCorte},
		"decided a nanosecond before, asked after":   {decided: octubreCorte.Add(-1), asked: at(time.November, 4, 9), cortes: cortes, code: pa0580.CodeCorte},
		"decided at the corte counts for the next":   {decided: octubreCorte, asked: at(time.November, 4, 9), cortes: cortes},
		"decided after: free until the next corte":   {decided: at(time.November, 4, 9), asked: noviembreCorte.Add(-1), cortes: cortes},
		"decided after: bound by the next corte":     {decided: at(time.November, 4, 9), asked: noviembreCorte, cortes: cortes, code: pa0580.CodeCorte},
		"decided after every corte":                  {decided: noviembreCorte, asked: noviembreCorte.Add(time.Hour), cortes: cortes},
		"the month before's corte binds nothing":     {decided: at(time.October, 16, 9), asked: at(time.October, 21, 9), cortes: cortes},
		"a lifted corte binds nothing":               {decided: at(time.October, 30, 9), asked: at(time.November, 4, 9), cortes: cortes[:1]},
		"bound by its month's though another is set": {decided: at(time.October, 30, 9), asked: at(time.December, 9, 9), cortes: cortes, code: pa0580.CodeCorte},
	}
	for name, tc := range tests {
		for _, accion := range []pa0580.Accion{pa0580.Aprobar, pa0580.Rechazar} {
			t.Run(name+": "+string(accion), func(t *testing.T) {
				t.Parallel()
				g := guardada(octubre15)
				outcome(t, "verify", g.Verify(pa0580.Hallazgo{Existe: true}), 0, "")
				outcome(t, "decide", g.Apply(pa0580.Comando{Accion: accion, Actor: jefe, Vista: 2, At: tc.decided}, nil), 0, "")
				err := g.Apply(pa0580.Comando{Accion: pa0580.RetirarDecision, Actor: jefe, Vista: 3, At: tc.asked}, tc.cortes)
				outcome(t, "take back", err, 0, tc.code)
				equal(t, "is open again", g.Estado == pa0580.Pendiente && g.Decision == nil, tc.code == "")
			})
		}
	}
}
