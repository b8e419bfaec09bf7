package demo

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// small keeps OPEN SGC's mirror out of the way: the plan is what is tested.
func small() Size {
	s := DefaultSize()
	s.NIS, s.Casos = 200, 20
	return s
}

// A play of any moment obeys the rules from its first step to its last: in the
// first minutes of every month of a leap year, and on one day of each.
func TestPlanObeysTheRules(t *testing.T) {
	t.Parallel()
	for mes := pa0580.NewMes(2027, time.December); mes.Before(pa0580.NewMes(2029, time.January)); mes = mes.Next() {
		t.Run(mes.String(), func(t *testing.T) {
			t.Parallel()
			_, month, _ := pa0580.Local(mes.Start()).Date()
			for _, after := range []time.Duration{
				5 * time.Minute, 7*time.Hour + time.Second, time.Duration(2*month)*24*time.Hour + 11*time.Hour,
			} {
				newJudge(t, small(), mes.Start().Add(after)).judge()
			}
		})
	}
}

func TestPlanOfOneAgency(t *testing.T) {
	t.Parallel()
	s := Size{Anterior: 12, Pasado: 12, Actual: 6, Agencias: 1, PorSeccion: 3, NIS: 50, Casos: 5}
	newJudge(t, s, pa0580.LocalTime(2026, time.November, 20, 11, 0, 0)).judge()
}

func TestPlanIsAlwaysTheSame(t *testing.T) {
	t.Parallel()
	now := pa0580.LocalTime(2026, time.November, 20, 11, 0, 0)
	once, again := newWorld(small(), now), newWorld(small(), now)
	if once.espejo.csv() != again.espejo.csv() || !reflect.DeepEqual(once.personas, again.personas) {
		t.Error("two worlds of one moment differ")
	}
	if !reflect.DeepEqual(newPlan(once, small(), now), newPlan(again, small(), now)) {
		t.Error("two plans of one moment differ")
	}
}

// The month under way has what its days so far would bring.
func TestPlanOfThisMonthGrows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day, hour int
		atLeast   int
		atMost    int
	}{
		"first minutes":    {day: 1, atMost: 0},
		"a Sunday the 1st": {day: 1, hour: 12, atMost: 0},
		"fifth, at noon":   {day: 5, hour: 12, atLeast: 30, atMost: 60},
		"twentieth":        {day: 20, hour: 16, atLeast: 110, atMost: 120},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJudge(t, small(), pa0580.LocalTime(2026, time.November, test.day, test.hour, 5, 0))
			if got := j.loads[j.Actual]; got < test.atLeast || got > test.atMost {
				t.Errorf("%d gestiones, want %d to %d", got, test.atLeast, test.atMost)
			}
		})
	}
}

var patrones = pa0580.PatronesANDE()

// judge plays a plan against the rules themselves.
type judge struct {
	plan
	*testing.T
	world *world
	now   time.Time
	rows  map[int]*pa0580.Gestion
	loads map[pa0580.Mes]int
	signs map[pa0580.Mes]int
	corte pa0580.Cortes
}

func newJudge(t *testing.T, s Size, now time.Time) *judge {
	t.Helper()
	w := newWorld(s, now)
	j := &judge{
		plan: newPlan(w, s, now), T: t, world: w, now: now, rows: map[int]*pa0580.Gestion{},
		loads: map[pa0580.Mes]int{}, signs: map[pa0580.Mes]int{},
	}
	for _, s := range j.steps {
		if s.Accion == cargar {
			j.loads[pa0580.MesOf(s.At)]++
		}
	}
	return j
}

func (j *judge) judge() {
	j.Helper()
	if got := pa0580.MesOf(j.now); j.Actual != got || j.Pasado.Next() != j.Actual || j.Anterior.Next() != j.Pasado {
		j.Errorf("months %s, %s, %s", j.Anterior, j.Pasado, j.Actual)
	}
	if !j.Inicio.Before(j.Anterior.Start()) {
		j.Errorf("begins %s", j.Inicio)
	}
	last := j.Inicio
	for _, s := range j.steps {
		if s.At.Before(last) || !s.At.Before(j.now) {
			j.Fatalf("%s at %s comes after %s", s.Accion, s.At, last)
		}
		last = s.At
		switch s.Accion {
		case cargar:
			j.load(s)
		case conformar:
			j.sign(s)
		case cerrar:
			j.close(s)
		default:
			j.command(s)
		}
	}
	j.end()
}

