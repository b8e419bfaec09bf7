package journeys

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
)

// reclamosMundo has October closed: one of Ana's is paid, one was rejected, one waits; and
// one of Jimena's, who heads the unit, was rejected by Gloria above her.
type reclamosMundo struct {
	*mundo
	paid, rejected, waits, jimenas cuerpo
}

func newReclamos(t *testing.T) *reclamosMundo {
	t.Helper()
	m := &reclamosMundo{mundo: newMundo(t, patient)}
	m.at(2026, time.October, 15, 9, 0)
	m.paid, m.rejected, m.waits, m.jimenas = m.cargar("ana", nis(1)), m.cargar("ana", nis(2)), m.cargar("ana", nis(3)), m.cargar("jimena", nis(4))
	m.decidir("jimena", m.paid, "aprobar", "", http.StatusOK)
	m.decidir("jimena", m.rejected, "rechazar", "Falta el expediente", http.StatusOK)
	m.decidir("gloria", m.jimenas, "rechazar", "No corresponde", http.StatusOK)
	m.at(2026, time.November, 3, 9, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 1)
	m.at(2026, time.November, 10, 9, 0) // a Tuesday
	return m
}

const deFuncionario = api + "/reclamos-funcionario"

func (m *reclamosMundo) reclamar(quien string, g cuerpo, want int) cuerpo {
	m.Helper()
	return m.post(quien, deFuncionario, cuerpo{"gestion": g.texto("id"), "motivo": "El expediente está: C.I. 1.234.567"}, want)
}

func (m *reclamosMundo) responder(quien string, r, body cuerpo, want int) cuerpo {
	m.Helper()
	return m.post(quien, deFuncionario+"/"+r.texto("id")+"/responder", body, want)
}

// proved fails where what was answered or withdrawn is not as the audit has it.
func (m *reclamosMundo) proved() {
	m.Helper()
	_, err := m.system.Store.VerifyPlanillas(m.Context(), func(a app.Adulteracion) { m.Error(a) })
	m.must(err)
}

// ended is how the workflow of a reclamo ended.
func (m *reclamosMundo) ended(r cuerpo) pa0580.EstadoReclamo {
	m.Helper()
	c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
	m.must(err)
	defer c.Close()
	var out contract.ReclamoState
	m.must(c.GetWorkflow(m.Context(), contract.ReclamoWorkflowID(pa0580.ReclamoFuncionarioID(r.texto("id"))), "").Get(m.Context(), &out))
	return out.Estado
}

