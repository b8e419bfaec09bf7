package journeys

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/faults"
)

// evento is one of a stream's.
type evento struct {
	nombre, id string
	datos      cuerpo
}

// seguir opens the stream of the month's progress; it ends with ctx.
func (m *mundo) seguir(ctx context.Context, quien string) <-chan evento {
	m.Helper()
	res, err := m.enviar(ctx, llamada{quien: quien, metodo: http.MethodGet, ruta: hr + "/avance"})
	m.must(err)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		m.Fatalf("following: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	out := make(chan evento, 100)
	go func() {
		defer close(out)
		defer res.Body.Close()
		var e evento
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.nombre = value
			case "id":
				e.id = value
			case "data":
				if err := json.Unmarshal([]byte(value), &e.datos); err != nil {
					m.Errorf("data: %v", err)
				}
			case "":
				if e.nombre != "" {
					out <- e
				}
				e = evento{}
			}
		}
	}()
	return out
}

// HR and an auditor watch a close from its order to its proof, while what tells the
// gestiones fails: each event says more than the one before, and the last one all.
func TestACloseIsWatched(t *testing.T) {
	t.Parallel()
	m, in := newCierre(t, doble)
	m.get("ana", hr+"/avance", http.StatusForbidden)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	streams := []<-chan evento{m.seguir(ctx, "hugo"), m.seguir(ctx, "aldo")}
	leaving, leave := context.WithCancel(ctx)
	gone := m.seguir(leaving, "jimena")
	next := func(what string, stream <-chan evento, ok func(cuerpo) bool) evento {
		t.Helper()
		for e := range stream {
			if ok(e.datos) {
				return e
			}
		}
		t.Fatalf("the stream ended before %s", what)
		return evento{}
	}
	open := func(c cuerpo) bool { return c.en("cerrado_at") == nil }
	for _, stream := range append(streams, gone) {
		next("anything", stream, open)
	}
	leave()
	for range gone { // nothing more comes
	}
	for nth := range 2 {
		m.must(in.Force("activity.Drain", faults.Fail, nth+1))
	}
	_, ruta := m.ordenar("hugo")
	next("the order", streams[0], func(c cuerpo) bool { return c.texto("orden.estado") == "por_confirmar" })
	m.post("rosa", ruta+"/confirmar", nil, http.StatusOK)
	for _, stream := range streams {
		e := next("the freeze", stream, func(c cuerpo) bool { return !open(c) })
		if e.datos.numero("por_avisar.gestiones") != aprobadas || e.datos.texto("confirmado_por") != "Rosa Humanos" {
			t.Errorf("frozen: %v", e.datos)
		}
		for last := e; ; {
			e, more := <-stream
			if !more {
				t.Fatalf("it ended with %+v", last)
			}
			for _, rises := range []string{"lineas", "avisadas", "archivos.escritos"} {
				if e.datos.numero(rises) < last.datos.numero(rises) {
					t.Errorf("%s fell from %v to %v", rises, last.datos, e.datos)
				}
			}
			if e.nombre == "fin" {
				if e.id != last.id || e.datos.numero("avisadas") != aprobadas || e.datos.en("probado") != true || e.datos.en("por_avisar") != nil ||
					e.datos.numero("archivos.escritos") != e.datos.numero("archivos.esperados") {
					t.Errorf("the end: %+v after %+v", e, last)
				}
				break
			}
			if e.id == last.id {
				t.Errorf("told twice: %+v", e)
			}
			last = e
		}
		if e, more := <-stream; more {
			t.Errorf("after the end: %+v", e)
		}
	}
}
