package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"ande.gov.py/gestiones/internal/pa0580"
)

// problema is an answer that says no (RFC 9457).
type problema struct {
	Type      string    `json:"type" doc:"urn:gestiones:problema: y el código"`
	Title     string    `json:"title" doc:"Qué clase de problema es"`
	Status    int       `json:"status" doc:"El estado HTTP"`
	Detail    string    `json:"detail" doc:"Qué está mal y cómo se arregla, para mostrar a la persona"`
	Codigo    string    `json:"codigo" doc:"Código estable, para programas"`
	Paso      int       `json:"paso,omitempty" enum:"10,20,30,40,50" doc:"Paso del procedimiento PA0580, si corresponde a uno"`
	Campo     string    `json:"campo,omitempty" doc:"Campo del pedido, parámetro o cabecera"`
	Errores   []rechazo `json:"errores,omitempty" doc:"Todos los rechazos, cuando son varios; el primero es el de arriba"`
	Solicitud string    `json:"solicitud,omitempty" doc:"Identificador de la solicitud (X-Request-Id), para citar al pedir ayuda"`

	retry time.Duration // Retry-After
}

// rechazo is one refusal among several.
type rechazo struct {
	Codigo  string `json:"codigo" doc:"Código estable"`
	Paso    int    `json:"paso,omitempty" enum:"10,20,30,40,50" doc:"Paso de PA0580"`
	Campo   string `json:"campo,omitempty" doc:"Campo del pedido"`
	Detalle string `json:"detalle" doc:"Qué está mal y cómo se arregla"`
}

func (p *problema) Error() string { return p.Codigo }

func newProblema(status int, codigo, title, detail string) *problema {
	return &problema{Type: "urn:gestiones:problema:" + codigo, Title: title, Status: status, Detail: detail, Codigo: codigo}
}

// The problems that are HTTP's and not the procedure's.
func noToken() *problema {
	return newProblema(http.StatusUnauthorized, "NO_AUTENTICADO", "Falta identificarse", "Envíe su token en la cabecera Authorization: Bearer; si ya lo envía, venció o fue revocado: pida otro.")
}

func unreadable(why string) *problema {
	return newProblema(http.StatusBadRequest, "JSON_ILEGIBLE", "El cuerpo no es JSON legible", why)
}

func noRoute() *problema {
	return newProblema(http.StatusNotFound, "RUTA_INEXISTENTE", "No existe esa dirección", "Revise la dirección: las que hay están en /docs.")
}

func noMethod() *problema {
	return newProblema(http.StatusMethodNotAllowed, "METODO", "Método no admitido", "Esa dirección no admite ese método: la cabecera Allow dice cuáles admite.")
}

func tooLarge(limit int64) *problema {
	return newProblema(http.StatusRequestEntityTooLarge, "CUERPO_GRANDE", "El cuerpo es demasiado grande", fmt.Sprintf("El cuerpo admite hasta %d KiB: envíe menos.", limit>>10))
}

func notJSON() *problema {
	return newProblema(http.StatusUnsupportedMediaType, "TIPO_DE_CONTENIDO", "El cuerpo debe ser JSON", "Envíe el cuerpo como JSON, con la cabecera Content-Type: application/json.")
}

func tooMany(wait time.Duration) *problema {
	p := newProblema(http.StatusTooManyRequests, "DEMASIADAS_SOLICITUDES", "Demasiadas solicitudes", "Espere los segundos que dice la cabecera Retry-After y repita.")
	p.retry = max(wait, time.Second)
	return p
}

func fault() *problema {
	return newProblema(http.StatusInternalServerError, "FALLA", "Falla del sistema", "El sistema no pudo completar el pedido. Repítalo con la misma Idempotency-Key; si sigue, avise a soporte con el identificador de la solicitud.")
}

func unavailable() *problema {
	p := newProblema(http.StatusServiceUnavailable, "NO_DISPONIBLE", "El sistema no responde", "El sistema no responde por el momento. Repita el pedido en unos segundos, con la misma Idempotency-Key.")
	p.retry = retryIn
	return p
}

// ocupado tells whoever follows a close that no place is free.
func ocupado() *problema {
	p := newProblema(http.StatusServiceUnavailable, "OCUPADO", "Demasiados siguen un cierre", "Demasiadas personas siguen un cierre a la vez. Lea su avance de tanto en tanto, o vuelva a intentarlo en unos segundos.")
	p.retry = busyIn
	return p
}

const (
	busyIn  = 30 * time.Second
	retryIn = 5 * time.Second
	pingIn  = time.Second
)

// refused turns refusals into one problem: the first one's, and all of them in
// errores where they are several. Those of no step come first, as DOMAIN lists
// them.
func refused(rs pa0580.Refusals) *problema {
	rs = distinct(rs)
	slices.SortStableFunc(rs, func(a, b *pa0580.Refusal) int { return a.Paso - b.Paso })
	first := rs[0]
	answer, known := codigos[first.Code]
	if !known {
		answer = respuesta{status: http.StatusUnprocessableEntity, titulo: "El pedido fue rechazado"}
	}
	p := newProblema(answer.status, string(first.Code), answer.titulo, first.Message)
	p.Paso, p.Campo = first.Paso, first.Campo
	if len(rs) == 1 {
		return p
	}
	p.Status = http.StatusUnprocessableEntity
	for _, r := range rs {
		p.Errores = append(p.Errores, rechazo{Codigo: string(r.Code), Paso: r.Paso, Campo: r.Campo, Detalle: r.Message})
	}
	return p
}

// distinct leaves one refusal per field and code: the first.
func distinct(rs pa0580.Refusals) pa0580.Refusals {
	var out pa0580.Refusals
	for _, r := range rs {
		if !slices.ContainsFunc(out, func(o *pa0580.Refusal) bool { return o.Code == r.Code && o.Campo == r.Campo }) {
			out = append(out, r)
		}
	}
	return out
}

// refuse answers err: a problem as it is, refusals by the table, and anything
// else as a fault, whose text goes to the log and nowhere else.
func (s *server) refuse(g *gin.Context, err error) {
	var p *problema
	if errors.As(err, &p) {
		s.render(g, p)
		return
	}
	if rs := pa0580.RefusalsIn(err); len(rs) > 0 {
		s.render(g, refused(rs))
		return
	}
	ctx := g.Request.Context()
	level := slog.LevelError
	if ctx.Err() != nil { // the client went away
		level = slog.LevelInfo
	}
	s.log.Log(ctx, level, "fault", "error", err, "route", route(g), "request", g.GetString(keyRequest))
	if s.down(ctx, err) {
		s.render(g, unavailable())
		return
	}
	s.render(g, fault())
}

// down tells a fault that will pass: time ran out, or PostgreSQL does not answer.
func (s *server) down(ctx context.Context, err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return true
	}
	return s.ready(ctx) != nil
}

func (s *server) ready(ctx context.Context) error {
	if s.Listo == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, pingIn)
	defer cancel()
	return s.Listo(ctx)
}

func (s *server) render(g *gin.Context, p *problema) {
	out := *p
	out.Solicitud = g.GetString(keyRequest)
	if out.Status == http.StatusUnauthorized {
		g.Header("WWW-Authenticate", `Bearer realm="gestiones"`)
	}
	if out.retry > 0 {
		g.Header("Retry-After", strconv.Itoa(int((out.retry+time.Second-1)/time.Second)))
	}
	write(g, out.Status, "application/problem+json", out)
	g.Abort()
}
