package journeys

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// monthSize is how many gestiones the month's story loads.
const monthSize = 2000

// cuenta is what an independent count of the input expects in the planillas:
// unit, agent, type and jornada.
type cuenta struct {
	unidad, agente string
	tipo           int
	extra          bool
}

// A month through the API: loaded, decided in bulk, some sent back and
// corrected, some taken back, closed. The planillas hold what the input says.
func TestAMonthClosed(t *testing.T) {
	t.Parallel()
	m := newMundo(t, patient)
	story := m.loadMonth(monthSize)
	m.at(2026, time.November, 1, 9, 0)
	m.eventually("every verification", time.Minute, func() bool {
		return len(m.get("hugo", api+"/gestiones?estado=recibida", http.StatusOK).lista("gestiones")) == 0
	})
	m.decideMonth(story)
	m.at(2026, time.November, 3, 8, 0)

	hr := api + "/cierres/2026-10"
	m.problema(m.post("hugo", hr+"/cerrar", cuerpo{"huella": "sin-corte"}, http.StatusConflict), string(pa0580.CodeCorte), 0)
	m.post("hugo", hr+"/corte", cuerpo{}, http.StatusOK)
	for unidad, head := range map[string]string{"A": "jimena", "B": "julio"} {
		m.firmar(head, "2026-10", unidad)
	}
	preview := m.get("hugo", hr+"/vista-previa", http.StatusOK)
	if got := preview.numero("lineas"); got != story.total() {
		t.Errorf("the preview holds %d lines, the input %d", got, story.total())
	}
	// What is undecided stays behind, and owes a reason.
	m.problema(m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella")}, http.StatusUnprocessableEntity), string(pa0580.CodeReasonMissing), 0)
	closed := m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "Quedan pendientes para el mes siguiente"}, http.StatusOK)
	if closed.numero("lineas") != story.total() {
		t.Errorf("closed with %d lines, want %d", closed.numero("lineas"), story.total())
	}
	m.problema(m.post("rosa", hr+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "otra vez"}, http.StatusConflict), string(pa0580.CodeMonthClosed), 0)
	m.post("hugo", hr+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "otra vez"}, http.StatusOK)

	m.sameCounts(story)
	m.eventually("every workflow to be told", 2*time.Minute, func() bool {
		c := m.get("hugo", hr, http.StatusOK)
		return c.numero("avisadas") == c.numero("lineas")
	})
	m.lifeFits(story.approved)
	m.proved("2026-10", story.total())
}

// proved waits for a month's signed manifest, and holds what there is against it.
func (m *mundo) proved(mes string, lineas int) {
	m.Helper()
	m.eventually("the manifest", porSellar, func() bool { return m.get("hugo", api+"/cierres/"+mes, http.StatusOK).en("probado") == true })
	m.get("jimena", api+"/cierres/"+mes+"/manifiesto", http.StatusForbidden)
	signed, err := manifiesto.Abrir(m.archivo("hugo", api+"/cierres/"+mes+"/manifiesto"), m.publica)
	m.must(err)
	if signed.Mes.String() != mes || signed.Lineas != int64(lineas) {
		m.Errorf("the manifest is of %s and %d lines", signed.Mes, signed.Lineas)
	}
	named := map[[32]byte]bool{}
	for _, a := range signed.Archivos {
		named[a.SHA256] = true
	}
	paths := []string{"/cierres/" + mes + "/consolidada/"}
	for _, p := range m.get("hugo", api+"/planillas?mes="+mes, http.StatusOK).lista("planillas") {
		paths = append(paths, "/planillas/"+p.texto("id")+"/")
	}
	if want := len(paths) * len(app.Formatos()); len(named) != want {
		m.Errorf("the manifest names %d files, want %d", len(named), want)
	}
	for _, path := range paths {
		for _, f := range []string{"xlsx", "pdf", "csv", "json"} {
			if !named[sha256.Sum256(m.archivo("hugo", api+path+f))] {
				m.Errorf("the manifest does not name %s%s", path, f)
			}
		}
	}
	found, err := app.Verificar(m.Context(), m.system.Store, manifiesto.Abrir, []string{m.publica}, &signed, func(text string) { m.Error(text) })
	if err != nil || found.Lineas != int64(lineas) || found.Manifiestos != 1 || len(found.Sin) > 0 || found.Sellos.Filas == 0 {
		m.Errorf("verified %+v, %v", found, err)
	}
}

