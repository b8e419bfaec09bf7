package pa0580_test

import (
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

func TestClasificar(t *testing.T) {
	t.Parallel()
	camino := []pa0580.UnidadID{"seccion", "agencia", "gerencia"}
	calendario := pa0580.NewCalendario(7, []pa0580.Feriado{
		{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 12}, Nombre: "Decreto"},
		{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 13}, Nombre: "Patrono", Unidad: "agencia"},
		{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 14}, Nombre: "Ajeno", Unidad: "otra agencia"},
		{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 15}, Nombre: "De abajo", Unidad: "puesto"},
		{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 16}, Nombre: "Propio", Unidad: "seccion"},
	})
	ordinaria := pa0580.Clasificacion{Jornada: "ordinaria", Calendario: 7}
	fuera := pa0580.Clasificacion{Jornada: "extraordinaria", Motivo: "fuera_de_horario", Calendario: 7}
	finde := pa0580.Clasificacion{Jornada: "extraordinaria", Motivo: "dia_no_laborable", Calendario: 7}
	feriado := func(name string) pa0580.Clasificacion {
		k := finde
		k.Feriado = name
		return k
	}
	tests := map[string]struct {
		at   string
		want pa0580.Clasificacion
	}{
		"06:59:59":                                {"2026-10-19T06:59:59-03:00", fuera},
		"the last nanosecond before 07:00":        {"2026-10-19T06:59:59.999999999-03:00", fuera},
		"07:00:00":                                {"2026-10-19T07:00:00-03:00", ordinaria},
		"the first nanosecond after 07:00":        {"2026-10-19T07:00:00.000000001-03:00", ordinaria},
		"14:59:59":                                {"2026-10-19T14:59:59-03:00", ordinaria},
		"the last nanosecond before 15:00":        {"2026-10-19T14:59:59.999999999-03:00", ordinaria},
		"15:00:00":                                {"2026-10-19T15:00:00-03:00", fuera},
		"the first nanosecond after 15:00":        {"2026-10-19T15:00:00.000000001-03:00", fuera},
		"Friday counts":                           {"2026-10-23T10:00:00-03:00", ordinaria},
		"Saturday does not":                       {"2026-10-17T10:00:00-03:00", finde},
		"Saturday at night is a day off":          {"2026-10-17T22:00:00-03:00", finde},
		"Sunday does not":                         {"2026-10-18T10:00:00-03:00", finde},
		"Friday night is Saturday in UTC":         {"2026-10-24T02:00:00Z", fuera},
		"Sunday night is Monday in UTC":           {"2026-10-19T02:00:00Z", finde},
		"a holiday of the whole utility":          {"2026-10-12T10:00:00-03:00", feriado("Decreto")},
		"a holiday at night is a day off":         {"2026-10-12T23:59:59-03:00", feriado("Decreto")},
		"a holiday of a unit above":               {"2026-10-13T10:00:00-03:00", feriado("Patrono")},
		"a holiday of another unit":               {"2026-10-14T10:00:00-03:00", ordinaria},
		"a holiday of a unit below":               {"2026-10-15T10:00:00-03:00", ordinaria},
		"a holiday of the unit itself":            {"2026-10-16T10:00:00-03:00", feriado("Propio")},
		"winter 2025: 10:00Z is 07:00 local":      {"2025-07-01T10:00:00Z", ordinaria},
		"winter 2025: a nanosecond before":        {"2025-07-01T09:59:59.999999999Z", fuera},
		"winter 2025: 17:59:59Z is 14:59:59":      {"2025-09-30T17:59:59Z", ordinaria},
		"winter 2025: 18:00Z is 15:00 local":      {"2025-06-02T18:00:00Z", fuera},
		"winter 2024: 10:59:59Z is 06:59:59":      {"2024-07-01T10:59:59Z", fuera},
		"winter 2024: 11:00Z is 07:00 local":      {"2024-07-01T11:00:00Z", ordinaria},
		"winter 2024: 18:30Z is 14:30 local":      {"2024-07-01T18:30:00Z", ordinaria},
		"Friday before UTC−3 stayed: 11:00Z":      {"2024-10-04T11:00:00Z", ordinaria},
		"Friday before UTC−3 stayed: 10:59Z":      {"2024-10-04T10:59:00Z", fuera},
		"Monday after UTC−3 stayed: 10:00Z":       {"2024-10-07T10:00:00Z", ordinaria},
		"the first winter without a change: 10Z":  {"2025-03-24T10:00:00Z", ordinaria},
		"the last winter with one: 10Z was 06:00": {"2024-03-25T10:00:00Z", fuera},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, err := time.Parse(time.RFC3339Nano, tc.at)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, tc.at, calendario.Clasificar(at, camino), tc.want)
			equal(t, tc.at+" told in UTC", calendario.Clasificar(at.UTC(), camino), tc.want)
		})
	}
}

