package demo

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

func TestClientShowsTheProblem(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write([]byte(`{"status": 422, "detail": "OPEN SGC no tiene ese NIS.", "codigo": "REFERENCIA_INEXISTENTE", "paso": 20}`))
	}))
	defer server.Close()
	err := newClient(server.URL).post(t.Context(), "gst_x", "/gestiones", "one", struct{}{}, nil)
	var no *Problem
	if !errors.As(err, &no) || no.Paso != 20 || !strings.Contains(err.Error(), "OPEN SGC no tiene ese NIS.") {
		t.Errorf("got %v", err)
	}
}

// Asked for patience, the client repeats the same request under the same key.
func TestClientIsPatient(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	var keys [2]string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		keys[n-1] = r.Header.Get("Idempotency-Key")
		if n == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = w.Write([]byte(`{"id": "42"}`))
	}))
	defer server.Close()
	var out creado
	if err := newClient(server.URL).post(t.Context(), "gst_x", "/unidades", "one", struct{}{}, &out); err != nil || out.ID != "42" {
		t.Fatalf("got %q, %v", out.ID, err)
	}
	if keys[0] == "" || keys[0] != keys[1] {
		t.Errorf("keys %q", keys)
	}
}
