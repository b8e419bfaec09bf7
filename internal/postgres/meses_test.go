package postgres

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	semillas     = flag.Int("semillas", 6, "random histories of months on PostgreSQL; in memory there are fifty times as many, 10000 at most")
	semillaMeses = flag.Uint64("semilla-meses", 0, "repeat the history of this seed alone")
)

// What the histories are made of.
const (
	mesesDe  = 3 // months that close, one after the other
	pasosDe  = 35
	primeraG = 4 // gestiones of each month to begin with
)

// libro keeps gestiones, months and ajustes by the rules: in memory, or in PostgreSQL.
// Gestiones and ajustes are known by their place. A false says that the rules refused.
type libro interface {
	cargar(agente int, at time.Time)
	decidir(g int, a pa0580.Accion, at time.Time) bool
	cortar(mes pa0580.Mes, at time.Time)
	levantar(mes pa0580.Mes, at time.Time)
	cerrar(mes pa0580.Mes, at time.Time) bool
	// complementar cuts the next complementaria of a closed month off and closes it.
	complementar(mes pa0580.Mes, at time.Time) bool
	pedirAjuste(g int, s pa0580.Signo, head bool, at time.Time) bool
	aprobarAjuste(x int, head bool, at time.Time) bool
	rechazarAjuste(x int, head bool, at time.Time) bool
	// proponerTarifa of amounts as precio has them; aprobarTarifa by somebody else.
	proponerTarifa(desde pa0580.Mes, base int, at time.Time) bool
	aprobarTarifa(t int, at time.Time) bool
	// pagado are the lines of each gestión, by the month of the planilla, and +1, or
	// the sign of the ajuste.
	pagado() map[int][]renglonDe
	// dinero is what the planillas of each close pay in guaraní.
	dinero() map[pa0580.Mes]pa0580.Importe
}

type renglonDe struct {
	mes   pa0580.Mes
	signo int
}

