package journeys

import (
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/teststack"
)

// Whoever only serves knows which engine there is: gestiones of a healthy one
// are nobody else's, those of a lost one are, and with Temporal away it says
// nothing about them.
func TestServeTellsALostEngineFromAHealthyOne(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.cargar("ana", nis(1))
	m.stopWork()
	foreign := func(want string) {
		t.Helper()
		m.open()
		res, err := http.Get(m.url + "/metrics")
		m.must(err)
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		m.must(err)
		got := "absent"
		for line := range strings.Lines(string(raw)) {
			if name, value, _ := strings.Cut(strings.TrimSpace(line), " "); name == "gestiones_open_of_another_engine" {
				got = value
			}
		}
		if !strings.Contains(string(raw), "gestiones_open 1\n") || got != want {
			t.Errorf("of another engine: %s, want %s, of:\n%s", got, want, raw)
		}
	}
	foreign("0")
	m.config.Namespace = teststack.Namespace(t)
	foreign("1")
	m.config.Address = nowhere(t)
	foreign("absent")
}

// The doctor misses workflows that somebody terminated and those that nobody
// could start: of any open gestión, and of one that ended and is asked something of.
func TestTheDoctorMissesWorkflows(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	m.cargar("ana", nis(1))
	lost := m.cargar("ana", nis(2))
	m.cargar("ana", nis(3))
	rejected := m.decidir("jimena", m.cargar("ana", nis(4)), "rechazar", "No corresponde", http.StatusOK)
	m.stopWork()
	m.terminate(lost)
	there := m.config.Address
	m.config.Address = nowhere(t)
	m.open()
	m.at(2026, time.October, 15, 10, 0)
	m.decidir("jimena", rejected, "retirar_decision", "", http.StatusAccepted)
	m.at(2026, time.October, 15, 10, 5)
	m.post("ana", api+"/gestiones", carga(nis(5)), http.StatusAccepted) // a moment ago

	m.config.Address = there
	m.open()
	want := []string{lost.texto("id"), rejected.texto("id")}
	slices.Sort(want)
	for _, thorough := range []bool{false, true} {
		w := m.system.Examine(t.Context(), nil, thorough).Workflows
		slices.Sort(w.Faltan)
		if w.Err != nil || w.Mirados < 5 || !slices.Equal(w.Faltan, want) {
			t.Errorf("thorough %t: %+v, want %v", thorough, w, want)
		}
	}
}

// nowhere is an address where nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	return closed.Addr().String()
}
