package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	flujoType   = "text/event-stream"
	flujoDura   = 15 * time.Minute // then the client asks again, with a token that is still good
	flujoLatido = 15 * time.Second // so that no proxy takes it for dead
	flujoEn     = 10 * time.Second // for whoever listens to take one event
	flujoVuelve = 3 * time.Second  // until a client whose stream ended asks again
)

// ejemploFlujo is the end of one.
const ejemploFlujo = `retry: 3000

id: 5b4a1c3f0a1b2c3d
event: avance
data: {"mes":"2026-10","cerrado_at":"2026-11-03T18:20:00-03:00","lineas":20412,"avisadas":18250}

: sigue

id: 77aa9b2e55e14f0c
event: avance
data: {"mes":"2026-10","cerrado_at":"2026-11-03T18:20:00-03:00","lineas":20412,"avisadas":20412}

id: 77aa9b2e55e14f0c
event: fin
data: {"mes":"2026-10","cerrado_at":"2026-11-03T18:20:00-03:00","lineas":20412,"avisadas":20412}

`

func (s *server) avances() {
	s.handle(operacion{
		id: "seguir-cierre", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}/avance", resumen: "Seguir el avance de un cierre", plazo: flujoDura,
		texto: "Eventos del servidor (text/event-stream): «avance» con lo que da GET de ese cierre, primero como está y después cada vez que cambia, a lo sumo uno por segundo; " +
			"«fin» cuando está cerrado y todo está avisado, archivado y probado, y ahí termina. Sin novedades manda un comentario cada 15 segundos. " +
			"El servidor lo termina a los 15 minutos, o cuando se detiene: el cliente lo pide de nuevo y nada se pierde, porque el primer evento lo dice todo. Last-Event-ID evita repetir lo ya visto.",
		niega: []pa0580.Code{pa0580.CodeForbidden}, problemas: []*problema{ocupado()},
		salidas: []salida{{status: 200, texto: "El avance, mientras dure", tipo: flujoType, ejemplo: ejemploFlujo}},
	}, s.seguir)
}

// seguir answers with a stream: once it began there is nothing to refuse with.
func (s *server) seguir(p *pedido) error {
	mes, err := p.mes()
	if err := p.refusal(pa0580.RefusalsIn(err)); err != nil {
		return err
	}
	cambios, leave, err := s.Seguir(p.actor, mes)
	if errors.Is(err, app.ErrMuchos) {
		return ocupado()
	}
	if err != nil {
		return err
	}
	defer leave()
	f := newFlujo(p)
	latido := time.NewTicker(flujoLatido)
	defer latido.Stop()
	err = f.write(fmt.Sprintf("retry: %d\n\n", flujoVuelve.Milliseconds()))
	for err == nil && !f.fin {
		select {
		case <-p.ctx.Done(): // they left, or it lasted long enough
			return nil
		case <-stopping(p.ctx):
			return nil
		case <-latido.C:
			err = f.write(": sigue\n\n")
		case c := <-cambios:
			err = f.tell(c)
		}
	}
	return nil // whoever does not take it has left
}

// flujo is one stream of events.
type flujo struct {
	p    *pedido
	rc   *http.ResponseController
	last string // id of the last event, also of a stream before
	fin  bool
}

func newFlujo(p *pedido) *flujo {
	f := &flujo{p: p, rc: http.NewResponseController(p.g.Writer), last: p.g.GetHeader("Last-Event-ID")}
	p.g.Header("Content-Type", flujoType)
	p.g.Header("X-Accel-Buffering", "no") // nginx passes it on as it comes
	p.g.Status(http.StatusOK)
	return f
}

// tell writes how a close is now, unless they saw that.
func (f *flujo) tell(c app.Cierre) error {
	data, err := json.Marshal(cierreOf(c))
	if err != nil { // a plain struct: it does not happen
		return err
	}
	sum := sha256.Sum256(data)
	id := hex.EncodeToString(sum[:8])
	text := ""
	if id != f.last {
		text = event("avance", id, data)
	}
	if f.last, f.fin = id, c.Completo(); f.fin {
		text += event("fin", id, data)
	}
	return f.write(text)
}

func event(name, id string, data []byte) string {
	return "id: " + id + "\nevent: " + name + "\ndata: " + string(data) + "\n\n"
}

// write sends text now. The server's deadline is for answers that come at once: here
// each event has its own.
func (f *flujo) write(text string) error {
	_ = f.rc.SetWriteDeadline(time.Now().Add(flujoEn))
	if _, err := f.p.g.Writer.WriteString(text); err != nil {
		return err
	}
	return f.rc.Flush()
}

type stopKey struct{}

// WithStop is ctx for the requests of a server: those that last end once stop closes,
// which a server that shuts down waits for.
func WithStop(ctx context.Context, stop <-chan struct{}) context.Context {
	return context.WithValue(ctx, stopKey{}, stop)
}

// stopping is closed once the request's server stops; nil where nobody says so.
func stopping(ctx context.Context) <-chan struct{} {
	stop, _ := ctx.Value(stopKey{}).(<-chan struct{})
	return stop
}
