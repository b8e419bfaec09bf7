// Package opensgctest says what every app.SGC must keep, and lends an OPEN SGC
// in memory to tests that need one.
package opensgctest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Subject is an adapter under test.
type Subject struct {
	SGC app.SGC
	// Break makes OPEN SGC unreachable for this subject alone, for good:
	// whether it refuses connections or swallows questions.
	Break func()
}

// Run holds an adapter to the promises of app.SGC. newSubject makes one whose
// OPEN SGC has the seed and nothing else, and that knows ANDE's patterns;
// subjects are used at the same time.
func Run(t *testing.T, newSubject func(t *testing.T, seed ...app.ReferenciaSGC) Subject) {
	t.Helper()
	healthy := newSubject(t, seed()...).SGC
	t.Run("answers", func(t *testing.T) { t.Parallel(); answers(t, healthy) })
	t.Run("refuses what is malformed", func(t *testing.T) { t.Parallel(); refuses(t, healthy) })
	t.Run("answers many at once", func(t *testing.T) { t.Parallel(); concurrent(t, healthy) })
	t.Run("fails when the question was withdrawn", func(t *testing.T) { t.Parallel(); withdrawn(t, healthy) })
	t.Run("fails when unreachable", func(t *testing.T) { t.Parallel(); unreachable(t, newSubject(t, seed()...)) })
}

const (
	grande    = "1234567" // a NIS in MT with a holder
	pequeno   = "7654321" // a NIS in BT without one
	sinDatos  = "12345"   // a NIS of which nothing else is known
	caso      = "EXP-12.345/2026"
	ruc       = "80009735-1"
	ci        = "1234567"
	ausente   = "9999999"
	multiples = 50
)

func seed() []app.ReferenciaSGC {
	out := []app.ReferenciaSGC{
		{Referencia: ref(pa0580.NIS, grande), Tension: pa0580.MT, Titular: ruc},
		{Referencia: ref(pa0580.NIS, pequeno), Tension: pa0580.BT},
		{Referencia: ref(pa0580.NIS, sinDatos)},
		{Referencia: ref(pa0580.Expediente, caso), Titular: ci},
		{Referencia: ref(pa0580.Reclamo, "R-1")},
	}
	for i := range multiples {
		out = append(out, multiple(i))
	}
	return out
}

// multiple is one of many that differ in all they have.
func multiple(i int) app.ReferenciaSGC {
	r := app.ReferenciaSGC{Referencia: ref(pa0580.NIS, fmt.Sprint(500000+i)), Tension: pa0580.BT, Titular: fmt.Sprint(3000000 + i)}
	if i%2 == 0 {
		r.Tension = pa0580.MT
	}
	return r
}

func ref(tipo pa0580.TipoReferencia, numero string) pa0580.Referencia {
	return pa0580.Referencia{Tipo: tipo, Numero: numero}
}

func answers(t *testing.T, sgc app.SGC) {
	tests := map[string]struct {
		in   pa0580.Referencia
		want pa0580.Hallazgo
	}{
		"a NIS in MT with its holder":       {ref(pa0580.NIS, grande), pa0580.Hallazgo{Existe: true, Tension: pa0580.MT, Titular: ruc}},
		"a NIS without holder":              {ref(pa0580.NIS, pequeno), pa0580.Hallazgo{Existe: true, Tension: pa0580.BT}},
		"a NIS and nothing else":            {ref(pa0580.NIS, sinDatos), pa0580.Hallazgo{Existe: true}},
		"an expediente has no voltage":      {ref(pa0580.Expediente, caso), pa0580.Hallazgo{Existe: true, Titular: ci}},
		"a reclamo":                         {ref(pa0580.Reclamo, "R-1"), pa0580.Hallazgo{Existe: true}},
		"letters and spaces as people type": {ref(pa0580.Expediente, " exp-12.345/2026\t"), pa0580.Hallazgo{Existe: true, Titular: ci}},
		"one that does not exist":           {ref(pa0580.NIS, ausente), pa0580.Hallazgo{}},
		"a number of another kind":          {ref(pa0580.Reclamo, grande), pa0580.Hallazgo{}},
		"a part of a number":                {ref(pa0580.NIS, grande[:6]), pa0580.Hallazgo{}},
		"a pattern is no wildcard":          {ref(pa0580.Expediente, "EXP-12-345/2026"), pa0580.Hallazgo{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := sgc.Consultar(t.Context(), tt.in)
			got.At = time.Time{} // whoever asked keeps the moment
			if err != nil || got != tt.want {
				t.Errorf("Consultar(%v) = %+v, %v; want %+v", tt.in, got, err, tt.want)
			}
		})
	}
}

func refuses(t *testing.T, sgc app.SGC) {
	tests := map[string]struct {
		in   pa0580.Referencia
		code pa0580.Code
	}{
		"no kind":                    {ref("", grande), pa0580.CodeReferenceType},
		"an unknown kind":            {ref("FACTURA", grande), pa0580.CodeReferenceType},
		"no number":                  {ref(pa0580.NIS, ""), pa0580.CodeReferenceFormat},
		"a NIS with letters":         {ref(pa0580.NIS, "12345A"), pa0580.CodeReferenceFormat},
		"a NUL, which SQL abhors":    {ref(pa0580.Reclamo, "R-1\x00"), pa0580.CodeReferenceFormat},
		"bytes that are not UTF-8":   {ref(pa0580.Reclamo, "R-1\xff"), pa0580.CodeReferenceFormat},
		"a quote, as injections use": {ref(pa0580.Reclamo, "R' OR '1'='1"), pa0580.CodeReferenceFormat},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := sgc.Consultar(t.Context(), tt.in)
			var r *pa0580.Refusal
			if !errors.As(err, &r) || r.Code != tt.code || r.Paso != 20 {
				t.Errorf("Consultar(%q) = %+v, %v; want a refusal of step 20 with %s", tt.in, h, err, tt.code)
			}
		})
	}
}

func concurrent(t *testing.T, sgc app.SGC) {
	var wg sync.WaitGroup
	for i := range 4 * multiples {
		wg.Go(func() {
			asked := multiple(i % multiples)
			h, err := sgc.Consultar(t.Context(), asked.Referencia)
			if err != nil || !h.Existe || h.Tension != asked.Tension || h.Titular != asked.Titular {
				t.Errorf("Consultar(%v) = %+v, %v; want %+v", asked.Referencia, h, err, asked)
			}
		})
	}
	wg.Wait()
}

func withdrawn(t *testing.T, sgc app.SGC) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fails(ctx, t, sgc)
}

func unreachable(t *testing.T, s Subject) {
	if h, err := s.SGC.Consultar(t.Context(), ref(pa0580.NIS, grande)); err != nil || !h.Existe {
		t.Fatalf("before it broke: %+v, %v", h, err)
	}
	s.Break()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	fails(ctx, t, s.SGC)
}

// fails wants a fault, neither an answer nor a refusal, and not long after ctx
// ended. The limit only tells slow from stuck.
func fails(ctx context.Context, t *testing.T, sgc app.SGC) {
	t.Helper()
	const stuck = 30 * time.Second
	ended := make(chan error, 1)
	go func() {
		_, err := sgc.Consultar(ctx, ref(pa0580.NIS, grande))
		ended <- err
	}()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("Consultar gave an answer; want a fault")
		}
		if refusals := pa0580.RefusalsIn(err); len(refusals) > 0 {
			t.Errorf("Consultar refused with %v; want a fault: the reference is well written", refusals)
		}
	case <-time.After(stuck):
		t.Fatalf("Consultar did not come back %v after being asked", stuck)
	}
}