// historia is what the story did, kept apart from the system's own records.
type historia struct {
	mu       sync.Mutex
	loaded   map[string]cuenta // by gestión
	approved string            // one that was approved at once
	want     map[cuenta]int
}

func (h *historia) total() int {
	n := 0
	for _, k := range h.want {
		n += k
	}
	return n
}

// loadMonth loads n gestiones on the days of October, each batch at one moment.
func (m *mundo) loadMonth(n int) *historia {
	h := &historia{loaded: map[string]cuenta{}, want: map[cuenta]int{}}
	random := rand.New(rand.NewPCG(2026, 10))
	agents := []struct{ quien, unidad string }{{"ana", "A"}, {"beto", "A"}, {"carla", "B"}}
	const batch = 16
	for i := 0; i < n; i += batch {
		day, hour := 1+random.IntN(31), 5+random.IntN(13)
		m.at(2026, time.October, day, hour, random.IntN(60))
		weekday := time.Date(2026, time.October, day, 0, 0, 0, 0, time.UTC).Weekday()
		extra := weekday == time.Saturday || weekday == time.Sunday || hour < 7 || hour >= 15
		var group sync.WaitGroup
		for range min(batch, n-i) {
			who, tipo, supply := agents[random.IntN(len(agents))], 1+random.IntN(5), nis(random.IntN(nisCount))
			group.Go(func() {
				status, g := m.hacer(m.Context(), llamada{quien: who.quien, metodo: http.MethodPost, ruta: api + "/gestiones",
					cuerpo: carga(supply, cuerpo{"tipo_gestion": tipo})})
				if status != http.StatusCreated && status != http.StatusAccepted {
					m.Errorf("loading as %s: %d %v", who.quien, status, g)
				}
				h.mu.Lock()
				defer h.mu.Unlock()
				h.loaded[g.texto("id")] = cuenta{who.unidad, who.quien, tipo, extra}
			})
		}
		group.Wait()
	}
	return h
}

// decideMonth decides by a gestión's place in the list: most are approved in
// bulk; some are rejected, left alone, taken back, or sent back and corrected.
func (m *mundo) decideMonth(h *historia) {
	ids := slices.Sorted(maps.Keys(h.loaded))
	lotes := map[string][]cuerpo{}
	heads := map[string]string{"A": "jimena", "B": "julio"}
	for i, id := range ids {
		c := h.loaded[id]
		head := heads[c.unidad]
		g := cuerpo{"id": id, "version": 2.0}
		switch {
		case i%50 == 0: // left undecided
		case i%40 == 1:
			m.decidir(head, g, "rechazar", "No corresponde a una gestión personalizada", http.StatusOK)
		case i%40 == 2:
			m.decidir(head, m.decidir(head, g, "aprobar", "", http.StatusOK), "retirar_decision", "", http.StatusOK)
		case i%40 == 3: // sent back, corrected to another type, approved
			seen := m.decidir(head, g, "observar", "El tipo no corresponde", http.StatusOK)
			c.tipo = c.tipo%5 + 1
			fixed := m.post(c.agente, api+"/gestiones/"+id+"/correccion", cuerpo{"version": seen.numero("version"), "tipo_gestion": c.tipo}, http.StatusOK)
			m.decidir(head, fixed, "aprobar", "", http.StatusOK)
			h.want[c]++
		default:
			lotes[head] = append(lotes[head], cuerpo{"gestion": id, "accion": "aprobar", "version": 2})
			h.want[c]++
			h.approved = id
		}
	}
	for head, items := range lotes {
		for page := range slices.Chunk(items, 400) {
			m.bulk(head, page)
		}
	}
}

