// Package bench measures Gestiones on the local stack, each part in a process of
// its own: what it costs to load, decide and close, beside what the engine and
// the database cost alone in the same run. See docs/bench.md.
package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/bench/report"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// The utility that is measured: as many agents as clients, a head for every four.
const (
	clients     = 64
	units       = 16
	references  = 20_000
	clockAround = 9 // o'clock, on the 10th of the month before
)

// keepMemory has glibc's malloc keep what PostgreSQL frees. As it comes, some
// sessions give a megabyte back after each statement and fault it in again at
// the next, for three times the CPU, and others of the same plans never do: it
// goes by where what a session knows of the catalogue lies in its memory.
var keepMemory = []string{"MALLOC_TRIM_THRESHOLD_=67108864", "MALLOC_MMAP_THRESHOLD_=33554432"}

// GCPercent is how containers run ours and Temporal, and how the bare flow is to run
// too; what the environment says goes before it.
func GCPercent() int {
	percent, err := strconv.Atoi(cmp.Or(os.Getenv("GOGC"), "400"))
	if err != nil {
		return -1 // off
	}
	return percent
}

func collector() string { return "GOGC=" + cmp.Or(os.Getenv("GOGC"), strconv.Itoa(GCPercent())) }

// Stand is where to measure, and with what.
type Stand struct {
	Dir                     string // data folder, empty; it is left for the caller to remove
	Local, Gestiones, Bench string // the built programs
	Progress                Progress
}

// stack is of so many serve and work, ahead or behind by so much.
func (s Stand) stack(ctx context.Context, serves, works int, desfase time.Duration) (*procs.Stack, error) {
	return procs.Start(ctx, procs.Options{
		Dir: s.Dir, Local: s.Local, Gestiones: s.Gestiones, Bench: s.Bench, Serves: serves, Works: works, Desfase: desfase,
		Env: append([]string{collector()}, keepMemory...),
	})
}

// Options say what to measure.
type Options struct {
	N        int     // gestiones loaded, decided and closed; zero leaves out all but lists
	Seed     uint64  // of arrivals and samples
	Rate     float64 // arrivals a second, of loads and then of decisions
	Arrivals int     // how many of each
	Quiet    int     // loads and decisions of one client alone
	Rows     int     // rows of the large table; zero leaves lists out

	Version string // of these programs
	Stand
}

// Run measures everything once. With a report an error tells only of what did not
// stop.
func Run(ctx context.Context, o Options) (_ *report.Report, err error) {
	m := &measurement{Options: o, report: &report.Report{
		Machine: report.ThisMachine(o.Version), Begun: time.Now(),
		Params: map[string]any{
			"n": o.N, "semilla": o.Seed, "clientes": clients, "llegadas": o.Arrivals, "por_segundo": o.Rate, "filas": o.Rows,
		},
	}}
	defer func() { err = errors.Join(err, m.close()) }() //nolint:contextcheck // what was started is stopped though ctx has ended
	for _, part := range m.parts() {
		if err := part.do(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", part.name, err)
		}
	}
	m.report.Took = time.Since(m.report.Begun).Seconds()
	return m.report, nil
}

// part is a stretch of a run.
type part struct {
	name string
	do   func(context.Context) error
}

// parts are all that is measured, in order.
func (m *measurement) parts() []part {
	if m.N == 0 {
		return []part{{"start", m.start}, {"rows", m.rows}, {"summary", m.summarizeRows}}
	}
	return []part{
		{"start", m.start},
		{"bare workflows, first half", func(ctx context.Context) error { return m.runBare(ctx, "first") }},
		{"latency", m.latencies},
		{"load and decide", m.path},
		{"copies", m.copies},
		{"close", m.cerrar},
		{"bare workflows, second half", func(ctx context.Context) error { return m.runBare(ctx, "second") }},
		{"bare workflows, eager", m.runEager},
		{"histories", m.histories},
		{"freeze", m.freezes},
		{"floor", m.floor},
		{"rows", m.rows},
		{"summary", m.summarize},
	}
}

