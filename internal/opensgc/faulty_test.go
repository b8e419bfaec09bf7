package opensgc_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/opensgc/opensgctest"
	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	nis  = pa0580.Referencia{Tipo: pa0580.NIS, Numero: "1234567"}
	caso = pa0580.Referencia{Tipo: pa0580.Expediente, Numero: "EXP-1/2026"}
)

func newFaulty() *opensgc.Faulty {
	return &opensgc.Faulty{SGC: opensgctest.New(
		app.ReferenciaSGC{Referencia: nis, Tension: pa0580.BT, Titular: "1234567"},
		app.ReferenciaSGC{Referencia: caso},
	)}
}

func TestFaultyKeepsThePort(t *testing.T) {
	t.Parallel()
	for _, falla := range []opensgc.Falla{opensgc.Caido, opensgc.Cuelga} {
		t.Run(string(falla), func(t *testing.T) {
			t.Parallel()
			opensgctest.Run(t, func(t *testing.T, seed ...app.ReferenciaSGC) opensgctest.Subject {
				f := &opensgc.Faulty{SGC: opensgctest.New(seed...)}
				return opensgctest.Subject{SGC: f, Break: func() { turn(t, f, falla, 0) }}
			})
		})
	}
}

func turn(t *testing.T, f *opensgc.Faulty, falla opensgc.Falla, demora time.Duration) {
	t.Helper()
	if err := f.Switch(falla, demora); err != nil {
		t.Fatal(err)
	}
}

func TestFaultyAnswers(t *testing.T) {
	t.Parallel()
	found := pa0580.Hallazgo{Existe: true, Tension: pa0580.BT, Titular: "1234567"}
	tests := map[string]struct {
		falla opensgc.Falla
		in    pa0580.Referencia
		want  pa0580.Hallazgo
		err   error
	}{
		"normal tells the truth":              {falla: opensgc.Normal, in: nis, want: found},
		"slow tells it later":                 {falla: opensgc.Lento, in: nis, want: found},
		"down fails":                          {falla: opensgc.Caido, in: nis, err: opensgc.ErrCaido},
		"what exists is denied":               {falla: opensgc.Inexistente, in: nis},
		"another voltage and holder":          {falla: opensgc.Equivocado, in: nis, want: pa0580.Hallazgo{Existe: true, Tension: pa0580.MT, Titular: "99999999"}},
		"a holder where there was none":       {falla: opensgc.Equivocado, in: caso, want: pa0580.Hallazgo{Existe: true, Titular: "99999999"}},
		"a mistake does not invent existence": {falla: opensgc.Equivocado, in: pa0580.Referencia{Tipo: pa0580.NIS, Numero: "7777777"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFaulty()
			turn(t, f, tt.falla, time.Millisecond)
			if got, err := f.Consultar(t.Context(), tt.in); got != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("Consultar = %+v, %v; want %+v, %v", got, err, tt.want, tt.err)
			}
			turn(t, f, opensgc.Normal, 0)
			if got, err := f.Consultar(t.Context(), nis); got != found || err != nil {
				t.Errorf("switched back: %+v, %v", got, err)
			}
		})
	}
}

func TestFaultyIsWrongAboutNobodysDocumentToo(t *testing.T) {
	t.Parallel()
	f := &opensgc.Faulty{SGC: opensgctest.New(app.ReferenciaSGC{Referencia: nis, Tension: pa0580.MT, Titular: "99999999"})}
	turn(t, f, opensgc.Equivocado, 0)
	want := pa0580.Hallazgo{Existe: true, Tension: pa0580.BT, Titular: "99999998"}
	if got, err := f.Consultar(t.Context(), nis); got != want || err != nil {
		t.Errorf("Consultar = %+v, %v; want %+v", got, err, want)
	}
}

func TestFaultyStopsWaitingWithItsCaller(t *testing.T) {
	t.Parallel()
	for _, falla := range []opensgc.Falla{opensgc.Lento, opensgc.Cuelga} {
		t.Run(string(falla), func(t *testing.T) {
			t.Parallel()
			f := newFaulty()
			turn(t, f, falla, time.Hour)
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			defer cancel()
			if h, err := f.Consultar(ctx, nis); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Consultar = %+v, %v", h, err)
			}
		})
	}
}

func TestFaultyKnowsItsSwitch(t *testing.T) {
	t.Parallel()
	f := newFaulty()
	if falla, _ := f.Falla(); falla != opensgc.Normal {
		t.Errorf("a new one is %s", falla)
	}
	turn(t, f, opensgc.Lento, time.Minute)
	if err := f.Switch("apagado", 0); err == nil {
		t.Error("an unknown falla was accepted")
	}
	if falla, demora := f.Falla(); falla != opensgc.Lento || demora != time.Minute {
		t.Errorf("Falla = %s, %v", falla, demora)
	}
}

func TestFaultySwitchesWhileInUse(t *testing.T) {
	t.Parallel()
	f := newFaulty()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				if i == 0 {
					turn(t, f, opensgc.Fallas[n%len(opensgc.Fallas)], time.Microsecond)
				} else if h, err := f.Consultar(ctx, nis); err != nil && h != (pa0580.Hallazgo{}) {
					t.Errorf("both an answer and an error: %+v, %v", h, err)
				}
				cancel()
			}
		})
	}
	wg.Wait()
}