// bulk sends one bulk request and waits until every item has its result.
func (m *mundo) bulk(head string, items []cuerpo) {
	// What does not exist and what was sent twice come back refused, and hold up nobody.
	sent := append(slices.Clone(items), items[0], cuerpo{"gestion": "0190f000-0000-7000-8000-00000000dead", "accion": "aprobar", "version": 2})
	lote := m.post(head, api+"/lotes", cuerpo{"comandos": sent}, http.StatusAccepted)
	if n := len(lote.lista("rechazos")); n != 2 {
		m.Errorf("%d refused at the door, want 2: %v", n, lote.en("rechazos"))
	}
	m.eventually("the bulk request", 2*time.Minute, func() bool {
		return m.get(head, api+"/lotes/"+lote.texto("id"), http.StatusOK).numero("aplicados") == len(items)
	})
}

// sameCounts reads every planilla back, as JSON and as files, and compares.
func (m *mundo) sameCounts(h *historia) {
	m.Helper()
	got := map[cuenta]int{}
	total, numeros := 0, []int{}
	for _, p := range m.get("hugo", api+"/planillas?mes=2026-10", http.StatusOK).lista("planillas") {
		full := m.get("hugo", api+"/planillas/"+p.texto("id"), http.StatusOK)
		numeros = append(numeros, full.numero("numero"))
		annex := 0
		for _, f := range full.lista("filas") {
			for _, jornada := range []string{"ordinarias", "extraordinarias"} {
				counts, _ := f.en(jornada).([]any)
				for i, n := range counts {
					if k := int(n.(float64)); k > 0 {
						got[cuenta{full.texto("unidad.codigo"), strings.ToLower(f.texto("legajo")), i + 1, jornada == "extraordinarias"}] += k
						annex += k
					}
				}
			}
		}
		if n := len(full.lista("anexo")); n != annex {
			m.Errorf("planilla %d: %d gestiones in the annex, %d in its rows", full.numero("numero"), n, annex)
		}
		total += m.sameFiles(p.texto("id"))
	}
	if !maps.Equal(got, h.want) {
		m.Errorf("planillas hold %v\nthe input says %v", got, h.want)
	}
	if total != h.total() {
		m.Errorf("the files sum to %d, want %d", total, h.total())
	}
	m.sameMonth(total)
	slices.Sort(numeros)
	if fmt.Sprint(numeros) != "[1 2]" {
		m.Errorf("planillas are numbered %v", numeros)
	}
}

// sameFiles reads a planilla's files back: twice the same bytes, and as much to pay in
// all that a program can add up.
func (m *mundo) sameFiles(id string) int {
	m.Helper()
	base := api + "/planillas/" + id + "/"
	for _, f := range []string{"xlsx", "pdf", "csv", "anexo.csv", "json"} {
		first, again := m.archivo("hugo", base+f), m.archivo("hugo", base+f)
		if len(first) == 0 || !bytes.Equal(first, again) {
			m.Errorf("%s has %d bytes, then others", f, len(first))
		}
	}
	total := csvTotal(m, m.archivo("hugo", base+"csv"))
	var text struct{ Totales struct{ Neto int } }
	m.must(json.Unmarshal(m.archivo("hugo", base+"json"), &text))
	book, err := excelize.OpenReader(bytes.NewReader(m.archivo("hugo", base+"xlsx")))
	m.must(err)
	defer book.Close()
	rows, err := book.GetRows("Planilla", excelize.Options{RawCellValue: true})
	m.must(err)
	last := rows[slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "TOTAL" })] // «A pagar» at its end
	if want := fmt.Sprint(total); last[len(last)-1] != want || text.Totales.Neto != total {
		m.Errorf("XLSX pays %s lines, JSON %d, CSV %s", last[len(last)-1], text.Totales.Neto, want)
	}
	if pdf := m.archivo("hugo", base+"pdf"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		m.Errorf("no PDF begins with %q", pdf[:min(8, len(pdf))])
	}
	return total
}

// csvTotal sums what a planilla's CSV pays.
func csvTotal(m *mundo, raw []byte) int {
	m.Helper()
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	m.must(err)
	column, sum := slices.Index(rows[0], "neto"), 0
	for _, row := range rows[1 : len(rows)-1] { // the last row has the totals
		var n int
		_, err := fmt.Sscan(row[column], &n)
		m.must(err)
		sum += n
	}
	return sum
}