// measurement is one run and what it found so far.
type measurement struct {
	Options
	report *report.Report

	stack  *procs.Stack
	people procs.People
	api    *apiclient.Client
	engine client.Client
	sql    *pgx.Conn // to Gestiones' database
	wal    *walMeter // nil where PostgreSQL does not have it
	bare   *bare
	mes    pa0580.Mes

	bareTimes bareTimes
	eager     bareTimes
	loaded    []loaded
	found     found
}

// found are the parts that figures are made of.
type found struct {
	load, single, bulk, close phase
	preview, freeze           time.Duration // as HR waits for them
	drain                     time.Duration
	lines                     int64
	late                      atomic.Int64 // requests answered before they were carried out
	bareFreeze, ownFreeze     []time.Duration
	floor                     phase
	latency, counts, rows     []report.Figure
}

func (m *measurement) start(ctx context.Context) error {
	_, end := m.Progress("pila local", 1)
	defer end()
	boot.SizeStickyCache() // of the bare worker
	now := time.Now()
	m.mes = pa0580.MesOf(now).Prev()
	day := pa0580.DiaOf(m.mes.Start())
	var err error
	if m.stack, err = m.Stand.stack(ctx, 2, 1, 0); err != nil {
		return err
	}
	m.people, err = procs.Populate(ctx, m.stack.DatabaseURL(), procs.World{Unidades: units, Agentes: clients / units, Referencias: references})
	if err != nil {
		return err
	}
	// Agents load in a month that is over, so that it can be closed, by the other
	// serve: one that is started again remembers no workflow.
	past := pa0580.LocalTime(day.Year, day.Month, 10, clockAround, 0, 0).Sub(now)
	if err := m.stack.MoveOnly(ctx, m.stack.Serves[:1], past.Round(time.Second), opensgc.Normal); err != nil {
		return err
	}
	m.api = apiclient.New(m.stack.URL(0), 4*clients)
	return m.connect(ctx)
}

// connect reaches the engines directly.
func (m *measurement) connect(ctx context.Context) error {
	var err error
	if m.sql, err = pgx.Connect(ctx, m.stack.DatabaseURL()); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	m.report.Machine.Postgres = m.sql.PgConn().ParameterStatus("server_version")
	if m.wal, err = newWALMeter(ctx, m.stack.Admin().URL("postgres")); err != nil {
		m.report.Note("Sin cuenta de transacciones: %v", err)
	}
	m.engine, err = client.Dial(client.Options{
		HostPort: m.stack.TemporalAddress(), Namespace: procs.Namespace, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
		ConnectionOptions: boot.ConnectionOptions(),
	})
	if err != nil {
		return fmt.Errorf("connect to Temporal: %w", err)
	}
	info, err := m.engine.WorkflowService().GetClusterInfo(ctx, &workflowservice.GetClusterInfoRequest{})
	if err != nil {
		return fmt.Errorf("ask Temporal for its version: %w", err)
	}
	m.report.Machine.Temporal = info.GetServerVersion()
	m.bare, err = startBare(m.engine)
	return err
}

func (m *measurement) close() error {
	if m.bare != nil {
		m.bare.worker.Stop()
	}
	if m.engine != nil {
		m.engine.Close()
	}
	for _, conn := range []*pgx.Conn{m.sql, m.wal.connection()} {
		if conn != nil {
			_ = conn.Close(context.Background()) // it was only read
		}
	}
	if m.stack == nil {
		return nil
	}
	return m.stack.Close()
}

func (m *measurement) runBare(ctx context.Context, round string) error {
	var t bareTimes
	before := ownCPU()
	p, err := m.during(ctx, m.N/2, func(ctx context.Context) (err error) {
		t, err = m.bare.run(ctx, round, m.N/2, false, m.Progress)
		return err
	})
	t.cpu = p.cpu["postgres"] + p.cpu["temporal"] + ownCPU() - before
	m.bareTimes = m.bareTimes.plus(t)
	return err
}

func (m *measurement) runEager(ctx context.Context) (err error) {
	m.eager, err = m.bare.run(ctx, "eager", m.N/4, true, m.Progress)
	return err
}

// until waits for a condition that nothing announces.
func until(ctx context.Context, done func() bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
