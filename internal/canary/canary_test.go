package canary

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
	"unicode"

	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/teststack"
)

// Lives full of personal data, with engines killed in the middle and every
// refusal provoked, leave none of it outside Gestiones' own tables.
func TestPersonalDataStayInPostgreSQL(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "datos")
	t.Cleanup(func() {
		if err := procs.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	report, err := Run(t.Context(), procs.Options{
		Dir: dir, Local: teststack.Program(t, "local"), Gestiones: teststack.Program(t, "gestiones"), Bench: teststack.Program(t, "bench"),
	}, 24, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(report)
	if missing := report.Missing(); len(missing) > 0 {
		t.Errorf("PostgreSQL lacks %v: the search proves nothing", missing)
	}
	for _, p := range report.Found() {
		t.Errorf("%s holds %v", p.Donde, p.Halla)
	}
}

// A number counts only where it stands alone, in text as in a byte column; any
// other text whatever stands beside it.
func TestCanariesAreFound(t *testing.T) {
	t.Parallel()
	f := newFlock(rand.New(rand.NewPCG(7, 7)), 1)
	for _, c := range f.canaries() {
		for _, in := range []string{c.Texto, "x=" + c.Texto + ";", `("\\x0a` + hexOf(c.Texto) + `00",3)`} {
			if !c.In(readable(in)) {
				t.Errorf("%s: %q is not found in %q", c.Que, c.Texto, in)
			}
		}
		number := unicode.IsDigit(rune(c.Texto[0]))
		if c.In([]byte("1"+c.Texto+"2")) == number {
			t.Errorf("%s: that %q is found within something longer is %t", c.Que, c.Texto, !number)
		}
	}
}

func hexOf(s string) string {
	const digits = "0123456789abcdef"
	var out []byte
	for _, b := range []byte(s) {
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}