// sameMonth reads the consolidated planilla, which HR and the auditor may see.
func (m *mundo) sameMonth(total int) {
	m.Helper()
	base := api + "/cierres/2026-10/consolidada/"
	if n := csvTotal(m, m.archivo("hugo", base+"csv")); n != total {
		m.Errorf("the month's planilla pays %d lines, want %d", n, total)
	}
	for _, f := range []string{"xlsx", "pdf", "funcionarios.csv", "json"} {
		if len(m.archivo("hugo", base+f)) == 0 {
			m.Errorf("no consolidated %s", f)
		}
	}
	m.get("ana", base+"pdf", http.StatusForbidden)
	m.get("jimena", base+"pdf", http.StatusForbidden)
	m.get("hugo", api+"/cierres/2026-11/consolidada/pdf", http.StatusNotFound)
}

// lifeFits counts a whole life's history: load, decide, close in 20 events.
func (m *mundo) lifeFits(id string) {
	m.Helper()
	eventos, _, err := m.system.App.Flow.Eventos(m.Context(), pa0580.GestionID(id))
	m.must(err)
	if n := len(eventos); n == 0 || n > 20 {
		m.Errorf("a whole life took %d events", n)
	}
	if last := eventos[len(eventos)-1].Tipo; last != "WorkflowExecutionCompleted" {
		m.Errorf("%s ended with %s", contract.GestionWorkflowID(pa0580.GestionID(id)), last)
	}
}

