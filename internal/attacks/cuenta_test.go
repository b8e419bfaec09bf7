package attacks

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// What is not there counts as lost: the count is able to fail.
func TestCountSeesWhatIsMissing(t *testing.T) {
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(t.Context())
	const somebody, something, other = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"
	l := newLedger()
	l.under("serve")
	l.loaded(somebody, "carga-1", something)
	l.under("work")
	l.ordered(somebody, "decision-2", "")
	l.ordered(somebody, "", other)
	figures, err := count(t.Context(), db, l)
	if err == nil {
		t.Error("a gestión acknowledged and not stored goes unsaid")
	}
	if f := figures["serve"]; f != (Figures{Acknowledged: 1, Lost: 1}) {
		t.Errorf("serve: %+v", f)
	}
	if f := figures["work"]; f != (Figures{Acknowledged: 2, Lost: 2}) {
		t.Errorf("work: %+v", f)
	}
	l.loaded(somebody, "carga-3", something)
	if _, _, _, wrong := l.copied(); len(wrong) != 1 {
		t.Errorf("one gestión for two keys: %v", wrong)
	}
}
