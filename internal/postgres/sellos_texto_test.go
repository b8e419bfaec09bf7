package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// An entry's text holds every column, and is the same whatever a session has set.
func TestAnEntrysTextIsItsOwn(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	var columns []string
	if err := m.db.NewRaw("SELECT column_name FROM information_schema.columns WHERE table_name = 'auditoria'").Scan(t.Context(), &columns); err != nil || len(columns) < 9 {
		t.Fatalf("columns %v, %v", columns, err)
	}
	for _, c := range columns {
		if !strings.Contains(hojaSQL, "a."+c) {
			t.Errorf("column %s is not in it: seal it under another name of the digest", c)
		}
	}
	conn, err := pgx.Connect(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	seen := map[string]bool{}
	for _, settings := range []string{"", "SET TimeZone = 'Asia/Kathmandu'; SET DateStyle = 'German, DMY'", "SET IntervalStyle = 'iso_8601'; SET extra_float_digits = -15; SET bytea_output = 'escape'; SET lc_numeric = 'C'"} {
		if _, err := conn.Exec(t.Context(), settings); err != nil {
			t.Fatal(err)
		}
		var leaves string
		err := conn.QueryRow(t.Context(), "SELECT encode(string_agg("+hojaSQL+", ''::bytea ORDER BY a.id), 'hex') FROM auditoria a WHERE gestion_id = $1", string(f.ID)).Scan(&leaves)
		if err != nil || len(leaves) < 80 {
			t.Fatalf("%q, %v", leaves, err)
		}
		seen[leaves] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d texts of the same entries", len(seen))
	}
}

// Sealing and looking for what is to be sealed read the end of the audit, not all of
// it: its index holds no more than the first and last transaction of many pages.
func TestSealingReadsTheEnd(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.breakBy(t, "INSERT INTO auditoria (at, accion, detalle, tx) SELECT ?, 'probar', '{\"a\": \"aprobada\", \"de\": \"pendiente\"}', n FROM generate_series(-200000, -100001) n", manana)
	for _, statement := range []string{"VACUUM ANALYZE auditoria", "INSERT INTO sellos (bloque, desde, hasta, filas, at, hojas, anterior) VALUES (1, -200000, -100100, 1, now(), decode(repeat('00', 40), 'hex'), decode(repeat('00', 32), 'hex'))"} {
		if err := m.raw(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	seen := &statements{}
	m.db = m.db.WithQueryHook(seen)
	if s, err := m.Seal(t.Context(), noviembre); err != nil || s.Filas < 100 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := m.Pulso(t.Context(), "motor"); err != nil {
		t.Error(err)
	}
	looked := 0
	for _, statement := range seen.sent {
		if !strings.Contains(statement, "auditoria") {
			continue
		}
		looked++
		if plan := strings.Join(m.explain(t, statement), "\n"); !strings.Contains(plan, "on auditoria_tx") || strings.Contains(plan, "Seq Scan on auditoria") {
			t.Errorf("%s\n%s", statement, plan)
		}
	}
	if looked < 2 {
		t.Errorf("%d statements seen", looked)
	}
}
