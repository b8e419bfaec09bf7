package postgres

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// A month's life breaks no promise; each one broken by hand is found, in words
// that name it.
func TestContradictionsAreFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	b := &enPostgres{mundo: m, t: t}
	if !b.proponerTarifa(octubre, 100, manana) || !b.aprobarTarifa(0, manana) {
		t.Fatal("no tariff")
	}
	paid := m.aprobada(t, m.ana, contenido(1), manana)
	other := m.aprobada(t, m.carla, contenido(2), manana)
	m.aprobada(t, m.beto, contenido(3), noviembre)
	sent := m.hacer(t, m.pendiente(t, m.ana, contenido(4), manana), pa0580.Observar, m.jefa, manana)
	m.hacer(t, sent, pa0580.RetirarObservacion, m.jefa, manana)
	m.hacer(t, m.pendiente(t, m.ana, contenido(5), manana), pa0580.Rechazar, m.jefa, manana)
	stale := m.pedir(t, m.comando(sent, pa0580.Aprobar, m.jefa, manana))
	if r := m.aplicar(t, stale.ID, manana); r.Resultado != pa0580.SinEfecto {
		t.Fatalf("a stale command ended %+v", r)
	}
	m.cerrar(t, octubre, noviembre)
	claim := m.reclamo(t, m.ana, m.central, paid.ID, noviembre)
	m.responder(t, claim, paid.ID, noviembre.Add(time.Hour))
	others := m.reclamo(t, m.carla, other.Unidad, other.ID, noviembre)
	m.responder(t, others, other.ID, noviembre.Add(time.Hour))
	if found := m.contradictions(t); len(found) > 0 {
		t.Fatalf("where all is well: %v", found)
	}

	for _, broken := range []struct {
		sql  string
		args []any
		want string
	}{
		{"UPDATE reclamos_funcionario SET mes = '2026-09' WHERE id = ?", []any{claim}, "El reclamo de funcionario " + string(claim) + " procede por un ajuste que no lo repara"},
		{"UPDATE reclamos_funcionario SET gestion_id = NULL, contra = NULL WHERE id = ?", []any{others}, "El reclamo de funcionario " + string(others) + " procede por un ajuste que no lo repara"},
		{"UPDATE reclamos_funcionario SET vencido_at = presentado_at WHERE id = ?", []any{claim}, "El reclamo de funcionario " + string(claim) + " y su auditoría no dicen lo mismo"},
		{"DELETE FROM auditoria WHERE gestion_id = ? AND version = 2", []any{paid.ID}, "La gestión " + string(paid.ID) + " va por la versión 4 y la auditoría tiene 3 asientos"},
		{"UPDATE gestiones SET estado = 'pendiente' WHERE id = ?", []any{sent.ID}, ""},
		{"UPDATE gestiones SET estado = 'recibida' WHERE id = ?", []any{sent.ID}, "La gestión " + string(sent.ID) + " está recibida y su último asiento la dejó pendiente"},
		{"UPDATE gestiones SET decidida_por = ? WHERE id = ?", []any{m.gerente, other.ID}, "La gestión " + string(other.ID) + " está incluida por una decisión que no consta"},
		{"DELETE FROM auditoria WHERE detalle->>'comando' = ?", []any{stale.ID}, "El pedido " + string(stale.ID) + " quedó sin_efecto y la auditoría lo cuenta 0 veces"},
		{"UPDATE comandos SET resultado = NULL, aplicado_at = NULL, version = NULL WHERE gestion_id = ? AND accion = 'observar'", []any{sent.ID}, "se aplicó antes que uno anterior"},
		{"UPDATE planilla_filas SET importe = importe + 1 WHERE funcionario_id = ?", []any{m.ana}, "no suma lo que dicen sus líneas"},
		{"UPDATE planilla_lineas SET tipo_gestion = 5 WHERE gestion_id = ?", []any{paid.ID}, "La gestión " + string(paid.ID) + " y su línea de planilla no dicen lo mismo"},
		{"UPDATE gestiones SET mes = '2027-01' WHERE id = ?", []any{other.ID}, "que no le correspondía"},
		{"UPDATE gestiones SET estado = 'aprobada', planilla_id = NULL WHERE id = ?", []any{paid.ID}, "se aprobó antes del corte de 2026-10 y quedó fuera"},
		{"UPDATE planilla_filas SET ordinarias = '{9,0,0,0,0}' WHERE funcionario_id = ?", []any{m.carla}, "no suma lo que dicen sus líneas"},
		{"UPDATE cierres SET lineas = 7", nil, "El mes 2026-10 se cerró con 7 líneas y hay 2"},
		{"UPDATE planillas SET numero = 9 WHERE numero = 2", nil, "Falta la planilla número 2"},
	} {
		before := m.contradictions(t)
		m.breakBy(t, broken.sql, broken.args...)
		found := m.contradictions(t)
		told := slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, broken.want) && !slices.Contains(before, s) })
		if told != (broken.want != "") {
			t.Errorf("after %s: %v", broken.sql, found)
		}
	}
}

// contradictions are all that are found.
func (m *mundo) contradictions(t *testing.T) []string {
	t.Helper()
	begun := time.Now()
	out, err := m.Inconsistencias(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("looked for %v", time.Since(begun))
	return out
}

// breakBy changes rows as no program of ours could: past triggers and foreign keys.
func (m *mundo) breakBy(t *testing.T, statement string, args ...any) {
	t.Helper()
	conn, err := m.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, s := range []string{"SET session_replication_role = replica", statement, "SET session_replication_role = DEFAULT"} {
		var bound []any
		if s == statement {
			bound = args
		}
		if _, err := conn.NewRaw(s, bound...).Exec(t.Context()); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}
