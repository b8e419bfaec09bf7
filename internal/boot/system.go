package boot

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"google.golang.org/grpc"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/flow"
	"ande.gov.py/gestiones/internal/httpapi"
	"ande.gov.py/gestiones/internal/metrics"
	"ande.gov.py/gestiones/internal/planilla"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/workflows"
)

// Config is everything a process needs. Without Temporal's address nothing is
// told to the engine and nothing can be worked: that is for those who keep
// accounts.
type Config struct {
	PostgreSQL
	Temporal
	Reglas
	API
	Reconciliacion
	Firma

	Queue   string // task queue; empty: contract.TaskQueue
	Version string // of the program, for the API's description
	Log     *slog.Logger

	// Only local mode and tests set these.
	Reloj     app.Reloj
	SGC       func(app.SGC) app.SGC // wraps OPEN SGC with a fault switch
	EnProceso bool                  // the worker reconciles by itself, without a Schedule

	// Layers under the adapters that fail on purpose; see internal/faults.
	Connector  func(driver.Connector) driver.Connector // under the pool
	Messages   []grpc.DialOption                       // under the Temporal client
	Activities []interceptor.WorkerInterceptor         // around activities
}

// System is the adapters and the use cases over them.
type System struct {
	App   *app.App
	Store *postgres.Store

	client   client.Client // nil without Temporal's address
	config   Config
	proxies  []netip.Prefix
	migrated atomic.Bool // the schema was seen to be new enough; it does not go back
	working  atomic.Bool // a worker polls
	sgc      app.SGC
	flow     *flow.Flow
	metrics  *metrics.Metrics
}

// Open connects to PostgreSQL; Temporal is connected to when first needed, so
// that agents go on loading while it is down.
func Open(ctx context.Context, c Config) (*System, error) {
	if c.Queue == "" {
		c.Queue = contract.TaskQueue
	}
	if c.Reloj == nil {
		c.Reloj = time.Now
	}
	if c.ReconciliarCada == 0 {
		c.ReconciliarCada = app.DefaultConfig().ReconciliarTras
	}
	rules, err := c.config()
	if err != nil {
		return nil, err
	}
	notario, err := c.notario()
	if err != nil {
		return nil, err
	}
	proxies, err := c.proxies()
	if err != nil {
		return nil, err
	}
	store, err := postgres.Open(ctx, c.URL, postgres.Options{Connector: c.Connector})
	if err != nil {
		return nil, err
	}
	s := &System{Store: store, config: c, proxies: proxies, sgc: store.Espejo(rules.Patrones)}
	if c.SGC != nil {
		s.sgc = c.SGC(s.sgc)
	}
	rules.ReconciliarTras = c.ReconciliarCada
	s.App = &app.App{Store: store, SGC: s.sgc, Imprenta: planilla.Imprenta{}, Copista: planilla.Copista{}, Notario: notario, Reloj: c.Reloj, Config: rules, Log: c.Log}
	s.metrics = metrics.New(c.Version, metrics.Source{Pulso: s.Pulso, Ultima: store.UltimaReconciliacion, Reloj: c.Reloj, Trabaja: s.working.Load})
	if c.Address == "" {
		return s, nil
	}
	if err := s.engine(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return s, nil
}

// engine adds Temporal.
func (s *System) engine() error {
	options, err := s.config.options(s.config.Log)
	if err != nil {
		return err
	}
	options.ConnectionOptions.DialOptions = s.config.Messages
	if s.client, err = client.NewLazyClient(options); err != nil {
		return fmt.Errorf("set up Temporal client: %w", err)
	}
	s.flow = flow.New(s.client, s.config.Namespace, s.config.Queue)
	s.App.Flow = s.flow
	return nil
}

func (t Temporal) options(log *slog.Logger) (client.Options, error) {
	o := client.Options{
		HostPort: t.Address, Namespace: t.Namespace, Logger: sdklog.NewStructuredLogger(log),
		Identity:          "gestiones", // histories are kept for years: host names have no business there
		ConnectionOptions: ConnectionOptions(),
	}
	secure, err := t.tls()
	if err != nil {
		return o, err
	}
	o.ConnectionOptions.TLS = secure
	key, err := t.apiKey()
	if key != "" {
		o.Credentials = client.NewAPIKeyStaticCredentials(key)
	}
	return o, err
}

// Handler serves the API. Local mode adds its switches to it.
func (s *System) Handler() *gin.Engine {
	return httpapi.New(s.App, httpapi.Options{Log: s.config.Log, Metrics: s.metrics, Listo: s.Ready, Ritmo: httpapi.RitmoNormal, Proxies: s.proxies, Version: s.config.Version})
}

// Worker tuning; see docs/adr/0004-worker-tuning.md.
const (
	stickyCache  = 20_000
	stickyFor    = time.Minute // at the default 5 s a drain's queue times out of stickiness
	pollers      = 16
	tellAtOnce   = 16
	sgcAtCounter = 1200 * time.Millisecond
	stopIn       = 5 * time.Second // for activities under way; another worker does again what they leave

	// workerIn is all that a worker may take to stop: ten seconds to tell the engine,
	// and stopIn each for workflows, local activities and activities.
	workerIn = 10*time.Second + 3*stopIn
)

// SizeStickyCache sets how many workflows a process keeps in memory. The cache
// is one per process: call it before any worker or embedded server starts.
func SizeStickyCache() { worker.SetStickyWorkflowCacheSize(stickyCache) }

// ConnectionOptions are how this system speaks to Temporal: measurements compare it
// with others that do the same. Messages are ids and codes, and to compress them
// costs both ends more than it spares.
func ConnectionOptions() client.ConnectionOptions {
	return client.ConnectionOptions{GrpcCompression: &client.GrpcCompressionNone{}}
}

// WorkerOptions are how workers of this system are tuned: measurements compare
// with an engine that is driven the same way.
func WorkerOptions() worker.Options {
	return worker.Options{
		StickyScheduleToStartTimeout:     stickyFor,
		MaxConcurrentWorkflowTaskPollers: pollers,
		MaxConcurrentActivityTaskPollers: 4,
		WorkerStopTimeout:                stopIn,
	}
}

// worker serves what its duty is once started; fatal hears why it stopped by
// itself.
func (s *System) worker(duty duty, fatal func(error)) worker.Worker {
	options := WorkerOptions()
	options.OnFatalError, options.Interceptors = fatal, s.config.Activities
	options.LocalActivityWorkerOnly = duty == desk
	w := worker.New(s.client, s.config.Queue, options)
	workflows.Register(w, w, &activities.Activities{
		Store: s.Store, SGC: s.sgc, Messenger: s.flow, Reconciler: s.App, Archive: s.App, Reloj: s.config.Reloj,
		Motor: s.flow.UltimoMotor, Verificada: s.App.Verificada, Log: s.config.Log,
		PlazoSGC: sgcAtCounter, Paralelo: tellAtOnce,
	})
	return w
}

// Close lets go of everything, after what was accepted was sent.
func (s *System) Close() {
	s.App.Drain(sendIn)
	if s.client != nil {
		s.client.Close()
	}
	if err := s.Store.Close(); err != nil {
		s.config.Log.Warn("close PostgreSQL", "error", err)
	}
}
