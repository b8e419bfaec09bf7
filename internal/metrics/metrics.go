// Package metrics shows how Gestiones does, for Prometheus: requests by route
// and status, what waits and since when, what the reconciler sent again. Labels
// are routes, codes and fixed words: no id and no personal data.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ande.gov.py/gestiones/internal/app"
)

const (
	pulseAge = 10 * time.Second // several scrapers ask PostgreSQL once
	pulseIn  = 5 * time.Second
)

// Metrics is one process's registry.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

// Source is where the figures of the whole system come from.
type Source struct {
	// Pulso tells, too, whether the engine's epoch is known: without it nobody can
	// say which gestiones another engine drove.
	Pulso  func(context.Context) (pulse app.Pulso, epoch bool, err error)
	Ultima func(context.Context) (*app.Reconciliacion, error)
	// Trabaja tells whether a worker of this process polls.
	Trabaja func() bool
	Reloj   app.Reloj
}

// New makes a registry of this process and of the system behind it.
func New(version string, from Source) *Metrics {
	if version == "" {
		version = "dev"
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gestiones_http_request_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 20},
		}, []string{"method", "route", "status"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "gestiones_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	working := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "gestiones_working", Help: "Whether a worker of this process polls, and Temporal answered it when last asked.",
	}, func() float64 {
		if from.Trabaja() {
			return 1
		}
		return 0
	})
	m.registry.MustRegister(build, working, m.requests, &pulse{Source: from},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts an answered request.
func (m *Metrics) Observe(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Handler answers scrapes.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

var (
	descUp         = desc("up", "Whether PostgreSQL answered this scrape.")
	descWaiting    = desc("waiting", "How much waits: unapplied commands, gestiones without OPEN SGC's answer, orders to close, files and manifests of closed months, workflows not told, claims of funcionarios past their due date, audit entries not sealed.", "what")
	descOldest     = desc("oldest_waiting_seconds", "Since when the oldest of it waits; 0 where nothing does.", "what")
	descOpen       = desc("open", "Gestiones whose workflow is open.")
	descForeign    = desc("open_of_another_engine", "Of these, those that a lost engine drove; absent while Temporal does not answer.")
	descReconciled = desc("reconciliation_found", "What the last reconciliation sent again, and sealed of the audit.", "what")
	descAge        = desc("reconciliation_age_seconds", "Since when the last reconciliation ended.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("gestiones_"+name, help, labels, nil)
}

// pulse asks PostgreSQL when it is scraped, and not more often than it must.
type pulse struct {
	Source
	mu    sync.Mutex
	at    time.Time
	last  app.Pulso
	epoch bool
	recon *app.Reconciliacion
	err   error
}

// Describe names nothing: what cannot be read is left out of a scrape.
func (*pulse) Describe(chan<- *prometheus.Desc) {}

// Collect reads the figures; where PostgreSQL does not answer, it says that alone.
func (p *pulse) Collect(out chan<- prometheus.Metric) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) > pulseAge {
		p.read()
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if p.err != nil {
		gauge(descUp, 0)
		return
	}
	gauge(descUp, 1)
	now := p.Reloj()
	waits := func(what string, n int, since *time.Time) {
		gauge(descWaiting, float64(n), what)
		age := 0.0
		if since != nil {
			age = max(0, now.Sub(*since).Seconds())
		}
		gauge(descOldest, age, what)
	}
	waits("command", p.last.SinAplicar, p.last.SinAplicarDesde)
	waits("verification", p.last.Recibidas, p.last.RecibidaDesde)
	waits("order", p.last.Ordenes, p.last.OrdenDesde)
	waits("seal", p.last.SinSellar, p.last.SinSellarDesde)
	waits("file", p.last.SinArchivar, p.last.ArchivoDesde)
	waits("claim", p.last.Reclamos, p.last.ReclamoDesde)
	waits("manifest", p.last.SinProbar, p.last.ProbarDesde)
	gauge(descWaiting, float64(p.last.SinAvisar), "inclusion")
	gauge(descOpen, float64(p.last.Abiertas))
	if p.epoch {
		gauge(descForeign, float64(p.last.Ajenas))
	}
	if p.recon == nil {
		return
	}
	gauge(descAge, max(0, now.Sub(p.recon.TerminadaAt).Seconds()))
	h := p.recon.Hallazgos
	unfinished := 0
	if h.Cortada != "" {
		unfinished = 1
	}
	for what, n := range map[string]int{
		"command": h.Comandos, "moved": h.Movidas, "foreign": h.Ajenas, "verification": h.Verificaciones,
		"order": h.Ordenes, "month": h.Cierres, "files": h.Archivos, "claim": h.Reclamos, "failure": h.Fallas, "unfinished": unfinished, "broken": len(h.PasosRotos()), "sealed": h.Selladas,
	} {
		gauge(descReconciled, float64(n), what)
	}
}

func (p *pulse) read() {
	ctx, cancel := context.WithTimeout(context.Background(), pulseIn)
	defer cancel()
	if p.last, p.epoch, p.err = p.Pulso(ctx); p.err == nil {
		p.recon, p.err = p.Ultima(ctx)
	}
	p.at = time.Now()
}