// Months close when they are over, in order, and what comes after the corte
// counts for the next.
func TestMonthsInOrder(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.September, 15, 9, 0)
	september := m.cargar("ana", nis(1))
	m.at(2026, time.October, 15, 9, 0)
	late, october := m.cargar("ana", nis(2)), m.cargar("carla", nis(3))
	late2 := m.cargar("beto", nis(4))
	m.at(2026, time.November, 3, 9, 0)
	november := m.cargar("ana", nis(5))
	m.decidir("jimena", september, "aprobar", "", http.StatusOK)
	october = m.decidir("julio", october, "aprobar", "", http.StatusOK)
	m.decidir("jimena", november, "aprobar", "", http.StatusOK)

	minute := 0
	corte := func(mes string, want int) cuerpo {
		minute++ // what was stored in the same instant would come after it
		m.at(2026, time.November, 3, 9, minute)
		return m.post("hugo", api+"/cierres/"+mes+"/corte", cuerpo{}, want)
	}
	m.problema(corte("2026-11", http.StatusConflict), string(pa0580.CodeMonthNotOver), 0)
	m.problema(corte("2026-10", http.StatusConflict), string(pa0580.CodeMonthOrder), 0)
	m.problema(corte("2006-10", http.StatusConflict), string(pa0580.CodeMonthOrder), 0) // a mistyped year
	m.problema(m.post("ana", api+"/cierres/2026-09/corte", cuerpo{}, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	corte("2026-09", http.StatusOK)
	m.cerrar("2026-09", 1)
	m.problema(corte("2026-09", http.StatusConflict), string(pa0580.CodeMonthClosed), 0)

	corte("2026-10", http.StatusOK)
	// An approval of before the corte can't be taken back; one of after it counts
	// for the next month.
	m.problema(m.decidir("julio", october, "retirar_decision", "", http.StatusConflict), string(pa0580.CodeCorte), 0)
	late = m.decidir("jimena", late, "aprobar", "", http.StatusOK)
	stale := m.get("hugo", api+"/cierres/2026-10/vista-previa", http.StatusOK)
	if stale.numero("lineas") != 1 {
		t.Errorf("October's preview: %v", stale)
	}
	// HR may lift the corte until the close; the preview then is of another corte.
	m.post("hugo", api+"/cierres/2026-10/corte/levantar", nil, http.StatusOK)
	m.decidir("jimena", late2, "aprobar", "", http.StatusOK)
	corte("2026-10", http.StatusOK)
	no := m.post("hugo", api+"/cierres/2026-10/cerrar", cuerpo{"huella": stale.texto("huella"), "motivo": "x"}, http.StatusConflict)
	m.problema(no, string(pa0580.CodeDigest), 0)
	if said := no.texto("detail"); !strings.Contains(said, "A: Ana Agente, de 0 a 1; A: Beto Agente, de 0 a 1") {
		t.Errorf("what moved, as the refusal tells it: %q", said)
	}
	now := m.get("hugo", api+"/cierres/2026-10/vista-previa", http.StatusOK)
	if moved := now.lista("cambios.diferencias"); len(moved) != 2 || moved[0].numero("ahora.total") != 1 || now.texto("cambios.huella") != stale.texto("huella") {
		t.Errorf("what moved, as the preview shows it: %v", now.en("cambios"))
	}
	if before := now.lista("frente_al_mes_anterior.diferencias"); len(before) != 2 { // Ana has one in each month
		t.Errorf("beside September: %v", before)
	}
	if next := m.get("hugo", api+"/cierres/2026-11/ensayo", http.StatusOK); next.texto("antes_se_cierra") != "2026-10" {
		t.Errorf("November, rehearsed before October is closed: %v", next)
	}
	m.problema(m.get("hugo", api+"/cierres/2026-12/ensayo", http.StatusConflict), string(pa0580.CodeMonthNotOver), 0)
	m.post("hugo", api+"/cierres/2026-10/corte/levantar", nil, http.StatusOK)
	corte("2026-10", http.StatusOK)
	no = m.post("hugo", api+"/cierres/2026-10/cerrar", cuerpo{"huella": now.texto("huella"), "motivo": "x"}, http.StatusConflict)
	if said := no.texto("detail"); !strings.Contains(said, "el corte, que ahora es el 03/11/2026 a las 09:") {
		t.Errorf("what moved, where it is the corte alone: %q", said)
	}
	m.cerrar("2026-10", 3) // october, late and late2: all before the second corte
	m.problema(m.decidir("jimena", late, "retirar_decision", "", http.StatusPreconditionFailed), string(pa0580.CodeStale), 0)
	gone := m.leer("ana", late)
	if gone.texto("estado") != "incluida" || gone.numero("planilla.numero") == 0 {
		t.Errorf("included: %v", gone)
	}
	m.problema(m.decidir("jimena", gone, "retirar_decision", "", http.StatusConflict), string(pa0580.CodeWrongEstado), 0)

	rehearsed := m.get("hugo", api+"/cierres/2026-11/ensayo", http.StatusOK) // while November goes on
	if rehearsed.numero("lineas") != 1 || rehearsed.en("huella") != nil || rehearsed.en("cortada") != false {
		t.Errorf("November, rehearsed: %v", rehearsed)
	}
	m.get("jimena", api+"/cierres/2026-11/ensayo", http.StatusForbidden)
	m.at(2026, time.December, 1, 9, 0)
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-11", 1)
}

// firmar is a head who looks at their unit's month and signs it off.
func (m *mundo) firmar(head, mes, unidad string) cuerpo {
	m.Helper()
	for _, u := range m.get(head, api+"/cierres/"+mes+"/preparacion", http.StatusOK).lista("unidades") {
		if u.texto("unidad.id") == string(m.unidades[unidad]) {
			return m.post(head, api+"/cierres/"+mes+"/conformidades", cuerpo{"unidad": m.unidades[unidad], "huella": u.texto("huella")}, http.StatusOK)
		}
	}
	m.Fatalf("%s sees no unit %s", head, unidad)
	return nil
}

// cerrar previews and closes a month, with a reason for what it leaves behind.
func (m *mundo) cerrar(mes string, lineas int) {
	m.Helper()
	preview := m.get("hugo", api+"/cierres/"+mes+"/vista-previa", http.StatusOK)
	closed := m.post("hugo", api+"/cierres/"+mes+"/cerrar", cuerpo{"huella": preview.texto("huella"), "motivo": "Sin conformidad a la fecha"}, http.StatusOK)
	if closed.numero("lineas") != lineas {
		m.Errorf("%s closed with %d lines, want %d", mes, closed.numero("lineas"), lineas)
	}
}
