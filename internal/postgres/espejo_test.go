package postgres

import (
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc/opensgctest"
	"ande.gov.py/gestiones/internal/pa0580"
)

func TestEspejoKeepsThePort(t *testing.T) {
	t.Parallel()
	for name, unreachable := range map[string]func(*testing.T, *Store){
		"a pool that is closed": func(t *testing.T, s *Store) {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		},
		"a table that does not answer": func(t *testing.T, s *Store) {
			tx, err := s.db.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = tx.Rollback() }) // the test's end cancels it as well
			if _, err := tx.ExecContext(t.Context(), "LOCK TABLE sgc_referencias IN ACCESS EXCLUSIVE MODE"); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opensgctest.Run(t, func(t *testing.T, seed ...app.ReferenciaSGC) opensgctest.Subject {
				s := open(t, database(t))
				if _, err := s.ImportReferencias(t.Context(), all(seed), false); err != nil {
					t.Fatal(err)
				}
				return opensgctest.Subject{SGC: s.Espejo(pa0580.PatronesANDE()), Break: func() { unreachable(t, s) }}
			})
		})
	}
}

// all gives rows as a reader does.
func all(rows []app.ReferenciaSGC) func(func(app.ReferenciaSGC, error) bool) {
	return func(yield func(app.ReferenciaSGC, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}
