package demo

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

func TestAccountsSurviveJSONAndReachTheShell(t *testing.T) {
	t.Parallel()
	now := pa0580.LocalTime(2026, time.November, 20, 11, 0, 0)
	w := newWorld(small(), now)
	p := newPlayer(Options{URL: "http://127.0.0.1:8080", Admin: "gst_admin"}, w, newPlan(w, small(), now))
	for _, f := range w.personas {
		p.tokens[f.Legajo] = "gst_" + string(f.Legajo)
	}
	want := p.accounts()
	saved, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Accounts
	if err := json.Unmarshal(saved, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("%v; got %+v, want %+v", err, got, want)
	}
	env := got.Env()
	for _, line := range []string{
		"export GESTIONES='http://127.0.0.1:8080'", "export ADMIN='gst_admin'", "export AGENTE='gst_1", "export JEFE='gst_1",
		"export MES_PASADO='2026-10'", "export MES_ANTERIOR='2026-09'", "export NIS_MT='", "export EXPEDIENTE='",
	} {
		if !strings.Contains(env, line) {
			t.Errorf("no line %s in\n%s", line, env)
		}
	}
	for tipo, variable := range map[pa0580.TipoDocumento]string{pa0580.CI: "CI", pa0580.RUC: "RUC"} {
		if _, err := pa0580.ParseDocumento(string(tipo), got.Get(variable)); err != nil {
			t.Errorf("%s: %v", variable, err)
		}
	}
}

// The people printed are who they are said to be.
func TestPapeles(t *testing.T) {
	t.Parallel()
	now := pa0580.LocalTime(2026, time.November, 20, 11, 0, 0)
	w, today := newWorld(small(), now), pa0580.DiaOf(now)
	cast := w.papeles
	tests := map[string]struct{ got, want pa0580.FuncionarioID }{
		"the agent's head decides":                {w.decider(comercialAsuncion, cast.agente, today), cast.jefe},
		"a head's own go to the agency":           {w.decider(comercialItapua, cast.jefeAgente, today), cast.jefeSuperior},
		"the substitute decides these days":       {w.decider(serviciosAsuncion, "otro", today), cast.subrogante},
		"the head decided before":                 {w.decider(serviciosAsuncion, "otro", addDays(today, -4)), w.jefe(serviciosAsuncion)},
		"the substitute's own go up":              {w.decider(serviciosAsuncion, cast.subrogante, today), w.jefe(atencion)},
		"the other head decides for another unit": {w.decider(serviciosItapua, "otro", today), cast.jefeOtro},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.got != test.want {
				t.Errorf("%s, want %s", test.got, test.want)
			}
		})
	}
	if w.attendsIn(cast.agente, today) != 1 || w.attendsIn(cast.sinNomina, today) != 0 {
		t.Error("the agent attends in one unit, the one without roster in none")
	}
}
