package journeys

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// With Temporal out of reach agents are served, heads decide and HR orders the
// close: everything is stored, and carried out once the engine is there.
func TestTemporalOutOfReach(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nowhere := closed.Addr().String()
	_ = closed.Close()
	m := newMundoAt(t, teststack.Temporal(t))
	m.at(2026, time.October, 15, 9, 0)
	m.work()
	old := m.cargar("carla", nis(1))
	old = m.decidir("julio", old, "aprobar", "", http.StatusOK)
	ready := m.cargar("ana", nis(2))
	m.stopWork()

	there := m.config.Address
	m.config.Address = nowhere
	m.open()
	m.at(2026, time.November, 3, 9, 0)
	received := m.post("ana", api+"/gestiones", carga(nis(3)), http.StatusAccepted)
	decided := m.decidir("jimena", ready, "aprobar", "", http.StatusAccepted)
	m.at(2026, time.November, 3, 9, 1)
	hr := api + "/cierres/2026-10"
	m.post("hugo", hr+"/corte", cuerpo{}, http.StatusOK)
	// A command from before the corte waits: preview and close want a reason.
	m.problema(m.get("hugo", hr+"/vista-previa", http.StatusConflict), string(pa0580.CodeUnapplied), 0)
	preview := m.post("hugo", hr+"/vista-previa", cuerpo{"motivo": "El motor no responde"}, http.StatusOK)
	m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "El motor no responde"}, http.StatusAccepted)
	if timeline := m.get("ana", api+"/gestiones/"+received.texto("id")+"/historia", http.StatusOK); timeline.en("motor") != false {
		t.Errorf("a timeline without engine: %v", timeline)
	}

	m.config.Address = there
	m.open()
	m.at(2026, time.November, 3, 10, 0)
	m.work()
	t.Cleanup(func() { m.stopWork() })
	m.eventually("the verification", time.Minute, func() bool { return m.leer("ana", received).texto("estado") == "pendiente" })
	m.eventually("the decision "+decided.texto("id"), time.Minute, func() bool { return m.leer("ana", ready).texto("estado") == "aprobada" })
	// The decision was applied before the freeze, so the preview was stale; or
	// after it, and the month closed with what HR saw. HR sees which.
	m.eventually("the order to close", time.Minute, func() bool {
		return m.get("hugo", hr, http.StatusOK).en("orden.cerrado") != nil
	})
	if c := m.get("hugo", hr, http.StatusOK); c.en("cerrado_at") == nil {
		if c.texto("orden.codigo") != string(pa0580.CodeDigest) {
			t.Fatalf("the order ended with %v", c)
		}
		preview = m.get("hugo", hr+"/vista-previa", http.StatusOK)
		m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "Sin conformidad"}, http.StatusOK)
	}
	if g := m.leer("carla", old); g.texto("estado") != "incluida" {
		t.Errorf("approved long before: %v", g)
	}
}

// Whole histories hold ids, estados and codes only. The canaries are first found
// where they may be.
func TestHistoriesHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	canaries := []string{"7654321", "Canario amarillo", "Motivo turquesa"}
	g := m.cargar("ana", nis(1), cuerpo{"documento": cuerpo{"tipo": "CI", "numero": canaries[0]}, "observacion": canaries[1]})
	g = m.decidir("jimena", g, "observar", canaries[2], http.StatusOK)
	g = m.post("ana", api+"/gestiones/"+g.texto("id")+"/correccion",
		cuerpo{"version": g.numero("version"), "tipo_gestion": 4, "documento": cuerpo{"tipo": "CI", "numero": canaries[0]}}, http.StatusOK)
	g = m.decidir("jimena", g, "rechazar", canaries[2], http.StatusOK)
	m.decidir("jimena", g, "retirar_decision", "", http.StatusOK)
	found := m.get("ana", api+"/gestiones/"+g.texto("id"), http.StatusOK)
	if found.texto("observacion") != canaries[1] {
		t.Fatalf("the canary is not where it may be: %v", found)
	}

	c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
	m.must(err)
	defer c.Close()
	events := c.GetWorkflowHistory(t.Context(), contract.GestionWorkflowID(pa0580.GestionID(g.texto("id"))), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	payloads := 0
	for events.HasNext() {
		e, err := events.Next()
		m.must(err)
		text := e.String()
		raw, err := protojson.Marshal(e)
		m.must(err)
		payloads += strings.Count(text, "data:")
		for _, canary := range canaries {
			if strings.Contains(text, canary) || strings.Contains(string(raw), canary) {
				t.Errorf("event %d holds %q", e.GetEventId(), canary)
			}
		}
		if e.GetEventId() == 1 && !strings.Contains(text, g.texto("id")) {
			t.Error("the search does not even find the gestión's id")
		}
	}
	if payloads == 0 {
		t.Error("no payload was read")
	}
}