func (j *judge) load(s step) {
	g := j.gestiones[s.Gestion]
	day := pa0580.DiaOf(s.At)
	roster := slices.DeleteFunc(j.world.rostered(g.Unidad, day), func(a pa0580.Asignacion) bool { return a.Funcionario != g.Agente })
	if len(roster) != 1 || g.EnVarias != (j.world.attendsIn(g.Agente, day) > 1) {
		j.Fatalf("%s loads in %s on %s without roster, or without saying where", g.Agente, g.Unidad, day)
	}
	row := pa0580.New(pa0580.GestionID(rune(s.Gestion)), roster[0], "", j.content(g.carga), s.At, pa0580.Clasificacion{})
	_, exists := j.world.espejo.todo[row.Referencia]
	if exists == g.Rehusada {
		j.Errorf("reference %v: in OPEN SGC %t", row.Referencia, exists)
	}
	j.must(row.Verify(pa0580.Hallazgo{Existe: exists}))
	j.rows[s.Gestion] = &row
}

func (j *judge) content(c carga) pa0580.Contenido {
	doc, err := pa0580.ParseDocumento(c.TipoDocumento, c.Documento)
	j.must(err)
	ref, err := patrones.Parse(c.TipoReferencia, c.Referencia)
	j.must(err)
	return pa0580.Contenido{Documento: doc, Referencia: ref, Tipo: c.Tipo, Observacion: c.Observacion}
}

func (j *judge) command(s step) {
	row := j.rows[s.Gestion]
	if row == nil {
		j.Fatalf("%s of gestión %d before it was loaded", s.Accion, s.Gestion)
	}
	c := pa0580.Comando{Accion: s.Accion, Actor: row.Agente, Vista: row.Version, Motivo: s.Motivo, At: s.At}
	if s.Accion.Decides() {
		c.Actor = j.world.decider(row.Unidad, row.Agente, pa0580.DiaOf(s.At))
	}
	if s.Accion == pa0580.Corregir {
		corrected := j.content(j.gestiones[s.Gestion].Correccion)
		c.Correccion = &corrected
	}
	j.must(c.Check())
	_, err := j.world.org.Authorize(s.Accion, c.Actor, row.Unidad, row.Agente, pa0580.DiaOf(s.At))
	j.must(err)
	j.must(row.Apply(c, j.corte))
	if s.Accion == pa0580.Corregir {
		_, exists := j.world.espejo.todo[row.Referencia]
		j.must(row.Verify(pa0580.Hallazgo{Existe: exists}))
	}
}

func (j *judge) sign(s step) {
	if s.At.Before(s.Mes.End()) {
		j.Errorf("%s signed off on %s", s.Mes, s.At)
	}
	j.signs[s.Mes]++
}

func (j *judge) close(s step) {
	if pa0580.MesOf(s.At) != j.Pasado || s.Mes != j.Anterior {
		j.Errorf("%s closed on %s", s.Mes, s.At)
	}
	if j.signs[s.Mes] != len(j.world.unidades) {
		j.Errorf("closed with %d conformidades", j.signs[s.Mes])
	}
	j.must(pa0580.CheckCorte(s.Mes, nil, pa0580.Turno{Primero: j.Anterior}, s.At, s.At))
	for _, row := range j.rows {
		if row.Mes == s.Mes && !row.Estado.Ended() && row.Estado != pa0580.Aprobada {
			j.Errorf("closed with a gestión %s", row.Estado)
		}
	}
	j.corte = append(j.corte, pa0580.Corte{Mes: s.Mes, At: s.At, Cerrado: true})
}

// end judges what is found at the end: a closed month, and inboxes with work.
func (j *judge) end() {
	if len(j.corte) != 1 {
		j.Errorf("%d closes", len(j.corte))
	}
	inbox := map[pa0580.FuncionarioID]int{}
	for _, row := range j.rows {
		if row.Estado == pa0580.Pendiente {
			inbox[j.world.decider(row.Unidad, row.Agente, pa0580.DiaOf(j.now))]++
		}
	}
	for _, who := range []pa0580.FuncionarioID{
		j.world.papeles.jefe, j.world.papeles.jefeOtro, j.world.papeles.jefeSuperior, j.world.papeles.subrogante,
	} {
		if j.loads[j.Pasado] > 200 && inbox[who] == 0 {
			j.Errorf("the inbox of %s is empty", who)
		}
	}
}

func (j *judge) must(err error) {
	j.Helper()
	if err != nil {
		j.Fatalf("%s, now %s", err, pa0580.Local(j.now))
	}
}
