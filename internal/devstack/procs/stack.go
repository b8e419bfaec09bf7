// Package procs runs each part of Gestiones as a process of its own, from the
// built programs: PostgreSQL, the Temporal server, several serve and several
// work. Each can be killed alone and started again where it was. It is for
// measurements and for attacks on what the system promises.
package procs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/namespace"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/postgres"
)

// Namespace is Gestiones' own in the stack's Temporal.
const Namespace = "gestiones"

const (
	database  = "gestiones"
	retention = 30 * 24 * time.Hour
	stopIn    = 70 * time.Second // past boot.StopIn: they finish what they accepted
)

// Options say what to run and from which programs.
type Options struct {
	Dir string // data folder, made if missing; one stack at a time

	Local, Gestiones, Bench string // the built programs

	Serves, Works int
	Desfase       time.Duration // how far the clock of serve and work is off; see [Stack.Move]
	SGC           opensgc.Falla // how OPEN SGC answers them; empty: as it should

	PostgresPort, TemporalPort int // 0: a free one

	// What stands before the engines, as host:port, where serve and work are to
	// reach them through it. Migrations and the stack's own URLs go straight.
	PostgresVia, TemporalVia string

	Env []string // for every process, KEY=VALUE
}

// Stack is running from Start's return until Close.
type Stack struct {
	Postgres, Temporal *Process
	Serves, Works      []*Process

	o       Options
	desfase map[string]time.Duration // of each serve and work, by name
	ports   []int                    // of each serve
	admin   pgcluster.Admin
}

// Start brings everything up, in order, each part ready before the next: the
// schema migrated, the namespace registered. Cancelling ctx while starting
// stops what was started.
func Start(ctx context.Context, o Options) (*Stack, error) {
	if o.SGC == "" {
		o.SGC = opensgc.Normal
	}
	s := &Stack{o: o, desfase: map[string]time.Duration{}}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) error {
	dir, err := filepath.Abs(s.o.Dir)
	if err != nil {
		return fmt.Errorf("data folder %s: %w", s.o.Dir, err)
	}
	s.o.Dir = dir
	if err := s.choosePorts(); err != nil {
		return err
	}
	if err := s.makeKey(); err != nil {
		return err
	}
	s.describe()
	if err := s.Postgres.Start(ctx); err != nil {
		return err
	}
	if s.admin, err = pgcluster.ParseAdmin(value(s.Postgres.printed())); err != nil {
		return fmt.Errorf("PostgreSQL's address: %w", err)
	}
	if err := s.admin.CreateDatabase(ctx, database); err != nil {
		return err
	}
	if err := postgres.Migrate(ctx, s.DatabaseURL()); err != nil {
		return err
	}
	if err := s.Temporal.Start(ctx); err != nil {
		return err
	}
	if err := s.EnsureNamespace(ctx); err != nil {
		return err
	}
	return begin(ctx, s.gestionesProcesses())
}

func (s *Stack) keyFile() string { return filepath.Join(s.o.Dir, "firma.clave") }

// makeKey makes the key that closes are signed with; a folder used before has one.
func (s *Stack) makeKey() error {
	if err := os.MkdirAll(s.o.Dir, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if _, err := manifiesto.NewClave("gestiones.example", s.keyFile()); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make signing key: %w", err)
	}
	return nil
}

// choosePorts settles where everything will be, now and after each restart.
func (s *Stack) choosePorts() error {
	ports, err := host.FreePorts(s.o.Serves + 2)
	if err != nil {
		return err
	}
	s.ports = ports[2:]
	if s.o.PostgresPort == 0 {
		s.o.PostgresPort = ports[0]
	}
	if s.o.TemporalPort == 0 {
		s.o.TemporalPort = ports[1]
	}
	return nil
}

// describe says how each part is started.
func (s *Stack) describe() {
	s.Postgres = s.process("postgres", func() *exec.Cmd {
		return s.run(s.o.Local, "postgres", "--data="+s.o.Dir, fmt.Sprintf("--port=%d", s.o.PostgresPort))
	})
	s.Postgres.ready = s.Postgres.saidWhere
	s.Temporal = s.process("temporal", func() *exec.Cmd {
		cmd := s.run(s.o.Local, "temporal", "--data="+s.o.Dir, fmt.Sprintf("--port=%d", s.o.TemporalPort))
		cmd.Env = append(cmd.Env, "GESTIONES_TEST_POSTGRES="+s.admin.URL("postgres"))
		return cmd
	})
	s.Temporal.ready = s.Temporal.saidWhere
	for i := range s.o.Serves {
		name := fmt.Sprintf("serve-%d", i)
		p := s.process(name, func() *exec.Cmd {
			cmd := s.gestiones("serve", name)
			cmd.Env = append(cmd.Env, "GESTIONES_LISTEN="+host.Address(s.ports[i]))
			return cmd
		})
		p.ready = func(ctx context.Context) error { return answers(ctx, s.URL(i)+"/readyz") }
		s.Serves = append(s.Serves, p)
	}
	for i := range s.o.Works {
		name := fmt.Sprintf("work-%d", i)
		p := s.process(name, func() *exec.Cmd { return s.gestiones("work", name) })
		p.ready = func(context.Context) error {
			if !p.logged("Started Worker") {
				return errors.New("it has not started its worker")
			}
			return nil
		}
		s.Works = append(s.Works, p)
	}
	for _, p := range s.gestionesProcesses() {
		s.desfase[p.Name] = s.o.Desfase
	}
}

