package pa0580_test

import (
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

// vida walks a gestión through whatever agents, heads, OPEN SGC and HR may do,
// beside a plain model of it written from DOMAIN's text.
type vida struct {
	g     pa0580.Gestion
	saved pa0580.Gestion // as at saving, for what never changes

	now     time.Time
	cola    []pa0580.Comando // stored and not yet applied, in the order of storing
	cortes  map[pa0580.Mes]time.Time
	cerrado pa0580.Mes // the last closed month

	// What the gestión should be.
	estado    pa0580.Estado
	version   int64
	aceptada  bool
	contenido pa0580.Contenido
	hallazgo  *pa0580.Hallazgo
	decision  *pa0580.Decision
}

const (
	agente = pa0580.FuncionarioID("agente")
	jefe   = pa0580.FuncionarioID("jefe")
)

// octubre15 is when the stories begin, with August closed last.
var (
	agosto    = pa0580.NewMes(2026, time.August)
	octubre15 = pa0580.LocalTime(2026, time.October, 15, 10, 0, 0)
)

// guardada is a gestión saved by agente.
func guardada(at time.Time) pa0580.Gestion {
	a := pa0580.Asignacion{ID: "a1", Funcionario: agente, Unidad: "u1", Modo: pa0580.Apoyo}
	c := pa0580.Contenido{
		Documento:  pa0580.Documento{Tipo: pa0580.CI, Entrada: "1.234.567", Normal: "1234567"},
		Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: "1000001"}, Tipo: pa0580.Solicitudes,
	}
	return pa0580.New("g1", a, "Agencia", c, at, pa0580.Clasificacion{Jornada: pa0580.Ordinaria, Calendario: 4})
}

func TestNew(t *testing.T) {
	t.Parallel()
	g := guardada(octubre15)
	equal(t, "gestion", g, pa0580.Gestion{
		ID: "g1", Agente: "agente", Unidad: "u1", UnidadNombre: "Agencia", Asignacion: "a1", Modo: "apoyo",
		Contenido: g.Contenido, GuardadaAt: octubre15, Mes: pa0580.NewMes(2026, time.October),
		Clasificacion: g.Clasificacion, Estado: "recibida", Version: 1,
	})
	equal(t, "tipo", g.Tipo, pa0580.Solicitudes)
}

func TestVida(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := &vida{now: octubre15, cortes: map[pa0580.Mes]time.Time{}, cerrado: agosto}
		v.load(t)
		actions := map[string]func(*rapid.T){
			"an agent loads":       v.load,
			"somebody asks":        v.ask,
			"and is served":        v.serve,
			"somebody else asks":   v.ask,
			"they are served":      v.serve,
			"OPEN SGC answers":     v.verify,
			"agent told received":  v.accept,
			"time passes":          v.wait,
			"HR sets the corte":    v.setCorte,
			"HR lifts the corte":   v.liftCorte,
			"HR closes the month":  v.closeMonth,
			"somebody is outdated": v.askStale,
			"":                     v.agree,
		}
		for range 6 { // some 180 steps, a year of closes
			t.Repeat(actions)
		}
	})
}

// load saves a gestión once the one before can't move any more.
func (v *vida) load(t *rapid.T) {
	if v.estado != "" && !slices.Contains(finales, v.estado) {
		t.Skip("one at a time")
	}
	g := guardada(v.now)
	v.g, v.saved, v.cola = g, g, nil
	v.estado, v.version, v.aceptada = "recibida", 1, false
	v.contenido, v.hallazgo, v.decision = g.Contenido, nil, nil
}

// ask stores a command; half the time one that the estado admits.
func (v *vida) ask(t *rapid.T) {
	var acciones []pa0580.Accion
	legal := rapid.Bool().Draw(t, "legal")
	for a := range pedidos {
		if _, ok := after(v.estado, a); ok || !legal {
			acciones = append(acciones, a)
		}
	}
	if len(acciones) == 0 {
		t.Skip("final")
	}
	slices.Sort(acciones)
	v.store(t, rapid.SampledFrom(acciones).Draw(t, "accion"), v.g.Version)
}

// askStale stores a command of somebody who saw another version.
func (v *vida) askStale(t *rapid.T) {
	acciones := slices.Sorted(slices.Values(pa0580.Acciones()))
	off := rapid.SampledFrom([]int64{-2, -1, 1, 2}).Draw(t, "off")
	v.store(t, rapid.SampledFrom(acciones).Draw(t, "accion"), v.g.Version+off)
}

func (v *vida) store(t *rapid.T, a pa0580.Accion, vista int64) {
	c := pa0580.Comando{
		ID: pa0580.ComandoID("c" + strconv.Itoa(len(v.cola))), Gestion: v.g.ID, Accion: a, Actor: agente,
		Vista: vista, Motivo: "Porque sí.", At: v.now,
	}
	if pedidos[a].by == "jefe" && rapid.IntRange(0, 7).Draw(t, "own decision at 0") > 0 {
		c.Actor = jefe
	}
	if a == "corregir" {
		corrected := v.contenido
		corrected.Referencia.Numero = strconv.Itoa(rapid.IntRange(10000, 99999).Draw(t, "NIS"))
		corrected.Documento = pa0580.Documento{Tipo: pa0580.RUC, Entrada: "2660-3", Normal: "2660-3"}
		corrected.Tipo, corrected.Observacion = pa0580.Preferencial, "corregida"
		c.Correccion = &corrected
	}
	v.cola = append(v.cola, c)
}

