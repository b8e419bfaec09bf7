package soak

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"google.golang.org/grpc"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/namespace"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

// world is the size of the utility that is attacked: small, so that people get
// into one another's way.
var world = procs.World{Unidades: 2, Agentes: 3, Referencias: 400}

// retention is how long Temporal keeps what has ended: longer than any run.
const retention = 7 * 24 * time.Hour

// mundo is the attacked system and all who use it.
type mundo struct {
	o      Options
	faults *faults.Injector
	clock  *clock

	admin    pgcluster.Admin
	database string
	url      string // straight to PostgreSQL
	plain    *postgres.Store
	temporal client.Client // straight to Temporal
	space    string
	keys     string // folder of the key that closes are signed with

	proxies map[string]*faults.Proxy
	averias faults.Reached
	sgc     *opensgc.Faulty
	mirror  *postgres.Store // OPEN SGC, behind its own proxy
	serves  []*system
	works   []*system
	people  procs.People
	answers procs.Persona // responsable of units

	model   model
	figures figures

	mu         sync.Mutex
	violations []string
	closed     map[string]string // digest of each closed month's planillas, as first seen
	sello      app.Sello         // the last block of the audit's chain, when last seen
}

// The proxies' names.
const (
	proxyPostgres = "postgres"
	proxyTemporal = "temporal"
	proxySGC      = "sgc"
)

func newMundo(ctx context.Context, o Options) (*mundo, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m := &mundo{
		o: o, clock: newClock(), closed: map[string]string{}, averias: faults.Reached{},
		faults: faults.New(o.Seed, faults.Registered(), o.Before.Reached), proxies: map[string]*faults.Proxy{},
		database: "soak_" + strings.ReplaceAll(uuid.NewString(), "-", ""),
	}
	m.faults.Spare(spared()...)
	m.model.init()
	if err := m.start(ctx); err != nil {
		m.close()
		return nil, fmt.Errorf("start the soak: %w", err)
	}
	return m, nil
}