func TestClasificarIsTotal(t *testing.T) {
	t.Parallel()
	unidades := rapid.SampledFrom([]pa0580.UnidadID{"", "seccion", "agencia", "gerencia", "otra"})
	rapid.Check(t, func(t *rapid.T) {
		day, next := drawDia(t, 2013, 2040)
		feriados := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pa0580.Feriado {
			u := unidades.Draw(t, "unidad")
			f := pa0580.Feriado{Dia: day, Nombre: "de " + string(u), Unidad: u}
			if rapid.Bool().Draw(t, "on the next day") {
				f.Dia = next
			}
			return f
		}), 0, 3).Draw(t, "feriados")
		camino := []pa0580.UnidadID{"seccion", "agencia", "gerencia"}[rapid.IntRange(0, 2).Draw(t, "depth"):]

		// Both of Paraguay's offsets, so that each edge is met in any season.
		second := rapid.SampledFrom([]int{0, 7*3600 - 1, 7 * 3600, 15*3600 - 1, 15 * 3600, 24*3600 - 1}).Draw(t, "second")
		offset := rapid.SampledFrom([]int{3, 4}).Draw(t, "offset")
		at := time.Date(day.Year, day.Month, day.Day, offset, 0, second, 0, time.UTC).
			Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "ns")))
		if rapid.Bool().Draw(t, "at any time") {
			at = at.Add(time.Duration(rapid.Int64Range(0, 24*3600e9).Draw(t, "later")))
		}

		got := pa0580.NewCalendario(3, feriados).Clasificar(at, camino)
		equal(t, "calendario", got.Calendario, 3)
		jornada, motivo, names := clasificar(at, feriados, camino)
		equal(t, "jornada at "+at.String(), got.Jornada, jornada)
		equal(t, "motivo at "+at.String(), got.Motivo, motivo)
		if !slices.Contains(names, got.Feriado) {
			t.Errorf("the holiday at %s is %q, want one of %q", at, got.Feriado, names)
		}
	})
}

// clasificar is step 50 written again, on the hour that the law gives, with the
// holidays that may be named.
func clasificar(at time.Time, feriados []pa0580.Feriado, camino []pa0580.UnidadID) (pa0580.Jornada, pa0580.MotivoExtra, []string) {
	wall := at.UTC().Add(time.Duration(legalOffset(at)) * time.Hour)
	y, m, d := wall.Date()
	var names []string
	for _, f := range feriados {
		everybody, ours := f.Unidad == "", slices.Index(camino, f.Unidad) >= 0
		if f.Dia.Year == y && f.Dia.Month == m && f.Dia.Day == d && (everybody || ours) {
			names = append(names, f.Nombre)
		}
	}
	if names != nil {
		return "extraordinaria", "dia_no_laborable", names
	}
	none := []string{""}
	switch clock := wall.Format("15:04:05.000000000"); {
	case wall.Weekday() == time.Saturday, wall.Weekday() == time.Sunday:
		return "extraordinaria", "dia_no_laborable", none
	case "07:00:00.000000000" <= clock && clock < "15:00:00.000000000":
		return "ordinaria", "", none
	default:
		return "extraordinaria", "fuera_de_horario", none
	}
}

// legalOffset is Paraguay's hour since 2013, from the decrees: summer time from
// the first Sunday of October to the fourth of March, and all year since
// October 2024. Both changes fall on midnight of the clock that ends.
func legalOffset(at time.Time) int {
	year := at.UTC().Add(-4 * time.Hour).Year()
	spring := sunday(year, time.October, 1).Add(4 * time.Hour)
	autumn := sunday(year, time.March, 22).Add(3 * time.Hour)
	stays := sunday(2024, time.October, 1).Add(4 * time.Hour)
	if at.Before(autumn) || !at.Before(spring) || !at.Before(stays) {
		return -3
	}
	return -4
}

