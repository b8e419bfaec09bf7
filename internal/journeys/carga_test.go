package journeys

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// With an invalid document the answer speaks of step 10 alone; once it is
// valid, of everything else at once.
func TestStepTenSpeaksFirst(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	wrong := carga("12", cuerpo{
		"documento": cuerpo{"tipo": "RUC", "numero": "80009735-9"}, "tipo_gestion": 6,
		"observacion": strings.Repeat("x", 2001), "guardada_at": "2020-01-01T00:00:00Z", "color": "rojo", "unidad": "no-es",
	})
	alone := m.post("ana", api+"/gestiones", wrong, http.StatusUnprocessableEntity)
	m.problema(alone, string(pa0580.CodeCheckDigit), 10)
	if n := len(alone.lista("errores")); n > 1 {
		t.Errorf("step 10 came with %d others", n-1)
	}
	wrong["documento"] = cuerpo{"tipo": "RUC", "numero": "80009735-1"}
	all := m.post("ana", api+"/gestiones", wrong, http.StatusUnprocessableEntity)
	got := map[string]int{}
	for _, e := range all.lista("errores") {
		got[e.texto("codigo")] = e.numero("paso")
	}
	for code, paso := range map[pa0580.Code]int{
		pa0580.CodeReferenceFormat: 20, pa0580.CodeTipoGestion: 30, pa0580.CodeRemark: 40,
		pa0580.CodeClientTime: 50, pa0580.CodeUnknownField: 0, pa0580.CodeNotRostered: 0,
	} {
		if at, ok := got[string(code)]; !ok || at != paso {
			t.Errorf("%s at step %d (told: %v), want it at %d", code, at, ok, paso)
		}
	}
	if list := m.get("ana", api+"/gestiones", http.StatusOK).lista("gestiones"); len(list) != 0 {
		t.Errorf("refused loads left %d gestiones", len(list))
	}
}

func TestLoadingIsRefused(t *testing.T) {
	t.Parallel()
	m := newMundo(t, patient)
	tests := map[string]struct {
		quien  string
		body   any
		status int
		code   pa0580.Code
		paso   int
	}{
		"unknown NIS":                  {"ana", carga("9999999"), 422, pa0580.CodeReferenceUnknown, 20},
		"malformed NIS":                {"ana", carga("99-99"), 422, pa0580.CodeReferenceFormat, 20},
		"type 6":                       {"ana", carga(nis(1), cuerpo{"tipo_gestion": 6}), 422, pa0580.CodeTipoGestion, 30},
		"a text where a number goes":   {"ana", carga(nis(1), cuerpo{"tipo_gestion": "5"}), 422, pa0580.CodeTipoGestion, 30},
		"remark of 2,001 characters":   {"ana", carga(nis(1), cuerpo{"observacion": strings.Repeat("ñ", 2001)}), 422, pa0580.CodeRemark, 40},
		"a client's own time":          {"ana", carga(nis(1), cuerpo{"guardada_at": "2026-11-03T08:00:00-03:00"}), 422, pa0580.CodeClientTime, 50},
		"not rostered anywhere":        {"nadie", carga(nis(1)), 422, pa0580.CodeNotRostered, 0},
		"not rostered in that unit":    {"ana", carga(nis(1), cuerpo{"unidad": m.unidades["B"]}), 422, pa0580.CodeNotRostered, 0},
		"no document at all":           {"ana", carga(nis(1), cuerpo{"documento": nil}), 422, pa0580.CodeDocumentType, 10},
		"somebody who is not an agent": {"julio", carga(nis(1)), 403, pa0580.CodeForbidden, 0},
	}
	for name, tt := range tests {
		p := m.post(tt.quien, api+"/gestiones", tt.body, tt.status)
		if p.texto("codigo") != string(tt.code) || p.numero("paso") != tt.paso {
			t.Errorf("%s: %v", name, p)
		}
	}
	if status, _ := m.hacer(t.Context(), llamada{metodo: http.MethodPost, ruta: api + "/gestiones", cuerpo: carga(nis(1))}); status != http.StatusUnauthorized {
		t.Errorf("not signed in: %d", status)
	}
	m.post("ana", api+"/gestiones", `{"documento": {`, http.StatusBadRequest)
}

