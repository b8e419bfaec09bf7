package postgres

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// tarifa has one administrator propose and another approve.
func (m *mundo) tarifa(t *testing.T, desde pa0580.Mes, base int, at time.Time) pa0580.TarifaID {
	t.Helper()
	b := &enPostgres{mundo: m, t: t}
	if !b.proponerTarifa(desde, base, at) || !b.aprobarTarifa(0, at) {
		t.Fatalf("no tariff from %s on", desde)
	}
	return b.tarifas[0]
}

// A tariff is approved while its month closes, again and again: either the month is paid
// by it, or it is refused and the month is paid without. A preview from before it closes
// nothing.
func TestAMonthClosesBeforeATariffOrAfter(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	mes := octubre
	closed, approved := 0, 0
	for range 12 {
		at := mes.Start().Add(57 * time.Hour)
		m.aprobada(t, m.ana, contenido(mes.Start().Day()), at)
		b := &enPostgres{mundo: m, t: t}
		if !b.proponerTarifa(mes, int(mes.Start().Month()), at) {
			t.Fatal("not proposed")
		}
		at = mes.End().Add(9 * time.Hour)
		m.cortar(t, mes, at)
		order := m.orden(t, mes, m.rrhh, m.vista(t, mes).Huella, "se cierra igual")
		var both sync.WaitGroup
		var was, is bool
		both.Go(func() { was = m.congelar(t, order, at).Cerrado })
		both.Go(func() {
			v := pa0580.Visto{Quien: m.admin2, At: at}
			err := m.DecideTarifa(t.Context(), b.tarifas[0], "aprobar_tarifa", v, m.clave(), func(x *pa0580.Tarifa, ultimo pa0580.Mes) error { return x.Approve(v, ultimo) })
			if is = err == nil; !is {
				refused(t, err, pa0580.CodeMonthClosed)
			}
		})
		both.Wait()
		if was == is {
			t.Fatalf("%s closed: %t, its tariff approved: %t", mes, was, is)
		}
		if closed, approved = closed+one(was), approved+one(is); is {
			if v := m.vista(t, mes); !v.Identidad.Importe.Hay || len(v.Unidades[0].Tarifas) != 1 || v.Unidades[0].Tarifas[0].ID != b.tarifas[0] {
				t.Errorf("%s is not paid by its tariff: %+v", mes, v.Unidades)
			}
			if got := m.congelar(t, m.orden(t, mes, m.rrhh, m.vista(t, mes).Huella, "se cierra igual"), at); !got.Cerrado {
				t.Fatalf("%s does not close by its new preview: %+v", mes, got)
			}
		}
		mes = mes.Next()
	}
	t.Logf("%d closed first, %d tariffs came first", closed, approved)
	if _, err := m.VerifyPlanillas(t.Context(), func(a app.Adulteracion) { t.Errorf("verified: %s", a) }); err != nil {
		t.Error(err)
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// Whoever is past the rules is stopped by the database: nobody approves their own, and
// what was decided stays.
func TestATariffStays(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	decided := m.tarifa(t, octubre, 1, manana)
	b := &enPostgres{mundo: m, t: t}
	if !b.proponerTarifa(octubre, 2, manana) {
		t.Fatal("not proposed")
	}
	own := pa0580.Visto{Quien: m.admin, At: manana}
	err := m.DecideTarifa(t.Context(), b.tarifas[0], "aprobar_tarifa", own, m.clave(), func(x *pa0580.Tarifa, _ pa0580.Mes) error {
		x.Aprobacion = &own
		return nil
	})
	if err == nil || len(pa0580.RefusalsIn(err)) > 0 {
		t.Errorf("one person proposed and approved: %v", err)
	}
	for _, change := range []string{
		"UPDATE tarifas SET montos[1] = 2 WHERE id = ?", "UPDATE tarifas SET norma = 'otra' WHERE id = ?", "UPDATE tarifas SET desde = '2027-01' WHERE id = ?",
		"DELETE FROM tarifas WHERE id = ?",
	} {
		for _, id := range []pa0580.TarifaID{decided, b.tarifas[0]} {
			if err := m.raw(t.Context(), change, id); err == nil {
				t.Errorf("%s was let through", change)
			}
		}
	}
	if err := m.raw(t.Context(), "UPDATE tarifas SET estado = 'propuesta', decidida_por = NULL, decidida_at = NULL, orden = NULL, compromiso = NULL WHERE id = ?", decided); err == nil {
		t.Error("an approval was taken back")
	}
	for _, montos := range []string{"'{1}'", "array_fill(-1, ARRAY[20])", "array_fill(NULL::bigint, ARRAY[20])", "array_fill(10000001, ARRAY[20])"} {
		err := m.raw(t.Context(), "INSERT INTO tarifas (id, desde, norma, montos, propuesta_por, propuesta_at) VALUES (gen_random_uuid(), '2027-01', 'x', "+montos+", ?, ?)", m.admin, manana)
		if err == nil {
			t.Errorf("amounts %s were let in", montos)
		}
	}
	v := pa0580.Visto{Quien: m.admin2, At: manana}
	err = m.DecideTarifa(t.Context(), decided, "rechazar_tarifa", v, m.clave(), func(x *pa0580.Tarifa, _ pa0580.Mes) error { return x.Reject(v, "tarde") })
	refused(t, err, pa0580.CodeWrongEstado)
	err = m.DecideTarifa(t.Context(), "0", "rechazar_tarifa", v, m.clave(), nil)
	refused(t, err, pa0580.CodeNotFound)
}

// A rehearsal tells what the closed planillas would have paid, person by person, by what
// they hold: late gestiones, ajustes and complementarias too.
func TestARehearsalIsOfWhatWasPaid(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	b := &enPostgres{mundo: m, t: t}
	if !b.proponerTarifa(octubre.Next(), 500, manana) {
		t.Fatal("not proposed")
	}
	if e, err := m.EnsayoTarifa(t.Context(), b.tarifas[0], 10); err != nil || len(e.Meses) != 0 || e.Personas != 0 || e.Total != (app.Ensayado{}) {
		t.Fatalf("before any month closed: %+v, %v", e, err)
	}
	var ana []app.Ficha
	for i := range 5 { // types 1 to 5
		ana = append(ana, m.aprobada(t, m.ana, contenido(i), manana.Add(time.Duration(i)*time.Minute)))
	}
	m.aprobada(t, m.beto, contenido(0), manana)
	m.cerrar(t, octubre, noviembre) // nothing in guaraní
	m.tarifa(t, octubre.Next(), 0, noviembre)
	m.ajustar(t, ana[0].ID, pa0580.Resta, noviembre.Add(time.Hour))
	m.cerrar(t, octubre.Siguiente(), noviembre.Add(2*time.Hour))
	m.aprobada(t, m.ana, contenido(0), octubre.Next().Start().Add(57*time.Hour))
	m.aprobada(t, m.carla, contenido(4), octubre.Next().Start().Add(57*time.Hour))
	m.cerrar(t, octubre.Next(), octubre.Next().End().Add(10*time.Hour))

	e, err := m.EnsayoTarifa(t.Context(), b.tarifas[0], 2)
	if err != nil || len(e.Meses) != 2 || e.Personas != 3 || e.Ganan != 2 || e.Pierden != 0 || len(e.Gente) != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	paid := pa0580.EnGuaranies
	// By base 500: types 2 to 5 of Ana's October, 1.500 taken back of its first, and Beto's as apoyo.
	october := app.Ensayado{Lineas: 5, SinImporte: 7, SeriaSinTarifa: paid(4*500 + 14_000 + 51_500)}
	november := app.Ensayado{Lineas: 2, Pagado: paid(6_000), Seria: paid(7_000), Diferencia: paid(1_000)}
	if e.Meses[0] != (app.MesEnsayado{Mes: octubre.Next(), Ensayado: november}) || e.Meses[1] != (app.MesEnsayado{Mes: octubre, Ensayado: october}) {
		t.Errorf("by month: %+v", e.Meses)
	}
	if e.Total != (app.Ensayado{Lineas: 7, SinImporte: 7, Pagado: paid(6_000), Seria: paid(7_000), Diferencia: paid(1_000), SeriaSinTarifa: october.SeriaSinTarifa}) {
		t.Errorf("in all: %+v", e.Total)
	}
	first := e.Gente[0] // both gain 500, and she would have been paid more
	if first.Funcionario != m.ana || first.Ensayado != (app.Ensayado{Lineas: 5, SinImporte: 6, Pagado: paid(1_000), Seria: paid(1_500), Diferencia: paid(500), SeriaSinTarifa: paid(16_000)}) || len(first.Meses) != 2 || first.Meses[0].Mes != octubre.Next() {
		t.Errorf("Ana: %+v", first)
	}
	_, err = m.EnsayoTarifa(t.Context(), pa0580.TarifaID(m.ana), 2)
	refused(t, err, pa0580.CodeNotFound)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.EnsayoTarifa(ctx, b.tarifas[0], 2); !errors.Is(err, context.Canceled) {
		t.Errorf("for nobody: %v", err)
	}
}
