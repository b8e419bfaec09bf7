package pa0580

import (
	"slices"
	"time"
)

// Jornada tells ordinary attendance from overtime (PA0580, step 50).
type Jornada string

// The two jornadas.
const (
	Ordinaria      Jornada = "ordinaria"
	Extraordinaria Jornada = "extraordinaria"
)

// MotivoExtra is why a gestión counts as overtime; empty when it does not.
type MotivoExtra string

// The two reasons. A day that is not a working day is the stronger one.
const (
	FueraDeHorario MotivoExtra = "fuera_de_horario"
	DiaNoLaborable MotivoExtra = "dia_no_laborable"
)

// Working hours of step 50, local and half-open: [07:00, 15:00).
const (
	horaApertura = 7 * time.Hour
	horaCierre   = 15 * time.Hour
)

// Feriado is a day without work, for everybody or for one unit's subtree.
type Feriado struct {
	Dia    Dia
	Nombre string
	Unidad UnidadID // zero: the whole utility
}

// Calendario is one version of the non-working days.
type Calendario struct {
	Version  int
	feriados map[Dia][]Feriado
}

// NewCalendario indexes one version's entries.
func NewCalendario(version int, feriados []Feriado) Calendario {
	c := Calendario{Version: version, feriados: make(map[Dia][]Feriado, len(feriados))}
	for _, f := range feriados {
		c.feriados[f.Dia] = append(c.feriados[f.Dia], f)
	}
	return c
}

// Clasificacion is how the moment of saving counts, and by which calendar.
type Clasificacion struct {
	Jornada    Jornada
	Motivo     MotivoExtra
	Feriado    string // the holiday's name, where one decided it
	Calendario int    // version
}

// Clasificar judges the moment a gestión was saved in a unit. camino is that
// unit and its ancestors: a holiday of any of them holds.
func (c Calendario) Clasificar(at time.Time, camino []UnidadID) Clasificacion {
	local, out := Local(at), Clasificacion{Jornada: Extraordinaria, Calendario: c.Version}
	day := DiaOf(at)
	for _, f := range c.feriados[day] {
		if f.Unidad == "" || slices.Contains(camino, f.Unidad) {
			out.Motivo, out.Feriado = DiaNoLaborable, f.Nombre
			return out
		}
	}
	if wd := local.Weekday(); wd == time.Saturday || wd == time.Sunday {
		out.Motivo = DiaNoLaborable
		return out
	}
	if since := sinceMidnight(local); since < horaApertura || since >= horaCierre {
		out.Motivo = FueraDeHorario
		return out
	}
	out.Jornada = Ordinaria
	return out
}

// Tramo is a span of moments, half-open, that count alike in a unit.
type Tramo struct {
	Desde, Hasta time.Time
	Clasificacion
}

// Tramos splits a day by how its moments count in a unit: one span where the day is
// not worked, and before, in and after working hours where it is. Whatever moment of
// the day [Calendario.Clasificar] judges, it says what its span says.
func (c Calendario) Tramos(d Dia, camino []UnidadID) []Tramo {
	edges := []time.Time{
		d.Start(),
		LocalTime(d.Year, d.Month, d.Day, int(horaApertura/time.Hour), 0, 0),
		LocalTime(d.Year, d.Month, d.Day, int(horaCierre/time.Hour), 0, 0),
		d.Next().Start(),
	}
	var out []Tramo
	for i, desde := range edges[:3] {
		k := c.Clasificar(desde, camino)
		if n := len(out); n > 0 && out[n-1].Clasificacion == k {
			out[n-1].Hasta = edges[i+1]
			continue
		}
		out = append(out, Tramo{Desde: desde, Hasta: edges[i+1], Clasificacion: k})
	}
	return out
}

// Vencimiento is the last of n working days of a unit that follow a day.
func (c Calendario) Vencimiento(from Dia, n int, camino []UnidadID) Dia {
	for n > 0 {
		from = from.Next()
		if c.Clasificar(from.Start(), camino).Motivo != DiaNoLaborable {
			n--
		}
	}
	return from
}

func sinceMidnight(local time.Time) time.Duration {
	h, m, s := local.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second + time.Duration(local.Nanosecond())
}

// FeriadosFijos are a year's national holidays before any decree moves or adds
// one: the fixed dates, and Thursday and Friday of Holy Week.
func FeriadosFijos(year int) []Feriado {
	day := func(m time.Month, d int, name string) Feriado {
		return Feriado{Dia: Dia{year, m, d}, Nombre: name}
	}
	easter := pascua(year)
	return []Feriado{
		day(time.January, 1, "Año Nuevo"),
		day(time.March, 1, "Día de los Héroes"),
		{Dia: DiaOf(easter.AddDate(0, 0, -3)), Nombre: "Jueves Santo"},
		{Dia: DiaOf(easter.AddDate(0, 0, -2)), Nombre: "Viernes Santo"},
		day(time.May, 1, "Día del Trabajador"),
		day(time.May, 14, "Independencia Nacional"),
		day(time.May, 15, "Independencia Nacional"),
		day(time.June, 12, "Paz del Chaco"),
		day(time.June, 20, "Feriado nacional del 20 de junio"),
		day(time.August, 15, "Fundación de Asunción"),
		day(time.September, 29, "Victoria de Boquerón"),
		day(time.December, 8, "Virgen de Caacupé"),
		day(time.December, 25, "Navidad"),
	}
}

// pascua is Easter Sunday at local noon (the anonymous Gregorian algorithm:
// Meeus, Astronomical Algorithms, ch. 8).
func pascua(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	f := (b + 8) / 25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	month, day := (h+l-7*m+114)/31, (h+l-7*m+114)%31+1
	return LocalTime(year, time.Month(month), day, 12, 0, 0)
}
