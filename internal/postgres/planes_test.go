package postgres

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// millionSQL is a utility of 100 units and 300 agents after two years: a
// gestión a minute, the older ones paid or rejected, those of the last weeks in
// every estado. Argument: how many.
var millionSQL = []string{
	`SET session_replication_role = replica`, // neither triggers nor foreign keys: this is no history, only its size
	`INSERT INTO unidades SELECT md5('u' || n)::uuid, 'U' || n, 'Unidad ' || n, NULL, true FROM generate_series(0, 99) n`,
	`INSERT INTO funcionarios SELECT md5('f' || n)::uuid, 'F' || n, (5000000 + n)::text, 'Funcionario ' || n, '{agente}', true FROM generate_series(0, 299) n`,
	`INSERT INTO cierres (mes, corte_at, sellado, cerrado_at, cerrado_por, huella) SELECT mes, at, true, at, md5('f0')::uuid, 'h'
		FROM (SELECT to_char(d, 'YYYY-MM') AS mes, d + interval '1 month' AS at FROM generate_series('2024-11-01'::timestamptz, '2026-09-01', '1 month') d) m`,
	`INSERT INTO planillas SELECT md5(c.mes || n)::uuid, row_number() OVER (ORDER BY c.mes, n), c.mes, md5('u' || n)::uuid, 'U' || n, '', '', true, '', '', c.cerrado_at
		FROM cierres c, generate_series(0, 99) n`,
	`CREATE TEMP TABLE indices AS SELECT indexname AS nombre, indexdef AS orden FROM pg_indexes
		WHERE tablename = 'gestiones' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
	`DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indices LOOP EXECUTE 'DROP INDEX ' || i.nombre; END LOOP; END $$`,
	`INSERT INTO gestiones (id, agente_id, clave, cuerpo, unidad_id, unidad_nombre, asignacion_id, modo,
		documento_tipo, documento_entrada, documento, persona, referencia_tipo, referencia, tipo_gestion, observacion,
		guardada_at, dia, mes, jornada, jornada_motivo, feriado, calendario, estado, version, aceptada,
		sgc_existe, sgc_tension, sgc_titular, sgc_at, decision_id, decidida_por, decidida_at, planilla_id, avisada, motor)
	SELECT id, md5('f' || n % 300)::uuid, n::text, '\x00', md5('u' || n % 100)::uuid, 'Unidad', id, 'permanente',
		'CI', persona, persona, persona, 'NIS', (1000000 + n % 700000)::text, n % 5 + 1, '',
		at, at::date, mes, 'ordinaria', '', '', 1, estado, 3, true,
		true, 'BT', persona, at, d, CASE WHEN d IS NOT NULL THEN md5('f' || (n + 1) % 300)::uuid END, CASE WHEN d IS NOT NULL THEN at + interval '1 hour' END,
		CASE estado WHEN 'incluida' THEN md5(mes || n % 100)::uuid END, true, 'motor'
	FROM (
		SELECT *, to_char(at, 'YYYY-MM') AS mes, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || substr(md5(n::text), 1, 16))::uuid AS id,
			CASE WHEN estado IN ('aprobada', 'rechazada', 'incluida') THEN md5('c' || n)::uuid END AS d
		FROM (
			SELECT n, at, (2000000 + n % 500000)::text AS persona, CASE
				WHEN n % 50 = 0 THEN 'rechazada' WHEN n % 99 = 0 THEN 'anulada' WHEN at < '2026-10-01' THEN 'incluida'
				WHEN n % 3 > 0 THEN 'aprobada' WHEN n % 7 = 0 THEN 'observada' WHEN n % 31 = 0 THEN 'recibida' ELSE 'pendiente' END AS estado
			FROM (SELECT n, '2024-11-01'::timestamptz + n * interval '730 days' / ?0 AS at FROM generate_series(1, ?0) n OFFSET 0) a
			OFFSET 0
		) b
		OFFSET 0 -- each expression is computed once
	) c`,
	`DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indices LOOP EXECUTE i.orden; END LOOP; END $$`,
	`SET session_replication_role = origin`,
	`ANALYZE`,
}

// statements keeps what a store sends.
type statements struct {
	mu   sync.Mutex
	sent []string
}

func (*statements) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (s *statements) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = append(s.sent, e.Query)
}

// At a million gestiones what people and the close wait for walks its index and
// reads nothing whole.
func TestPlansAtAMillion(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a million rows")
	}
	t.Parallel()
	m := newMundo(t)
	m.million(t, 1_000_000)
	seen := &statements{}
	m.db = m.db.WithQueryHook(seen)
	unit, other := m.id(t, "unidades", "codigo = 'U7'"), m.id(t, "unidades", "codigo = 'U8'")
	agent := pa0580.FuncionarioID(m.id(t, "funcionarios", "legajo = 'F7'"))
	one := pa0580.GestionID(m.id(t, "gestiones", "clave = '999007'"))
	inbox := []pa0580.Alcance{
		{Unidad: pa0580.UnidadID(unit), Excepto: []pa0580.FuncionarioID{m.jefa}}, {Unidad: pa0580.UnidadID(other), Solo: agent},
	}
	head := app.Vision{Propias: agent, Unidades: []pa0580.UnidadID{pa0580.UnidadID(unit)}, Bandeja: inbox}
	list := func(v app.Vision, f app.Filtro) func(context.Context) error {
		f.Limite = 51
		return func(ctx context.Context) error { _, err := m.Gestiones(ctx, v, f); return err }
	}
	tests := map[string]struct {
		do      func(context.Context) error
		indexes string
	}{
		"the inbox": {list(head, app.Filtro{Bandeja: inbox, Estados: []pa0580.Estado{pa0580.Pendiente}}), "gestiones_bandeja gestiones_agente gestiones_persona"},
		"its second page": {list(head, app.Filtro{Bandeja: inbox, Estados: []pa0580.Estado{pa0580.Pendiente}, Tras: one}),
			"gestiones_bandeja"},
		"a head's list":           {list(head, app.Filtro{}), "gestiones_unidad gestiones_agente"},
		"a unit's list":           {list(app.Vision{Unidades: head.Unidades}, app.Filtro{Tras: one}), "gestiones_unidad"},
		"an agent's list":         {list(app.Vision{Propias: agent}, app.Filtro{}), "gestiones_agente"},
		"everybody's list":        {list(app.Vision{Todo: true}, app.Filtro{}), "gestiones_dia"},
		"an old month's list":     {list(app.Vision{Todo: true}, app.Filtro{Mes: pa0580.NewMes(2025, time.January)}), "gestiones_dia"},
		"an old month of a unit":  {list(app.Vision{Unidades: head.Unidades}, app.Filtro{Mes: pa0580.NewMes(2025, time.January)}), "gestiones_unidad"},
		"a person's gestiones":    {list(app.Vision{Todo: true}, app.Filtro{Persona: "2000123"}), "gestiones_persona"},
		"a reference's":           {list(app.Vision{Todo: true}, app.Filtro{Referencia: "1000123"}), "gestiones_referencia"},
		"what is invalid":         {list(app.Vision{Todo: true}, app.Filtro{Estados: []pa0580.Estado{pa0580.Invalida}}), "gestiones_descartadas"},
		"invalid or annulled":     {list(app.Vision{Todo: true}, app.Filtro{Estados: []pa0580.Estado{pa0580.Invalida, pa0580.Anulada}}), "gestiones_descartadas"},
		"overtime, where none":    {list(app.Vision{Todo: true}, app.Filtro{Jornada: pa0580.Extraordinaria}), "gestiones_extraordinarias"},
		"one gestión":             {func(ctx context.Context) error { _, err := m.Gestion(ctx, head, one); return err }, "gestiones_pkey gestiones_persona gestiones_agente"},
		"whose turn it is":        {func(ctx context.Context) error { _, _, err := m.Turno(ctx); return err }, "gestiones_dia"},
		"what waits for OPEN SGC": {func(ctx context.Context) error { _, err := m.SinVerificar(ctx, noviembre, "", 100); return err }, "gestiones_por_verificar"},
		"a lost engine's rows":    {func(ctx context.Context) error { _, err := m.Ajenas(ctx, "otro", noviembre, 100); return err }, "gestiones_motor"},
		"no lost engine's rows":   {func(ctx context.Context) error { _, err := m.Ajenas(ctx, "motor", noviembre, 100); return err }, "gestiones_motor"},
		"the pulse":               {func(ctx context.Context) error { _, err := m.Pulso(ctx, "motor"); return err }, "gestiones_motor"},
		"progress of closes":      {func(ctx context.Context) error { _, err := m.Cierres(ctx); return err }, "gestiones_por_avisar"},
		"the untold":              {func(ctx context.Context) error { _, err := m.Untold(ctx, octubre, one, 1000); return err }, "gestiones_por_avisar"},
		"preparation": {func(ctx context.Context) error { _, err := m.Preparacion(ctx, octubre); return err },
			"gestiones_bandeja gestiones_por_congelar gestiones_rechazadas gestiones_persona"},
		"preview and selection": {func(ctx context.Context) error { _, err := m.VistaPrevia(ctx, octubre); return err }, "gestiones_por_congelar"},
		"heads' own gestiones":  {func(ctx context.Context) error { _, err := m.SinDecidir(ctx, octubre); return err }, "gestiones_bandeja"},
	}
	m.cortar(t, octubre, octubre.End())
	for name, tt := range tests {
		seen.sent = nil
		begun := time.Now()
		if err := tt.do(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		took := time.Since(begun)
		plan := m.plan(t, seen.sent)
		if strings.Contains(plan, "Seq Scan on gestiones") {
			t.Errorf("%s reads every gestión:\n%s", name, plan)
		}
		for index := range strings.FieldsSeq(tt.indexes) {
			if !strings.Contains(plan, "using "+index+" on") && !strings.Contains(plan, "on "+index+" ") {
				t.Errorf("%s does not use %s:\n%s", name, index, plan)
			}
		}
		t.Logf("%s: %v", name, took)
	}
}

func (m *mundo) million(t *testing.T, n int) {
	t.Helper()
	conn, err := m.db.Conn(t.Context()) // session_replication_role is a session's
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range append([]string{"SET statement_timeout = 0", "SET synchronous_commit = off", "SET maintenance_work_mem = '256MB'"}, millionSQL...) {
		if _, err := conn.NewRaw(statement, n).Exec(t.Context()); err != nil {
			t.Fatalf("%.60s: %v", statement, err)
		}
	}
}

func (m *mundo) id(t *testing.T, table, where string) string {
	t.Helper()
	var id string
	if err := m.db.NewRaw("SELECT id FROM "+table+" WHERE "+where).Scan(t.Context(), &id); err != nil {
		t.Fatal(err)
	}
	return id
}

// plan is PostgreSQL's for every statement of gestiones that was sent.
func (m *mundo) plan(t *testing.T, sent []string) string {
	t.Helper()
	var out []string
	for _, q := range sent {
		if !strings.Contains(q, "gestiones") {
			continue
		}
		var lines []string
		if err := m.db.NewRaw("EXPLAIN "+q).Scan(t.Context(), &lines); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return strings.Join(out, "\n\n")
}
