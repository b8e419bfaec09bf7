package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres/crowd"
)

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
	if err := crowd.Fill(t.Context(), m.url, crowd.Size{Rows: 1_000_000, Days: 730}); err != nil {
		t.Fatal(err)
	}
	m.pagar(t)
	rate := m.tarifa(t, octubre, 100, noviembre)
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
	statement := func(v app.Vision, f app.FiltroDeCuenta) func(context.Context) error {
		f.Mes, f.Limite = octubre.Prev(), 51
		return func(ctx context.Context) error { _, err := m.EstadoDeCuenta(ctx, v, agent, f); return err }
	}
	tests := map[string]struct {
		do      func(context.Context) error
		indexes string
	}{
		"the inbox": {list(head, app.Filtro{Bandeja: inbox, Estados: []pa0580.Estado{pa0580.Pendiente}}), "gestiones_bandeja gestiones_agente gestiones_persona"},
		"its second page": {list(head, app.Filtro{Bandeja: inbox, Estados: []pa0580.Estado{pa0580.Pendiente}, Tras: one}),
			"gestiones_bandeja"},
		"a head's list":          {list(head, app.Filtro{}), "gestiones_unidad gestiones_agente"},
		"a unit's list":          {list(app.Vision{Unidades: head.Unidades}, app.Filtro{Tras: one}), "gestiones_unidad"},
		"an agent's list":        {list(app.Vision{Propias: agent}, app.Filtro{}), "gestiones_agente"},
		"everybody's list":       {list(app.Vision{Todo: true}, app.Filtro{}), "gestiones_dia"},
		"an old month's list":    {list(app.Vision{Todo: true}, app.Filtro{Mes: pa0580.NewMes(2025, time.January)}), "gestiones_dia"},
		"an old month of a unit": {list(app.Vision{Unidades: head.Unidades}, app.Filtro{Mes: pa0580.NewMes(2025, time.January)}), "gestiones_unidad"},
		"a person's gestiones":   {list(app.Vision{Todo: true}, app.Filtro{Persona: "2000123"}), "gestiones_persona"},
		"a reference's":          {list(app.Vision{Todo: true}, app.Filtro{Referencia: "1000123"}), "gestiones_referencia"},
		"an extraction": {func(ctx context.Context) error {
			return m.Extraer(ctx, app.Extraccion{
				Desde: pa0580.Dia{Year: 2026, Month: time.January, Day: 1}, Hasta: pa0580.DiaOf(noviembre), Unidades: []pa0580.Unidad{{ID: pa0580.UnidadID(unit)}},
			}, func(app.Extraida) error { return nil })
		}, "gestiones_unidad"},
		"whether it fits": {func(ctx context.Context) error {
			_, err := m.ExtraccionPasa(ctx, app.Extraccion{Hasta: pa0580.DiaOf(noviembre), Desde: pa0580.DiaOf(manana), Unidades: []pa0580.Unidad{{ID: pa0580.UnidadID(unit)}}}, app.MaxFilasXLSX)
			return err
		}, "gestiones_unidad"},
		"what is invalid":         {list(app.Vision{Todo: true}, app.Filtro{Estados: []pa0580.Estado{pa0580.Invalida}}), "gestiones_descartadas"},
		"invalid or annulled":     {list(app.Vision{Todo: true}, app.Filtro{Estados: []pa0580.Estado{pa0580.Invalida, pa0580.Anulada}}), "gestiones_descartadas"},
		"overtime, where none":    {list(app.Vision{Todo: true}, app.Filtro{Jornada: pa0580.Extraordinaria}), "gestiones_extraordinarias"},
		"one gestión":             {func(ctx context.Context) error { _, err := m.Gestion(ctx, head, one); return err }, "gestiones_pkey gestiones_persona gestiones_agente"},
		"a load and a decision":   {func(context.Context) error { m.aprobada(t, m.ana, contenido(7), noviembre); return nil }, "gestiones_pkey gestiones_persona gestiones_agente"},
		"whose turn it is":        {func(ctx context.Context) error { _, err := m.Turno(ctx, octubre); return err }, "gestiones_dia"},
		"what waits for OPEN SGC": {func(ctx context.Context) error { _, err := m.SinVerificar(ctx, noviembre, "", 100); return err }, "gestiones_por_verificar"},
		"a lost engine's rows":    {func(ctx context.Context) error { _, err := m.Ajenas(ctx, "otro", noviembre, 100); return err }, "gestiones_motor"},
		"no lost engine's rows":   {func(ctx context.Context) error { _, err := m.Ajenas(ctx, "motor", noviembre, 100); return err }, "gestiones_motor"},
		"the pulse":               {func(ctx context.Context) error { _, err := m.Pulso(ctx, "motor"); return err }, "gestiones_motor"},
		"progress of closes":      {func(ctx context.Context) error { _, err := m.Cierres(ctx); return err }, "gestiones_por_avisar"},
		"the untold":              {func(ctx context.Context) error { _, err := m.Untold(ctx, octubre, one, 1000); return err }, "gestiones_por_avisar"},
		"preparation": {func(ctx context.Context) error {
			_, err := m.Preparacion(ctx, app.Vision{Todo: true}, octubre, pa0580.DiaOf(noviembre))
			return err
		},
			"gestiones_bandeja gestiones_por_congelar gestiones_persona"},
		"a head's preparation": {func(ctx context.Context) error {
			_, err := m.Preparacion(ctx, head, octubre, pa0580.DiaOf(noviembre))
			return err
		},
			"gestiones_bandeja gestiones_por_congelar gestiones_persona"},
		"preview and selection": {func(ctx context.Context) error { _, err := m.VistaPrevia(ctx, octubre, noviembre); return err }, "gestiones_por_congelar"},
		"a tariff's rehearsal":  {func(ctx context.Context) error { _, err := m.EnsayoTarifa(ctx, rate, 500); return err }, ""},
		"a statement":           {statement(app.Vision{Todo: true}, app.FiltroDeCuenta{}), "gestiones_agente planilla_lineas_pkey"},
		"a statement's page":    {statement(app.Vision{Todo: true}, app.FiltroDeCuenta{Tras: one}), "gestiones_agente"},
		"a head's part of one":  {statement(head, app.FiltroDeCuenta{Reclamables: true}), "gestiones_agente"},
		"a change of the calendar": {func(ctx context.Context) error {
			c := app.Cambio{Feriado: &app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: pa0580.Dia{Year: 2026, Month: time.October, Day: 14}, Nombre: "Asueto"}}}
			said, err := m.EnsayoCalendario(ctx, c)
			if err != nil {
				return err
			}
			c.Calendario = said.Version
			_, err = m.Save(ctx, m.rrhh, noviembre, m.clave(), c)
			return err
		}, "gestiones_dia"},
		"heads' own gestiones": {func(ctx context.Context) error { _, err := m.SinDecidir(ctx, octubre); return err }, "gestiones_bandeja"},
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

