package postgres

import (
	"slices"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// reclamo files one, about a gestión or about what is missing of October in its unit.
func (m *mundo) reclamo(t *testing.T, agente pa0580.FuncionarioID, unidad pa0580.UnidadID, g pa0580.GestionID, at time.Time) pa0580.ReclamoFuncionarioID {
	t.Helper()
	id, err := m.AddReclamo(t.Context(), pa0580.ReclamoFuncionario{
		ID: pa0580.ReclamoFuncionarioID(mustNewID()), Agente: agente, Gestion: g, Unidad: unidad, Mes: octubre, Motivo: "no es así", PresentadoAt: at,
		Vence: pa0580.Calendario{}.Vencimiento(pa0580.DiaOf(at), pa0580.PlazoReclamo, nil),
	}, m.clave())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// responder has Josefa answer that it proceeds, by taking back what was paid.
func (m *mundo) responder(t *testing.T, id pa0580.ReclamoFuncionarioID, g pa0580.GestionID, at time.Time) {
	t.Helper()
	m.responderPor(t, id, g, at, "así es")
}

func (m *mundo) responderPor(t *testing.T, id pa0580.ReclamoFuncionarioID, g pa0580.GestionID, at time.Time, motivo string) {
	t.Helper()
	word := pa0580.Visto{Quien: m.jefa, Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: m.central}, At: at}
	x := pa0580.Ajuste{ID: pa0580.AjusteID(mustNewID()), Gestion: g, Signo: pa0580.Resta, Motivo: motivo, Pide: m.jefa, PedidoAt: at, Jefe: &word}
	answer := pa0580.Respuesta{Visto: word, Procede: true, Motivo: motivo, Ajuste: x.ID}
	err := m.DecideReclamo(t.Context(), app.PasoDeReclamo{ID: id, Accion: "responder_reclamo", Quien: m.jefa, At: at, Ajuste: &x,
		Decide: func(r *pa0580.ReclamoFuncionario, e pa0580.Estado) error { return r.Answer(answer, e) }}, m.clave())
	if err != nil {
		t.Fatal(err)
	}
}

// Ten answer one reclamo at once, each with an ajuste of their own or without, and its
// agent withdraws it: one of them ends it, with the ajuste that is theirs or none, and it
// never changes again.
func TestManyEndOneReclamo(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	m.cerrar(t, octubre, noviembre)
	at := noviembre.Add(time.Hour)
	id := m.reclamo(t, m.ana, m.central, f.ID, at)
	word := pa0580.Visto{Quien: m.jefa, Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: m.central}, At: at}
	step := func(i int) app.PasoDeReclamo {
		p := app.PasoDeReclamo{ID: id, Accion: "responder_reclamo", Quien: m.jefa, At: at}
		x := pa0580.Respuesta{Visto: word, Procede: i%2 == 0, Motivo: "así es"}
		if x.Procede {
			p.Ajuste = &pa0580.Ajuste{ID: pa0580.AjusteID(mustNewID()), Gestion: f.ID, Signo: pa0580.Resta, Motivo: "así es", Pide: m.jefa, PedidoAt: at, Jefe: &word}
			x.Ajuste = p.Ajuste.ID
		}
		p.Decide = func(r *pa0580.ReclamoFuncionario, g pa0580.Estado) error { return r.Answer(x, g) }
		if i == 9 {
			p = app.PasoDeReclamo{ID: id, Accion: "retirar_reclamo", Quien: m.ana, At: at, Decide: func(r *pa0580.ReclamoFuncionario, _ pa0580.Estado) error { return r.Withdraw(at) }}
		}
		return p
	}
	var group sync.WaitGroup
	var mu sync.Mutex
	var won []app.PasoDeReclamo
	for i := range 10 {
		group.Go(func() {
			p := step(i)
			err := m.DecideReclamo(t.Context(), p, m.clave())
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, p)
			} else if rs := pa0580.RefusalsIn(err); len(rs) == 0 || rs[0].Code != pa0580.CodeWrongEstado {
				t.Errorf("ended with %v", err)
			}
		})
	}
	group.Wait()
	all, err := m.Ajustes(t.Context(), app.Vision{Todo: true}, app.FiltroAjustes{Limite: 10})
	if err != nil || len(won) != 1 || len(all) != map[bool]int{true: 1}[won[0].Ajuste != nil] {
		t.Fatalf("%d ended it, with %d ajustes, %v", len(won), len(all), err)
	}
	if len(all) == 1 && (all[0].ID != won[0].Ajuste.ID || all[0].Reclamo != id) {
		t.Errorf("the ajuste is %+v", all[0])
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE objeto = 'reclamo-funcionario/"+string(id)+"'"); n != 2 {
		t.Errorf("%d entries of one filed and ended", n)
	}
	for _, statement := range []string{"UPDATE reclamos_funcionario SET motivo = 'otro'", "UPDATE reclamos_funcionario SET vencido_at = presentado_at", "DELETE FROM reclamos_funcionario"} {
		if _, err := m.db.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%q went through", statement)
		}
	}
}

