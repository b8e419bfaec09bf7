package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"ande.gov.py/gestiones/internal/app"
)

// base is where the API's version 1 lives.
const base = "/api/v1"

// Limits of a request.
const (
	bodyLimit = 64 << 10
	bulkLimit = 1 << 20
	answerIn  = 20 * time.Second // past it the answer is 503
	closeIn   = time.Minute      // a close waits for its freeze
)

// Options are what the API needs besides the use cases.
type Options struct {
	Log     *slog.Logger
	Listo   func(context.Context) error // whether PostgreSQL can serve; nil: always
	Ritmo   Ritmo                       // requests of one token; zero: unlimited
	Proxies []netip.Prefix              // whose X-Forwarded-For is believed; none: nobody's
	Version string                      // of the program, for the documentation
	Metrics Metrics                     // who counts requests and answers /metrics; nil: nobody
}

// Metrics counts what is answered, by route and never by URL.
type Metrics interface {
	Observe(method, route string, status int, took time.Duration)
	Handler() http.Handler
}

type server struct {
	*app.App
	Options
	api     huma.API
	log     *slog.Logger
	tokens  *limiter // requests by token
	strange *limiter // failed authentications by address
	cupo    *cupo    // extractions under way
}

// New serves the use cases of a. The engine takes further routes, which share
// its middleware: request ids, access log, recovery, security headers.
func New(a *app.App, o Options) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Version == "" {
		o.Version = "1"
	}
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	trust(engine, o.Proxies)
	s := &server{
		App: a, Options: o, log: o.Log,
		api:    humagin.New(engine, huma.Config{OpenAPI: openAPI(o.Version)}),
		tokens: newLimiter(o.Ritmo), strange: newLimiter(fallos), cupo: newCupo(),
	}
	engine.Use(identify, s.access, s.recovery, secure)
	engine.NoRoute(func(g *gin.Context) { s.refuse(g, noRoute()) })
	engine.NoMethod(func(g *gin.Context) { s.refuse(g, noMethod()) })
	s.gestiones()
	s.historias()
	s.comandos()
	s.lotes()
	s.cierres()
	s.avances()
	s.vistasPrevias()
	s.manifiestos()
	s.ajustes()
	s.reclamos()
	s.linajes()
	s.ordenes()
	s.planillas()
	s.extracciones()
	s.extraccionesHechas()
	s.unidades()
	s.personas()
	s.nomina()
	s.mandos()
	s.calendario()
	s.tarifas()
	s.acceso()
	s.estadosDeCuenta()
	s.sistema()
	s.docs(engine)
	if o.Metrics != nil {
		engine.GET("/metrics", gin.WrapH(o.Metrics.Handler()))
	}
	return engine
}

// trust says whose word is taken for the address a request came from.
func trust(engine *gin.Engine, proxies []netip.Prefix) {
	var cidrs []string // nil: nobody's
	for _, p := range proxies {
		cidrs = append(cidrs, p.String())
	}
	_ = engine.SetTrustedProxies(cidrs) // prefixes are always valid
}
