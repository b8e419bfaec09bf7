package demo

import (
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// horario knows the utility's days and hours.
type horario struct {
	calendario pa0580.Calendario // what holds for everybody
	lugar      map[pa0580.UnidadID]int
}

func newHorario(w *world) horario {
	general := slices.DeleteFunc(slices.Clone(w.feriados), func(f pa0580.Feriado) bool { return f.Unidad != "" })
	h := horario{calendario: pa0580.NewCalendario(1, general), lugar: map[pa0580.UnidadID]int{}}
	for i, u := range w.unidades {
		h.lugar[u.ID] = i
	}
	return h
}

func at(d pa0580.Dia, hour, minute int) time.Time {
	return pa0580.LocalTime(d.Year, d.Month, d.Day, hour, minute, 0)
}

func (h horario) jornada(t time.Time) pa0580.MotivoExtra {
	return h.calendario.Clasificar(t, nil).Motivo
}

func (h horario) laborable(d pa0580.Dia) bool { return h.jornada(at(d, 12, 0)) == "" }

// workingDay is the nth working day from an instant's day on.
func (h horario) workingDay(from time.Time, n int) pa0580.Dia {
	for d := pa0580.DiaOf(from); ; d = addDays(d, 1) {
		if h.laborable(d) {
			if n--; n == 0 {
				return d
			}
		}
	}
}

// workingDayBack is the nth working day before an instant's day.
func (h horario) workingDayBack(from time.Time, n int) pa0580.Dia {
	for d := addDays(pa0580.DiaOf(from), -1); ; d = addDays(d, -1) {
		if h.laborable(d) {
			if n--; n == 0 {
				return d
			}
		}
	}
}

// worked is how much working time lies between two instants.
func (h horario) worked(from, to time.Time) time.Duration {
	var sum time.Duration
	for d := pa0580.DiaOf(from); d.Start().Before(to); d = addDays(d, 1) {
		if h.laborable(d) {
			sum += max(0, earlier(at(d, 15, 0), to).Sub(at(d, 7, 0)))
		}
	}
	return sum
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// round is when a unit's head next decides: every second day, where it is a
// working one, some heads at its beginning and some near its end.
func (h horario) round(u pa0580.UnidadID, after time.Time) time.Time {
	n := h.lugar[u]
	for d := pa0580.DiaOf(after); ; d = addDays(d, 1) {
		t := at(d, 8, 15+d.Day*7%25)
		if n%2 == 1 {
			t = at(d, 14, 5+d.Day*11%40)
		}
		if d.Day%2 == n/2%2 && h.laborable(d) && t.After(after) {
			return t
		}
	}
}

// tomorrow is an early moment of the next working day.
func (h horario) tomorrow(r *inventor, after time.Time) time.Time {
	d := h.workingDay(addDays(pa0580.DiaOf(after), 1).Start(), 1)
	return at(d, 7, 10+r.IntN(45)).Add(time.Duration(r.IntN(60)) * time.Second)
}

// moments makes up when n customers are attended in a month, before until: most
// in working hours, some early, late or on a day that is none.
func (h horario) moments(r *inventor, mes pa0580.Mes, n int, until time.Time) []time.Time {
	var working, others []pa0580.Dia
	for d := pa0580.DiaOf(mes.Start()); d.Start().Before(earlier(mes.End(), until)); d = addDays(d, 1) {
		if h.laborable(d) {
			working = append(working, d)
		} else {
			others = append(others, d)
		}
	}
	var out []time.Time
	if len(working) == 0 {
		return out
	}
	for range n {
		for range 50 { // today may have hardly begun
			if t := h.moment(r, working, others); t.Before(until) {
				out = append(out, t)
				break
			}
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

func (h horario) moment(r *inventor, working, others []pa0580.Dia) time.Time {
	day, from, to := pick(r, working), 7*60, 15*60
	switch n := r.IntN(100); {
	case n < 3 && len(others) > 0:
		day, from, to = pick(r, others), 8*60, 12*60
	case n < 6:
		from, to = 6*60+10, 7*60
	case n < 10:
		from, to = 15*60, 18*60+30
	}
	return at(day, 0, from+r.IntN(to-from)).Add(time.Duration(r.IntN(60)) * time.Second)
}

// together lets customers who came at nearly the same time be attended at one
// instant, each at another desk: the clock needs moving only once then. It
// gives the size of each group, whose instant is its first one's.
func (h horario) together(ts []time.Time) []int {
	const desks, within = 6, time.Hour
	var out []int
	for i := 0; i < len(ts); i += out[len(out)-1] {
		n := 1
		for i+n < len(ts) && n < desks && ts[i+n].Sub(ts[i]) < within && h.jornada(ts[i+n]) == h.jornada(ts[i]) {
			n++
		}
		out = append(out, n)
	}
	return out
}