// The server's clock decides, and what it decided stays with the gestión.
func TestTheMomentIsClassified(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	tests := []struct {
		day, hour, minute int
		jornada, motivo   string
	}{
		{3, 6, 59, "extraordinaria", "fuera_de_horario"},
		{3, 7, 0, "ordinaria", ""},
		{3, 14, 59, "ordinaria", ""},
		{3, 15, 0, "extraordinaria", "fuera_de_horario"},
		{7, 10, 0, "extraordinaria", "dia_no_laborable"}, // a Saturday
	}
	for i, tt := range tests {
		m.at(2026, time.November, tt.day, tt.hour, tt.minute)
		g := m.cargar("ana", nis(i))
		if g.texto("jornada") != tt.jornada || g.texto("motivo_jornada") != tt.motivo {
			t.Errorf("%d at %02d:%02d: %s %s", tt.day, tt.hour, tt.minute, g.texto("jornada"), g.texto("motivo_jornada"))
		}
	}
	m.at(2026, time.December, 8, 10, 0)
	g := m.cargar("ana", nis(20))
	if g.texto("motivo_jornada") != "dia_no_laborable" || g.texto("feriado") != "Virgen de Caacupé" {
		t.Errorf("a holiday: %v", g)
	}
}

// The same key from many clients at once makes one gestión and one workflow,
// whether they heard its outcome or, in the crush, that it was received.
func TestOneKeyOneGestion(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const clients = 100
	clave := uuid.NewString()
	ids := make([]string, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			status, g := m.hacer(t.Context(), llamada{quien: "ana", metodo: http.MethodPost, ruta: api + "/gestiones", clave: clave, cuerpo: carga(nis(1))})
			if status != http.StatusCreated && status != http.StatusAccepted {
				t.Errorf("client %d: %d %v", i, status, g)
			}
			ids[i] = g.texto("id")
		})
	}
	all.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("clients got %q and %q", ids[0], id)
		}
	}
	if list := m.get("ana", api+"/gestiones", http.StatusOK).lista("gestiones"); len(list) != 1 {
		t.Errorf("%d gestiones", len(list))
	}
	m.eventually("the verification", time.Minute, func() bool {
		return m.get("ana", api+"/gestiones/"+ids[0], http.StatusOK).texto("estado") == "pendiente"
	})
	eventos, _, err := m.system.App.Flow.Eventos(t.Context(), pa0580.GestionID(ids[0]))
	m.must(err)
	runs := 0
	for _, e := range eventos {
		if e.Tipo == "WorkflowExecutionStarted" {
			runs++
		}
	}
	if runs != 1 {
		t.Errorf("%d runs of its workflow, want 1", runs)
	}
	other := m.espera(llamada{quien: "ana", metodo: http.MethodPost, ruta: api + "/gestiones", clave: clave, cuerpo: carga(nis(2))}, http.StatusUnprocessableEntity)
	m.problema(other, string(pa0580.CodeIdempotency), 0)
	// Somebody else's same key is another one.
	status, another := m.hacer(t.Context(), llamada{quien: "beto", metodo: http.MethodPost, ruta: api + "/gestiones", clave: clave, cuerpo: carga(nis(2))})
	if status >= http.StatusMultipleChoices || another.texto("id") == ids[0] {
		t.Errorf("somebody else's same key: %d %v", status, another)
	}
}