// pagar gives the crowd's last included gestiones their lines and rows.
func (m *mundo) pagar(t *testing.T) {
	t.Helper()
	conn, err := m.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	for _, statement := range []string{
		"SET session_replication_role = replica", // closed months take no lines
		`INSERT INTO planilla_lineas SELECT id, planilla_id, agente_id, modo, mes, tipo_gestion, jornada, guardada_at FROM gestiones
			WHERE estado = 'incluida' AND dia >= '2026-07-01'`,
		`INSERT INTO planilla_filas (planilla_id, funcionario_id, modo, mes, legajo, ci, nombre, ordinarias, extraordinarias, ajustes)
			SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, '', '', '', ` + cuentasSQL + ` FROM (` + pagadoSQL + `) AS l GROUP BY 1, 2, 3, 4`,
		"ANALYZE planilla_lineas, planilla_filas",
		"RESET session_replication_role",
	} {
		if _, err := conn.NewRaw(statement).Exec(t.Context()); err != nil {
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
		out = append(out, strings.Join(m.explain(t, q), "\n"))
	}
	return strings.Join(out, "\n\n")
}

// explain gives the plan for the arguments at hand, or, where they are apart from
// the text, the one for any.
func (m *mundo) explain(t *testing.T, text string) (lines []string) {
	t.Helper()
	conn, err := m.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if !strings.Contains(text, "$1") {
		if err := conn.NewRaw("EXPLAIN "+text).Scan(t.Context(), &lines); err != nil {
			t.Fatal(err)
		}
		return lines
	}
	arguments := 0
	for strings.Contains(text, fmt.Sprintf("$%d", arguments+1)) {
		arguments++
	}
	for _, statement := range []string{"SET plan_cache_mode = force_generic_plan", "PREPARE explained AS " + text} {
		if _, err := conn.NewRaw(statement).Exec(t.Context()); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL, ", arguments), ", ")
	if err := conn.NewRaw("EXPLAIN EXECUTE explained("+nulls+")").Scan(t.Context(), &lines); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.NewRaw("DEALLOCATE explained; RESET plan_cache_mode").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	return lines
}
