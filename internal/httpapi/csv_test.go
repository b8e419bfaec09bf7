package httpapi

import (
	"encoding/csv"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/app"
)

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

func TestCSVGivesTheSameFigures(t *testing.T) {
	t.Parallel()
	other := unaFila
	other.Nombre, other.Ordinarias, other.Extraordinarias = `=HYPERLINK("x";"y")`, [5]int{1, 2, 3, 4, 5}, [5]int{0, 0, 0, 0, 7}
	raw := string(csvFilas([]app.Fila{unaFila, other}))
	if !strings.HasPrefix(raw, "\uFEFF") || strings.Count(raw, "\r\n") != 4 {
		t.Errorf("written as %q", raw)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(raw, "\uFEFF")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := rows[2][2]; got != `'=HYPERLINK("x";"y")` {
		t.Errorf("the name is %q", got)
	}
	want := "TOTAL;;;;;1;6;5;4;89;0;0;0;0;13;105;13;118"
	if got := strings.Join(rows[3], ";"); got != want {
		t.Errorf("totals %s, want %s", got, want)
	}
	if len(rows[0]) != len(rows[3]) {
		t.Errorf("%d columns under %d headings", len(rows[3]), len(rows[0]))
	}
}