// serve applies everything stored, in the order of storing, with the cortes
// that stand by then.
func (v *vida) serve(t *rapid.T) {
	if len(v.cola) == 0 {
		t.Skip("nothing stored")
	}
	for _, c := range v.cola {
		why := v.reasons(c)
		before := deepCopy(v.g)
		err := v.g.Apply(c, v.standing())
		if len(why) > 0 {
			if err == nil {
				t.Fatalf("%s on %s was accepted, want one of %v", c.Accion, v.estado, why)
			}
			if code := pa0580.RefusalsIn(err)[0].Code; !slices.Contains(why, code) {
				t.Fatalf("%s on %s is refused with %s, want one of %v", c.Accion, v.estado, code, why)
			}
			if !reflect.DeepEqual(v.g, before) {
				t.Fatalf("refused %s changed the gestión:\n%+v\n%+v", c.Accion, before, v.g)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s on %s: %v, want it accepted", c.Accion, v.estado, err)
		}
		v.estado, _ = after(v.estado, c.Accion)
		v.version++
		switch c.Accion {
		case "corregir": // verified again, and its agent is not waiting for the answer
			v.contenido, v.hallazgo, v.aceptada = *c.Correccion, nil, true
		case "aprobar", "rechazar":
			v.decision = &pa0580.Decision{Comando: c.ID, Actor: c.Actor, At: c.At}
		case "retirar_decision": // only what OPEN SGC has waits for a decision
			v.decision = nil
			if v.hallazgo == nil {
				v.estado, v.aceptada = "recibida", true
			} else if !v.hallazgo.Existe {
				v.estado = "observada"
			}
		}
	}
	v.cola = nil
}

// reasons are all that DOMAIN has against a command, none where it is legal.
func (v *vida) reasons(c pa0580.Comando) (why []pa0580.Code) {
	if c.Vista != v.version {
		why = append(why, pa0580.CodeStale)
	}
	if pedidos[c.Accion].by == "jefe" && c.Actor == agente {
		why = append(why, pa0580.CodeOwnGestion)
	}
	if _, ok := after(v.estado, c.Accion); !ok {
		why = append(why, pa0580.CodeWrongEstado)
	} else if c.Accion == "retirar_observacion" && !v.hallazgo.Existe {
		why = append(why, pa0580.CodeReferenceUnknown)
	} else if c.Accion == "retirar_decision" {
		// Decisions stored after a month's corte count for the next month.
		counts := v.saved.Mes
		for at, set := v.cortes[counts]; set && !v.decision.At.Before(at); at, set = v.cortes[counts] {
			counts = counts.Next()
		}
		if at, set := v.cortes[counts]; set && !c.At.Before(at) {
			why = append(why, pa0580.CodeCorte)
		}
	}
	return why
}

func (v *vida) verify(t *rapid.T) {
	h := pa0580.Hallazgo{Existe: rapid.Bool().Draw(t, "existe"), Tension: pa0580.BT, At: v.now}
	before := deepCopy(v.g)
	err := v.g.Verify(h)
	if v.estado != "recibida" {
		outcome(t, "Verify on "+string(v.estado), err, 0, pa0580.CodeWrongEstado)
		equal(t, "gestión not waiting for OPEN SGC", v.g, before)
		return
	}
	outcome(t, "Verify", err, 0, "")
	v.version++
	v.hallazgo = &h
	switch {
	case h.Existe:
		v.estado = "pendiente"
	case v.aceptada:
		v.estado = "observada"
	default:
		v.estado = "invalida"
	}
}

func (v *vida) accept(t *rapid.T) {
	before := deepCopy(v.g)
	waiting := v.estado == "recibida"
	equal(t, "Accept on "+string(v.estado), v.g.Accept(), waiting)
	if !waiting {
		equal(t, "gestión that OPEN SGC answered first", v.g, before)
	}
	v.aceptada = v.aceptada || waiting
}

func (v *vida) wait(t *rapid.T) {
	const day = 24 * time.Hour
	v.now = v.now.Add(rapid.SampledFrom([]time.Duration{1, time.Hour, 3 * day, 17 * day, 17 * day}).Draw(t, "time"))
}

func (v *vida) setCorte(t *rapid.T) {
	mes := v.cerrado.Next()
	if _, set := v.cortes[mes]; set || v.now.Before(mes.End()) {
		t.Skip("set already, or not over")
	}
	v.cortes[mes] = v.now.Add(rapid.SampledFrom([]time.Duration{0, 1, 2 * time.Hour, 96 * time.Hour}).Draw(t, "from now"))
}

func (v *vida) liftCorte(t *rapid.T) {
	mes := v.cerrado.Next()
	if _, set := v.cortes[mes]; !set || rapid.IntRange(0, 3).Draw(t, "lifts at 0") > 0 {
		t.Skip("stays")
	}
	delete(v.cortes, mes)
}

// closeMonth includes what was approved before the corte. The freeze is a
// statement of its own in the database: the rules give it the next estado.
func (v *vida) closeMonth(t *rapid.T) {
	mes := v.cerrado.Next()
	at, set := v.cortes[mes]
	if !set || v.now.Before(at) || slices.ContainsFunc(v.cola, func(c pa0580.Comando) bool { return c.At.Before(at) }) {
		t.Skip("not yet")
	}
	v.cerrado = mes
	next, ok := v.g.Estado.After(pa0580.Incluir)
	equal(t, "can be included", ok, v.estado == "aprobada")
	if ok && !mes.Before(v.saved.Mes) && v.decision.At.Before(at) {
		v.g.Estado, v.g.Version = next, v.g.Version+1
		v.estado, v.version = "incluida", v.version+1
	}
}
