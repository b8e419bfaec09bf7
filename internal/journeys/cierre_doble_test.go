package journeys

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/pa0580"
)

func doble(c *boot.Config) { c.CierreDoble = true }

// ordenar has somebody order the close of what the preview shows: it waits.
func (m *mundo) ordenar(quien string) (order cuerpo, ruta string) {
	m.Helper()
	order = m.post(quien, hr+"/cerrar", m.visto(), http.StatusAccepted)
	if order.texto("orden.estado") != "por_confirmar" || order.texto("orden.por") == "" || order.en("cerrado_at") != nil {
		m.Fatalf("ordered: %v", order)
	}
	return order, hr + "/ordenes/" + order.texto("orden.id")
}

// A month that two people of HR close: one orders, another confirms, and neither
// alone. What moved meanwhile is judged when it is confirmed.
func TestTwoPeopleCloseAMonth(t *testing.T) {
	t.Parallel()
	m, _ := newCierre(t, doble)
	repeated := llamada{quien: "hugo", metodo: http.MethodPost, ruta: hr + "/cerrar", clave: uuid.NewString(), cuerpo: m.visto()}
	first := m.espera(repeated, http.StatusAccepted)
	if again := m.espera(repeated, http.StatusAccepted); again.texto("orden.id") != first.texto("orden.id") {
		t.Errorf("ordered twice: %v, %v", first.en("orden"), again.en("orden"))
	}
	ruta := hr + "/ordenes/" + first.texto("orden.id")
	own := m.post("hugo", ruta+"/confirmar", nil, http.StatusForbidden)
	if m.problema(own, string(pa0580.CodeForbidden), 0); !strings.Contains(own.texto("detail"), "otra persona de Recursos Humanos") {
		t.Errorf("the author hears %q", own.texto("detail"))
	}
	for _, quien := range []string{"aldo", "jimena", "root"} {
		m.problema(m.post(quien, ruta+"/confirmar", nil, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	}
	m.post("rosa", hr+"/ordenes/"+uuid.NewString()+"/confirmar", nil, http.StatusNotFound)
	m.post("rosa", api+"/cierres/2026-09/ordenes/"+first.texto("orden.id")+"/retirar", nil, http.StatusNotFound)

	// The corte is set anew: what Hugo saw is not what Rosa would close.
	m.at(2026, time.November, 3, 10, 1)
	m.post("hugo", hr+"/corte/levantar", nil, http.StatusOK)
	m.problema(m.post("rosa", ruta+"/confirmar", nil, http.StatusConflict), string(pa0580.CodeCorte), 0)
	m.post("hugo", hr+"/corte", cuerpo{}, http.StatusOK)
	m.problema(m.post("rosa", ruta+"/confirmar", nil, http.StatusConflict), string(pa0580.CodeDigest), 0)
	if c := m.get("aldo", hr, http.StatusOK); c.texto("orden.estado") != "no_cerro" || c.texto("orden.codigo") != string(pa0580.CodeDigest) ||
		c.texto("orden.por") != "Hugo Humanos" || c.texto("orden.confirmada_por") != "Rosa Humanos" {
		t.Errorf("a stale order: %v", c.en("orden"))
	}

	_, withdrawn := m.ordenar("hugo")
	if c := m.post("rosa", withdrawn+"/retirar", nil, http.StatusOK); c.texto("orden.codigo") != string(pa0580.CodeWithdrawn) {
		t.Errorf("withdrawn: %v", c.en("orden"))
	}
	m.problema(m.post("rosa", withdrawn+"/confirmar", nil, http.StatusConflict), string(pa0580.CodeWithdrawn), 0)
	_, superseded := m.ordenar("rosa")
	last, ruta := m.ordenar("hugo")
	m.problema(m.post("hugo", superseded+"/confirmar", nil, http.StatusConflict), string(pa0580.CodeSuperseded), 0)

	// Nobody but Rosa has it carried out: neither the reconciler nor a process where
	// one person is enough.
	m.config.CierreDoble = false
	m.open()
	m.at(2026, time.November, 3, 11, 0)
	if found, err := m.system.App.Reconciliar(t.Context()); err != nil || found.Ordenes != 0 {
		t.Errorf("reconciled %+v, %v", found, err)
	}
	if c := m.get("rosa", hr, http.StatusOK); c.texto("orden.estado") != "por_confirmar" || c.texto("orden.id") != last.texto("orden.id") || c.numero("lineas") != 0 {
		t.Errorf("it waits: %v", c)
	}

	key := uuid.NewString() // Rosa clicks twice, and once more in another window
	var group sync.WaitGroup
	for _, k := range []string{key, key, uuid.NewString()} {
		group.Go(func() {
			l := llamada{quien: "rosa", metodo: http.MethodPost, ruta: ruta + "/confirmar", clave: k}
			m.eventually("the confirmed close", 2*time.Minute, func() bool {
				status, c := m.hacer(t.Context(), l)
				if status >= http.StatusBadRequest {
					t.Errorf("confirmed: %d %v", status, c)
				}
				return status != http.StatusAccepted
			})
		})
	}
	group.Wait()
	c := m.get("hugo", hr, http.StatusOK)
	if c.numero("lineas") != aprobadas || c.texto("cerrado_por") != "Hugo Humanos" || c.texto("confirmado_por") != "Rosa Humanos" || c.texto("orden.estado") != "cerro" {
		t.Errorf("closed: %v", c)
	}
	m.post("rosa", ruta+"/retirar", nil, http.StatusConflict)
	m.problema(m.post("rosa", hr+"/cerrar", cuerpo{"huella": "h", "motivo": "x"}, http.StatusConflict), string(pa0580.CodeMonthClosed), 0)
	m.proved(porCerrar, aprobadas) // with who confirmed
	m.sound()
}

// Whoever confirms vanishes while the engine is away: the order is carried out once
// somebody works.
func TestAConfirmedOrderIsCarriedOut(t *testing.T) {
	t.Parallel()
	m, _ := newCierre(t, doble)
	_, ruta := m.ordenar("hugo")
	m.stopWork()
	vanishing, cancel := context.WithCancel(t.Context())
	var gone sync.WaitGroup
	gone.Go(func() {
		m.vanish(vanishing, llamada{quien: "rosa", metodo: http.MethodPost, ruta: ruta + "/confirmar"})
	})
	m.eventually("the confirmation", time.Minute, func() bool { return m.get("rosa", hr, http.StatusOK).texto("orden.estado") == "en_curso" })
	cancel()
	gone.Wait()
	m.problema(m.post("hugo", ruta+"/retirar", nil, http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	m.at(2026, time.November, 3, 11, 0)
	m.work()
	m.eventually("the close", 2*time.Minute, func() bool { return m.get("rosa", hr, http.StatusOK).numero("lineas") == aprobadas })
	m.sound()
}

// Whoever ends the month's workflow in the engine once it is frozen changes nothing:
// a cancel is not heard, and after a termination the reconciler begins it anew.
func TestAFrozenCloseGoesOn(t *testing.T) {
	t.Parallel()
	want, _ := undisturbed(t)
	for name, end := range map[string]func(context.Context, client.Client, string) error{
		"canceled": func(ctx context.Context, c client.Client, id string) error { return c.CancelWorkflow(ctx, id, "") },
		"terminated": func(ctx context.Context, c client.Client, id string) error {
			return c.TerminateWorkflow(ctx, id, "", "por error")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, in := newCierre(t)
			orden := m.visto()
			for nth := range 2 { // it goes on for a while
				m.must(in.Force("activity.Drain", faults.Fail, nth+1))
			}
			m.insiste(orden)
			c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
			m.must(err)
			defer c.Close()
			id := contract.CierreWorkflowID(pa0580.NewMes(2026, time.October))
			if left := m.get("hugo", hr, http.StatusOK).numero("por_avisar.gestiones"); left == 0 {
				t.Fatal("nobody is left to be told")
			}
			m.must(end(t.Context(), c, id))
			m.at(2026, time.November, 3, 11, 0) // for the reconciler
			m.same(want)
			if name == "canceled" {
				m.eventually("the end of its workflow", time.Minute, func() bool {
					found, err := c.DescribeWorkflowExecution(t.Context(), id, "")
					return err == nil && found.WorkflowExecutionInfo.Status == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
				})
			}
		})
	}
}
