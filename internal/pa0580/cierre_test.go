package pa0580_test

import (
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	septiembre = pa0580.NewMes(2026, time.September)
	octubre    = septiembre.Next()
	noviembre  = octubre.Next()
	nunca      pa0580.Mes
)

func TestCheckTurn(t *testing.T) {
	t.Parallel()
	after := func(m pa0580.Mes) time.Time { return m.End().Add(9 * time.Hour) }
	tests := map[string]struct {
		mes, primero, ultimo pa0580.Mes
		now                  time.Time
		code                 pa0580.Code
	}{
		"the first month there is":              {octubre, octubre, nunca, after(octubre), ""},
		"the next one":                          {octubre, agosto, septiembre, after(octubre), ""},
		"the next one, long after":              {octubre, agosto, septiembre, after(octubre).AddDate(2, 0, 0), ""},
		"its last nanosecond":                   {octubre, agosto, septiembre, octubre.End().Add(-1), pa0580.CodeMonthNotOver},
		"the first nanosecond after":            {octubre, agosto, septiembre, octubre.End(), ""},
		"in the middle":                         {octubre, agosto, septiembre, octubre15, pa0580.CodeMonthNotOver},
		"over in UTC, not yet here":             {octubre, agosto, septiembre, time.Date(2026, time.November, 1, 2, 0, 0, 0, time.UTC), pa0580.CodeMonthNotOver},
		"the same again":                        {octubre, agosto, octubre, after(octubre), pa0580.CodeMonthClosed},
		"one closed long ago":                   {septiembre, agosto, noviembre, after(noviembre), pa0580.CodeMonthClosed},
		"skipping one":                          {noviembre, agosto, septiembre, after(noviembre), pa0580.CodeMonthOrder},
		"skipping the first there is":           {octubre, septiembre, nunca, after(octubre), pa0580.CodeMonthOrder},
		"before any gestión: a mistyped year":   {septiembre, octubre, nunca, after(septiembre), pa0580.CodeMonthOrder},
		"no gestión at all":                     {octubre, nunca, nunca, after(octubre), pa0580.CodeMonthOrder},
		"not over comes before out of order":    {noviembre, agosto, septiembre, octubre15, pa0580.CodeMonthNotOver},
		"the last closed counts, not the first": {octubre, septiembre, septiembre, after(octubre), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome(t, "CheckTurn", pa0580.CheckTurn(tc.mes, pa0580.Turno{Primero: tc.primero, Ultimo: tc.ultimo}, tc.now), 0, tc.code)
			// A corte at this moment asks nothing more.
			outcome(t, "CheckCorte", pa0580.CheckCorte(tc.mes, nil, pa0580.Turno{Primero: tc.primero, Ultimo: tc.ultimo}, tc.now, tc.now), 0, tc.code)
		})
	}
}

func TestOutOfOrderNamesTheMonthToClose(t *testing.T) {
	t.Parallel()
	err := pa0580.CheckTurn(noviembre, pa0580.Turno{Primero: agosto, Ultimo: septiembre}, noviembre.End())
	if r := refusal(t, err, 0); !strings.Contains(r.Message, "2026-10") {
		t.Errorf("%q does not say which month comes first", r.Message)
	}
	turn := pa0580.Turno{Primero: agosto, Ultimo: septiembre}
	for mes, want := range map[pa0580.Mes]pa0580.Mes{noviembre: octubre, octubre: nunca, septiembre: nunca, noviembre.Siguiente(): nunca} {
		equal(t, "closes before "+mes.String(), turn.Antes(mes), want)
	}
	equal(t, "closes before any gestión", pa0580.Turno{}.Antes(octubre), nunca)
}

func TestCheckCorte(t *testing.T) {
	t.Parallel()
	now := octubre.End().Add(33 * time.Hour)
	const day = 24 * time.Hour
	tests := map[string]struct {
		at   time.Time
		code pa0580.Code
	}{
		"now":                      {now, ""},
		"a nanosecond ago":         {now.Add(-1), pa0580.CodeCorte},
		"last week":                {now.Add(-7 * day), pa0580.CodeCorte},
		"at the end of the week":   {now.Add(5 * day), ""},
		"two months away":          {now.Add(61 * day), ""},
		"more than two months":     {now.Add(63 * day), pa0580.CodeCorte},
		"the year mistyped by one": {now.AddDate(1, 0, 0), pa0580.CodeCorte},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			turn := pa0580.Turno{Primero: agosto, Ultimo: septiembre}
			outcome(t, "CheckCorte", pa0580.CheckCorte(octubre, nil, turn, tc.at, now), 0, tc.code)
			set := &pa0580.Corte{Mes: octubre, At: now, Por: "Hugo"}
			outcome(t, "CheckCorte of one that is set", pa0580.CheckCorte(octubre, set, turn, tc.at, now), 0, pa0580.CodeCorte)
		})
	}
}

func TestCheckSigning(t *testing.T) {
	t.Parallel()
	turn := pa0580.Turno{Primero: agosto, Ultimo: septiembre}
	corrected := pa0580.Turno{Primero: agosto, Ultimo: septiembre, Ultima: septiembre.Siguiente()}
	tests := map[string]struct {
		mes  pa0580.Mes
		turn pa0580.Turno
		code pa0580.Code
	}{
		"the one to close":                  {octubre, turn, ""},
		"one that comes later":              {noviembre, turn, ""},
		"one that goes on":                  {noviembre.Next(), turn, pa0580.CodeMonthNotOver},
		"one that is closed":                {septiembre, turn, pa0580.CodeMonthClosed},
		"before any gestión":                {agosto.Prev(), pa0580.Turno{Primero: agosto}, pa0580.CodeMonthOrder},
		"no gestión at all":                 {octubre, pa0580.Turno{}, pa0580.CodeMonthOrder},
		"the next complementaria":           {septiembre.Siguiente().Siguiente(), corrected, ""},
		"a closed complementaria":           {septiembre.Siguiente(), corrected, pa0580.CodeMonthClosed},
		"a complementaria too many":         {octubre.Siguiente().Siguiente(), pa0580.Turno{Primero: agosto, Ultimo: octubre, Ultima: octubre}, pa0580.CodeMonthOrder},
		"a complementaria of no closed one": {octubre.Siguiente(), turn, pa0580.CodeMonthOrder},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcome(t, "CheckSigning", pa0580.CheckSigning(tc.mes, tc.turn, noviembre.End()), 0, tc.code)
		})
	}
}

func TestSealed(t *testing.T) {
	t.Parallel()
	corte := &pa0580.Corte{Mes: octubre, At: pa0580.LocalTime(2026, time.November, 3, 15, 30, 0)}
	tests := map[string]struct {
		corte *pa0580.Corte
		now   time.Time
		code  pa0580.Code
		says  string
	}{
		"without a corte":         {nil, corte.At, pa0580.CodeCorte, "2026-10"},
		"before it, told locally": {corte, corte.At.Add(-1).UTC(), pa0580.CodeCorte, "03/11/2026 15:30"},
		"at it":                   {corte, corte.At, "", ""},
		"after it":                {corte, corte.At.Add(time.Hour), "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := pa0580.Sealed(tc.corte, octubre, tc.now)
			outcome(t, "Sealed", err, 0, tc.code)
			if err != nil && !strings.Contains(err.Error(), tc.says) {
				t.Errorf("%q does not say %s", err, tc.says)
			}
		})
	}
}
