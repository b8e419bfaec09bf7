package apiclient

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
	err := New(server.URL, 1).Post(t.Context(), Call{Token: "gst_x", Path: "/gestiones", Key: "one", Body: struct{}{}}, nil)
	var no *Problem
	if !Refused(err) || !errors.As(err, &no) || no.Paso != 20 || !strings.Contains(err.Error(), "OPEN SGC no tiene ese NIS.") {
		t.Errorf("got %v", err)
	}
}

// Whether the API said no, or nobody knows what became of the request.
func TestRefusedIsFinal(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{http.StatusConflict: true, http.StatusInternalServerError: false, http.StatusServiceUnavailable: false} {
		if got := Refused(&Problem{Status: status}); got != want {
			t.Errorf("%d: %v", status, got)
		}
	}
	if Refused(errors.New("connection reset")) || Refused(nil) {
		t.Error("no answer counts as a refusal")
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
	var out struct {
		ID string `json:"id"`
	}
	if err := New(server.URL, 1).Post(t.Context(), Call{Token: "gst_x", Path: "/unidades", Key: "one", Body: struct{}{}}, &out); err != nil || out.ID != "42" {
		t.Fatalf("got %q, %v", out.ID, err)
	}
	if keys[0] != "one" || keys[0] != keys[1] {
		t.Errorf("keys %q", keys)
	}
}
