package journeys

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// A month closed by a version that wrote no files, or whose engine was lost before it
// wrote them all, gets those that it lacks; those that were there stay as they were.
func TestFilesThatWereNeverWrittenAreWritten(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	m.decidir("jimena", m.cargar("ana", nis(1)), "aprobar", "", http.StatusOK)
	m.at(2026, time.November, 3, 9, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	if c := m.get("hugo", api+"/cierres/2026-10", http.StatusOK); c.en("archivos") != nil {
		t.Errorf("an open month has files: %v", c)
	}
	m.cerrar("2026-10", 1)
	complete := func() bool {
		c := m.get("hugo", api+"/cierres/2026-10", http.StatusOK)
		return c.numero("archivos.esperados") == 10 && c.numero("archivos.escritos") == 10 && c.numero("avisadas") == 1
	}
	m.eventually("every file", time.Minute, complete)
	m.stopWork()
	id := m.get("hugo", api+"/planillas?mes=2026-10", http.StatusOK).lista("planillas")[0].texto("id")
	before := m.archivo("hugo", api+"/planillas/"+id+"/xlsx")
	m.forget("archivos", "NOT (planilla_id IS NOT NULL AND formato = 'xlsx')")
	if complete() {
		t.Fatal("nothing was forgotten")
	}

	m.config.Namespace = teststack.Namespace(t) // it knows of no closing
	m.open()
	m.at(2026, time.November, 3, 9, 5)
	found, err := m.system.App.Reconciliar(t.Context())
	m.must(err)
	if found.Selladas = 0; found != (contract.Reconciliada{Archivos: 1}) { // the signature's own entry, or none yet
		t.Errorf("found %+v", found)
	}
	m.work()
	m.eventually("the files it lacked", time.Minute, complete)
	if after := m.archivo("hugo", api+"/planillas/"+id+"/xlsx"); !bytes.Equal(before, after) {
		t.Error("a file that was there is another now")
	}
}

// Whoever owns the database takes October's manifest away. It is not signed again, and
// November's is signed all the same.
func TestAMonthThatIsNotSignedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	signed := func(mes string) bool { return m.get("hugo", api+"/cierres/"+mes, http.StatusOK).en("probado") == true }
	for i, mes := range []time.Month{time.October, time.November} {
		m.at(2026, mes, 15, 9, 0)
		m.decidir("jimena", m.cargar("ana", nis(i)), "aprobar", "", http.StatusOK)
		m.at(2026, mes+1, 3, 9, 0)
		name := pa0580.NewMes(2026, mes).String()
		m.post("hugo", api+"/cierres/"+name+"/corte", cuerpo{}, http.StatusOK)
		m.cerrar(name, 1)
		m.eventually("the manifest of "+name, porSellar, func() bool { return signed(name) })
		if mes == time.October {
			m.forget("manifiestos", "TRUE")
		}
	}
	if signed("2026-10") {
		t.Error("October was signed again")
	}
}

// forget takes away rows that nobody can take away while the table is as we make it.
func (m *mundo) forget(table, which string) {
	m.Helper()
	conn, err := pgx.Connect(m.Context(), m.config.URL)
	m.must(err)
	defer conn.Close(m.Context())
	_, err = conn.Exec(m.Context(), fmt.Sprintf("ALTER TABLE %[1]s DISABLE TRIGGER USER; DELETE FROM %[1]s WHERE %[2]s; ALTER TABLE %[1]s ENABLE TRIGGER USER", table, which))
	m.must(err)
}
