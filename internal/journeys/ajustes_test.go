package journeys

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Whoever asks for an ajuste quotes the customer's document; nobody prints it.
const (
	dosVeces        = "=La C.I. 1.234.567 se cargó dos veces"
	dosVecesImpreso = "=La C.I. •••4567 se cargó dos veces"
)

// A customer turns out to have been loaded twice after the month was paid. Its head asks
// to take one back, human resources agrees, and the next planilla holds the difference:
// October's stays as it was.
func TestAMistakeFoundAfterTheClose(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	once, twice := m.cargar("ana", nis(1)), m.cargar("ana", nis(2))
	refused := m.cargar("ana", nis(3))
	for _, g := range []cuerpo{once, twice} {
		m.decidir("jimena", g, "aprobar", "", http.StatusOK)
	}
	m.decidir("jimena", refused, "rechazar", "No corresponde", http.StatusOK)
	m.at(2026, time.November, 3, 9, 0)
	pedir := func(who string, g cuerpo, signo string, want int) cuerpo {
		return m.post(who, api+"/ajustes", cuerpo{"gestion": g.texto("id"), "signo": signo, "motivo": dosVeces}, want)
	}
	m.problema(pedir("jimena", twice, "resta", http.StatusConflict), string(pa0580.CodeWrongEstado), 0) // not paid yet
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 2)
	october := m.get("hugo", api+"/planillas?mes=2026-10", http.StatusOK).lista("planillas")[0].texto("id")
	before := m.archivo("hugo", api+"/planillas/"+october+"/csv")

	m.at(2026, time.November, 10, 9, 0)
	m.problema(pedir("ana", twice, "resta", http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.problema(pedir("julio", twice, "resta", http.StatusNotFound), string(pa0580.CodeNotFound), 0) // another unit's head
	m.problema(pedir("jimena", twice, "suma", http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	takeBack := llamada{"jimena", http.MethodPost, api + "/ajustes", uuid.NewString(),
		cuerpo{"gestion": twice.texto("id"), "signo": "resta", "motivo": dosVeces}}
	_, back := m.hacer(m.Context(), takeBack)
	m.problema(pedir("hugo", twice, "resta", http.StatusConflict), string(pa0580.CodeConflict), 0)
	path := api + "/ajustes/" + back.texto("id")
	m.problema(m.post("jimena", path+"/aprobar", nil, http.StatusConflict), string(pa0580.CodeWrongEstado), 0) // the other part's is missing
	m.problema(m.post("julio", path+"/aprobar", nil, http.StatusNotFound), string(pa0580.CodeNotFound), 0)
	if a := m.post("hugo", path+"/aprobar", nil, http.StatusOK); a.texto("estado") != "aprobado" || a.texto("rrhh.actor.nombre") == "" || a.texto("corrige") != "2026-10" {
		t.Errorf("approved by both: %v", a)
	}
	added := pedir("hugo", refused, "suma", http.StatusCreated) // rejected by mistake
	m.post("jimena", api+"/ajustes/"+added.texto("id")+"/aprobar", nil, http.StatusOK)
	wrong := pedir("hugo", once, "resta", http.StatusCreated)
	m.post("jimena", api+"/ajustes/"+wrong.texto("id")+"/aprobar", nil, http.StatusOK) // by mistake
	m.post("jimena", api+"/ajustes/"+wrong.texto("id")+"/rechazar", cuerpo{"motivo": "Son dos clientes"}, http.StatusOK)
	m.post("jimena", api+"/ajustes/"+wrong.texto("id")+"/rechazar", cuerpo{"motivo": "otra vez"}, http.StatusConflict)

	m.at(2026, time.December, 1, 9, 0)
	for _, u := range m.get("hugo", api+"/cierres/2026-11/preparacion", http.StatusOK).lista("unidades") {
		if u.texto("unidad.codigo") == "A" && u.numero("ajustes.aprobados") != 2 {
			t.Errorf("prepared: %v", u)
		}
	}
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	seen := m.get("hugo", api+"/cierres/2026-11/vista-previa", http.StatusOK)
	if seen.numero("identidad.ajustes") != 0 || seen.en("identidad.cuadra") != true || seen.numero("lineas") != 0 {
		t.Errorf("previewed: %v", seen)
	}
	m.cerrar("2026-11", 0)
	november := m.get("hugo", api+"/planillas?mes=2026-11", http.StatusOK).lista("planillas")[0]
	sheet := m.get("hugo", api+"/planillas/"+november.texto("id"), http.StatusOK)
	if lines := sheet.lista("anexo"); len(lines) != 2 || sheet.numero("totales.neto") != 0 || lines[0].texto("ajuste") == "" || lines[0].texto("motivo") != dosVecesImpreso {
		t.Errorf("November's planilla: %v", sheet)
	}
	for _, f := range []string{"json", "anexo.csv"} {
		if file := string(m.archivo("hugo", api+"/planillas/"+november.texto("id")+"/"+f)); strings.Contains(file, "1234567") || strings.Contains(file, "1.234.567") || !strings.Contains(file, dosVecesImpreso) {
			t.Errorf("the reason in %s:\n%s", f, file)
		}
	}
	if string(m.archivo("hugo", api+"/planillas/"+october+"/csv")) != string(before) {
		t.Error("October's planilla changed")
	}
	story := m.get("ana", api+"/gestiones/"+twice.texto("id")+"/linaje", http.StatusOK)
	if lines := story.lista("renglones"); len(lines) != 2 || lines[0].texto("mes") != "2026-10" || lines[1].texto("signo") != "resta" ||
		lines[1].texto("jefatura") == "" || story.numero("neto") != 0 || story.texto("decision.actor.nombre") == "" || story.texto("decision.cargo") != "jefe" {
		t.Errorf("what became of it: %v", story)
	}
	stands := map[string]string{twice.texto("id"): "no_contada resta", refused.texto("id"): "contada suma", once.texto("id"): "contada "}
	mine := m.get("ana", api+"/yo/estado?mes=2026-10", http.StatusOK)
	for _, g := range mine.lista("gestiones") {
		if got := g.texto("situacion") + " " + g.texto("ajuste"); got != stands[g.texto("id")] || g.texto("ajuste") != "" && !strings.Contains(g.texto("porque"), "«"+dosVecesImpreso+"»") {
			t.Errorf("her statement says %q: %v", got, g)
		}
	}
	for _, months := range mine.lista("meses_cerrados") {
		if want := map[string]int{"2026-11": 0, "2026-10": 2}[months.texto("mes")]; months.numero("en_planilla") != want {
			t.Errorf("closed months: %v", mine.lista("meses_cerrados"))
		}
	}
	if n := len(mine.lista("meses_cerrados")); n != 2 {
		t.Errorf("%d closed months: November paid ajustes alone", n)
	}
	if status, same := m.hacer(m.Context(), takeBack); status != http.StatusCreated || same.texto("id") != back.texto("id") || same.texto("estado") != "incluido" {
		t.Errorf("asked again with its key: %d %v", status, same)
	}
	m.get("carla", api+"/gestiones/"+twice.texto("id")+"/linaje", http.StatusNotFound)
	if all := m.get("ana", api+"/ajustes", http.StatusOK).lista("ajustes"); len(all) != 3 {
		t.Errorf("she sees %d ajustes of hers", len(all))
	}
	again := pedir("hugo", twice, "suma", http.StatusCreated) // it was two customers after all
	if again.texto("corrige") != "2026-10" {
		t.Errorf("added again: %v", again)
	}

	// It need not wait for December's planilla: a complementaria of October holds it alone.
	c1 := api + "/cierres/2026-10-c1"
	m.problema(m.post("hugo", api+"/cierres/2026-10-c2/corte", cuerpo{}, http.StatusConflict), string(pa0580.CodeMonthOrder), 0)
	m.problema(m.post("hugo", api+"/cierres/2026-12-c1/corte", cuerpo{}, http.StatusConflict), string(pa0580.CodeMonthOrder), 0)
	m.post("hugo", c1+"/corte", cuerpo{}, http.StatusOK)
	empty := m.get("hugo", c1+"/vista-previa", http.StatusOK)
	m.problema(m.post("hugo", c1+"/cerrar", cuerpo{"huella": empty.texto("huella"), "motivo": "x"}, http.StatusConflict), string(pa0580.CodeNothing), 0)
	m.post("hugo", c1+"/corte/levantar", nil, http.StatusOK)
	m.post("jimena", api+"/ajustes/"+again.texto("id")+"/aprobar", nil, http.StatusOK)
	m.at(2026, time.December, 1, 9, 5)
	m.post("hugo", c1+"/corte", cuerpo{}, http.StatusOK)
	m.firmar("jimena", "2026-10-c1", "A")
	whole := m.get("hugo", c1+"/vista-previa", http.StatusOK)
	m.post("hugo", c1+"/cerrar", cuerpo{"huella": whole.texto("huella")}, http.StatusOK)
	sheets := m.get("hugo", api+"/planillas?mes=2026-10-c1", http.StatusOK).lista("planillas")
	if len(sheets) != 1 || sheets[0].en("conforme") != true || sheets[0].numero("numero") != 3 {
		t.Errorf("the complementaria's planillas: %v", sheets)
	}
	m.eventually("the manifests", porSellar, func() bool { return m.get("hugo", c1, http.StatusOK).en("probado") == true })
	if n := m.get("ana", api+"/gestiones/"+twice.texto("id")+"/linaje", http.StatusOK).numero("neto"); n != 1 {
		t.Errorf("it is paid %d times", n)
	}
	found, err := app.Verificar(m.Context(), m.system.Store, manifiesto.Abrir, []string{m.publica}, nil, func(text string) { m.Error(text) })
	if err != nil || found.Manifiestos != 3 || len(found.Sin) > 0 {
		t.Errorf("verified %+v, %v", found, err)
	}
}
