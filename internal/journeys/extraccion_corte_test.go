package journeys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// asientos are what the audit has of the last extraction.
func (b *bodega) asientos() (begun, ended string) {
	b.Helper()
	const last = ` FROM auditoria WHERE objeto = (SELECT objeto FROM auditoria WHERE accion = 'extraer' ORDER BY id DESC LIMIT 1) AND accion = `
	begun = b.text("SELECT coalesce(max(detalle::text), '')" + last + "'extraer'")
	return begun, b.text("SELECT coalesce(max(concat(detalle->>'fin', ' ', detalle->>'filas')), '')" + last + "'terminar_extraccion'")
}

// leyendo is how many sessions have an extraction's snapshot.
func (b *bodega) leyendo() string {
	b.Helper()
	return b.text(`SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
		AND state LIKE 'idle in transaction%' AND query LIKE 'FETCH%'`)
}

// detenida is an extraction under way, whose client has begun to read and does not go
// on.
func (b *bodega) detenida(ctx context.Context, quien string) *http.Response {
	b.Helper()
	res := b.empezar(ctx, quien, b.todo())
	if _, err := io.ReadFull(res.Body, make([]byte, 1024)); err != nil {
		b.Fatal(err)
	}
	return res
}

func (b *bodega) ends(want string) {
	b.Helper()
	b.eventually("the end in the audit", 30*time.Second, func() bool { _, end := b.asientos(); return end != "" })
	var how string
	var n int
	_, end := b.asientos()
	if _, err := fmt.Sscan(end, &how, &n); err != nil || how != want || n == 0 || n >= enBodega {
		b.Errorf("it ended %q, want some rows and %s", end, want)
	}
	b.eventually("the snapshot to be let go", 30*time.Second, func() bool { return b.leyendo() == "0" })
}

// A client goes in the middle: the audit says so, nothing of the extraction is left,
// and they may ask again at once.
func TestAClientGoesInTheMiddleOfAnExtraction(t *testing.T) {
	t.Parallel()
	b := newBodega(t)
	ctx, leave := context.WithCancel(t.Context())
	b.detenida(ctx, "renata")
	b.eventually("a client to be waited for", 30*time.Second, func() bool { return b.leyendo() == "1" })
	if begun, end := b.asientos(); begun == "" || end != "" {
		t.Errorf("in the middle the audit has the beginning %q and the end %q", begun, end)
	}
	leave()
	b.ends("cortada")
	res, _ := b.bajar("renata", b.todo())
	if n := res.Trailer.Get("Extraccion-Filas"); n != fmt.Sprint(enBodega) {
		t.Errorf("asked again: %s rows", n)
	}
	if _, end := b.asientos(); end != fmt.Sprint("completa ", enBodega) {
		t.Errorf("asked again, it ended %q", end)
	}
}

// PostgreSQL goes in the middle: whoever was reading is not left with what looks like
// a whole file.
func TestAnExtractionThatCannotGoOnIsNoFile(t *testing.T) {
	t.Parallel()
	b := newBodega(t)
	res := b.detenida(t.Context(), "renata")
	b.eventually("a client to be waited for", 30*time.Second, func() bool { return b.leyendo() == "1" })
	b.text(`SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'FETCH%'`)
	_, err := io.ReadAll(res.Body)
	if !errors.Is(err, io.ErrUnexpectedEOF) || res.Trailer.Get("Extraccion-Filas") != "" {
		t.Errorf("the file ended with %v and the trailer %v", err, res.Trailer)
	}
	b.ends("fallida")
}

// Extractions leave room for agents: one of each person's and three in all.
func TestFewExtractionsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBodega(t)
	ask := func(quien string, want int) {
		t.Helper()
		res, err := b.enviar(t.Context(), llamada{quien: quien, metodo: http.MethodPost, ruta: api + "/extracciones", cuerpo: b.todo(cuerpo{"hasta": "2026-01-01"})})
		b.must(err)
		defer res.Body.Close()
		if res.StatusCode != want || (want == http.StatusTooManyRequests) != (res.Header.Get("Retry-After") != "") {
			t.Errorf("%s: %d, Retry-After %q", quien, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	ctx, leave := context.WithCancel(t.Context())
	b.detenida(ctx, "renata")
	ask("renata", http.StatusTooManyRequests)
	ask("hugo", http.StatusOK)
	b.detenida(ctx, "hugo")
	b.detenida(ctx, "aldo")
	ask("rosa", http.StatusTooManyRequests)
	b.get("rosa", api+"/gestiones?limite=1", http.StatusOK)
	leave()
	b.eventually("room", 30*time.Second, func() bool { return b.leyendo() == "0" })
	b.eventually("a turn", 30*time.Second, func() bool {
		status, _ := b.hacer(t.Context(), llamada{quien: "rosa", metodo: http.MethodPost, ruta: api + "/extracciones", cuerpo: b.todo(cuerpo{"hasta": "2026-01-01"})})
		return status == http.StatusOK
	})
}
