package journeys

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Ana asks what became of her October, before and after it closes; her head sees the
// part of their unit, another head nothing, HR everything.
func TestAStatementOfAMonth(t *testing.T) {
	t.Parallel()
	m := newMundo(t, patient)
	m.at(2026, time.October, 15, 9, 0)
	paid, rejected := m.cargar("ana", nis(1)), m.cargar("ana", nis(2))
	m.cargar("ana", nis(3))
	m.decidir("jimena", paid, "aprobar", "", http.StatusOK)
	m.decidir("jimena", rejected, "rechazar", "La C.I. 1.234.567 es de otro suministro", http.StatusOK)

	mine := m.get("ana", api+"/yo/estado", http.StatusOK)
	if mine.texto("mes") != "2026-10" || mine.en("cerrado_at") != nil || mine.numero("totales.cargadas.total") != 3 || mine.numero("totales.contadas.total") != 0 || mine.numero("totales.en_espera.total") != 2 {
		t.Errorf("October while it goes on: %v", mine["totales"])
	}
	m.at(2026, time.November, 3, 9, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 1)

	of := api + "/funcionarios/" + string(m.ids["ana"]) + "/estado"
	for _, ask := range []struct {
		quien, ruta string
		parcial     bool
	}{{"ana", api + "/yo/estado", false}, {"ana", of, false}, {"hugo", of, false}, {"aldo", of, false}, {"jimena", of, true}} {
		e := m.get(ask.quien, ask.ruta+"?mes=2026-10", http.StatusOK)
		if e.texto("funcionario.legajo") != "ANA" || e.en("parcial") != ask.parcial || e.texto("cerrado_at") == "" || e.numero("totales.cargadas.total") != 3 ||
			e.numero("totales.contadas.total") != 1 || e.numero("totales.en_espera.total") != 1 || e.numero("totales.no_contadas.total") != 1 || e.numero("en_planilla_del_mes.total") != 1 {
			t.Errorf("%s sees of Ana's October: %v", ask.quien, e)
		}
		sheet := e.lista("planillas")
		if len(sheet) != 1 || sheet[0].numero("planilla.numero") != 1 || sheet[0].en("conforme") != false || len(sheet[0].texto("huella")) != 64 || len(e.lista("meses_cerrados")) != 1 {
			t.Errorf("%s sees the planillas %v", ask.quien, sheet)
		}
		if pdf := m.archivo(ask.quien, ask.ruta+".pdf?mes=2026-10"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
			t.Errorf("%s: no PDF begins with %q", ask.quien, pdf[:min(8, len(pdf))])
		}
	}
	no := m.get("ana", api+"/yo/estado?mes=2026-10&situacion=no_contada", http.StatusOK).lista("gestiones")
	if len(no) != 1 || no[0].texto("id") != rejected.texto("id") || no[0].texto("porque") != "Jimena Jefa la rechazó el 15/10/2026 a las 09:00: «La C.I. •••4567 es de otro suministro»." {
		t.Errorf("not counted: %v", no)
	}
	waits := m.get("ana", api+"/yo/estado?mes=2026-10&situacion=en_espera", http.StatusOK).lista("gestiones")
	if len(waits) != 1 || waits[0].lista("de")[0].texto("nombre") != "Jimena Jefa" {
		t.Errorf("in wait: %v", waits)
	}
	first := m.get("ana", api+"/yo/estado?mes=2026-10&limite=2", http.StatusOK)
	rest := m.get("ana", api+"/yo/estado?mes=2026-10&limite=2&cursor="+first.texto("siguiente"), http.StatusOK)
	if len(first.lista("gestiones")) != 2 || len(rest.lista("gestiones")) != 1 || rest.en("siguiente") != nil || rest.numero("totales.cargadas.total") != 3 {
		t.Errorf("two pages: %v, %v", first, rest)
	}
	for _, suffix := range []string{"", ".pdf"} {
		m.problema(m.get("julio", of+suffix+"?mes=2026-10", http.StatusNotFound), string(pa0580.CodeNotFound), 0)
		m.problema(m.get("beto", of+suffix, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
		m.problema(m.get("root", of+suffix, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
		m.problema(m.get("ana", api+"/yo/estado"+suffix+"?mes=octubre", http.StatusUnprocessableEntity), string(pa0580.CodeField), 0)
	}
	m.problema(m.get("ana", api+"/yo/estado?situacion=paga", http.StatusUnprocessableEntity), string(pa0580.CodeField), 0)
	m.problema(m.get("hugo", strings.Replace(of, string(m.ids["ana"]), string(m.unidades["A"]), 1), http.StatusNotFound), string(pa0580.CodeNotFound), 0)
}
