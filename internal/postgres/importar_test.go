package postgres

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

func TestAnImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s := open(t, database(t))
	nis := func(numero, titular string) app.ReferenciaSGC {
		return app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: numero}, Tension: pa0580.BT, Titular: titular}
	}
	mirror := func() string {
		var rows []string
		if err := s.db.NewRaw("SELECT concat_ws(' ', numero, tension, titular) FROM sgc_referencias ORDER BY numero").Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows, ", ")
	}
	rows := func(rs ...app.ReferenciaSGC) func(func(app.ReferenciaSGC, error) bool) { return all(rs) }
	steps := []struct {
		name    string
		rows    func(func(app.ReferenciaSGC, error) bool)
		replace bool
		fails   bool
		want    string
	}{
		{"first", rows(nis("11111", ""), nis("22222", "5")), false, false, "11111 BT, 22222 BT 5"},
		{"of what comes twice the last counts", rows(nis("22222", "6"), nis("22222", "7")), false, false, "11111 BT, 22222 BT 7"},
		{"a kind that is none", rows(nis("33333", ""), app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: "X", Numero: "1"}}), true, true, "11111 BT, 22222 BT 7"},
		{"nothing at all", rows(), true, true, "11111 BT, 22222 BT 7"},
		{"all there is", rows(nis("22222", ""), nis("44444", "8")), true, false, "22222 BT, 44444 BT 8"},
	}
	for _, step := range steps {
		if _, err := s.ImportReferencias(t.Context(), step.rows, step.replace); (err != nil) != step.fails {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := mirror(); got != step.want {
			t.Errorf("%s: mirror has %s, want %s", step.name, got, step.want)
		}
	}
	torn := errors.New("the file is torn")
	_, err := s.ImportReferencias(t.Context(), func(yield func(app.ReferenciaSGC, error) bool) {
		_ = yield(nis("55555", ""), nil) && yield(app.ReferenciaSGC{}, torn)
	}, true)
	if got := mirror(); !errors.Is(err, torn) || got != steps[len(steps)-1].want {
		t.Errorf("a torn file: %v, mirror has %s", err, got)
	}
}

// Several processes start at once on an empty database.
func TestMigratingAtOnce(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := Migrate(t.Context(), url); err != nil {
				t.Errorf("migrate: %v", err)
			}
		})
	}
	group.Wait()
	current, latest, err := MigrationStatus(t.Context(), url)
	if err != nil || current != latest || latest < 1 {
		t.Errorf("version %d of %d, %v", current, latest, err)
	}
}

// detail is what PostgreSQL says of the row, where the error still holds it.
func detail(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Detail
	}
	return ""
}

// What PostgreSQL says quotes rows; what leaves the package does not.
func TestFaultsQuoteNoRow(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const canary = "7654321"
	c := contenido(1)
	c.Documento = pa0580.Documento{Tipo: "PASAPORTE", Entrada: canary, Normal: canary}
	g := m.nueva(t, m.ana, c, manana)
	_, err := m.db.NewRaw("UPDATE gestiones SET documento_tipo = 'PASAPORTE', documento = ? WHERE id = ?",
		canary, m.cargar(t, m.ana, contenido(1), manana).ID).Exec(t.Context())
	if code, _ := state(err); code != "23514" || !strings.Contains(detail(err), canary) {
		t.Fatalf("the canary is not where it is looked for: %v", err)
	}
	_, _, err = m.AddGestion(t.Context(), g, m.clave())
	if err == nil || detail(err) != "" || strings.Contains(err.Error(), canary) {
		t.Errorf("a fault quotes a document: %v", err)
	}
	if want := "add gestión: SQLSTATE 23514 (gestiones_documento_tipo_check)"; err.Error() != want {
		t.Errorf("says %q, want %q", err, want)
	}
	closed := open(t, m.url)
	if err := errors.Join(closed.Ping(t.Context()), closed.Close()); err != nil {
		t.Fatal(err)
	}
	if err := closed.Ping(t.Context()); err == nil {
		t.Error("a closed pool answers")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Open(gone, m.url, Options{}); s != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("a pool for somebody who has gone: %v, %v", s, err)
	}
	if _, err := Open(t.Context(), "postgres://u:secreto@[x/", Options{}); err == nil || strings.Contains(err.Error(), "secreto") {
		t.Errorf("a malformed URL: %v", err)
	}
}