func (s *Stack) process(name string, command func() *exec.Cmd) *Process {
	return &Process{Name: name, dir: s.o.Dir, command: command}
}

func (s *Stack) run(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), s.o.Env...)
	return cmd
}

// gestiones is the production program; where the clock is off, or OPEN SGC is to
// fail, the one of measurements, which differs in nothing else.
func (s *Stack) gestiones(command, name string) *exec.Cmd {
	cmd := s.run(s.o.Gestiones, command)
	if off := s.desfase[name]; off != 0 || s.o.SGC != opensgc.Normal {
		cmd = s.run(s.o.Bench, command, "--desfase="+off.String(), "--sgc="+string(s.o.SGC))
	}
	cmd.Env = append(cmd.Env, s.Environment()...)
	return cmd
}

// Environment is what a program of Gestiones needs to find the engines, as
// KEY=VALUE: a command of an operator's, such as «gestiones reconcile», is run
// with it.
func (s *Stack) Environment() []string {
	engine := s.admin
	if s.o.PostgresVia != "" {
		engine.Address = s.o.PostgresVia
	}
	temporal := s.TemporalAddress()
	if s.o.TemporalVia != "" {
		temporal = s.o.TemporalVia
	}
	return []string{
		"GESTIONES_DATABASE_URL=" + engine.URL(database),
		"GESTIONES_TEMPORAL_ADDRESS=" + temporal,
		"GESTIONES_TEMPORAL_NAMESPACE=" + Namespace,
		"GESTIONES_SIGNING_KEY_FILE=" + s.keyFile(),
	}
}

// value is what a program printed after KEY=.
func value(printed string) string {
	_, v, _ := strings.Cut(strings.TrimSpace(printed), "=")
	return v
}

// saidWhere is how the engines tell that they serve.
func (p *Process) saidWhere(context.Context) error {
	if value(p.printed()) == "" {
		return errors.New("it has not said where it is")
	}
	return nil
}

func answers(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return nil
}

// URL is a serve's.
func (s *Stack) URL(i int) string { return "http://" + host.Address(s.ports[i]) }

// DatabaseURL is a connection string for Gestiones' own database.
func (s *Stack) DatabaseURL() string { return s.admin.URL(database) }

// Admin reaches PostgreSQL as its superuser.
func (s *Stack) Admin() pgcluster.Admin { return s.admin }

// TemporalAddress is host:port of the frontend.
func (s *Stack) TemporalAddress() string { return host.Address(s.o.TemporalPort) }

// EnsureNamespace registers Gestiones' own unless it exists.
func (s *Stack) EnsureNamespace(ctx context.Context) error {
	c, err := client.NewLazyClient(client.Options{
		HostPort: s.TemporalAddress(), Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("temporal client: %w", err)
	}
	defer c.Close()
	return namespace.Ensure(ctx, c, Namespace, retention)
}

// Processes are all of them, in the order of their start.
func (s *Stack) Processes() []*Process {
	return append([]*Process{s.Postgres, s.Temporal}, s.gestionesProcesses()...)
}

func (s *Stack) gestionesProcesses() []*Process { return slices.Concat(s.Serves, s.Works) }

// Move starts every serve and work again, with another clock and OPEN SGC; empty: as
// it should.
func (s *Stack) Move(ctx context.Context, desfase time.Duration, sgc opensgc.Falla) error {
	return s.MoveOnly(ctx, s.gestionesProcesses(), desfase, sgc)
}

// MoveOnly does that to some of them, and leaves alone the others, whose workers
// keep what they remember. One of those that is started again later has the same
// OPEN SGC.
func (s *Stack) MoveOnly(ctx context.Context, parts []*Process, desfase time.Duration, sgc opensgc.Falla) error {
	if err := stop(parts); err != nil {
		return err
	}
	if sgc == "" {
		sgc = opensgc.Normal
	}
	s.o.SGC = sgc
	for _, p := range parts {
		s.desfase[p.Name] = desfase
	}
	return begin(ctx, parts)
}

func begin(ctx context.Context, ps []*Process) error {
	for _, p := range ps {
		if err := p.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// CPU is what each part used so far, by its kind.
func (s *Stack) CPU() map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, p := range s.Processes() {
		kind, _, _ := strings.Cut(p.Name, "-")
		out[kind] += p.CPU()
	}
	return out
}

// Close stops everything: first what takes requests, last PostgreSQL.
func (s *Stack) Close() error {
	if s.Postgres == nil {
		return nil
	}
	return errors.Join(stop(s.Serves), stop(s.Works), stop([]*Process{s.Temporal}), stop([]*Process{s.Postgres}))
}

// stop ends several at once.
func stop(ps []*Process) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopIn)
	defer cancel()
	errs := make(chan error, len(ps))
	for _, p := range ps {
		go func() { errs <- p.Stop(ctx) }()
	}
	var all []error
	for range ps {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

// Remove deletes the data folder of a stack that was closed.
func Remove(dir string) error { return pgcluster.Remove(dir) }
