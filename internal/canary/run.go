package canary

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// monthAgo moves the clock into a month that can be loaded, then closed.
const monthAgo = -40 * 24 * time.Hour

// Report is what was planted, lived and found.
type Report struct {
	Gestiones int
	Rechazos  int     // bytes of refusals and errors read
	Suyos     []Place // PostgreSQL's own tables of Gestiones: where personal data may be
	Ajenos    []Place // everywhere else
}

// absent is what others leave behind and there is none of here.
const absent = `
No hay qué buscar:
  trazas: ningún programa del sistema las produce
  métricas de Temporal: el servidor local no las sirve
`

// Found tells the places that hold a canary and may not.
func (r Report) Found() []Place {
	var out []Place
	for _, p := range r.Ajenos {
		if len(p.Halla) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// Run lives so many gestiones on a stack of one serve and one work, kills its
// engines in the middle, closes the month and searches everything. The stack's
// folder must be new: its logs are read whole.
func Run(ctx context.Context, o procs.Options, gestiones int, seed uint64) (Report, error) {
	watch, err := host.FreePorts(1)
	if err != nil {
		return Report{}, err
	}
	o.Serves, o.Works, o.Desfase = 1, 1, monthAgo
	o.Env = append(o.Env, "GESTIONES_WATCH="+host.Address(watch[0])) // only work looks at it
	s, err := procs.Start(ctx, o)
	if err != nil {
		return Report{}, err
	}
	report, err := run(ctx, s, o.Dir, "http://"+host.Address(watch[0]), gestiones, seed)
	return report, errors.Join(err, s.Close())
}

func run(ctx context.Context, s *procs.Stack, dir, watch string, gestiones int, seed uint64) (Report, error) {
	out := Report{Gestiones: gestiones}
	people, err := procs.Populate(ctx, s.DatabaseURL(), procs.World{Unidades: 2, Agentes: 4, Referencias: 100})
	if err != nil {
		return out, err
	}
	l := &lives{stack: s, watch: watch, people: people, api: apiclient.New(s.URL(0), 8), seed: rand.New(rand.NewPCG(seed, 1))}
	for i := range flocks {
		l.flocks = append(l.flocks, newFlock(l.seed, i))
	}
	if err := l.everything(ctx, gestiones); err != nil {
		return out, err
	}
	out.Rechazos = l.said.Len()
	return out, l.search(ctx, dir, &out)
}

// everything loads, lives and closes, with engines killed in the middle.
func (l *lives) everything(ctx context.Context, gestiones int) error {
	if err := l.mirror(ctx); err != nil {
		return err
	}
	for n := range gestiones {
		if err := l.load(ctx, n); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	restarted := make(chan error, 1)
	for n := range l.loaded {
		if n == len(l.loaded)/2 {
			// Requests that fail in the middle have most to say in logs and answers.
			l.stack.Postgres.Kill()
			l.stack.Temporal.Kill()
			go func() { restarted <- l.restart(ctx) }()
		}
		if err := l.live(ctx, n); err != nil {
			return err
		}
	}
	select {
	case err := <-restarted:
		if err != nil {
			return err
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	before, err := l.metrics(ctx, " hasta su reinicio")
	if err != nil {
		return err
	}
	l.measured = before
	if err := l.stack.Move(ctx, 0, opensgc.Normal); err != nil {
		return err
	}
	if err := l.conclude(ctx, pa0580.MesOf(time.Now().Add(monthAgo)).String()); err != nil {
		return err
	}
	return l.claim(ctx)
}

func (l *lives) restart(ctx context.Context) error {
	if err := l.stack.Postgres.Start(ctx); err != nil {
		return err
	}
	return l.stack.Temporal.Start(ctx)
}

// control is planted where a search must find it.
const control = "canario-de-control-52f1c0"

func (l *lives) search(ctx context.Context, dir string, out *Report) error {
	cs := l.planted()
	if err := l.plantControls(ctx); err != nil {
		return err
	}
	own, err := database(ctx, l.stack.DatabaseURL(), "Gestiones", "", cs)
	if err != nil {
		return err
	}
	out.Suyos = own
	add := func(p Place, err error) error {
		out.Ajenos = append(out.Ajenos, p)
		if err == nil && !p.Control {
			err = fmt.Errorf("%s: %w", p.Donde, errBlind)
		}
		return err
	}
	engine, err := l.dial(procs.Namespace)
	if err != nil {
		return err
	}
	defer engine.Close()
	if err := add(histories(ctx, engine, procs.Namespace, control, cs)); err != nil {
		return err
	}
	for _, name := range []string{"temporal", "temporal_visibility"} {
		tables, err := database(ctx, l.stack.Admin().URL(name), name, control, cs)
		if err != nil {
			return err
		}
		whole := false
		for _, p := range tables {
			whole = whole || p.Control
		}
		if !whole {
			return fmt.Errorf("%s: %w", name, errBlind)
		}
		out.Ajenos = append(out.Ajenos, tables...)
	}
	files, err := logs(filepath.Join(dir, "logs"), map[string]string{
		"postgres": control, "serve": `"msg":"request"`, "work": "Started Worker", "temporal": `"msg"`,
	}, cs)
	if err != nil {
		return err
	}
	for _, p := range files {
		if err := add(p, nil); err != nil {
			return err
		}
	}
	measured, err := l.metrics(ctx, "")
	if err != nil {
		return err
	}
	for _, p := range slices.Concat(l.measured, measured) {
		if err := add(p, nil); err != nil {
			return err
		}
	}
	return add(text("rechazos y errores", l.said.Bytes(), "REFERENCIA_INEXISTENTE", cs), nil)
}

func (l *lives) planted() []Canary {
	var out []Canary
	for _, f := range l.flocks {
		out = append(out, f.canaries()...)
	}
	return out
}

// metrics searches what serve and work show; it ends with their processes.
func (l *lives) metrics(ctx context.Context, until string) ([]Place, error) {
	cs := l.planted()
	serve, err := page(ctx, "métricas de serve"+until, l.stack.URL(0)+"/metrics", "gestiones_http_request_seconds", cs)
	if err != nil {
		return nil, err
	}
	work, err := page(ctx, "métricas de work"+until, l.watch+"/metrics", "gestiones_up", cs)
	return []Place{serve, work}, err
}

// plantControls puts the control where engine and log must show it.
func (l *lives) plantControls(ctx context.Context) error {
	engine, err := l.dial(procs.Namespace)
	if err != nil {
		return err
	}
	defer engine.Close()
	_, err = engine.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: control, TaskQueue: "nobody", Memo: map[string]any{"control": control},
	}, "Control", control)
	if err != nil {
		return fmt.Errorf("plant a control workflow: %w", err)
	}
	conn, err := pgx.Connect(ctx, l.stack.DatabaseURL())
	if err != nil {
		return fmt.Errorf("plant a control in PostgreSQL's log: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "DO $$ BEGIN RAISE LOG '"+control+"'; END $$"); err != nil {
		return fmt.Errorf("plant a control in PostgreSQL's log: %w", err)
	}
	return l.visible(ctx, engine)
}

// visible waits until the engine lists the control: its visibility store lags.
func (l *lives) visible(ctx context.Context, engine client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		place, err := histories(ctx, engine, procs.Namespace, control, nil)
		return err != nil || place.Control, err
	})
}

func (l *lives) dial(namespace string) (client.Client, error) {
	return client.NewLazyClient(client.Options{
		HostPort: l.stack.TemporalAddress(), Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
}

// Missing are the kinds of canary that PostgreSQL itself does not hold: without
// them there, finding none elsewhere proves nothing.
func (r Report) Missing() []string {
	found := map[string]bool{}
	for _, p := range r.Suyos {
		for _, que := range p.Halla {
			found[que] = true
		}
	}
	var out []string
	for _, c := range (flock{ci: "70000000", ruc: "1-1", titular: "1-1"}).canaries() {
		if !found[c.Que] {
			out = append(out, c.Que)
		}
	}
	return out
}

// String is the report as people read it.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d gestiones vividas; %d bytes de rechazos y errores.\n\nDonde pueden estar:\n", r.Gestiones, r.Rechazos)
	for _, p := range r.Suyos {
		if len(p.Halla) > 0 {
			fmt.Fprintf(&b, "  %-45s %8d filas  %s\n", p.Donde, p.Leido, strings.Join(p.Halla, ", "))
		}
	}
	b.WriteString("\nDonde no pueden estar:\n")
	for _, p := range r.Ajenos {
		if p.Leido == 0 {
			continue
		}
		found := "nada"
		if len(p.Halla) > 0 {
			found = "HALLADO: " + strings.Join(p.Halla, ", ")
		}
		fmt.Fprintf(&b, "  %-45s %10d leídos  %s\n", p.Donde, p.Leido, found)
	}
	b.WriteString(absent)
	return b.String()
}
