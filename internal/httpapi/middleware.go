package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

const (
	keyRequest = "solicitud" // request id
	keyActor   = "actor"     // id of who asks
)

// requestID admits what tracing tools send. It is longer than any document, so
// that none gets into the log this way.
var requestID = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// identify gives every request an id, in log and answer alike.
func identify(g *gin.Context) {
	id := g.GetHeader("X-Request-Id")
	if !requestID.MatchString(id) {
		id = uuid.NewString()
	}
	g.Set(keyRequest, id)
	g.Header("X-Request-Id", id)
}

// access logs one line per request: the route's pattern and never the URL, which
// a client may have put anything into.
func (s *server) access(g *gin.Context) {
	begin := time.Now()
	g.Next()
	took := time.Since(begin)
	if s.Metrics != nil {
		s.Metrics.Observe(method(g.Request.Method), route(g), g.Writer.Status(), took)
	}
	level := slog.LevelInfo
	if g.Writer.Status() >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.log.LogAttrs(g.Request.Context(), level, "request",
		slog.String("method", method(g.Request.Method)),
		slog.String("route", route(g)),
		slog.Int("status", g.Writer.Status()),
		slog.Duration("took", took),
		slog.String("request", g.GetString(keyRequest)),
		slog.String("actor", g.GetString(keyActor)),
	)
}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut,
	http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

func method(m string) string {
	if slices.Contains(methods, m) {
		return m
	}
	return "other"
}

func route(g *gin.Context) string {
	if r := g.FullPath(); r != "" {
		return r
	}
	return "none"
}

// recovery answers a panic with a problem. The log keeps where it happened; what
// a panic says is kept only where the Go runtime said it, for anything else may
// quote somebody's data.
func (s *server) recovery(g *gin.Context) {
	defer func() {
		what := recover()
		if what == nil {
			return
		}
		if err, ok := what.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(what)
		}
		text := fmt.Sprintf("%T", what)
		var ours runtime.Error
		if err, ok := what.(error); ok && errors.As(err, &ours) {
			text = ours.Error()
		}
		s.log.ErrorContext(g.Request.Context(), "panic", "what", text, "route", route(g),
			"request", g.GetString(keyRequest), "stack", string(debug.Stack()))
		g.Abort()
		if !g.Writer.Written() {
			s.render(g, fault())
		}
	}()
	g.Next()
}

// secure sets what is right for answers that are data; pages set their own.
func secure(g *gin.Context) {
	h := g.Writer.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}
