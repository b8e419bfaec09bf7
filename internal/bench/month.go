package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres/crowd"
)

// MonthOptions say how large a month to close.
type MonthOptions struct {
	Stand
	Rows   int // approved gestiones of a hundred units
	Rounds int // closes in copies, as we do and bare
}

// MonthReport is what closing it took.
type MonthReport struct {
	Bare, Own []time.Duration // in copies, by turns
	Preview   time.Duration   // as HR waits for it
	Closed    time.Duration   // from HR's order until the month is closed
	Filed     time.Duration   // from then until every file is written
	Files     int64
	// Peak memory in bytes, so far, of the process that previews and of the one that
	// closes and writes files.
	Before, Frozen, After [2]int64
}

// Ratio is what a freeze takes of what the bare statements do, by their medians.
func (r MonthReport) Ratio() float64 { return float64(median(r.Own)) / float64(median(r.Bare)) }

// month is a run in progress.
type month struct {
	MonthOptions
	stack  *procs.Stack
	people procs.People
	mes    pa0580.Mes
	step   func(int)
}

// Month closes a month as large as a utility of many times the size would have.
func Month(ctx context.Context, o MonthOptions) (r MonthReport, err error) {
	m := &month{MonthOptions: o, mes: pa0580.NewMes(2026, time.October)} // before crowd.Until
	defer func() { err = errors.Join(err, m.close()) }()                 //nolint:contextcheck // what was started is stopped though ctx has ended
	for _, part := range []struct {
		name  string
		steps int
		do    func(context.Context, *MonthReport) error
	}{
		{"pila local", 1, m.start},
		{"gestiones", o.Rows, m.fill},
		{"congelado, en copias", 2 * o.Rounds, m.freezes},
		{"cierre", 1, m.cerrar},
		{"archivos", 1, m.file},
	} {
		var end func()
		m.step, end = o.Progress(part.name, part.steps)
		if err := part.do(ctx, &r); err != nil {
			return r, fmt.Errorf("%s: %w", part.name, err)
		}
		end()
	}
	return r, nil
}

func (m *month) start(ctx context.Context, _ *MonthReport) (err error) {
	ahead := time.Until(m.mes.End().Add(58 * time.Hour)).Round(time.Second)
	if m.stack, err = m.Stand.stack(ctx, 1, 1, ahead); err != nil {
		return err
	}
	m.people, err = procs.Populate(ctx, m.stack.DatabaseURL(), procs.World{Unidades: 1, Agentes: 1, Referencias: 1})
	return err
}

func (m *month) close() error {
	if m.stack == nil {
		return nil
	}
	return m.stack.Close()
}

// fill puts the gestiones in, as the engine's own: nobody is to look for their workflows.
func (m *month) fill(ctx context.Context, _ *MonthReport) error {
	engine, err := client.NewNamespaceClient(client.Options{HostPort: m.stack.TemporalAddress()})
	if err != nil {
		return fmt.Errorf("connect to Temporal: %w", err)
	}
	defer engine.Close()
	space, err := engine.Describe(ctx, procs.Namespace)
	if err != nil {
		return fmt.Errorf("ask Temporal for its epoch: %w", err)
	}
	return crowd.Fill(ctx, m.stack.DatabaseURL(), crowd.Size{Rows: m.Rows, Days: daysOfMonth, Aprobadas: true, Motor: space.GetNamespaceInfo().GetId()})
}

// freezes closes the month in copies.
func (m *month) freezes(ctx context.Context, r *MonthReport) error {
	sql, err := pgx.Connect(ctx, m.stack.Admin().URL("postgres"))
	if err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	defer sql.Close(ctx)
	if err := copyDatabase(ctx, m.stack.Admin(), database, baseCopy); err != nil {
		return err
	}
	d := decided{admin: m.stack.Admin(), sql: sql, mes: m.mes, actor: m.people.RRHH[0].ID, lines: int64(m.Rows)}
	if r.Own, r.Bare, err = d.freezes(ctx, m.Rounds, m.step); err != nil {
		return err
	}
	return m.stack.Admin().DropDatabase(ctx, baseCopy)
}

// cerrar has HR close the month through the API and the engine.
func (m *month) cerrar(ctx context.Context, r *MonthReport) (err error) {
	if r.Before, err = m.memory(); err != nil {
		return err
	}
	api := apiclient.New(m.stack.URL(0), 1)
	token, mes := m.people.RRHH[0].Token, m.mes.String()
	if _, err := api.Corte(ctx, token, "corte", mes); err != nil {
		return err
	}
	begun := time.Now()
	seen, err := api.VistaPrevia(ctx, token, "vista", mes, "")
	if err != nil {
		return err
	}
	r.Preview, begun = time.Since(begun), time.Now()
	if _, _, err := api.Cerrar(ctx, token, "cerrar", mes, seen.Huella, "Medición: sin conformidades"); err != nil {
		return err
	}
	if _, err := m.await(ctx, api, func(c apiclient.Cierre) bool { return c.CerradoAt != "" }); err != nil {
		return err
	}
	r.Closed = time.Since(begun)
	r.Frozen, err = m.memory()
	return err
}

// file waits for every file of the month.
func (m *month) file(ctx context.Context, r *MonthReport) error {
	begun := time.Now()
	c, err := m.await(ctx, apiclient.New(m.stack.URL(0), 1), func(c apiclient.Cierre) bool { return c.Archivos.Escritos == c.Archivos.Esperados })
	if err != nil {
		return err
	}
	r.Filed, r.Files = time.Since(begun), c.Archivos.Escritos
	r.After, err = m.memory()
	return err
}

func (m *month) await(ctx context.Context, api *apiclient.Client, until func(apiclient.Cierre) bool) (c apiclient.Cierre, err error) {
	err = host.Await(ctx, func(ctx context.Context) (bool, error) {
		c, err = api.Cierre(ctx, m.people.RRHH[0].Token, m.mes.String())
		if err == nil && c.Orden != nil && c.Orden.Cerrado != nil && !*c.Orden.Cerrado {
			err = fmt.Errorf("the month did not close: %s", c.Orden.Codigo)
		}
		return err != nil || until(c), err
	})
	return c, err
}

func (m *month) memory() (out [2]int64, err error) {
	for i, p := range []*procs.Process{m.stack.Serves[0], m.stack.Works[0]} {
		if out[i], err = p.PeakMemory(); err != nil {
			return out, err
		}
	}
	return out, nil
}