// A reclamo is told of where its workflow does not know something, and no longer once it
// looked: an engine of another name, a due date that passed, its end.
func TestWhatAReclamosWorkflowIsToldOf(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	m.cerrar(t, octubre, noviembre)
	at := noviembre.Add(time.Hour)
	id := m.reclamo(t, m.ana, m.central, f.ID, at)
	steps := []struct {
		motor  string
		at     time.Time
		do     func() error
		told   bool
		estado pa0580.EstadoReclamo
	}{
		{motor: "uno", at: at, estado: pa0580.ReclamoPresentado}, // filed just then
		{motor: "uno", at: at.Add(time.Minute), told: false, estado: pa0580.ReclamoPresentado},
		{motor: "dos", at: at.Add(time.Hour), told: true, estado: pa0580.ReclamoPresentado},
		{motor: "dos", at: at.Add(5 * 24 * time.Hour), told: false, estado: pa0580.ReclamoPresentado},
		{motor: "dos", at: at.Add(8 * 24 * time.Hour), told: true, estado: pa0580.ReclamoVencido},
		{motor: "dos", at: at.Add(30 * 24 * time.Hour), told: false, estado: pa0580.ReclamoVencido},
		{motor: "dos", at: at.Add(31 * 24 * time.Hour), told: true, estado: pa0580.ReclamoRetirado, do: func() error {
			return m.DecideReclamo(t.Context(), app.PasoDeReclamo{ID: id, Accion: "retirar_reclamo", Quien: m.ana, At: at.Add(30 * 24 * time.Hour),
				Decide: func(r *pa0580.ReclamoFuncionario, _ pa0580.Estado) error {
					return r.Withdraw(at.Add(30 * 24 * time.Hour))
				}}, m.clave())
		}},
		{motor: "tres", at: at.Add(32 * 24 * time.Hour), told: false, estado: pa0580.ReclamoRetirado},
	}
	for i, s := range steps {
		if s.do != nil {
			if err := s.do(); err != nil {
				t.Fatal(err)
			}
		}
		told, err := m.ReclamosPorAvisar(t.Context(), s.motor, s.at, "", 10)
		if err != nil || slices.Contains(told, id) != s.told {
			t.Errorf("step %d: told of %v, %v", i, told, err)
		}
		for range 2 { // a local activity may run twice
			row, err := m.AttendReclamo(t.Context(), id, s.motor, s.at)
			if err != nil || row.Estado != s.estado || (row.Falta > 0) != (s.estado == pa0580.ReclamoPresentado) {
				t.Errorf("step %d: looked at %+v, %v", i, row, err)
			}
		}
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'vencer_reclamo'"); n != 1 {
		t.Errorf("%d entries of one lapse", n)
	}
	_, err := m.AttendReclamo(t.Context(), pa0580.ReclamoFuncionarioID(mustNewID()), "tres", at)
	refused(t, err, pa0580.CodeNotFound)
}

// Whoever lists reclamos sees their own, those they may answer by the rules, late ones of
// the level below, and all of them where they are of HR. Nobody else sees any.
func TestWhoSeesWhichReclamos(t *testing.T) {
	t.Parallel()
	m := newMundoVacio(t, noviembre.Add(30*time.Minute))
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cerrar(t, octubre, noviembre)
	at := noviembre.Add(10 * time.Minute)
	filed := map[pa0580.ReclamoFuncionarioID]pa0580.ReclamoFuncionario{}
	for _, x := range []struct {
		agente pa0580.FuncionarioID
		unidad pa0580.UnidadID
		late   bool
	}{{m.ana, m.central, false}, {m.beto, m.central, true}, {m.carla, m.este, false}, {m.carla, m.central, true}, {m.jefa, m.central, false}, {m.jefa, m.este, true}, {m.gerente, m.este, true}} {
		id := m.reclamo(t, x.agente, x.unidad, "", at)
		r := pa0580.ReclamoFuncionario{Agente: x.agente, Unidad: x.unidad}
		if x.late {
			if _, err := m.AttendReclamo(t.Context(), id, "uno", at.Add(100*24*time.Hour)); err != nil {
				t.Fatal(err)
			}
			r.VencidoAt = &at
		}
		filed[id] = r
	}
	org, err := m.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	on := pa0580.DiaOf(noviembre)
	for who, roles := range map[pa0580.FuncionarioID][]app.Rol{
		m.ana: {app.RolAgente}, m.beto: {app.RolAgente}, m.carla: {app.RolAgente}, m.jefa: {app.RolJefe, app.RolAgente}, m.jefe: {app.RolJefe},
		m.gerente: {app.RolJefe}, m.suplente: {app.RolJefe}, m.rrhh: {app.RolRRHH}, m.rrhh2: {app.RolResponsable},
	} {
		var want, got []pa0580.ReclamoFuncionarioID
		for id, r := range filed {
			_, decides := org.Deciders(r.Unidad, r.Agente, on)[who]
			_, above := org.Superiores(r.Unidad, r.Agente, on)[who]
			if who == m.rrhh || who == r.Agente || slices.Contains(roles, app.RolJefe) && (decides || above && r.VencidoAt != nil) {
				want = append(want, id)
			}
		}
		seen, err := m.app.Reclamos(t.Context(), app.Actor{ID: who, Roles: roles}, app.FiltroReclamos{Limite: 100})
		for _, r := range seen {
			got = append(got, r.ID)
		}
		slices.Sort(want)
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v sees %v of %v, %v", roles, got, want, err)
		}
	}
	for hasta, want := range map[pa0580.Mes]int{octubre.Prev(): 0, octubre: len(filed), octubre.Next(): len(filed)} {
		if seen, err := m.Reclamos(t.Context(), app.Vision{Todo: true}, app.FiltroReclamos{Hasta: hasta, Limite: 100}); err != nil || len(seen) != want {
			t.Errorf("%d up to %s, want %d, %v", len(seen), hasta, want, err)
		}
	}
}
