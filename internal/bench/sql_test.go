package bench

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/pgcluster"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// A transaction counts once, however much it wrote, and only where it wrote and
// was committed.
func TestOnlyWritingTransactionsCount(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	conn := connect(t, url)
	exec(t, conn, "CREATE TABLE one (n int PRIMARY KEY)", "CREATE TABLE two (n int)")
	meter, err := newWALMeter(t.Context(), teststack.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = meter.conn.Close(context.Background()) })
	from, err := meter.now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		exec(t, conn, fmt.Sprintf("INSERT INTO one VALUES (%d)", i))
	}
	exec(t, conn,
		"BEGIN", "INSERT INTO one SELECT generate_series(10, 99)", "INSERT INTO two VALUES (1)", "COMMIT",
		"BEGIN", "UPDATE one SET n = -n", "ROLLBACK",
		"BEGIN", "SELECT count(*) FROM one", "COMMIT",
		"SELECT count(*) FROM two")
	to, err := meter.now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by, err := meter.written(t.Context(), from, to)
	if name := conn.Config().Database; err != nil || by[name] != 6 {
		t.Errorf("%d transactions wrote to %s, want 6: %v, %v", by[name], name, by, err)
	}
}

// A copy has every row, also while others are connected, and goes on numbering
// where the original was.
func TestACopyHasEveryRow(t *testing.T) {
	t.Parallel()
	admin, err := pgcluster.ParseAdmin(teststack.Postgres(t))
	if err != nil {
		t.Fatal(err)
	}
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	source := connect(t, url)
	from := source.Config().Database
	to := from + "_copia"
	t.Cleanup(func() {
		if err := admin.DropDatabase(context.Background(), to); err != nil {
			t.Error(err)
		}
	})
	exec(t, source,
		"UPDATE organizacion SET version = 7",
		"INSERT INTO unidades SELECT gen_random_uuid(), 'U' || n, 'Unidad', NULL, true FROM generate_series(1, 30) n",
		"INSERT INTO auditoria (at, accion) SELECT now(), 'x' FROM generate_series(1, 40)")
	if err := copyDatabase(t.Context(), admin, from, to); err != nil {
		t.Fatal(err)
	}
	target := connect(t, admin.URL(to))
	exec(t, target, "INSERT INTO auditoria (at, accion) VALUES (now(), 'x')")
	var got string
	err = target.QueryRow(t.Context(), `SELECT concat_ws(' ', (SELECT count(*) FROM unidades), (SELECT version FROM organizacion),
		(SELECT count(*) FROM auditoria), (SELECT max(id) FROM auditoria))`).Scan(&got)
	if want := "30 7 41 41"; err != nil || strings.TrimSpace(got) != want {
		t.Errorf("copy has %q, want %q: %v", got, want, err)
	}
}
