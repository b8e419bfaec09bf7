package pa0580_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Whatever is done with a reclamo, by whomever and in whatever order: it ends once and
// stays so, its agent never answers it, it lapses only after its last day, and lapsing
// ends nothing.
func TestAReclamoEndsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		vence := pa0580.Dia{Year: 2026, Month: time.November, Day: 17}
		r := pa0580.ReclamoFuncionario{Agente: "ana", Vence: vence}
		if rapid.Bool().Draw(t, "about a gestión") {
			r.Gestion, r.Contra = "g", rapid.SampledFrom([]pa0580.Estado{pa0580.Incluida, pa0580.Rechazada}).Draw(t, "against")
		}
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			before, at := r, vence.Start().Add(time.Duration(rapid.IntRange(-3, 72).Draw(t, "hour"))*time.Hour)
			var err error
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				lapsed := r.Lapse(at)
				equal(t, "it lapsed", lapsed, before.Estado() == pa0580.ReclamoPresentado && vence.Before(pa0580.DiaOf(at)))
			case 1:
				err = r.Withdraw(at)
			default:
				x := pa0580.Respuesta{
					Visto: pa0580.Visto{Quien: rapid.SampledFrom(gente).Draw(t, "who"), At: at}, Procede: rapid.Bool().Draw(t, "procede"),
					Motivo: rapid.SampledFrom([]string{"", "porque sí"}).Draw(t, "motivo"), Ajuste: rapid.SampledFrom([]pa0580.AjusteID{"", "x"}).Draw(t, "ajuste"),
				}
				g := rapid.SampledFrom(pa0580.Estados()).Draw(t, "the gestión now")
				err = r.Answer(x, g)
				mended := r.Gestion != "" && g != r.Contra
				good := x.Quien != "ana" && x.Motivo != "" && (x.Procede || x.Ajuste == "") && (!x.Procede || x.Ajuste != "" || mended)
				equal(t, "it was answered", err == nil, good && !before.Estado().Ended())
			}
			if before.Estado().Ended() && r.Estado() != before.Estado() || err != nil && r.Estado() != before.Estado() {
				t.Fatalf("%s became %s (%v)", before.Estado(), r.Estado(), err)
			}
			if !slices.Contains(pa0580.EstadosReclamo(), r.Estado()) {
				t.Fatalf("no such estado: %s", r.Estado())
			}
		}
	})
}

// What mends a reclamo is of the gestión it is about; and of one that is missing, nothing
// but a line more, of a gestión of the same agent, unit and month.
func TestWhatMendsAReclamo(t *testing.T) {
	t.Parallel()
	octubre := pa0580.NewMes(2026, time.October)
	about := pa0580.ReclamoFuncionario{Agente: "ana", Gestion: "g", Unidad: "u", Mes: octubre}
	missing := pa0580.ReclamoFuncionario{Agente: "ana", Unidad: "u", Mes: octubre}
	mine := pa0580.Gestion{ID: "g", Agente: "ana", Unidad: "u", Mes: octubre}
	tests := map[string]struct {
		r     pa0580.ReclamoFuncionario
		g     pa0580.Gestion
		s     pa0580.Signo
		campo string // that is refused; empty: it mends
	}{
		"the one claimed about, added":      {about, mine, pa0580.Suma, ""},
		"the one claimed about, taken back": {about, mine, pa0580.Resta, ""},
		"another than the one claimed":      {about, pa0580.Gestion{ID: "h", Agente: "ana", Unidad: "u", Mes: octubre}, pa0580.Suma, "gestion"},
		"for a missing one, one is added":   {missing, mine, pa0580.Suma, ""},
		"a missing one takes nothing back":  {missing, mine, pa0580.Resta, "signo"},
		"of another month":                  {missing, pa0580.Gestion{ID: "g", Agente: "ana", Unidad: "u", Mes: octubre.Prev()}, pa0580.Suma, "gestion"},
		"of another unit":                   {missing, pa0580.Gestion{ID: "g", Agente: "ana", Unidad: "v", Mes: octubre}, pa0580.Suma, "gestion"},
		"of another agent":                  {missing, pa0580.Gestion{ID: "g", Agente: "blas", Unidad: "u", Mes: octubre}, pa0580.Suma, "gestion"},
		"of none that is found":             {missing, pa0580.Gestion{}, pa0580.Suma, "gestion"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var campo string
			if rs := pa0580.RefusalsIn(tt.r.Mends(tt.g, tt.s)); len(rs) > 0 {
				campo = rs[0].Campo
			}
			equal(t, "refused", campo, tt.campo)
		})
	}
}

// There is something to claim about what is settled, and for everything else a sentence
// says what to do.
func TestWhatCanBeClaimed(t *testing.T) {
	t.Parallel()
	for _, e := range pa0580.Estados() {
		err := pa0580.Reclamable(e)
		settled := e == pa0580.Incluida || e == pa0580.Rechazada
		if settled != (err == nil) || !settled && len(pa0580.RefusalsIn(err)[0].Message) < 60 {
			t.Errorf("%s: %v", e, err)
		}
	}
}

// Five working days of a unit: neither weekends nor holidays, its own alone, and not the
// day of filing, whatever its hour.
func TestVencimiento(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) pa0580.Dia { return pa0580.Dia{Year: 2026, Month: m, Day: d} }
	cal := pa0580.NewCalendario(1, append(pa0580.FeriadosFijos(2026), pa0580.Feriado{Dia: day(11, 12), Nombre: "Patrono", Unidad: "este"}))
	tests := map[string]struct {
		from   pa0580.Dia
		camino []pa0580.UnidadID
		want   pa0580.Dia
	}{
		"over a weekend":             {day(11, 10), []pa0580.UnidadID{"central"}, day(11, 17)},
		"filed on a Saturday":        {day(11, 14), nil, day(11, 20)},
		"a holiday of one unit":      {day(11, 10), []pa0580.UnidadID{"este", "raiz"}, day(11, 18)},
		"over a holiday of everyone": {day(12, 4), nil, day(12, 14)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := cal.Vencimiento(tt.from, pa0580.PlazoReclamo, tt.camino); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}