// A customer is standing there: without OPEN SGC the gestión is received and
// verified by itself once it answers.
func TestOpenSGCDown(t *testing.T) {
	t.Parallel()
	m := newMundo(t, func(c *boot.Config) { c.Espera = 2 * time.Second })
	m.must(m.sgc.Switch(opensgc.Caido, 0))
	begin := time.Now()
	good := m.post("ana", api+"/gestiones", carga(nis(1)), http.StatusAccepted)
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("the agent waited %s", took)
	}
	bad := m.post("ana", api+"/gestiones", carga("9999999"), http.StatusAccepted)
	if good.texto("estado") != "recibida" || bad.texto("estado") != "recibida" {
		t.Fatalf("received %v and %v", good, bad)
	}
	// Beto annuls one that OPEN SGC has not answered about.
	away := m.post("beto", api+"/gestiones", carga(nis(3)), http.StatusAccepted)
	m.post("beto", api+"/gestiones/"+away.texto("id")+"/anulacion", cuerpo{"version": 1, "motivo": "Se cargó por error"}, http.StatusOK)

	m.must(m.sgc.Switch(opensgc.Normal, 0))
	m.eventually("the verification", time.Minute, func() bool {
		return m.leer("ana", good).texto("estado") == "pendiente" && m.leer("ana", bad).texto("estado") == "observada"
	})
	// The agent corrects it; a reference known not to exist changes nothing.
	seen := m.leer("ana", bad)
	path := api + "/gestiones/" + bad.texto("id") + "/correccion"
	no := m.post("ana", path, cuerpo{"version": seen.numero("version"), "referencia": cuerpo{"tipo": "NIS", "numero": "8888888"}}, http.StatusUnprocessableEntity)
	m.problema(no, string(pa0580.CodeReferenceUnknown), 20)
	if again := m.leer("ana", bad); again.numero("version") != seen.numero("version") {
		t.Errorf("a refused correction changed the gestión: %v", again)
	}
	yes := m.post("ana", path, cuerpo{"version": seen.numero("version"), "referencia": cuerpo{"tipo": "NIS", "numero": nis(2)}}, http.StatusOK)
	if yes.texto("estado") != "pendiente" || yes.texto("referencia.numero") != nis(2) {
		t.Errorf("corrected: %v", yes)
	}
}

// One timeline holds the audit of the rows and the workflow's own events, and no
// personal data; the full document is one audited click away.
func TestTimelineTellsTheWholeLife(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	g := m.cargar("ana", nis(7), cuerpo{"documento": cuerpo{"tipo": "CI", "numero": "7654321"}, "observacion": "Canario amarillo"})
	g = m.decidir("jimena", g, "observar", "Falta aclarar el canario", http.StatusOK)
	g = m.post("ana", api+"/gestiones/"+g.texto("id")+"/correccion", cuerpo{"version": g.numero("version"), "observacion": "Aclarada"}, http.StatusOK)
	g = m.decidir("jimena", g, "aprobar", "", http.StatusOK)
	history := m.get("ana", api+"/gestiones/"+g.texto("id")+"/historia", http.StatusOK)
	var acciones []string
	engine := 0
	for _, e := range history.lista("linea") {
		if e.texto("origen") == "motor" {
			engine++
			continue
		}
		acciones = append(acciones, e.texto("accion"))
	}
	if got, want := fmt.Sprint(acciones), "[cargar verificar observar corregir verificar aprobar]"; got != want || engine == 0 {
		t.Errorf("timeline %s with %d engine events, want %s", got, engine, want)
	}
	if s := fmt.Sprint(history); strings.Contains(s, "7654321") || strings.Contains(s, "amarillo") {
		t.Error("the timeline shows document or remark")
	}
	if s := fmt.Sprint(g); strings.Contains(s, "7654321") || !strings.Contains(s, "•••4321") {
		t.Errorf("documents are masked: %v", g)
	}
	full := m.post("jimena", api+"/gestiones/"+g.texto("id")+"/documento", nil, http.StatusOK)
	if !strings.Contains(fmt.Sprint(full), "7654321") {
		t.Errorf("the full document: %v", full)
	}
}

// A client that vanishes while OPEN SGC is asked was told nothing. Its next try
// hears that there is no such supply, and not that the gestión was received.
func TestALoadWhoseClientVanished(t *testing.T) {
	t.Parallel()
	m := newMundo(t, patient)
	m.must(m.sgc.Switch(opensgc.Lento, 700*time.Millisecond))
	l := llamada{quien: "ana", metodo: http.MethodPost, ruta: api + "/gestiones", clave: uuid.NewString(), cuerpo: carga("999999999")}
	vanishing, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	m.vanish(vanishing, l)
	status, out := m.hacer(t.Context(), l)
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("tried again: %d %v", status, out)
	}
	m.problema(out, string(pa0580.CodeReferenceUnknown), 20)
}
