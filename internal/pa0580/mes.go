package pa0580

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// zona is America/Asuncion as tzdata 2025 publishes it: since October 2024
// Paraguay keeps UTC−3 all year. System zone files may be older and an hour
// wrong in winter, so the program carries its own.
//
//go:embed zona/America_Asuncion
var zona []byte

var asuncion = func() *time.Location {
	loc, err := time.LoadLocationFromTZData("America/Asuncion", zona)
	if err != nil {
		panic("pa0580: the embedded zone does not load: " + err.Error())
	}
	return loc
}()

// Local gives t in Paraguay's local time.
func Local(t time.Time) time.Time { return t.In(asuncion) }

// LocalTime builds an instant from local wall-clock time.
func LocalTime(year int, month time.Month, day, hour, minute, sec int) time.Time {
	return time.Date(year, month, day, hour, minute, sec, 0, asuncion)
}

// Mes is a período: a calendar month in local time, half-open; or a complementaria of
// one, which closes what corrects it after it was closed. The zero Mes is none.
type Mes struct {
	n int // months since year 0
	c int // number of the complementaria; 0: the month itself
}

// NewMes is the month of a year.
func NewMes(year int, month time.Month) Mes { return Mes{n: year*12 + int(month) - 1} }

// MesOf is the local month of an instant: the month a gestión saved then belongs to.
func MesOf(t time.Time) Mes {
	y, m, _ := Local(t).Date()
	return NewMes(y, m)
}

// ParseMes reads "2026-10".
func ParseMes(s string) (Mes, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 2000 {
		return Mes{}, &Refusal{Code: CodeField, Campo: "mes", Message: "El mes se escribe AAAA-MM, por ejemplo 2026-10."}
	}
	return NewMes(t.Year(), t.Month()), nil
}

// ParseCierre reads what closes: a month, or a complementaria, "2026-10-c1".
func ParseCierre(s string) (Mes, error) {
	month, n, is := strings.Cut(s, "-c")
	m, err := ParseMes(month)
	if err != nil || !is {
		return m, err
	}
	if m.c, err = strconv.Atoi(n); err != nil || m.c < 1 || m.c > maxComplementarias || strconv.Itoa(m.c) != n {
		return Mes{}, &Refusal{Code: CodeField, Campo: "mes", Message: "Una complementaria se escribe AAAA-MM-cN, por ejemplo 2026-10-c1."}
	}
	return m, nil
}

const maxComplementarias = 99

// Complementaria is the number of a complementaria; 0 for a month itself.
func (m Mes) Complementaria() int { return m.c }

// Propio is the month that a complementaria corrects; of a month, itself.
func (m Mes) Propio() Mes { return Mes{n: m.n} }

// Siguiente is the next complementaria of a month.
func (m Mes) Siguiente() Mes { return Mes{m.n, m.c + 1} }

func (m Mes) String() string {
	if m.IsZero() {
		return ""
	}
	s := fmt.Sprintf("%04d-%02d", m.n/12, m.n%12+1)
	if m.c > 0 {
		s += "-c" + strconv.Itoa(m.c)
	}
	return s
}

// Nombre is the month as people write it: «octubre de 2026».
func (m Mes) Nombre() string {
	if m.IsZero() {
		return ""
	}
	s := fmt.Sprintf("%s de %d", meses[m.n%12], m.n/12)
	if m.c > 0 {
		s += ", complementaria " + strconv.Itoa(m.c)
	}
	return s
}

var meses = [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "setiembre", "octubre", "noviembre", "diciembre"}

// IsZero tells a month that was never set.
func (m Mes) IsZero() bool { return m.n == 0 }

// Start is the month's first instant.
func (m Mes) Start() time.Time {
	return Dia{m.n / 12, time.Month(m.n%12 + 1), 1}.Start()
}

// End is the first instant after the month.
func (m Mes) End() time.Time { return m.Next().Start() }

// Next is the following month.
func (m Mes) Next() Mes { return Mes{n: m.n + 1} }

// Prev is the month before.
func (m Mes) Prev() Mes { return Mes{n: m.n - 1} }

// Before tells whether m comes before o: a complementaria after its month.
func (m Mes) Before(o Mes) bool { return m.n < o.n || m.n == o.n && m.c < o.c }

// MarshalText writes "2026-10".
func (m Mes) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (m *Mes) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = Mes{}
		return nil
	}
	parsed, err := ParseCierre(string(b))
	if err == nil {
		*m = parsed
	}
	return err
}

// Dia is a local calendar day, without a time.
type Dia struct {
	Year  int
	Month time.Month
	Day   int
}

// DiaOf is the local day of an instant.
func DiaOf(t time.Time) Dia {
	y, m, d := Local(t).Date()
	return Dia{y, m, d}
}

// ParseDia reads "2026-10-31".
func ParseDia(s string) (Dia, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Dia{}, &Refusal{Code: CodeField, Campo: "fecha", Message: "La fecha se escribe AAAA-MM-DD, por ejemplo 2026-10-31."}
	}
	return Dia{t.Year(), t.Month(), t.Day()}, nil
}

func (d Dia) String() string {
	if d == (Dia{}) {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// Before tells whether d comes before o.
func (d Dia) Before(o Dia) bool {
	if d.Year != o.Year {
		return d.Year < o.Year
	}
	if d.Month != o.Month {
		return d.Month < o.Month
	}
	return d.Day < o.Day
}

// Next is the following day.
func (d Dia) Next() Dia { return DiaOf(LocalTime(d.Year, d.Month, d.Day+1, 12, 0, 0)) }

// Start is the day's first instant in local time: 01:00 on the Sundays until
// October 2024 when summer time began at midnight. time.Date gives 23:00 of the
// day before for a midnight that did not exist.
func (d Dia) Start() time.Time {
	start := LocalTime(d.Year, d.Month, d.Day, 0, 0, 0)
	if DiaOf(start).Before(d) {
		start = start.Add(time.Hour)
	}
	return start
}

// Within tells whether d lies in the span from desde to hasta, both included;
// a zero hasta is open.
func (d Dia) Within(desde, hasta Dia) bool {
	return !d.Before(desde) && (hasta == Dia{} || !hasta.Before(d))
}

// MarshalText writes "2026-10-31".
func (d Dia) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Dia) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Dia{}
		return nil
	}
	parsed, err := ParseDia(string(b))
	if err == nil {
		*d = parsed
	}
	return err
}
