package journeys

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// Nobody sees or decides what isn't theirs.
func TestWhoDecides(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	g := m.cargar("ana", nis(1))
	m.decidir("julio", g, "aprobar", "", http.StatusNotFound) // another unit's head does not even see it
	m.get("julio", api+"/gestiones/"+g.texto("id"), http.StatusNotFound)
	m.get("carla", api+"/gestiones/"+g.texto("id"), http.StatusNotFound)
	m.decidir("gloria", g, "aprobar", "", http.StatusNotFound) // nor does the head above
	m.problema(m.decidir("ana", g, "aprobar", "", http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.problema(m.decidir("hugo", g, "aprobar", "", http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.problema(m.decidir("aldo", g, "aprobar", "", http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.get("root", api+"/gestiones/"+g.texto("id"), http.StatusNotFound)

	// What the head loads goes to the nearest head above who is somebody else.
	own := m.cargar("jimena", nis(2))
	m.problema(m.decidir("jimena", own, "aprobar", "", http.StatusForbidden), string(pa0580.CodeOwnGestion), 0)
	if inbox := m.get("jimena", api+"/bandeja", http.StatusOK).lista("gestiones"); len(inbox) != 1 || inbox[0].texto("id") != g.texto("id") {
		t.Errorf("Jimena's inbox: %v", inbox)
	}
	if inbox := m.get("gloria", api+"/bandeja", http.StatusOK).lista("gestiones"); len(inbox) != 1 || inbox[0].texto("id") != own.texto("id") {
		t.Errorf("Gloria's inbox: %v", inbox)
	}
	approved := m.decidir("gloria", own, "aprobar", "", http.StatusOK)
	if approved.texto("estado") != "aprobada" {
		t.Errorf("approved: %v", approved)
	}

	// A substitute decides within their dates, and only then.
	m.decidir("sara", g, "aprobar", "", http.StatusNotFound)
	today := pa0580.DiaOf(*m.now.Load())
	_, err := m.system.Store.Save(t.Context(), "", *m.now.Load(), app.Clave{}, app.Cambio{Subrogancia: &app.SubroganciaFicha{
		Subrogancia: pa0580.Subrogancia{Unidad: m.unidades["A"], Subrogante: m.ids["sara"], Desde: today, Hasta: today},
	}})
	m.must(err)
	if done := m.decidir("sara", g, "aprobar", "", http.StatusOK); done.texto("estado") != "aprobada" {
		t.Errorf("the substitute approved: %v", done)
	}
	next := m.cargar("ana", nis(3))
	m.at(2026, time.November, 4, 10, 0)
	m.decidir("sara", next, "aprobar", "", http.StatusNotFound)
}

func TestDecisionsMeetTheRow(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	g := m.cargar("ana", nis(1))
	m.problema(m.decidir("jimena", g, "rechazar", "", http.StatusUnprocessableEntity), string(pa0580.CodeReasonMissing), 0)
	approved := m.decidir("jimena", g, "aprobar", "", http.StatusOK)
	// Deciding twice: the version the head saw is gone; with the new one the estado says no.
	m.problema(m.decidir("jimena", g, "aprobar", "", http.StatusPreconditionFailed), string(pa0580.CodeStale), 0)
	m.problema(m.decidir("jimena", approved, "aprobar", "", http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	back := m.decidir("jimena", approved, "retirar_decision", "", http.StatusOK)
	rejected := m.decidir("jimena", back, "rechazar", "El NIS no es del cliente", http.StatusOK)
	// A rejection ended the workflow; taking it back starts it again.
	again := m.decidir("jimena", rejected, "retirar_decision", "", http.StatusOK)
	if again.texto("estado") != "pendiente" {
		t.Fatalf("taken back: %v", again)
	}
	m.decidir("jimena", again, "aprobar", "", http.StatusOK)

	// An annulled gestión admits nothing.
	other := m.cargar("beto", nis(2))
	gone := m.post("beto", api+"/gestiones/"+other.texto("id")+"/anulacion", cuerpo{"version": other.numero("version"), "motivo": "Duplicada"}, http.StatusOK)
	m.problema(m.decidir("jimena", gone, "aprobar", "", http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	// The same request again gives what the first gave.
	third := m.cargar("beto", nis(3))
	request := llamada{quien: "jimena", metodo: http.MethodPost, ruta: api + "/gestiones/" + third.texto("id") + "/decisiones",
		clave: "una-vez", cuerpo: cuerpo{"accion": "aprobar", "version": third.numero("version")}}
	first, second := m.espera(request, http.StatusOK), m.espera(request, http.StatusOK)
	if first.numero("version") != second.numero("version") || second.texto("estado") != "aprobada" {
		t.Errorf("repeated: %v then %v", first, second)
	}
}

// A decision stored while its gestión was being corrected ends without effect
// and waits in its author's inbox until seen.
func TestADecisionThatBecameIllegal(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	g := m.cargar("ana", nis(1))
	m.stopWork()
	m.post("ana", api+"/gestiones/"+g.texto("id")+"/correccion", cuerpo{"version": g.numero("version"), "observacion": "Otra"}, http.StatusAccepted)
	stored := m.decidir("jimena", g, "aprobar", "", http.StatusAccepted)
	m.work()
	m.eventually("both commands to be applied", time.Minute, func() bool {
		return len(m.get("jimena", api+"/comandos/sin-efecto", http.StatusOK).lista("comandos")) == 1
	})
	inbox := m.get("jimena", api+"/comandos/sin-efecto", http.StatusOK).lista("comandos")
	if inbox[0].texto("codigo") != string(pa0580.CodeStale) || inbox[0].texto("gestion") != g.texto("id") {
		t.Errorf("without effect: %v (stored %v)", inbox[0], stored)
	}
	m.eventually("the verification", time.Minute, func() bool { return m.leer("ana", g).texto("estado") == "pendiente" })
	m.post("jimena", api+"/comandos/"+inbox[0].texto("id")+"/visto", nil, http.StatusNoContent)
	if left := m.get("jimena", api+"/comandos/sin-efecto", http.StatusOK).lista("comandos"); len(left) != 0 {
		t.Errorf("seen, and still there: %v", left)
	}
}

// Some clients write ids in capitals. They are the same ids, also to a request sent again.
func TestIDsInCapitals(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	g := m.cargar("ana", nis(1))
	id := strings.ToUpper(g.texto("id"))
	lote := m.post("jimena", api+"/lotes", cuerpo{"comandos": []cuerpo{{"gestion": id, "accion": "aprobar", "version": g.numero("version")}}}, http.StatusAccepted)
	if refused := lote.lista("rechazos"); len(refused) > 0 {
		t.Fatalf("refused: %v", refused)
	}
	m.eventually("the decision", time.Minute, func() bool {
		return m.get("ana", api+"/gestiones/"+id, http.StatusOK).texto("estado") == "aprobada"
	})
	again := llamada{quien: "jimena", metodo: http.MethodPost, clave: "una", cuerpo: cuerpo{"accion": "retirar_decision", "version": 3}}
	for _, path := range []string{id, g.texto("id")} {
		again.ruta = api + "/gestiones/" + path + "/decisiones"
		if status, out := m.hacer(t.Context(), again); status != http.StatusOK {
			t.Errorf("taken back at %s: %d %v", path, status, out)
		}
	}
}

// More decide at once than the engine, which hangs, is asked for. Each hears that it
// is stored, and once the engine goes on all are applied: nobody reconciles here.
func TestDecisionsThatGetNoTurn(t *testing.T) {
	t.Parallel()
	m := newMundoAt(t, teststack.Temporal(t), func(c *boot.Config) { c.Espera = time.Second }) // without a worker every update hangs
	m.must(m.sgc.Switch(opensgc.Caido, 0))                                                     // nor does a row move but by its decision
	const many = 20
	var loaded [many]cuerpo
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			_, loaded[i] = m.hacer(t.Context(), llamada{quien: "ana", metodo: http.MethodPost, ruta: api + "/gestiones", cuerpo: carga(nis(i + 1))})
		})
	}
	all.Wait()
	for _, g := range loaded {
		all.Go(func() {
			status, out := m.hacer(t.Context(), llamada{
				quien: "jimena", metodo: http.MethodPost, ruta: api + "/gestiones/" + g.texto("id") + "/decisiones",
				cuerpo: cuerpo{"accion": "rechazar", "version": g["version"], "motivo": "No corresponde"},
			})
			if status != http.StatusAccepted {
				t.Errorf("decided: %d %v", status, out)
			}
		})
	}
	all.Wait()
	m.work()
	t.Cleanup(func() { m.stopWork() })
	for _, g := range loaded {
		m.eventually("the decision", time.Minute, func() bool { return m.leer("ana", g).texto("estado") == "rechazada" })
	}
}
