package journeys

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// The executive declares the 15th a holiday when October is over. What it would move is
// shown first; made, what was loaded that day counts as overtime, approved before or
// after, and is paid so. A month that is closed stays as it was paid.
func TestAHolidayDecreedLate(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	approved, seen, stored, ofB := m.cargar("ana", nis(1)), m.cargar("ana", nis(2)), m.cargar("beto", nis(3)), m.cargar("carla", nis(4))
	m.at(2026, time.October, 15, 16, 0)
	evening := m.cargar("beto", nis(5))
	m.at(2026, time.October, 16, 9, 0)
	next := m.cargar("ana", nis(6))
	for _, g := range []cuerpo{approved, evening, next} {
		m.decidir("jimena", g, "aprobar", "", http.StatusOK)
	}
	m.at(2026, time.November, 3, 9, 0)
	m.firmar("jimena", "2026-10", "A")
	m.stopWork() // so that a decision is stored and waits
	m.decidir("jimena", stored, "aprobar", "", http.StatusAccepted)

	decree := cuerpo{"dia": "2026-10-15", "nombre": "Asueto por decreto"}
	m.post("jimena", api+"/calendario/ensayo", decree, http.StatusForbidden)
	said := m.post("root", api+"/calendario/ensayo", decree, http.StatusOK)
	if said.numero("reclasificadas") != 5 || said.numero("intactas") != 0 || len(said.lista("conformidades")) != 1 ||
		said.lista("meses")[0].texto("mes") != "2026-10" || len(said.lista("meses")[0].lista("unidades")) != 2 {
		t.Errorf("rehearsed: %v", said)
	}
	m.problema(m.post("root", api+"/calendario/feriados", decree, http.StatusConflict), string(pa0580.CodeConflict), 0)
	decree["calendario"] = said.numero("version") - 1
	m.problema(m.post("root", api+"/calendario/feriados", decree, http.StatusConflict), string(pa0580.CodeConflict), 0)
	decree["calendario"] = said.numero("version")
	made := m.post("root", api+"/calendario/feriados", decree, http.StatusCreated)

	// The decision that waited was applied as its author saw the gestión.
	m.work()
	if got := m.leer("jimena", stored); got.texto("estado") != "aprobada" || got.texto("motivo_jornada") != "dia_no_laborable" || got.texto("feriado") != "Asueto por decreto" {
		t.Errorf("stored before: %v", got)
	}
	if left := m.get("jimena", api+"/comandos/sin-efecto", http.StatusOK).lista("comandos"); len(left) != 0 {
		t.Errorf("without effect: %v", left)
	}
	// Whoever saw one before looks again.
	m.problema(m.decidir("jimena", seen, "aprobar", "", http.StatusPreconditionFailed), string(pa0580.CodeStale), 0)
	now := m.leer("jimena", seen)
	if now.numero("calendario") != said.numero("version")+1 {
		t.Errorf("classified by version %d of the calendar: %v", now.numero("calendario"), now)
	}
	m.decidir("jimena", now, "aprobar", "", http.StatusOK)
	m.decidir("julio", m.leer("julio", ofB), "aprobar", "", http.StatusOK)
	for version, want := range map[int]int{seen.numero("calendario"): 0, now.numero("calendario"): 1} {
		held := 0
		for _, f := range m.get("hugo", fmt.Sprintf("%s/calendario?anio=2026&version=%d", api, version), http.StatusOK).lista("feriados") {
			if f.texto("dia") == "2026-10-15" {
				held++
			}
		}
		if held != want {
			t.Errorf("version %d of the calendar has the holiday %d times", version, held)
		}
	}

	m.at(2026, time.November, 3, 10, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 6)
	ordinary, extra := 0, 0
	for _, p := range m.get("hugo", api+"/planillas?mes=2026-10", http.StatusOK).lista("planillas") {
		for _, f := range m.get("hugo", api+"/planillas/"+p.texto("id"), http.StatusOK).lista("filas") {
			ordinary, extra = ordinary+f.numero("total_ordinarias"), extra+f.numero("total_extraordinarias")
		}
	}
	if ordinary != 1 || extra != 5 {
		t.Errorf("paid %d ordinary and %d overtime, want 1 and 5", ordinary, extra)
	}

	// Taken back afterwards, it changes nothing of what was paid.
	said = m.post("hugo", api+"/calendario/ensayo", cuerpo{"id": made.texto("id"), "quitar": true}, http.StatusOK)
	if said.numero("reclasificadas") != 0 || said.numero("intactas") != 5 {
		t.Errorf("rehearsed after the close: %v", said)
	}
	m.espera(llamada{quien: "root", metodo: http.MethodDelete, ruta: api + "/calendario/feriados/" + made.texto("id")}, http.StatusNoContent)
	if got := m.leer("hugo", seen); got.texto("estado") != "incluida" || got.texto("motivo_jornada") != "dia_no_laborable" {
		t.Errorf("after the close: %v", got)
	}
	m.eventually("every workflow to be told", 2*time.Minute, func() bool {
		c := m.get("hugo", api+"/cierres/2026-10", http.StatusOK)
		return c.numero("avisadas") == c.numero("lineas")
	})
	found, err := m.system.Store.Inconsistencias(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}
