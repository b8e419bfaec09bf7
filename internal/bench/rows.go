package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/bench/report"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres/crowd"
)

// The small table is one month; the large one has as many in its last month, and
// years before it. What people see is the same, so that only what lies behind it
// differs.
const (
	smallRows   = 10_000
	daysOfMonth = 31
	budgetInbox = 2
)

// table is a database with a utility's gestiones in it.
type table struct {
	url    string
	rows   int
	units  []pa0580.UnidadID
	agents []pa0580.FuncionarioID
}

func (m *measurement) rows(ctx context.Context) error {
	if m.Rows == 0 {
		return nil
	}
	small, err := m.fill(ctx, "bench_chica", smallRows)
	if err != nil {
		return err
	}
	large, err := m.fill(ctx, "bench_grande", m.Rows)
	if err != nil {
		return err
	}
	if err := m.look(ctx, [2]*table{small, large}); err != nil {
		return err
	}
	return m.freezeRows(ctx, small, large)
}

func (m *measurement) fill(ctx context.Context, name string, rows int) (*table, error) {
	_, end := m.Progress(fmt.Sprintf("tabla de %d", rows), rows)
	defer end()
	admin := m.stack.Admin()
	if err := emptyDatabase(ctx, admin, name); err != nil {
		return nil, err
	}
	t := &table{url: admin.URL(name), rows: rows}
	if err := crowd.Fill(ctx, t.url, crowd.Size{Rows: rows, Days: max(1, rows/smallRows*daysOfMonth)}); err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, t.url)
	if err != nil {
		return nil, fmt.Errorf("read the table: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil { // as autovacuum does after years
		return nil, fmt.Errorf("vacuum the table: %w", err)
	}
	if t.units, err = ids[pa0580.UnidadID](ctx, conn, "unidades"); err != nil {
		return nil, err
	}
	t.agents, err = ids[pa0580.FuncionarioID](ctx, conn, "funcionarios")
	return t, err
}

func ids[T ~string](ctx context.Context, conn *pgx.Conn, table string) ([]T, error) {
	rows, err := conn.Query(ctx, "SELECT id::text FROM "+table+" ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[T])
}

// lista is a list that people look at: what a head of a unit, or an agent, asks.
type lista struct {
	name, id string
	budget   float64 // of the 99th percentile, large against small
	ask      func(unit pa0580.UnidadID, agent pa0580.FuncionarioID) (app.Vision, app.Filtro)
}

// lists are what people look at all day.
var lists = []lista{
	{"bandeja de una jefatura", "bandeja", budgetInbox, func(u pa0580.UnidadID, a pa0580.FuncionarioID) (app.Vision, app.Filtro) {
		inbox := []pa0580.Alcance{{Unidad: u, Excepto: []pa0580.FuncionarioID{a}}}
		return app.Vision{Unidades: []pa0580.UnidadID{u}, Bandeja: inbox}, app.Filtro{Bandeja: inbox, Estados: []pa0580.Estado{pa0580.Pendiente}}
	}},
	{"lista de una unidad", "unidad", 0, func(u pa0580.UnidadID, _ pa0580.FuncionarioID) (app.Vision, app.Filtro) {
		return app.Vision{Unidades: []pa0580.UnidadID{u}}, app.Filtro{}
	}},
	{"lista de un agente", "agente", 0, func(_ pa0580.UnidadID, a pa0580.FuncionarioID) (app.Vision, app.Filtro) {
		return app.Vision{Propias: a}, app.Filtro{}
	}},
	{"lista de todo", "todo", 0, func(pa0580.UnidadID, pa0580.FuncionarioID) (app.Vision, app.Filtro) {
		return app.Vision{Todo: true}, app.Filtro{}
	}},
}

// freezeRows closes the last month of both: as many lines, with years behind or
// not.
func (m *measurement) freezeRows(ctx context.Context, small, large *table) error {
	mes := pa0580.NewMes(2026, time.October) // before crowd.Until
	took := map[*table]time.Duration{}
	for _, t := range []*table{small, large} {
		orden, err := prepareClose(ctx, t.url, mes, t.agents[0])
		if err != nil {
			return err
		}
		if took[t], err = freezeStored(ctx, t.url, orden, mes, 0); err != nil {
			return err
		}
	}
	m.found.rows = append(m.found.rows, report.Figure{
		ID: "filas.congelado", Group: "Con años de gestiones", Name: "congelado de un mes: grande / chica", Kind: report.Ratio,
		Value: float64(took[large]) / float64(took[small]),
	})
	return nil
}
