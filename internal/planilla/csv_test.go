package planilla

import "testing"

func TestHarmless(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ana Benítez": "Ana Benítez", "": "", "12": "12", "EXP-1/2026": "EXP-1/2026",
		"=1+1": "'=1+1", "+595": "'+595", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "  =1": "'  =1", "＝1": "'＝1",
	} {
		if got := harmless(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
