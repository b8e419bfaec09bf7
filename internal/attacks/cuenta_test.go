package attacks

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// What is not there counts as lost, what is there twice as doubled: the count is
// able to fail.
func TestCountSeesWhatIsMissingAndWhatIsDouble(t *testing.T) {
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
	const one, another = "00000000-0000-0000-0000-000000000004", "00000000-0000-0000-0000-000000000005"
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
	twice(t, db, somebody, "carga-4", one, another)
	l.under("temporal")
	l.loaded(somebody, "carga-4", another)
	if figures, err = count(t.Context(), db, l); err == nil {
		t.Error("rows without an audit go unsaid")
	}
	if f := figures["temporal"]; f != (Figures{Acknowledged: 1, Doubled: 1}) {
		t.Errorf("temporal: %+v", f)
	}
	l.loaded(somebody, "carga-3", something)
	if _, _, _, wrong := l.copied(); len(wrong) != 1 {
		t.Errorf("one gestión for two keys: %v", wrong)
	}
}

// twice stores one load as two gestiones, as only a database without its
// constraints lets anybody.
func twice(t *testing.T, db *pgx.Conn, actor, clave string, ids ...string) {
	t.Helper()
	if _, err := db.Exec(t.Context(), "ALTER TABLE gestiones DROP CONSTRAINT gestiones_agente_id_clave_key; SET session_replication_role = replica"); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if _, err := db.Exec(t.Context(), `
INSERT INTO gestiones (id, agente_id, clave, cuerpo, unidad_id, unidad_nombre, asignacion_id, modo, documento_tipo, documento_entrada,
	documento, persona, referencia_tipo, referencia, tipo_gestion, observacion, guardada_at, dia, mes, jornada, jornada_motivo, feriado,
	calendario, estado, version)
VALUES ($1, $2, $3, '', $2, 'Sección', $2, 'permanente', 'CI', '1', '1', 'CI 1', 'NIS', '1', 1, '', now(), now(),
	'2026-11', 'ordinaria', '', '', 1, 'recibida', 1)`, id, actor, clave); err != nil {
			t.Fatal(err)
		}
	}
}