// Ana's gestión was rejected and the month closed. She claims it; her head sees that she
// was right, human resources agrees, and November's planilla pays it. At each step she can
// tell from her own readings how it stands.
func TestAReclamoEndsInAnAjuste(t *testing.T) {
	t.Parallel()
	m := newReclamos(t)
	m.problema(m.reclamar("ana", m.waits, http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	m.problema(m.reclamar("beto", m.rejected, http.StatusNotFound), string(pa0580.CodeNotFound), 0)
	m.problema(m.reclamar("hugo", m.rejected, http.StatusNotFound), string(pa0580.CodeNotFound), 0)
	m.problema(m.post("ana", deFuncionario, cuerpo{"gestion": m.rejected.texto("id")}, http.StatusUnprocessableEntity), string(pa0580.CodeReasonMissing), 0)
	twice := llamada{quien: "ana", metodo: http.MethodPost, ruta: deFuncionario, clave: "una", cuerpo: cuerpo{"gestion": m.rejected.texto("id"), "motivo": "El expediente está: C.I. 1.234.567"}}
	r := m.espera(twice, http.StatusCreated)
	if again := m.espera(twice, http.StatusCreated); again.texto("id") != r.texto("id") || r.texto("vence") != "2026-11-17" || r.texto("estado") != "presentado" || r.lista("toca")[0].texto("nombre") != "Jimena Jefa" {
		t.Errorf("filed %v, then %v", r, again)
	}
	again := m.reclamar("ana", m.rejected, http.StatusConflict)
	if m.problema(again, string(pa0580.CodeConflict), 0); again.texto("campo") != "gestion" {
		t.Errorf("claimed again: %v", again)
	}

	path := deFuncionario + "/" + r.texto("id")
	for _, who := range []string{"ana", "jimena", "hugo", "aldo"} {
		if open := m.get(who, deFuncionario+"?estado=abierto", http.StatusOK).lista("reclamos"); len(open) != 1 {
			t.Errorf("%s sees %v", who, open)
		}
	}
	for _, who := range []string{"beto", "julio", "gloria", "root"} {
		m.get(who, path, http.StatusNotFound)
	}
	if said := m.get("ana", api+"/yo/estado?mes=2026-10", http.StatusOK).lista("reclamos"); len(said) != 1 || said[0].texto("porque") != "Presentado el 10/11/2026: espera la respuesta de Jimena Jefa (jefatura) hasta el 17/11/2026." {
		t.Errorf("while it waits: %v", said)
	}
	yes := cuerpo{"resultado": "procede", "signo": "suma", "motivo": "El expediente estaba: 1.234.567"}
	m.problema(m.responder("hugo", r, yes, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.problema(m.responder("ana", r, yes, http.StatusForbidden), string(pa0580.CodeOwnGestion), 0)
	m.problema(m.responder("jimena", r, cuerpo{"resultado": "sin_lugar"}, http.StatusUnprocessableEntity), string(pa0580.CodeReasonMissing), 0)
	m.problema(m.responder("jimena", r, cuerpo{"resultado": "procede", "motivo": "x"}, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0)
	m.problema(m.responder("jimena", r, cuerpo{"resultado": "procede", "signo": "resta", "motivo": "x"}, http.StatusConflict), string(pa0580.CodeWrongEstado), 0) // nothing is paid
	answered := m.responder("jimena", r, yes, http.StatusOK)
	x := answered.texto("respuesta.ajuste.id")
	if answered.texto("estado") != "procede" || answered.texto("respuesta.ajuste.estado") != "pedido" || answered.texto("respuesta.ajuste.jefatura.actor.nombre") != "Jimena Jefa" || answered.texto("respuesta.ajuste.reclamo") != r.texto("id") {
		t.Errorf("answered: %v", answered)
	}
	m.problema(m.responder("jimena", r, yes, http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	m.problema(m.post("ana", path+"/retirar", nil, http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	if estado := m.ended(r); estado != pa0580.ReclamoProcede {
		t.Errorf("its workflow ended %s", estado)
	}
	m.post("hugo", api+"/ajustes/"+x+"/aprobar", nil, http.StatusOK)

	m.at(2026, time.December, 1, 9, 0)
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-11", 0)
	if paid := m.get("ana", path, http.StatusOK); paid.texto("respuesta.ajuste.estado") != "incluido" || paid.numero("respuesta.ajuste.planilla.numero") != 2 {
		t.Errorf("in the end: %v", paid)
	}
	story := m.get("ana", api+"/gestiones/"+m.rejected.texto("id")+"/linaje", http.StatusOK)
	if told := story.lista("reclamos"); len(told) != 1 || story.lista("renglones")[0].texto("reclamo") != r.texto("id") {
		t.Errorf("what became of it: %v", story)
	}
	for _, mes := range []string{"2026-10", "2026-11"} { // of the gestión, and of the planilla
		said := m.get("ana", api+"/yo/estado?mes="+mes, http.StatusOK)
		if all := said.lista("ajustes"); len(all) != 1 || all[0].texto("porque") != "Suma en la planilla N° 2 de noviembre de 2026: «El expediente estaba: •••4567»." {
			t.Errorf("ajustes in %s: %v", mes, all)
		}
	}
	if said := m.get("ana", api+"/yo/estado?mes=2026-10", http.StatusOK).lista("reclamos"); len(said) != 1 || !strings.HasPrefix(said[0].texto("porque"), "Procede: Jimena Jefa lo respondió el 10/11/2026 a las 09:00: «El expediente estaba: •••4567».") {
		t.Errorf("once answered: %v", said)
	}
	m.proved()
}

// What was rejected this month, before any corte, is mended in the inbox: the head takes
// the rejection back, and says that the reclamo proceeds. Somebody ended its workflow by
// mistake meanwhile, which changes nothing.
func TestAReclamoMendedInTheInbox(t *testing.T) {
	t.Parallel()
	m := newReclamos(t)
	g := m.cargar("beto", nis(5))
	m.decidir("jimena", g, "rechazar", "Falta el expediente", http.StatusOK)
	r := m.reclamar("beto", g, http.StatusCreated)
	m.terminateReclamo(r)
	yes := cuerpo{"resultado": "procede", "motivo": "El expediente estaba"}
	m.problema(m.responder("jimena", r, yes, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0)
	m.problema(m.responder("jimena", r, cuerpo{"resultado": "procede", "motivo": "x", "signo": "suma"}, http.StatusConflict), string(pa0580.CodeWrongEstado), 0) // no corte stands behind it
	m.decidir("jimena", m.decidir("jimena", m.leer("jimena", g), "retirar_decision", "", http.StatusOK), "aprobar", "", http.StatusOK)
	if answered := m.responder("jimena", r, yes, http.StatusOK); answered.texto("estado") != "procede" || answered.en("respuesta.ajuste") != nil {
		t.Errorf("answered: %v", answered)
	}
	if said := m.get("beto", api+"/yo/estado", http.StatusOK).lista("reclamos"); len(said) != 1 || !strings.HasSuffix(said[0].texto("porque"), "La gestión volvió a la bandeja.") {
		t.Errorf("said: %v", said)
	}
	if estado := m.ended(r); estado != pa0580.ReclamoProcede {
		t.Errorf("its workflow ended %s", estado)
	}
}

// A rejection that a corte reached can't be taken back, and nothing is added before that
// month closes: the head is told which one to wait for, and answers then.
func TestAReclamoBetweenCorteAndClose(t *testing.T) {
	t.Parallel()
	m := newReclamos(t)
	g := m.cargar("beto", nis(5))
	m.decidir("jimena", g, "rechazar", "Falta el expediente", http.StatusOK)
	m.decidir("jimena", m.leer("jimena", m.waits), "rechazar", "No corresponde", http.StatusOK)
	r := m.reclamar("beto", g, http.StatusCreated)
	m.at(2026, time.December, 1, 9, 0)
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{"momento": "2026-12-01T10:00:00-03:00"}, http.StatusOK)
	yes := cuerpo{"resultado": "procede", "motivo": "El expediente estaba", "signo": "suma"}
	detail := func(want string) {
		t.Helper()
		no := m.responder("jimena", r, yes, http.StatusConflict)
		if m.problema(no, string(pa0580.CodeWrongEstado), 0); !strings.Contains(no.texto("detail"), want) {
			t.Errorf("told %v, want %q", no, want)
		}
	}
	detail("se decide en la bandeja")
	m.at(2026, time.December, 1, 10, 0)
	detail("entró en el corte de 2026-11, que todavía no se cerró")
	m.problema(m.decidir("jimena", m.leer("jimena", g), "retirar_decision", "", http.StatusConflict), string(pa0580.CodeCorte), 0)
	m.cerrar("2026-11", 0)
	if answered := m.responder("jimena", r, yes, http.StatusOK); answered.texto("respuesta.ajuste.corrige") != "2026-11" {
		t.Errorf("answered: %v", answered)
	}
}

// terminateReclamo ends a reclamo's workflow as an operator by mistake would.
func (m *reclamosMundo) terminateReclamo(r cuerpo) {
	m.Helper()
	m.system.App.Drain(time.Minute) // it was started
	c, err := client.Dial(client.Options{HostPort: m.config.Address, Namespace: m.config.Namespace})
	m.must(err)
	defer c.Close()
	m.must(c.TerminateWorkflow(m.Context(), contract.ReclamoWorkflowID(pa0580.ReclamoFuncionarioID(r.texto("id"))), "", "por error"))
}

// Nobody answers in time. It is recorded that nobody did; from then on the level above
// sees it and answers too, the month's preparation names who owes the answer, and no close
// waits for it.
func TestAReclamoNobodyAnswers(t *testing.T) {
	t.Parallel()
	m := newReclamos(t)
	missing := cuerpo{"unidad": string(m.unidades["A"]), "mes": "2026-10", "motivo": "Atendí a dos clientes el 20 y no están"}
	with := func(key, value string) cuerpo {
		out := cuerpo{key: value}
		for k, v := range missing {
			if k != key {
				out[k] = v
			}
		}
		return out
	}
	m.problema(m.post("ana", deFuncionario, with("mes", "2026-11"), http.StatusConflict), string(pa0580.CodeWrongEstado), 0)
	m.problema(m.post("ana", deFuncionario, with("unidad", string(m.unidades["B"])), http.StatusUnprocessableEntity), string(pa0580.CodeNotRostered), 0)
	r := m.post("ana", deFuncionario, missing, http.StatusCreated)
	again := m.post("ana", deFuncionario, missing, http.StatusConflict)
	if m.problema(again, string(pa0580.CodeConflict), 0); again.texto("campo") != "mes" {
		t.Errorf("claimed again: %v", again)
	}
	own := m.reclamar("jimena", m.jimenas, http.StatusCreated)
	if own.lista("toca")[0].texto("nombre") != "Gloria Gerente" {
		t.Errorf("a head's own: %v", own)
	}
	m.problema(m.responder("jimena", own, cuerpo{"resultado": "sin_lugar", "motivo": "x"}, http.StatusForbidden), string(pa0580.CodeOwnGestion), 0)
	m.post("jimena", deFuncionario+"/"+own.texto("id")+"/retirar", nil, http.StatusOK)
	if estado := m.ended(own); estado != pa0580.ReclamoRetirado {
		t.Errorf("withdrawn, its workflow ended %s", estado)
	}

	path := deFuncionario + "/" + r.texto("id")
	m.at(2026, time.November, 17, 23, 59)
	_, err := m.system.App.Reconciliar(t.Context())
	m.must(err)
	m.get("gloria", path, http.StatusNotFound)
	m.at(2026, time.November, 18, 9, 0)
	m.eventually("the lapse", time.Minute, func() bool {
		_, err := m.system.App.Reconciliar(t.Context())
		return err == nil && m.get("ana", path, http.StatusOK).texto("estado") == "vencido"
	})
	m.problema(m.responder("julio", r, cuerpo{"resultado": "sin_lugar", "motivo": "x"}, http.StatusNotFound), string(pa0580.CodeNotFound), 0)
	if late := m.get("gloria", deFuncionario+"?estado=vencido", http.StatusOK).lista("reclamos"); len(late) != 1 || len(late[0].lista("toca")) != 2 {
		t.Errorf("above: %v", late)
	}
	m.decidir("jimena", m.leer("jimena", m.waits), "rechazar", "No corresponde", http.StatusOK)
	newer := m.cargar("ana", nis(6)) // of November
	m.decidir("jimena", newer, "rechazar", "No corresponde", http.StatusOK)
	prep := m.get("hugo", api+"/cierres/2026-11/preparacion", http.StatusOK)
	if warned := prep.lista("avisos"); len(warned) != 1 || warned[0].texto("que") != "reclamo_vencido" || len(warned[0].lista("toca")) != 2 || len(prep.lista("bloqueos")) != 0 {
		t.Errorf("prepared: %v", prep)
	}
	m.at(2026, time.December, 1, 9, 0)
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-11", 0)

	yes := cuerpo{"resultado": "procede", "motivo": "Era uno de los dos", "signo": "suma"}
	m.problema(m.responder("gloria", r, yes, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0)
	yes["gestion"] = m.jimenas.texto("id")
	m.problema(m.responder("gloria", r, yes, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0) // another's
	yes["gestion"] = newer.texto("id")
	m.problema(m.responder("gloria", r, yes, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0) // another month's
	yes["gestion"], yes["signo"] = m.paid.texto("id"), "resta"
	m.problema(m.responder("gloria", r, yes, http.StatusUnprocessableEntity), string(pa0580.CodeField), 0) // what is missing takes nothing back
	yes["gestion"], yes["signo"] = m.rejected.texto("id"), "suma"
	if answered := m.responder("gloria", r, yes, http.StatusOK); answered.texto("respuesta.actor.nombre") != "Gloria Gerente" || answered.texto("respuesta.ajuste.gestion") != m.rejected.texto("id") || answered.texto("vencido_at") == "" {
		t.Errorf("answered above: %v", answered)
	}
	m.proved()
	if estado := m.ended(r); estado != pa0580.ReclamoProcede {
		t.Errorf("its workflow ended %s", estado)
	}
}

// The engine is lost with a reclamo open and another answered while it was away: the rows
// rebuild the one, end the other, and both go on as if nothing had happened.
func TestReclamosOfALostEngine(t *testing.T) {
	t.Parallel()
	m := newReclamos(t)
	open, answered := m.reclamar("ana", m.paid, http.StatusCreated), m.reclamar("ana", m.rejected, http.StatusCreated)
	m.stopWork()
	no := cuerpo{"resultado": "sin_lugar", "motivo": "Está bien rechazada"}
	m.responder("jimena", answered, no, http.StatusOK)
	m.system.App.Drain(time.Minute)

	m.config.Namespace = teststack.Namespace(t) // empty, with another UUID
	m.open()
	m.at(2026, time.November, 10, 9, 5)
	found, err := m.system.App.Reconciliar(t.Context())
	if err != nil || found.Reclamos != 2 {
		t.Errorf("reconciled %+v, %v", found, err)
	}
	m.work()
	if estado := m.ended(answered); estado != pa0580.ReclamoSinLugar {
		t.Errorf("the answered one ended %s", estado)
	}
	m.eventually("nothing left to tell", time.Minute, func() bool {
		found, err := m.system.App.Reconciliar(t.Context())
		return err == nil && found.Reclamos == 0
	})
	m.responder("jimena", open, no, http.StatusOK)
	if estado := m.ended(open); estado != pa0580.ReclamoSinLugar {
		t.Errorf("the open one ended %s", estado)
	}
}
