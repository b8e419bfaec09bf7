package attacks

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// What is not there counts as lost, what is there twice as doubled: the count is
// able to fail.
func TestCountSeesWhatIsMissingAndWhatIsDouble(t *testing.T) {
	db := counting(t)
	const somebody, something, other = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"
	const one, another = "00000000-0000-0000-0000-000000000004", "00000000-0000-0000-0000-000000000005"
	l := newLedger()
	l.under("serve")
	l.loaded(somebody, "carga-1", something)
	l.under("work")
	l.applied(somebody, "decision-2")
	l.ordered(somebody, "", other)
	figures, wrong := counted(t, db, l)
	if !strings.Contains(wrong, "0 gestiones stored, 1 acknowledged") {
		t.Errorf("a gestión acknowledged and not stored goes unsaid: %s", wrong)
	}
	if f := figures["serve"]; f != (Figures{Acknowledged: 1, Lost: 1}) {
		t.Errorf("serve: %+v", f)
	}
	if f := figures["work"]; f != (Figures{Acknowledged: 2, Lost: 2}) {
		t.Errorf("work: %+v", f)
	}
	twice(t, db, somebody, "carga-4", one, another)
	l.under("temporal")
	l.loaded(somebody, "carga-4", another)
	figures, wrong = counted(t, db, l)
	if !strings.Contains(wrong, "2 gestiones of which the audit says nothing") {
		t.Errorf("rows without an audit go unsaid: %s", wrong)
	}
	if f := figures["temporal"]; f != (Figures{Acknowledged: 1, Doubled: 1}) {
		t.Errorf("temporal: %+v", f)
	}
	if f, any := figures[Unasked]; any {
		t.Errorf("nobody asked for %+v", f)
	}
	l.loaded(somebody, "carga-3", something)
	if _, _, _, wrong := l.copied(); len(wrong) != 1 {
		t.Errorf("one gestión for two keys: %v", wrong)
	}
}

// What no constraint keeps from happening twice counts as doubled too: a load or
// a command told twice in the audit, and what nobody asked for.
func TestCountSeesWhatTheAuditTellsTwice(t *testing.T) {
	db := counting(t)
	const somebody, gestion, comando = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"
	const stray, phantom = "00000000-0000-0000-0000-000000000004", "00000000-0000-0000-0000-000000000005"
	stored(t, db, somebody, "carga-1", gestion)
	audited(t, db, gestion, 1, "cargar", `{"a": "recibida"}`)
	applied(t, db, comando, gestion, somebody, "decision-2")
	audited(t, db, gestion, 2, "aprobar", `{"comando": "`+comando+`"}`)
	l := newLedger()
	l.under("work")
	l.loaded(somebody, "carga-1", gestion)
	l.ordered(somebody, "decision-2", comando)
	figures, _ := counted(t, db, l)
	if f := figures["work"]; f != (Figures{Acknowledged: 2, Found: 2}) {
		t.Fatalf("with everything once: %+v", f)
	}
	l.applied(somebody, "decision-2")
	if figures, _ = counted(t, db, l); figures["work"] != (Figures{Acknowledged: 3, Found: 3}) {
		t.Errorf("told that it is applied, as it is: %+v", figures["work"])
	}
	resulted(t, db, comando, "sin_efecto")
	if figures, _ = counted(t, db, l); figures["work"] != (Figures{Acknowledged: 3, Found: 2, Lost: 1}) {
		t.Errorf("told that it is applied, and it had no effect: %+v", figures["work"])
	}
	resulted(t, db, comando, "aplicado")
	audited(t, db, gestion, 3, "cargar", `{"a": "recibida"}`)
	audited(t, db, gestion, 4, "aprobar", `{"comando": "`+comando+`"}`)
	stored(t, db, somebody, "carga-9", stray)
	applied(t, db, phantom, gestion, somebody, "decision-9")
	figures, wrong := counted(t, db, l)
	if f := figures["work"]; f != (Figures{Acknowledged: 3, Doubled: 3}) {
		t.Errorf("told twice in the audit: %+v", f)
	}
	if f := figures[Unasked]; f != (Figures{Doubled: 2}) {
		t.Errorf("a gestión and a command that nobody asked for: %+v", f)
	}
	if !strings.Contains(wrong, "El pedido "+comando) {
		t.Errorf("the store's own contradictions go unsaid: %s", wrong)
	}
}

// counting is a connection to a migrated database that takes any row.
func counting(t *testing.T) *pgx.Conn {
	t.Helper()
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	db, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	if _, err := db.Exec(t.Context(), "SET session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	return db
}

// counted is what a count finds, and what it says is wrong.
func counted(t *testing.T, db *pgx.Conn, l *ledger) (map[string]Figures, string) {
	t.Helper()
	figures, wrong, err := count(t.Context(), db, l)
	if err != nil {
		t.Fatal(err)
	}
	return figures, fmt.Sprint(wrong)
}

// twice stores one load as two gestiones, as only a database without its
// constraints lets anybody.
func twice(t *testing.T, db *pgx.Conn, actor, clave string, ids ...string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), "ALTER TABLE gestiones DROP CONSTRAINT gestiones_agente_id_clave_key"); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		stored(t, db, actor, clave, id)
	}
}

func stored(t *testing.T, db *pgx.Conn, actor, clave, id string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), `
INSERT INTO gestiones (id, agente_id, clave, cuerpo, unidad_id, unidad_nombre, asignacion_id, modo, documento_tipo, documento_entrada,
	documento, persona, referencia_tipo, referencia, tipo_gestion, observacion, guardada_at, dia, mes, jornada, jornada_motivo, feriado,
	calendario, estado, version)
VALUES ($1, $2, $3, '', $2, 'Sección', $2, 'permanente', 'CI', '1', '1', 'CI 1', 'NIS', '1', 1, '', now(), now(),
	'2026-11', 'ordinaria', '', '', 1, 'recibida', 1)`, id, actor, clave); err != nil {
		t.Fatal(err)
	}
}

func applied(t *testing.T, db *pgx.Conn, id, gestion, actor, clave string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), `
INSERT INTO comandos (id, gestion_id, accion, actor_id, cargo, unidad_id, vista, motivo, creado_at, clave, cuerpo, resultado, aplicado_at, version)
VALUES ($1, $2, 'aprobar', $3, 'jefe', $3, 1, '', now(), $4, '', 'aplicado', now(), 2)`, id, gestion, actor, clave); err != nil {
		t.Fatal(err)
	}
}

func resulted(t *testing.T, db *pgx.Conn, id, resultado string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), "UPDATE comandos SET resultado = $2, codigo = CASE WHEN $2 = 'sin_efecto' THEN 'VERSION' END WHERE id = $1", id, resultado); err != nil {
		t.Fatal(err)
	}
}

func audited(t *testing.T, db *pgx.Conn, gestion string, version int, accion, detalle string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), "INSERT INTO auditoria (at, accion, gestion_id, version, detalle) VALUES (now(), $1, $2, $3, $4)",
		accion, gestion, version, detalle); err != nil {
		t.Fatal(err)
	}
}