// sunday is the first one on or after a day.
func sunday(year int, month time.Month, day int) time.Time {
	at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	return at.AddDate(0, 0, (7-int(at.Weekday()))%7)
}

func TestFeriadosFijos(t *testing.T) {
	t.Parallel()
	easter := map[int]string{ // Thursday and Friday of Holy Week
		1954: "04-15 04-16", // 18 April, an exception of Gauss's rule
		1981: "04-16 04-17", // 19 April, the other one
		2000: "04-20 04-21",
		2008: "03-20 03-21",
		2011: "04-21 04-22",
		2024: "03-28 03-29",
		2025: "04-17 04-18",
		2026: "04-02 04-03",
		2027: "03-25 03-26",
		2035: "03-22 03-23",
		2038: "04-22 04-23", // 25 April, the latest there is
		2285: "03-19 03-20", // 22 March, the earliest
	}
	for year, santa := range easter {
		want := []string{
			"01-01", "03-01", santa[:5], santa[6:], "05-01", "05-14", "05-15",
			"06-12", "06-20", "08-15", "09-29", "12-08", "12-25",
		}
		var got []string
		for _, f := range pa0580.FeriadosFijos(year) {
			equal(t, f.Nombre+": year", f.Dia.Year, year)
			equal(t, f.Nombre+": unit", f.Unidad, "")
			equal(t, f.Dia.String()+" has a name", f.Nombre != "", true)
			got = append(got, f.Dia.String()[5:])
		}
		slices.Sort(got)
		slices.Sort(want)
		equal(t, "holidays", got, want)
	}
}

// Two calendars that differ by one entry differ in what they say of that day's moments,
// in the units it holds for, and nowhere else; and a day's spans say of each moment what
// the calendar says of it.
func TestWhatAnEntryChanges(t *testing.T) {
	t.Parallel()
	unidades := rapid.SampledFrom([]pa0580.UnidadID{"", "seccion", "agencia", "gerencia", "otra"})
	rapid.Check(t, func(t *rapid.T) {
		day, next := drawDia(t, 2013, 2040)
		draw := rapid.Custom(func(t *rapid.T) pa0580.Feriado {
			f := pa0580.Feriado{Dia: day, Unidad: unidades.Draw(t, "unidad")}
			f.Nombre = "de " + string(f.Unidad)
			if rapid.Bool().Draw(t, "on the next day") {
				f.Dia = next
			}
			return f
		})
		before, entry := rapid.SliceOfN(draw, 0, 3).Draw(t, "feriados"), draw.Draw(t, "entry")
		camino := []pa0580.UnidadID{"seccion", "agencia", "gerencia"}[rapid.IntRange(0, 2).Draw(t, "depth"):]
		antes, despues := pa0580.NewCalendario(3, before), pa0580.NewCalendario(4, append(slices.Clone(before), entry))

		end := pa0580.DiaOf(pa0580.LocalTime(next.Year, next.Month, next.Day+1, 12, 0, 0)).Start()
		at := day.Start().Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(day.Start()))-1).Draw(t, "at")))
		if edge := rapid.IntRange(-1, 15).Draw(t, "edge"); edge >= 0 {
			at = pa0580.LocalTime(day.Year, day.Month, day.Day, edge, 0, 0).Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "ns")))
		}
		was, is := antes.Clasificar(at, camino), despues.Clasificar(at, camino)
		reached := pa0580.DiaOf(at) == entry.Dia && (entry.Unidad == "" || slices.Contains(camino, entry.Unidad))
		if reached {
			equal(t, "a holiday's moment", is.Motivo, pa0580.DiaNoLaborable)
		} else {
			equal(t, "a moment that the entry does not reach", is.Motivo, was.Motivo)
		}

		tramos := despues.Tramos(pa0580.DiaOf(at), camino)
		equal(t, "the first span begins with the day", tramos[0].Desde, pa0580.DiaOf(at).Start())
		equal(t, "the last span ends with the day", pa0580.DiaOf(tramos[len(tramos)-1].Hasta.Add(-1)), pa0580.DiaOf(at))
		in := 0
		for i, s := range tramos {
			if i > 0 {
				equal(t, "no gap", s.Desde, tramos[i-1].Hasta)
			}
			if !at.Before(s.Desde) && at.Before(s.Hasta) {
				in++
				equal(t, "what the span of "+at.String()+" says", s.Clasificacion, is)
			}
		}
		equal(t, "spans with the moment", in, 1)
	})
}
