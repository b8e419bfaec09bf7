package pa0580_test

import (
	"encoding/json"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

// October 2017 and 2023 began with summer time: their midnight never was.
func TestMesStartsAndEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mes        pa0580.Mes
		start, end string
	}{
		"UTC−3 all year since October 2024":  {pa0580.NewMes(2025, time.July), "2025-07-01T03:00:00Z", "2025-08-01T03:00:00Z"},
		"UTC−4 in the winters before":        {pa0580.NewMes(2024, time.July), "2024-07-01T04:00:00Z", "2024-08-01T04:00:00Z"},
		"the last change of hour":            {pa0580.NewMes(2024, time.October), "2024-10-01T04:00:00Z", "2024-11-01T03:00:00Z"},
		"a month that began at 01:00":        {pa0580.NewMes(2023, time.October), "2023-10-01T04:00:00Z", "2023-11-01T03:00:00Z"},
		"the month before one that began so": {pa0580.NewMes(2017, time.September), "2017-09-01T04:00:00Z", "2017-10-01T04:00:00Z"},
		"December ends with the year":        {pa0580.NewMes(2026, time.December), "2026-12-01T03:00:00Z", "2027-01-01T03:00:00Z"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "start", tc.mes.Start().UTC().Format(time.RFC3339Nano), tc.start)
			equal(t, "end", tc.mes.End().UTC().Format(time.RFC3339Nano), tc.end)
		})
	}
}

func TestEveryInstantHasOneMes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(1975, 2100).Draw(t, "year")
		month := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
		// An hour either way of the month's first midnight, and anywhere in it.
		off := rapid.OneOf(rapid.Int64Range(-5400e9, 5400e9), rapid.Int64Range(-1, 1), rapid.Int64Range(0, 31*86400e9)).Draw(t, "offset")
		at := pa0580.LocalTime(year, month, 1, 0, 0, 0).Add(time.Duration(off))
		holds := 0
		for m, i := pa0580.MesOf(at).Prev().Prev(), 0; i < 5; m, i = m.Next(), i+1 {
			if !at.Before(m.Start()) && at.Before(m.End()) {
				holds++
				equal(t, "the month that holds "+at.String(), m, pa0580.MesOf(at))
			}
		}
		equal(t, "months that hold "+at.String(), holds, 1)
	})
}

func TestMesRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		year := rapid.IntRange(2000, 9998).Draw(t, "year")
		m := pa0580.NewMes(year, time.Month(rapid.IntRange(1, 12).Draw(t, "month")))
		equal(t, "Next then Prev", m.Next().Prev(), m)
		equal(t, "Prev then Next", m.Prev().Next(), m)
		equal(t, "m before Next", m.Before(m.Next()), true)
		equal(t, "Next before m", m.Next().Before(m), false)
		equal(t, "m before m", m.Before(m), false)
		equal(t, "Before agrees with the text", m.Before(m.Next()), m.String() < m.Next().String())

		parsed, err := pa0580.ParseMes(m.String())
		outcome(t, m.String(), err, 0, "")
		equal(t, "parsed", parsed, m)
		viaJSON(t, m)
	})
	equal(t, "a year's text", pa0580.NewMes(2026, time.October).String(), "2026-10")
	equal(t, "after December", pa0580.NewMes(2026, time.December).Next().String(), "2027-01")
	equal(t, "no month", pa0580.Mes{}.String(), "")
	viaJSON(t, pa0580.Mes{})
}

func TestParseMes(t *testing.T) {
	t.Parallel()
	tests := map[string]pa0580.Code{
		"2026-10":    "",
		"2000-01":    "",
		"1999-12":    pa0580.CodeField,
		"2026-13":    pa0580.CodeField,
		"2026-00":    pa0580.CodeField,
		"2026-1":     pa0580.CodeField,
		"2026-10-01": pa0580.CodeField,
		"10/2026":    pa0580.CodeField,
		" 2026-10":   pa0580.CodeField,
		"":           pa0580.CodeField,
	}
	for in, code := range tests {
		m, err := pa0580.ParseMes(in)
		outcome(t, in, err, 0, code)
		equal(t, in+" is a month", m.IsZero(), code != "")
	}
}

func TestDiaRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, next := drawDia(t, 1975, 2100)
		parsed, err := pa0580.ParseDia(d.String())
		outcome(t, d.String(), err, 0, "")
		equal(t, "parsed", parsed, d)
		viaJSON(t, d)

		equal(t, "day of its start", pa0580.DiaOf(d.Start()), d)
		equal(t, "day of the instant before", pa0580.DiaOf(d.Start().Add(-1)).Before(d), true)
		equal(t, "day of the instant before the next", pa0580.DiaOf(next.Start().Add(-1)), d)
		equal(t, "d before the next", d.Before(next), true)
		equal(t, "the next before d", next.Before(d), false)
		equal(t, "d before d", d.Before(d), false)
	})
	viaJSON(t, pa0580.Dia{})
	_, err := pa0580.ParseDia("2026-02-29")
	outcome(t, "a day that does not exist", err, 0, pa0580.CodeField)
}

func TestDiaWithin(t *testing.T) {
	t.Parallel()
	day := func(d int) pa0580.Dia { return pa0580.Dia{Year: 2026, Month: time.October, Day: d} }
	tests := map[string]struct {
		desde, hasta pa0580.Dia
		want         bool
	}{
		"the first day is included":       {day(15), day(20), true},
		"the last day is included":        {day(10), day(15), true},
		"one day alone":                   {day(15), day(15), true},
		"it ended yesterday":              {day(10), day(14), false},
		"it begins tomorrow":              {day(16), day(20), false},
		"without an end it stays open":    {desde: day(15), want: true},
		"an open one may begin later":     {desde: day(16), want: false},
		"without a beginning it was open": {hasta: day(15), want: true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "within", day(15).Within(tc.desde, tc.hasta), tc.want)
		})
	}
}

// viaJSON wants what a payload or a row gives back to be what went in.
func viaJSON[V comparable](t tb, v V) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("marshal %v: %v", v, err)
	}
	var back V
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatalf("unmarshal %s: %v", raw, err)
	}
	equal(t, "JSON "+string(raw), back, v)
}

// drawDia draws a day and the next one.
func drawDia(t *rapid.T, from, to int) (d, next pa0580.Dia) {
	first := time.Date(from, time.January, 1, 0, 0, 0, 0, time.UTC)
	days := int(time.Date(to, time.December, 30, 0, 0, 0, 0, time.UTC).Sub(first).Hours() / 24)
	utc := first.AddDate(0, 0, rapid.IntRange(0, days).Draw(t, "day"))
	dia := func(at time.Time) pa0580.Dia {
		return pa0580.Dia{Year: at.Year(), Month: at.Month(), Day: at.Day()}
	}
	return dia(utc), dia(utc.AddDate(0, 0, 1))
}
