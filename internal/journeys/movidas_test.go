package journeys

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// deaf is an engine that hears no signal.
type deaf struct{ app.Flow }

func (deaf) Mirar(context.Context, pa0580.GestionID) (bool, error) {
	return false, errors.New("unavailable")
}

// A worker dies after it applied a command and before it told the workflow, and
// so does the client: the row has moved, and its workflow does not know. A
// reconciliation has it look again: what is to be verified is, what ended ends.
func TestWhatMovedBehindAWorkflowsBack(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 15, 9, 0)
	corrected, annulled, rejected := m.cargar("ana", nis(1)), m.cargar("ana", nis(2)), m.cargar("ana", nis(3))
	apply := func(g cuerpo, who string, accion pa0580.Accion, cargo pa0580.Cargo) {
		c := pa0580.Comando{
			ID: pa0580.ComandoID(uuid.NewString()), Gestion: pa0580.GestionID(g.texto("id")), Accion: accion, Actor: m.ids[who],
			Autoridad: pa0580.Autoridad{Cargo: cargo, Unidad: m.unidades["A"]}, Vista: int64(g.numero("version")), Motivo: "x", At: *m.now.Load(),
		}
		if accion == pa0580.Corregir {
			doc, err := pa0580.ParseDocumento("CI", "1234567")
			m.must(err)
			c.Correccion = &pa0580.Contenido{Documento: doc, Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: nis(9)}, Tipo: 4}
		}
		_, _, err := m.system.Store.AddComando(t.Context(), c, clave(g.numero("version")+len(accion)))
		m.must(err)
		done, err := m.system.Store.ApplyUpTo(t.Context(), c.ID, *m.now.Load())
		if err != nil || done.Resultado != pa0580.Aplicado {
			t.Fatalf("%s: %+v, %v", accion, done, err)
		}
	}
	apply(corrected, "ana", pa0580.Corregir, pa0580.CargoAgente)
	apply(annulled, "ana", pa0580.Anular, pa0580.CargoAgente)
	apply(rejected, "jimena", pa0580.Rechazar, pa0580.CargoJefe)
	if g := m.leer("ana", corrected); g.texto("estado") != "recibida" {
		t.Fatalf("the correction left %v", g)
	}

	// While no message arrives none is forgotten, however long that lasts.
	a := m.system.App
	unheard := app.App{Store: a.Store, Flow: deaf{a.Flow}, SGC: a.SGC, Reloj: a.Reloj, Config: a.Config, Log: a.Log}
	for _, hour := range []int{10, 12} {
		m.at(2026, time.October, 15, hour, 0)
		if found, err := unheard.Reconciliar(t.Context()); err != nil || found.Movidas != 0 || found.Fallas != 3 {
			t.Errorf("reconciled unheard: %+v, %v", found, err)
		}
	}
	m.at(2026, time.October, 15, 13, 0)
	found, err := m.system.App.Reconciliar(t.Context())
	if err != nil || found.Movidas != 3 || found.Fallas != 0 {
		t.Errorf("reconciled %+v, %v", found, err)
	}
	m.eventually("the corrected one's verification", time.Minute, func() bool { return m.leer("ana", corrected).texto("estado") == "pendiente" })
	c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
	m.must(err)
	defer c.Close()
	for _, g := range []cuerpo{annulled, rejected} {
		m.eventually("the end of its workflow", time.Minute, func() bool {
			d, err := c.DescribeWorkflowExecution(t.Context(), contract.GestionWorkflowID(pa0580.GestionID(g.texto("id"))), "")
			m.must(err)
			return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
		})
	}
	m.at(2026, time.October, 15, 14, 0)
	if found, err := m.system.App.Reconciliar(t.Context()); err != nil || found.Movidas > 1 {
		t.Errorf("again: %+v, %v", found, err)
	}
	if found, err := m.system.App.Reconciliar(t.Context()); err != nil || !found.Nada() {
		t.Errorf("once all was looked at: %+v, %v", found, err)
	}
	m.decidir("jimena", m.leer("ana", corrected), "aprobar", "", http.StatusOK)
}
