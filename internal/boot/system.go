package boot

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/flow"
	"ande.gov.py/gestiones/internal/httpapi"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/workflows"
)

// Config is everything a process needs.
type Config struct {
	PostgreSQL
	Temporal
	Reglas

	Queue   string // task queue; empty: contract.TaskQueue
	Version string // of the program, for the API's description
	Log     *slog.Logger

	// Only local mode and tests set these.
	Reloj app.Reloj
	SGC   func(app.SGC) app.SGC // wraps OPEN SGC with a fault switch
}

// System is the adapters and the use cases over them.
type System struct {
	App   *app.App
	Store *postgres.Store

	client client.Client
	config Config
	sgc    app.SGC
	flow   *flow.Flow
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
	rules, err := c.config()
	if err != nil {
		return nil, err
	}
	store, err := postgres.Open(ctx, c.URL, postgres.Options{})
	if err != nil {
		return nil, err
	}
	options, err := c.options(c.Log)
	if err != nil {
		return nil, err
	}
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("set up Temporal client: %w", err)
	}
	s := &System{Store: store, client: temporal, config: c, flow: flow.New(temporal, c.Queue), sgc: store.Espejo(rules.Patrones)}
	if c.SGC != nil {
		s.sgc = c.SGC(s.sgc)
	}
	s.App = &app.App{Store: store, Flow: s.flow, SGC: s.sgc, Reloj: c.Reloj, Config: rules, Log: c.Log}
	return s, nil
}

func (t Temporal) options(log *slog.Logger) (client.Options, error) {
	o := client.Options{HostPort: t.Address, Namespace: t.Namespace, Logger: sdklog.NewStructuredLogger(log)}
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
	return httpapi.New(s.App, httpapi.Options{Log: s.config.Log, Listo: s.Store.Ping, Ritmo: httpapi.RitmoNormal, Version: s.config.Version})
}

// Worker tuning; see docs/adr/0004-trabajadores.md.
const (
	stickyCache  = 20_000
	stickyFor    = time.Minute // at the default 5 s a drain's queue times out of stickiness
	pollers      = 16
	tellAtOnce   = 16
	sgcAtCounter = 1200 * time.Millisecond
)

// SizeStickyCache sets how many workflows a process keeps in memory. The cache
// is one per process: call it before any worker or embedded server starts.
func SizeStickyCache() { worker.SetStickyWorkflowCacheSize(stickyCache) }

// Worker serves workflows and activities. It needs Temporal: the namespace's
// UUID is the engine's epoch, which rows keep.
func (s *System) Worker(ctx context.Context) (worker.Worker, error) {
	ns, err := s.client.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: s.config.Namespace})
	if err != nil {
		return nil, fmt.Errorf("describe namespace %s at %s: %w", s.config.Namespace, s.config.Address, err)
	}
	w := worker.New(s.client, s.config.Queue, worker.Options{
		StickyScheduleToStartTimeout:     stickyFor,
		MaxConcurrentWorkflowTaskPollers: pollers,
		MaxConcurrentActivityTaskPollers: 4,
		WorkerStopTimeout:                3 * time.Second,
	})
	workflows.Register(w, w, &activities.Activities{
		Store: s.Store, SGC: s.sgc, Messenger: s.flow, Reloj: s.config.Reloj,
		Motor: ns.GetNamespaceInfo().GetId(), Log: s.config.Log,
		PlazoSGC: sgcAtCounter, Paralelo: tellAtOnce,
	})
	return w, nil
}

// Close lets go of everything, after what was accepted was sent.
func (s *System) Close() {
	s.App.Drain()
	s.client.Close()
	if err := s.Store.Close(); err != nil {
		s.config.Log.Warn("close PostgreSQL", "error", err)
	}
}