func (m *mundo) start(ctx context.Context) error {
	if err := m.prepare(ctx); err != nil {
		return err
	}
	if err := m.openProxies(); err != nil {
		return err
	}
	through, err := m.through(proxySGC)
	if err != nil {
		return err
	}
	if m.mirror, err = postgres.Open(ctx, through, postgres.Options{MaxConns: 4, Connector: m.faults.Connector, Name: "opensgc"}); err != nil {
		return err
	}
	m.sgc = &opensgc.Faulty{SGC: m.mirror.Espejo(pa0580.PatronesANDE())}
	for i := range 2 {
		every := time.Duration(i+2) * time.Second
		m.serves = append(m.serves, &system{mundo: m, serve: true, every: every, doble: i == 1})
		m.works = append(m.works, &system{mundo: m, every: every})
	}
	// Only the first one ever makes the Schedule: of that there is one answer to lose.
	m.force("message.CreateSchedule", faults.Lose, 1)
	for _, s := range append(m.serves[:2:2], m.works...) {
		if err := s.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes database and namespace, and people who may sign in.
func (m *mundo) prepare(ctx context.Context) error {
	var err error
	if m.admin, err = pgcluster.ParseAdmin(m.o.Postgres); err != nil {
		return err
	}
	if err := m.admin.CreateDatabase(ctx, m.database); err != nil {
		return err
	}
	m.url = m.admin.URL(m.database)
	if err := postgres.Migrate(ctx, m.url); err != nil {
		return err
	}
	if m.people, err = procs.Populate(ctx, m.url, world); err != nil {
		return err
	}
	if err := m.addResponsable(ctx); err != nil {
		return err
	}
	if m.plain, err = postgres.Open(ctx, m.url, postgres.Options{Name: "soak"}); err != nil {
		return err
	}
	if m.keys, err = os.MkdirTemp("", "soak-"); err != nil {
		return fmt.Errorf("folder of keys: %w", err)
	}
	if _, err := manifiesto.NewClave("gestiones.example", m.keyFile()); err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	m.space = m.database
	m.temporal, err = client.NewLazyClient(client.Options{
		HostPort: m.o.Temporal, Namespace: m.space, Logger: sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("set up Temporal client: %w", err)
	}
	return namespace.Ensure(ctx, m.temporal, m.space, retention)
}

func (m *mundo) keyFile() string { return filepath.Join(m.keys, "firma.clave") }

// addResponsable adds the one role that the populated world lacks.
func (m *mundo) addResponsable(ctx context.Context) error {
	open, err := boot.Open(ctx, boot.Config{PostgreSQL: boot.PostgreSQL{URL: m.url}, Reglas: boot.DefaultReglas(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer open.Close()
	f := app.Funcionario{Legajo: "R-1", CI: "5000001", Nombre: "Persona responsable", Roles: []app.Rol{app.RolResponsable}, Activo: true}
	id, err := open.Store.Save(ctx, "", time.Now(), app.Clave{}, app.Cambio{Funcionario: &f})
	if err != nil {
		return err
	}
	m.answers.ID = pa0580.FuncionarioID(id)
	m.answers.Token, _, err = open.App.IssueToken(ctx, m.answers.ID, "soak", f.Roles, 10*365*24*time.Hour)
	return err
}

func (m *mundo) openProxies() error {
	u, err := url.Parse(m.url)
	if err != nil {
		return errors.New("the PostgreSQL URL is malformed") // its text holds the password
	}
	for name, upstream := range map[string]string{proxyPostgres: u.Host, proxyTemporal: m.o.Temporal, proxySGC: u.Host} {
		if m.proxies[name], err = faults.NewProxy(name, upstream); err != nil {
			return err
		}
		m.averias.Add(faults.Reached{faults.ProxyOf(name): {}})
	}
	return nil
}

// through is the database's URL by way of a proxy.
func (m *mundo) through(proxy string) (string, error) {
	u, err := url.Parse(m.url)
	if err != nil {
		return "", errors.New("the PostgreSQL URL is malformed")
	}
	u.Host = m.proxies[proxy].Address()
	return u.String(), nil
}

// config is what every system is opened with. In one serve each close is of two people
// of HR, as while a utility changes its mind.
func (m *mundo) config(every time.Duration, doble bool) (boot.Config, error) {
	through, err := m.through(proxyPostgres)
	rules := boot.DefaultReglas()
	rules.CierreDoble = doble
	return boot.Config{
		PostgreSQL:     boot.PostgreSQL{URL: through},
		Temporal:       boot.Temporal{Address: m.proxies[proxyTemporal].Address(), Namespace: m.space},
		Reglas:         rules,
		Reconciliacion: boot.Reconciliacion{ReconciliarCada: every},
		Firma:          boot.Firma{KeyFile: m.keyFile()},
		Log:            m.o.Log,
		Reloj:          m.clock.Now,
		SGC:            func(app.SGC) app.SGC { return m.sgc },
		Connector:      m.faults.Connector,
		Messages:       []grpc.DialOption{m.faults.Messages()},
		Activities:     []interceptor.WorkerInterceptor{m.faults.Activities()},
	}, err
}

// close ends everything; the database goes with it unless something was found.
func (m *mundo) close() {
	for _, s := range append(m.works, m.serves...) {
		s.stop()
	}
	if m.mirror != nil {
		_ = m.mirror.Close()
	}
	for _, p := range m.proxies {
		p.Close()
	}
	_ = os.RemoveAll(m.keys)
	if m.temporal != nil {
		m.unschedule()
		m.temporal.Close()
	}
	if m.plain != nil {
		_ = m.plain.Close()
	}
	if m.url != "" && !m.violated() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := m.admin.DropDatabase(ctx, m.database); err != nil {
			m.o.Progress("the database %s stays: %v", m.database, err)
		}
	}
}

// unschedule keeps the engine from starting reconciliations that nobody serves.
func (m *mundo) unschedule() {
	ctx, cancel := context.WithTimeout(context.Background(), attemptIn)
	defer cancel()
	if err := m.temporal.ScheduleClient().GetHandle(ctx, contract.ReconciliacionID).Delete(ctx); err != nil {
		m.o.Progress("the Schedule of %s stays: %v", m.space, err)
	}
}

// violation records something that must never be.
func (m *mundo) violation(format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.violations = append(m.violations, fmt.Sprintf(format, args...))
}

func (m *mundo) violated() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.violations) > 0
}
