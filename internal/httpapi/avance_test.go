package httpapi

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// month is a door behind which a month closes.
type month struct {
	door
	mu     sync.Mutex
	cierre app.Cierre
}

func (m *month) Cierre(_ context.Context, mes pa0580.Mes) (app.Cierre, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cierre.Mes = mes
	return m.cierre, nil
}

func (m *month) UltimaOrden(context.Context, pa0580.Mes) (*app.Orden, error) { return nil, nil }

func (m *month) set(change func(*app.Cierre)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.cierre)
}

const avancePath = base + "/cierres/2026-10/avance"

// listen opens a stream; nil where it is answered otherwise.
func listen(ctx context.Context, t *testing.T, url string, headers ...string) (*http.Response, *bufio.Reader) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+avancePath, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res, bufio.NewReader(res.Body)
}

// until reads a stream up to a line that begins so, and gives that line's rest.
func until(t *testing.T, r *bufio.Reader, prefix string) string {
	t.Helper()
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("it ended before «%s»: %v", prefix, err)
		}
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			return strings.TrimSpace(rest)
		}
	}
}

// A stream outlives the deadlines that its server has for answers, tells each change,
// and ends by itself once there is nothing left to tell.
func TestAStreamOutlivesDeadlines(t *testing.T) {
	t.Parallel()
	store := &month{}
	server := httptest.NewUnstartedServer(newAPI(t, Options{}, store).engine)
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond // the events are a second apart
	server.Start()
	defer server.Close()
	res, stream := listen(t.Context(), t, server.URL)
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || kind != flujoType || res.Header.Get("X-Accel-Buffering") != "no" {
		t.Errorf("answered %d %s", res.StatusCode, kind)
	}
	if first := until(t, stream, "data: "); !strings.Contains(first, `"cerrado_at":null`) {
		t.Errorf("at first: %s", first)
	}
	now := time.Now()
	for told := range int64(3) { // a second each, at least
		store.set(func(c *app.Cierre) { c.CerradoAt, c.Lineas, c.Avisadas = &now, 3, told })
		until(t, stream, "event: avance")
	}
	store.set(func(c *app.Cierre) { c.Avisadas, c.Probado = 3, true })
	until(t, stream, "event: avance")
	last := until(t, stream, "id: ")
	until(t, stream, "event: fin")
	if rest, err := io.ReadAll(stream); err != nil || strings.Contains(string(rest), "event") {
		t.Errorf("after the end: %q, %v", rest, err)
	}
	// Whoever saw the last one hears only that it is the end.
	_, again := listen(t.Context(), t, server.URL, "Last-Event-ID", last)
	if all, err := io.ReadAll(again); err != nil || strings.Contains(string(all), "avance") || !strings.Contains(string(all), "event: fin") {
		t.Errorf("again: %q, %v", all, err)
	}
}

// As many follow as there are places; who leaves gives theirs back.
func TestStreamsHavePlaces(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newAPI(t, Options{}, &month{}).engine)
	defer server.Close()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	inside := 0
	for ; inside < 2000; inside++ {
		res, _ := listen(ctx, t, server.URL)
		if res.StatusCode != http.StatusOK {
			if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") != "30" {
				t.Errorf("refused with %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
			}
			break
		}
	}
	if inside < 100 || inside == 2000 {
		t.Fatalf("%d places", inside)
	}
	leave()
	teststack.Eventually(t, "their places", time.Minute, func() bool {
		one, cancel := context.WithCancel(t.Context())
		defer cancel()
		res, _ := listen(one, t, server.URL)
		return res.StatusCode == http.StatusOK
	})
}

// Where nothing happens a stream says that it lives, and it ends after its time: its
// client comes again, with a token that is still good.
func TestAStreamShowsThatItLives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t, Options{}, &month{})
		begun := time.Now()
		res := a.ask("GET", avancePath, "")
		took := time.Since(begun)
		if beats := strings.Count(res.Body.String(), ": sigue\n\n"); took != flujoDura || beats < int(flujoDura/flujoLatido)-1 {
			t.Errorf("%d beats in %s: %.200s", beats, took, res.Body)
		}
		synctest.Wait()
	})
}

// A stream is refused like any other reading.
func TestWhoMayFollow(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, &month{})
	a.problem(a.ask("GET", base+"/cierres/octubre/avance", ""), 422, "CAMPO")
	a.problem(a.ask("GET", avancePath, "", "Authorization", ""), 401, "NO_AUTENTICADO")
	a.problem(a.ask("GET", avancePath+"?mes=1", ""), 422, "CAMPO_AJENO")
}
