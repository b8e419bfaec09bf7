package pa0580_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// The 20 amounts come back as they were given, in whatever order; one that is left out,
// doubled, unknown or beyond the limits is refused by its name, and is never 0.
func TestAmountsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var want pa0580.Montos
		for i := range want {
			want[i] = pa0580.Guaranies(rapid.Int64Range(0, int64(pa0580.MaxMonto)).Draw(t, "amount"))
		}
		all := rapid.Permutation(want.Lista()).Draw(t, "order")
		got, err := pa0580.ParseMontos(all)
		if err != nil || got != want {
			t.Fatalf("%v, %v", got, err)
		}
		for _, m := range all {
			if got.De(m.Tipo, m.Modo, m.Jornada) != m.Guaranies {
				t.Fatalf("%s is %d", named(m), got.De(m.Tipo, m.Modo, m.Jornada))
			}
		}
		i := rapid.IntRange(0, 19).Draw(t, "which")
		one := all[i]
		with := func(change func(*pa0580.Monto)) []pa0580.Monto {
			out := slices.Clone(all)
			change(&out[i])
			return out
		}
		for what, wrong := range map[string][]pa0580.Monto{
			"left out": slices.Delete(slices.Clone(all), i, i+1),
			"doubled":  append(slices.Clone(all), one),
			"negative": with(func(m *pa0580.Monto) { m.Guaranies = -1 }),
			"too much": with(func(m *pa0580.Monto) { m.Guaranies = pa0580.MaxMonto + 1 }),
			"no tipo":  with(func(m *pa0580.Monto) { m.Tipo = 6 }),
			"no modo":  with(func(m *pa0580.Monto) { m.Modo = "otro" }),
		} {
			_, err := pa0580.ParseMontos(wrong)
			if rs := pa0580.RefusalsIn(err); len(rs) == 0 || !strings.Contains(rs.Error(), named(one)) {
				t.Fatalf("%s, %s: %v", named(one), what, err)
			}
		}
	})
}

// Of tariffs approved in any order the one in force is the latest by its month, then by
// its approval; exactly one of them, or none, is in force in a month.
func TestTheTariffInForce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		month := func() pa0580.Mes { return pa0580.NewMes(2026, time.Month(1+rapid.IntRange(0, 6).Draw(t, "month"))) }
		var all pa0580.Tarifas
		orden := int64(0)
		for range rapid.IntRange(0, 8).Draw(t, "tariffs") {
			x := pa0580.Tarifa{ID: pa0580.TarifaID(rune('a' + len(all))), Desde: month()}
			if rapid.Bool().Draw(t, "approved") {
				orden++
				x.Aprobacion, x.Orden = &pa0580.Visto{}, orden
			}
			all = append(all, x)
		}
		hoy := month()
		got, ok := all.DeMes(hoy)
		inForce := 0
		for _, x := range all {
			better := x.Orden > 0 && !hoy.Before(x.Desde) && (!ok || got.Desde.Before(x.Desde) || got.Desde == x.Desde && got.Orden < x.Orden)
			if better {
				t.Fatalf("%+v is in force, not %+v", x, got)
			}
			switch v := all.Vigencia(x, hoy); {
			case v == pa0580.Vigente:
				inForce++
			case (v == "") != (x.Orden == 0), v == pa0580.Futura && !hoy.Before(x.Desde), v == pa0580.Futura && replaced(all, x):
				t.Fatalf("%s is %q", x.ID, v)
			}
		}
		if ok != (inForce == 1) || inForce > 1 {
			t.Fatalf("%d are in force in %s", inForce, hoy)
		}
		if ok && (hoy.Before(got.Desde) || got.Orden == 0) {
			t.Fatalf("%+v is in force in %s", got, hoy)
		}
		if c, _ := all.DeMes(hoy.Siguiente()); c.ID != got.ID {
			t.Fatal("a complementaria is paid by another than its month")
		}
	})
}

// replaced tells that another was approved after x for the same month.
func replaced(all pa0580.Tarifas, x pa0580.Tarifa) bool {
	return slices.ContainsFunc(all, func(o pa0580.Tarifa) bool { return o.Desde == x.Desde && o.Orden > x.Orden })
}

func TestATariffIsDecidedOnceByAnother(t *testing.T) {
	t.Parallel()
	octubre := pa0580.NewMes(2026, time.October)
	now := octubre.Start()
	rut, dario := pa0580.Visto{Quien: "rut", At: now}, pa0580.Visto{Quien: "darío", At: now}
	fresh := func() *pa0580.Tarifa { return &pa0580.Tarifa{Desde: octubre, Propone: "rut"} }
	approved := fresh()
	if err := approved.Approve(dario, octubre.Prev()); err != nil || approved.Estado() != pa0580.TarifaAprobada {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		err  error
		code pa0580.Code
	}{
		"their own":              {fresh().Approve(rut, pa0580.Mes{}), pa0580.CodeForbidden},
		"their own, rejected":    {fresh().Reject(rut, "x"), pa0580.CodeForbidden},
		"no reason":              {fresh().Reject(dario, ""), pa0580.CodeReasonMissing},
		"a closed month":         {fresh().Approve(dario, octubre), pa0580.CodeMonthClosed},
		"and its complementaria": {fresh().Approve(dario, octubre.Siguiente()), pa0580.CodeMonthClosed},
		"twice":                  {approved.Approve(dario, pa0580.Mes{}), pa0580.CodeWrongEstado},
		"after its approval":     {approved.Reject(dario, "x"), pa0580.CodeWrongEstado},
		"from a complementaria":  {pa0580.CheckDesde(octubre.Siguiente(), pa0580.Mes{}, now), pa0580.CodeField},
		"from no month":          {pa0580.CheckDesde(pa0580.Mes{}, pa0580.Mes{}, now), pa0580.CodeField},
		"a mistyped year":        {pa0580.CheckDesde(pa0580.NewMes(2062, time.October), octubre, now), pa0580.CodeField},
	} {
		var r *pa0580.Refusal
		if !errors.As(c.err, &r) || r.Code != c.code || r.Campo == "" || r.Message == "" {
			t.Errorf("%s: %v, want %s", name, c.err, c.code)
		}
	}
	for in, ok := range map[string]bool{"": false, " \n ": false, "Resolución\nP/N° 1": true, "Resolución \u202e1": false, "\a": false, strings.Repeat("á", pa0580.MaxNorma): true, strings.Repeat("á", pa0580.MaxNorma+1): false} {
		if got, err := pa0580.ParseNorma(in); (err == nil) != ok || strings.Contains(got, "\n") {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if s := pa0580.Guaranies(-123).String() + pa0580.Guaranies(1_234_567).String(); s != "₲ -123₲ 1.234.567" {
		t.Error(s)
	}
}

func named(m pa0580.Monto) string { return fmt.Sprintf("tipo %d %s %s", m.Tipo, m.Modo, m.Jornada) }
