package postgres

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// A head's signature holds until something of their unit's month moves, and again
// once it is as they saw it: judged by a reading of the rows of its own, over a
// random month in which HR sets the corte and lifts it.
func TestAConformidadHoldsUntilTheMonthMoves(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	now, loaded := noviembre.Add(-48*time.Hour), 0
	var ids []pa0580.GestionID
	var corte *time.Time
	load := func(who pa0580.FuncionarioID) pa0580.GestionID {
		loaded++
		return m.pendiente(t, who, contenido(loaded), manana).ID
	}
	for range 4 {
		ids = append(ids, load(m.ana))
	}
	other := load(m.carla)

	firmada := func() *app.Conformidad {
		units, err := m.Preparacion(t.Context(), app.Vision{Todo: true}, octubre, pa0580.DiaOf(now))
		if err != nil {
			t.Fatal(err)
		}
		return units[slices.IndexFunc(units, func(u app.UnidadEnMes) bool { return u.Unidad == m.central })].Conformidad
	}
	sign := func() string {
		c := m.firmable(t, octubre, m.central, m.jefa, now)
		if _, err := m.SetConformidad(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return m.visto(t, m.central, corte)
	}
	seen, stale, held, back := sign(), 0, 0, 0
	for step := range 150 {
		now = now.Add(time.Minute)
		id := ids[random.IntN(len(ids))]
		switch random.IntN(10) {
		case 0:
			ids = append(ids, load(m.beto))
		case 1: // another unit's month is nobody's matter here
			m.moverAlAzar(t, random, other, m.jefe, now)
		case 2:
			if corte == nil {
				at := now
				corte = &at
				m.cortar(t, octubre, now)
			} else {
				corte = nil
				if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, now, m.clave()); err != nil {
					t.Fatal(err)
				}
			}
		case 3:
			seen = sign()
		default:
			m.moverAlAzar(t, random, id, m.jefa, now)
		}
		same := m.visto(t, m.central, corte) == seen
		c := firmada()
		if c == nil || c.Vigente != same {
			t.Fatalf("step %d: the month is as it was signed: %t; the signature says %+v", step, same, c)
		}
		switch {
		case !same:
			stale++
		case held < stale:
			back, held = back+1, held+1
		default:
			held++
		}
	}
	if stale < 10 || held < 10 {
		t.Errorf("stale at %d steps, in force at %d: the month hardly moved, or never stood still", stale, held)
	}

	// A signature under what is not there any more is refused, and the same one again is one.
	first := m.firmable(t, octubre, m.central, m.jefa, now)
	kept, err := m.SetConformidad(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	first.At = now.Add(time.Hour)
	if again, err := m.SetConformidad(t.Context(), first); err != nil || !again.At.Equal(kept.At) {
		t.Errorf("signed again at %v, %v", again.At, err)
	}
	load(m.ana)
	_, err = m.SetConformidad(t.Context(), first)
	refused(t, err, pa0580.CodeDigest)
	if c := firmada(); c == nil || c.Vigente {
		t.Errorf("after one more gestión: %+v", c)
	}
	if corte == nil {
		m.cortar(t, octubre, now)
	}
	m.aprobada(t, m.ana, contenido(0), manana) // something to be paid, whatever happened before
	if m.conforme(t, m.central) {
		t.Error("the preview takes a stale signature for one in force")
	}
	if sign(); !m.conforme(t, m.central) {
		t.Error("the preview does not know the signature")
	}
}

// conforme tells whether a unit's planilla would say that its head agrees.
func (m *mundo) conforme(t *testing.T, unit pa0580.UnidadID) bool {
	t.Helper()
	for _, p := range m.vista(t, octubre).Unidades {
		if p.Unidad == unit {
			return p.Conforme
		}
	}
	t.Fatal("the unit has no planilla")
	return false
}

// moverAlAzar has head decide on a gestión in some way, or its agent annul it; what
// the rules refuse changes nothing.
func (m *mundo) moverAlAzar(t *testing.T, random *rand.Rand, id pa0580.GestionID, head pa0580.FuncionarioID, at time.Time) {
	t.Helper()
	f := m.leer(t, id)
	acciones := []pa0580.Accion{pa0580.Aprobar, pa0580.Aprobar, pa0580.Rechazar, pa0580.Observar, pa0580.RetirarObservacion, pa0580.RetirarDecision, pa0580.RetirarDecision}
	a, who := acciones[random.IntN(len(acciones))], head
	if random.IntN(25) == 0 {
		a, who = pa0580.Anular, f.Agente
	}
	m.aplicar(t, m.pedir(t, m.comando(f, a, who, at)).ID, at)
}

// visto is a unit's month in words, read without the statements under test.
func (m *mundo) visto(t *testing.T, unit pa0580.UnidadID, corte *time.Time) string {
	t.Helper()
	all, err := m.Gestiones(t.Context(), app.Vision{Todo: true}, app.Filtro{Unidad: unit, Limite: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range all {
		late := f.Decision != nil && corte != nil && !f.Decision.At.Before(*corte)
		switch {
		case f.Estado == pa0580.Aprobada && !late:
			words = append(words, fmt.Sprintf("%s se paga, versión %d", f.ID, f.Version))
		case !f.Estado.Ended() && f.Estado != pa0580.Aprobada, late:
			words = append(words, fmt.Sprintf("%s espera", f.ID))
		}
	}
	slices.Sort(words)
	return strings.Join(words, "\n")
}
