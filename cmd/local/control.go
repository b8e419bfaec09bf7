package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// clockRange keeps the moved clock within the life of the tokens.
const clockRange = 3 * 365 * 24 * time.Hour

// clock can be moved, to show what the rules do at another hour. Production
// has none.
type clock struct{ offset atomic.Int64 }

// Now is the moved moment; it goes on running.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// Move sets the moment; the zero time gives the real one back.
func (c *clock) Move(to time.Time) {
	if to.IsZero() {
		c.offset.Store(0)
		return
	}
	c.offset.Store(int64(time.Until(to)))
}

// handler is the API with the switches that only local mode has, for its
// administrator: the clock, and OPEN SGC's faults.
func (s *stack) handler() http.Handler {
	engine := s.system.Handler()
	local := engine.Group("/local", s.onlyAdmin)
	local.GET("", s.state)
	local.POST("/reloj", func(g *gin.Context) {
		var in struct {
			Ahora *time.Time `json:"ahora"`
		}
		if err := g.ShouldBindJSON(&in); err != nil {
			refuse(g, http.StatusBadRequest, `Envíe {"ahora": "2026-11-21T06:59:00-03:00"}, o {"ahora": null} para volver a la hora real.`)
			return
		}
		if in.Ahora == nil {
			in.Ahora = &time.Time{}
		} else if away := time.Until(*in.Ahora).Abs(); away > clockRange {
			refuse(g, http.StatusUnprocessableEntity, "El reloj se mueve hasta tres años desde hoy.")
			return
		}
		s.clock.Move(*in.Ahora)
		s.state(g)
	})
	local.POST("/sgc", func(g *gin.Context) {
		var in struct {
			Modo   opensgc.Falla `json:"modo"`
			Demora int           `json:"demora_ms"` // of a slow OPEN SGC
		}
		if err := g.ShouldBindJSON(&in); err != nil || s.sgc.Switch(in.Modo, time.Duration(in.Demora)*time.Millisecond) != nil {
			refuse(g, http.StatusBadRequest, fmt.Sprintf(`Envíe {"modo": "…", "demora_ms": 0} con uno de %v.`, opensgc.Fallas))
			return
		}
		s.state(g)
	})
	return engine
}

func (s *stack) state(g *gin.Context) {
	falla, _ := s.sgc.Falla()
	g.JSON(http.StatusOK, gin.H{
		"ahora":        pa0580.Local(s.clock.Now()).Format(time.RFC3339),
		"reloj_movido": s.clock.offset.Load() != 0,
		"sgc":          falla,
	})
}

func (s *stack) onlyAdmin(g *gin.Context) {
	secret := strings.TrimPrefix(g.GetHeader("Authorization"), "Bearer ")
	actor, ok, err := s.system.App.Authenticate(g.Request.Context(), secret)
	if err != nil || !ok || !actor.Es(app.RolAdmin) {
		refuse(g, http.StatusForbidden, "Estos controles del modo local son de la administración: use el token ADMIN.")
	}
}

func refuse(g *gin.Context, status int, detail string) {
	g.Header("Content-Type", "application/problem+json")
	g.AbortWithStatusJSON(status, gin.H{"title": http.StatusText(status), "status": status, "detail": detail})
}