// jugarMeses plays one random history of months on a libro and on the model, and tells
// where they part. What it does depends on the seed alone.
func jugarMeses(seed uint64, l libro) error {
	random := rand.New(rand.NewPCG(seed, 7))
	m := &modelo{cortes: map[pa0580.Mes]time.Time{}, pagos: map[pa0580.Mes]pa0580.Importe{}}
	mes, sheets := octubre, map[pa0580.Mes]pa0580.Mes{} // of each closed month, its last complementaria
	now := mes.Start().Add(9 * time.Hour)
	cargar := func(at time.Time) {
		agente := random.IntN(3)
		l.cargar(agente, at)
		local := pa0580.Local(at)
		m.gestiones = append(m.gestiones, gestionModelo{mes: pa0580.MesOf(at), agente: agente, estado: "pendiente", tipo: len(m.gestiones)%5 + 1,
			extra: local.Hour() < 7 || local.Hour() > 14 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday})
	}
	same := func(what string, got, want bool) error {
		if got != want {
			return fmt.Errorf("%s: %t, the model says %t", what, got, want)
		}
		return nil
	}
	acciones := []pa0580.Accion{pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Rechazar, pa0580.Observar, pa0580.RetirarObservacion, pa0580.RetirarDecision, pa0580.RetirarDecision}
	for range mesesDe {
		for range primeraG {
			now = now.Add(time.Duration(1+random.IntN(90)) * time.Minute)
			cargar(now)
		}
		for step := range pasosDe {
			now = now.Add(time.Duration(1+random.IntN(180)) * time.Minute)
			if step == pasosDe/2 { // the month is over
				now = latest(now, mes.End().Add(9*time.Hour))
			}
			var err error
			switch k := random.IntN(23); {
			case k == 20:
				desde := []pa0580.Mes{mes.Prev(), mes, mes, mes.Next()}[random.IntN(4)]
				base := random.IntN(900)
				err = same(fmt.Sprintf("tariff from %s on", desde), l.proponerTarifa(desde, base, now), m.proponerTarifa(desde, base))
			case k > 20 && len(m.tarifas) > 0:
				i := random.IntN(len(m.tarifas))
				err = same(fmt.Sprintf("approve tariff %d", i), l.aprobarTarifa(i, now), m.aprobarTarifa(i))
			case k > 20:
			case k < 2:
				cargar(now)
			case k < 11:
				g, a := random.IntN(len(m.gestiones)), acciones[random.IntN(len(acciones))]
				err = same(fmt.Sprintf("%s %d", a, g), l.decidir(g, a, now), m.decidir(g, a, now))
			case k < 13 && !now.Before(mes.End()):
				if _, cut := m.cortes[mes]; cut {
					delete(m.cortes, mes)
					l.levantar(mes, now)
				} else {
					m.cortes[mes] = now
					l.cortar(mes, now)
				}
			case k < 17:
				g, s, head := random.IntN(len(m.gestiones)), pa0580.Signo(1-2*random.IntN(2)), random.IntN(2) == 0
				err = same(fmt.Sprintf("ajuste %+d of %d", s, g), l.pedirAjuste(g, s, head, now), m.pedirAjuste(g, s, head))
			case k < 19 && len(m.ajustes) > 0:
				x, head := random.IntN(len(m.ajustes)), random.IntN(2) == 0
				err = same(fmt.Sprintf("approve ajuste %d", x), l.aprobarAjuste(x, head, now), m.aprobarAjuste(x, head, now))
			case k < 20 && len(m.cerrados) > 0 && random.IntN(2) == 0:
				of := m.cerrados[random.IntN(len(m.cerrados))]
				next := latestOf(sheets[of], of).Siguiente()
				was := l.complementar(next, now)
				if err = same("close "+next.String(), was, m.complementar(next, now)); was {
					sheets[of] = next
				}
			case k < 20 && len(m.ajustes) > 0:
				x, head := random.IntN(len(m.ajustes)), random.IntN(2) == 0
				err = same(fmt.Sprintf("reject ajuste %d", x), l.rechazarAjuste(x, head, now), m.rechazarAjuste(x))
			}
			if err != nil {
				return fmt.Errorf("%s, step %d: %w", mes, step, err)
			}
		}
		now = now.Add(time.Hour)
		if _, cut := m.cortes[mes]; !cut {
			m.cortes[mes] = now
			l.cortar(mes, now)
		}
		now = now.Add(time.Minute)
		if !l.cerrar(mes, now) {
			return fmt.Errorf("%s did not close", mes)
		}
		m.cerrar(mes)
		if got, want := l.pagado(), m.pagado(); fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("%s paid %v\nthe model  %v", mes, got, want)
		}
		if got, want := l.dinero(), m.pagos; !maps.Equal(got, want) {
			return fmt.Errorf("%s, in guaraní: %v\nthe model  %v", mes, got, want)
		}
		mes = mes.Next()
		now = latest(now, mes.Start().Add(9*time.Hour))
	}
	for i, g := range m.gestiones { // what the model is held to itself
		if n := g.neto(); n != 0 && n != 1 || (g.estado == "incluida") != (len(g.lineas) > 0) && g.estado != "rechazada" {
			return fmt.Errorf("gestión %d, %s, is paid %d times: %v", i, g.estado, n, g.lineas)
		}
	}
	return nil
}

func latestOf(a, b pa0580.Mes) pa0580.Mes {
	if a.IsZero() {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Random months, judged by the rules in memory: loads, decisions, take-backs, cortes,
// closes, late approvals and ajustes. Every approved gestión is paid exactly once.
func TestMonthsInMemory(t *testing.T) {
	t.Parallel()
	seeds := min(*semillas*50, 10_000)
	for i := range seeds {
		seed := uint64(i) + 1
		if *semillaMeses != 0 {
			seed = *semillaMeses
		}
		if err := jugarMeses(seed, &memoria{planilla: map[int]pa0580.Mes{}, lineas: map[int][]renglonDe{}, pagos: map[pa0580.Mes]pa0580.Importe{}}); err != nil {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
	}
	t.Logf("%d histories", seeds)
}

// The same on PostgreSQL: and the digests verify, down to each gestión.
func TestMonthsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	total, adjusted, priced := 0, 0, 0
	for i := range *semillas {
		seed := uint64(i) + 1
		if *semillaMeses != 0 {
			seed = *semillaMeses
		}
		b := &enPostgres{mundo: newMundo(t), t: t}
		if err := jugarMeses(seed, b); err != nil {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
		found, err := b.VerifyPlanillas(t.Context(), b.altered)
		if err != nil || t.Failed() {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
		total += int(found)
		adjusted += b.number(t, "SELECT count(*) FROM planilla_ajustes")
		priced += b.number(t, "SELECT count(*) FROM planilla_filas WHERE importe IS NOT NULL")
		if *semillaMeses != 0 {
			break
		}
	}
	t.Logf("%d histories, %d lines, %d ajustes, %d rows with an amount", *semillas, total, adjusted, priced)
	if total == 0 || adjusted == 0 || priced == 0 {
		t.Error("the histories pay or adjust nothing, or not in guaraní")
	}
}
