package pa0580_test

import (
	"errors"
	"reflect"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// tb is what the tests use of both *testing.T and *rapid.T.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func equal[V any](t tb, what string, got, want V) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %+v, want %+v", what, got, want)
	}
}

// outcome wants err to refuse with code, or to be nil where code is empty.
func outcome(t tb, what string, err error, paso int, code pa0580.Code) {
	t.Helper()
	if code == "" {
		if err != nil {
			t.Errorf("%s: %v, want it accepted", what, err)
		}
		return
	}
	if err == nil {
		t.Errorf("%s: accepted, want %s", what, code)
		return
	}
	equal(t, what+": code", refusal(t, err, paso).Code, code)
}

// refusal wants err to be what DOMAIN says every refusal is: typed, of its
// step, with the field and a sentence for the person.
func refusal(t tb, err error, paso int) *pa0580.Refusal {
	t.Helper()
	var r *pa0580.Refusal
	if !errors.As(err, &r) || r == nil {
		t.Fatalf("%v is a %T, want a *Refusal", err, err)
	}
	equal(t, "paso", r.Paso, paso)
	if r.Code == "" || r.Campo == "" || !strings.HasSuffix(r.Message, ".") {
		t.Errorf("refusal %+v lacks its code, its field or its sentence", *r)
	}
	return r
}
