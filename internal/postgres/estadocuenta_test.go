package postgres

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// renglon is what a statement counts together, by an independent count.
type renglon struct {
	unidad    pa0580.UnidadID
	modo      pa0580.Modo
	situacion app.Situacion
	estado    pa0580.Estado
	espera    string
	tipo      pa0580.TipoGestion
	jornada   pa0580.Jornada
}

// mundoDeCuentas is a world in which months were loaded, decided and closed.
type mundoDeCuentas struct {
	*mundo
	app    *app.App
	ids    []pa0580.GestionID
	meses  []pa0580.Mes
	pagada map[pa0580.GestionID]app.Planilla // by the planillas' annexes
}

var setiembre = octubre.Prev()

// newMundoVacio has nothing loaded yet; whoever looks does so at a moment.
func newMundoVacio(t *testing.T, now time.Time) *mundoDeCuentas {
	t.Helper()
	m := &mundoDeCuentas{mundo: newMundo(t), meses: []pa0580.Mes{setiembre, octubre, octubre.Next()}, pagada: map[pa0580.GestionID]app.Planilla{}}
	m.app = &app.App{Store: m.Store, Reloj: func() time.Time { return now }}
	return m
}

// newMundoDeCuentas loads n gestiones at random over three months, of which two are
// closed: some late, some taken back, one month cut off with approvals after it.
func newMundoDeCuentas(t *testing.T, random *rand.Rand, n int) *mundoDeCuentas {
	t.Helper()
	m := newMundoVacio(t, octubre.Next().End().Add(48*time.Hour))
	m.atiende(t, m.jefa, m.jefa, m.central, pa0580.Permanente)
	for i := range n {
		mes := m.meses[random.IntN(3)]
		at := mes.Start().Add(time.Duration(random.IntN(29*24*60)) * time.Minute)
		agent := []pa0580.FuncionarioID{m.ana, m.beto, m.carla, m.jefa}[random.IntN(4)]
		if agent == m.ana && random.IntN(3) == 0 { // she helps out in the other unit too
			agent = m.anaEnEste(t)
		}
		m.ids = append(m.ids, m.vida(t, random, agent, contenido(i), at).ID)
	}
	m.cerrar(t, setiembre, setiembre.End().Add(24*time.Hour))
	m.cerrar(t, octubre, octubre.End().Add(24*time.Hour))
	m.cortar(t, octubre.Next(), octubre.Next().End().Add(24*time.Hour))
	sheets, err := m.Planillas(t.Context(), app.Vision{Todo: true}, pa0580.Mes{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range sheets {
		whole, err := m.Planilla(t.Context(), app.Vision{Todo: true}, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range whole.Anexo {
			m.pagada[l.Gestion] = p
		}
	}
	return m
}

// anaEnEste is Ana in her second unit: her asignación there, under a name of its own.
func (m *mundoDeCuentas) anaEnEste(t *testing.T) pa0580.FuncionarioID {
	t.Helper()
	const key = "ana en Este"
	if _, ok := m.asignaciones[key]; !ok {
		m.atiende(t, key, m.ana, m.este, pa0580.Apoyo)
	}
	return key
}

// atiende puts somebody on a roster, to load by a name.
func (m *mundoDeCuentas) atiende(t *testing.T, name, who pa0580.FuncionarioID, unit pa0580.UnidadID, modo pa0580.Modo) {
	t.Helper()
	a := pa0580.Asignacion{Funcionario: who, Unidad: unit, Modo: modo, Desde: pa0580.Dia{Year: 2020, Month: time.January, Day: 1}}
	a.ID = m.save(t, app.Cambio{Asignacion: &a})
	m.asignaciones[name] = a
}

// vida is one gestión whose life goes somewhere, soon or after a corte or two.
func (m *mundoDeCuentas) vida(t *testing.T, random *rand.Rand, agent pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) app.Ficha {
	t.Helper()
	f := m.cargar(t, agent, c, at)
	switch random.IntN(12) {
	case 0:
		return f // OPEN SGC is still silent
	case 1:
		m.verificar(t, f.ID, 1, false, at)
		return m.leer(t, f.ID) // invalid
	case 2: // told «received», and then OPEN SGC has no such thing
		if _, err := m.AcceptGestion(t.Context(), f.ID); err != nil {
			t.Fatal(err)
		}
		m.verificar(t, f.ID, 1, false, at)
		return m.leer(t, f.ID)
	}
	m.verificar(t, f.ID, 1, true, at)
	f = m.leer(t, f.ID)
	head := map[pa0580.UnidadID]pa0580.FuncionarioID{m.central: m.jefa, m.este: m.jefe}[f.Unidad]
	if f.Agente == head {
		head = m.gerente
	}
	decided := at.Add(time.Duration(random.IntN(45*24)) * time.Hour)
	switch random.IntN(9) {
	case 0:
		return f
	case 1:
		return m.hacer(t, f, pa0580.Observar, head, decided)
	case 2:
		return m.hacer(t, f, pa0580.Rechazar, head, decided)
	case 3:
		return m.hacer(t, f, pa0580.Anular, f.Agente, decided)
	case 4:
		f = m.hacer(t, f, pa0580.Aprobar, head, decided)
		return m.hacer(t, f, pa0580.RetirarDecision, head, decided.Add(time.Minute))
	}
	return m.hacer(t, f, pa0580.Aprobar, head, decided)
}

// byHand counts what a vision sees of somebody's month from the gestiones one by one.
func (m *mundoDeCuentas) byHand(t *testing.T, v app.Vision, quien pa0580.FuncionarioID, mes pa0580.Mes) (map[renglon]int, []pa0580.GestionID) {
	t.Helper()
	out, ids := map[renglon]int{}, []pa0580.GestionID{}
	for _, id := range m.ids {
		g := m.leer(t, id)
		if g.Agente != quien || g.Mes != mes || !sees(v, g) {
			continue
		}
		ids = append(ids, id)
		r := renglon{g.Unidad, g.Modo, app.EnEspera, g.Estado, "", g.Tipo, g.Clasificacion.Jornada}
		_, paid := m.pagada[id]
		switch {
		case paid:
			r.situacion, r.estado = app.Contada, pa0580.Incluida
		case slices.Contains([]pa0580.Estado{pa0580.Rechazada, pa0580.Anulada, pa0580.Invalida}, g.Estado):
			r.situacion = app.NoContada
		case g.Estado == pa0580.Aprobada:
			r.espera = "2026-11" // the only month that is open and cut off
			if !g.Decision.At.Before(octubre.Next().End().Add(24 * time.Hour)) {
				r.espera = "2026-12"
			}
		}
		out[r]++
	}
	return out, ids
}

func renglones(e app.EstadoDeCuenta) map[renglon]int {
	out := map[renglon]int{}
	for _, g := range e.Grupos {
		for i, tipo := range pa0580.TiposGestion() {
			for jornada, n := range map[pa0580.Jornada]int{pa0580.Ordinaria: g.Ordinarias[i], pa0580.Extraordinaria: g.Extraordinarias[i]} {
				if n > 0 {
					out[renglon{g.Unidad.ID, g.Modo, g.Situacion, g.Estado, g.Espera.String(), tipo, jornada}] += n
				}
			}
		}
	}
	return out
}

// Whoever looks at whomever's month sees what a count one by one says, and every
// gestión once, page after page. All the statements of a closed month add up to its
// planillas.
func TestStatementsSayWhatTheRowsSay(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	m := newMundoDeCuentas(t, rand.New(rand.NewPCG(seed, 0)), 160)
	people := []pa0580.FuncionarioID{m.ana, m.beto, m.carla, m.jefa}
	visions := map[string]app.Vision{
		"HR": {Todo: true}, "the head of Central": {Unidades: []pa0580.UnidadID{m.central}}, "the head of Este": {Unidades: []pa0580.UnidadID{m.este}},
		"the head above, of a head's own": {Bandeja: []pa0580.Alcance{{Unidad: m.central, Solo: m.jefa}}}, "nobody": {},
	}
	for name, v := range visions {
		for _, quien := range people {
			for _, mes := range m.meses {
				m.sameStatement(t, name, v, quien, mes)
			}
		}
	}
	for _, mes := range m.meses[:2] {
		var said, paid app.Cuentas
		for _, quien := range append([]pa0580.FuncionarioID{m.gerente, m.rrhh}, people...) {
			e := m.estado(t, app.Vision{Todo: true}, quien, app.FiltroDeCuenta{Mes: mes, Limite: 1})
			said = said.Mas(e.Pagadas())
			i := slices.IndexFunc(e.Historia, func(h app.MesDeCuenta) bool { return h.Mes == mes })
			if e.Totales().Cargadas().Total() > 0 && (i < 0 || e.Historia[i] != app.MesDeCuenta{
				Mes: mes, Contadas: e.Totales().Contadas.Total(), EnEspera: e.Totales().EnEspera.Total(), NoContadas: e.Totales().NoContadas.Total(), Pagadas: e.Pagadas().Total(),
			}) {
				t.Errorf("the history of %s has %+v beside %+v", mes, e.Historia, e.Totales())
			}
		}
		sheets, err := m.Planillas(t.Context(), app.Vision{Todo: true}, mes)
		if err != nil || len(sheets) == 0 {
			t.Fatalf("%d planillas of %s, %v", len(sheets), mes, err)
		}
		for _, p := range sheets {
			for _, f := range p.Filas {
				paid = paid.Mas(f.Cuentas)
			}
		}
		if said != paid {
			t.Errorf("the statements of %s add up to %+v, its planillas to %+v", mes, said, paid)
		}
	}
}

func (m *mundoDeCuentas) estado(t *testing.T, v app.Vision, quien pa0580.FuncionarioID, f app.FiltroDeCuenta) app.EstadoDeCuenta {
	t.Helper()
	e, err := m.EstadoDeCuenta(t.Context(), v, quien, f)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (m *mundoDeCuentas) sameStatement(t *testing.T, name string, v app.Vision, quien pa0580.FuncionarioID, mes pa0580.Mes) {
	t.Helper()
	want, ids := m.byHand(t, v, quien, mes)
	e := m.estado(t, v, quien, app.FiltroDeCuenta{Mes: mes, Limite: 3})
	what := fmt.Sprintf("%s, of %s's %s", name, e.Funcionario.Nombre, mes)
	if got := renglones(e); !maps.Equal(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", what, got, want)
	}
	if total := e.Totales(); total.Cargadas().Total() != len(ids) || total.Cargadas() != total.Contadas.Mas(total.EnEspera).Mas(total.NoContadas) {
		t.Errorf("%s: %+v of %d gestiones", what, total, len(ids))
	}
	// What planillas say they hold of the month is what is counted of it.
	var held app.Cuentas
	for _, p := range e.Pagos {
		if p.Fila.Mes == mes {
			held = held.Mas(p.Fila.Cuentas)
		}
	}
	if held != e.Totales().Contadas {
		t.Errorf("%s: planillas hold %+v, counted are %+v", what, held, e.Totales().Contadas)
	}
	var seen []pa0580.GestionID
	for page := e.Gestiones; len(page) > 0; {
		for _, g := range page {
			seen = append(seen, g.ID)
			if p, paid := m.pagada[g.ID]; paid != (g.Planilla != nil) || paid && (g.Planilla.Numero != p.Numero || g.Planilla.Mes != p.Mes) {
				t.Errorf("%s: %s is in %+v, want %+v", what, g.ID, g.Planilla, p)
			}
		}
		page = m.estado(t, v, quien, app.FiltroDeCuenta{Mes: mes, Limite: 3, Tras: seen[len(seen)-1]}).Gestiones
	}
	slices.Sort(seen)
	slices.Sort(ids)
	if !slices.Equal(seen, ids) {
		t.Errorf("%s: pages have %d gestiones %v, want %d %v", what, len(seen), seen, len(ids), ids)
	}
	inOrder := m.estado(t, v, quien, app.FiltroDeCuenta{Mes: mes, Reclamables: true, Limite: 1000}).Gestiones
	rank := func(a, b app.GestionDeCuenta) int {
		order := []app.Situacion{app.NoContada, app.EnEspera, app.Contada}
		return slices.Index(order, a.Situacion) - slices.Index(order, b.Situacion)
	}
	if len(inOrder) != len(ids) || !slices.IsSortedFunc(inOrder, rank) {
		t.Errorf("%s: %d gestiones, those not counted first: %t", what, len(inOrder), slices.IsSortedFunc(inOrder, rank))
	}
}

// Each estado has its sentence: why, by whom, when, and whom it waits for.
func TestEachGestionSaysWhy(t *testing.T) {
	t.Parallel()
	m := newMundoVacio(t, noviembre)
	later := manana.Add(2 * time.Hour)
	sentence := map[pa0580.GestionID]string{}
	ni := func(i int) string { return fmt.Sprint(1000000 + i) }
	reason := func(f app.Ficha, a pa0580.Accion, actor pa0580.FuncionarioID, motivo string) app.Ficha {
		c := m.comando(f, a, actor, later)
		c.Motivo = motivo
		m.aplicar(t, m.pedir(t, c).ID, later)
		return m.leer(t, f.ID)
	}
	sentence[m.cargar(t, m.ana, contenido(1), manana).ID] = "Espera que OPEN SGC confirme el NIS " + ni(1) + "."
	invalid := m.cargar(t, m.ana, contenido(2), manana)
	m.verificar(t, invalid.ID, 1, false, manana)
	sentence[invalid.ID] = "OPEN SGC no tiene el NIS " + ni(2) + ": no se aceptó al cargarla."
	told := m.cargar(t, m.ana, contenido(3), manana)
	if _, err := m.AcceptGestion(t.Context(), told.ID); err != nil {
		t.Fatal(err)
	}
	m.verificar(t, told.ID, 1, false, manana)
	sentence[told.ID] = "Espera la corrección de Ana: OPEN SGC no tiene el NIS " + ni(3) + "."
	sentence[m.pendiente(t, m.ana, contenido(4), manana).ID] = "Espera la decisión de Josefa (jefatura) o de Susana (subrogante)."
	sentence[reason(m.pendiente(t, m.ana, contenido(5), manana), pa0580.Observar, m.jefa, "falta\nel expediente").ID] = "Espera la corrección de Ana: Josefa la observó el 05/10/2026 a las 11:00: «falta el expediente»."
	// Whoever rejects quotes the document: the statement does not.
	sentence[reason(m.pendiente(t, m.ana, contenido(6), manana), pa0580.Rechazar, m.jefa, "la C.I. 2.000.006 es de otro").ID] = "Josefa la rechazó el 05/10/2026 a las 11:00: «la C.I. •••0006 es de otro»."
	sentence[reason(m.pendiente(t, m.ana, contenido(7), manana), pa0580.Anular, m.ana, "dos veces").ID] = "Ana la anuló el 05/10/2026 a las 11:00: «dos veces»."
	paid := m.aprobada(t, m.ana, contenido(8), manana)
	sentence[paid.ID] = "Contada en la planilla N° 1 de octubre de 2026."
	late := m.hacer(t, m.pendiente(t, m.ana, contenido(9), manana), pa0580.Aprobar, m.jefa, octubre.End().Add(2*time.Hour))
	sentence[late.ID] = "Aprobada por Josefa el 01/11/2026 a las 02:00: no llegó al corte de octubre de 2026 y espera la planilla de noviembre de 2026."
	m.cortar(t, octubre, octubre.End().Add(time.Hour))
	open := m.estadoPor(t, m.ana)
	if open[paid.ID].Porque != "Aprobada por Josefa el 05/10/2026 a las 10:00: espera la planilla de octubre de 2026." || open[late.ID].Porque != sentence[late.ID] {
		t.Errorf("before the close: %q, %q", open[paid.ID].Porque, open[late.ID].Porque)
	}
	at := octubre.End().Add(3 * time.Hour)
	if c := m.congelar(t, m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "se cierra igual"), at); !c.Cerrado {
		t.Fatalf("%+v", c)
	}
	got := m.estadoPor(t, m.ana)
	for id, want := range sentence {
		if g := got[id]; g.Porque != want {
			t.Errorf("%s: %q\nwant %q", g.Estado, g.Porque, want)
		}
	}
	if len(got) != len(sentence) {
		t.Errorf("%d gestiones, want %d", len(got), len(sentence))
	}
	m.cerrar(t, octubre.Next(), octubre.Next().End().Add(time.Hour))
	if g := m.estadoPor(t, m.ana)[late.ID]; g.Porque != "Contada en la planilla N° 2 de noviembre de 2026: no llegó aprobada al corte de octubre de 2026." {
		t.Errorf("late: %q", g.Porque)
	}
}

// estadoPor is October's statement of somebody, asked by themself, by gestión.
func (m *mundoDeCuentas) estadoPor(t *testing.T, quien pa0580.FuncionarioID) map[pa0580.GestionID]app.GestionDeCuenta {
	t.Helper()
	e, err := m.app.MiEstado(t.Context(), app.Actor{ID: quien}, app.FiltroDeCuenta{Mes: octubre, Limite: 100})
	if err != nil {
		t.Fatal(err)
	}
	out := map[pa0580.GestionID]app.GestionDeCuenta{}
	for _, g := range e.Gestiones {
		out[g.ID] = g
	}
	return out
}

// What a head loaded waits for the head above; where there is none, for nobody.
func TestAHeadsOwnWaitForTheHeadAbove(t *testing.T) {
	t.Parallel()
	m := newMundoVacio(t, noviembre)
	m.atiende(t, m.jefa, m.jefa, m.central, pa0580.Permanente)
	m.atiende(t, m.gerente, m.gerente, m.gerencia, pa0580.Permanente)
	m.pendiente(t, m.jefa, contenido(1), manana)
	m.pendiente(t, m.gerente, contenido(2), manana)
	for quien, want := range map[pa0580.FuncionarioID]string{
		m.jefa: "Esperan la decisión de Gerardo (jefatura).", m.gerente: "Esperan una decisión que hoy no le corresponde a nadie: la jefatura la define la administración.",
	} {
		e, err := m.app.MiEstado(t.Context(), app.Actor{ID: quien}, app.FiltroDeCuenta{Mes: octubre, Limite: 10})
		if err != nil || len(e.Grupos) != 1 || e.Grupos[0].Porque != want {
			t.Errorf("%+v, %v; want %q", e.Grupos, err, want)
		}
	}
}

// Own statements are everybody's; others' are HR's and auditors' whole, heads' and
// responsables' as far as their units go, and nobody else's.
func TestWhoSeesWhoseStatement(t *testing.T) {
	t.Parallel()
	m := newMundoVacio(t, noviembre)
	m.cargar(t, m.ana, contenido(1), manana)
	m.cargar(t, m.anaEnEste(t), contenido(2), manana)
	m.cargar(t, m.carla, contenido(3), manana)
	m.save(t, app.Cambio{Responsable: &app.Responsable{Unidad: m.este, Funcionario: m.rrhh2}})
	tests := map[string]struct {
		actor   app.Actor
		quien   pa0580.FuncionarioID
		want    int // gestiones; -1: refused
		parcial bool
		code    pa0580.Code
	}{
		"HR":                     {app.Actor{ID: m.rrhh, Roles: []app.Rol{app.RolRRHH}}, m.ana, 2, false, ""},
		"an auditor":             {app.Actor{ID: m.rrhh2, Roles: []app.Rol{app.RolAuditor}}, m.ana, 2, false, ""},
		"a head":                 {app.Actor{ID: m.jefa, Roles: []app.Rol{app.RolJefe}}, m.ana, 1, true, ""},
		"a substitute":           {app.Actor{ID: m.suplente, Roles: []app.Rol{app.RolJefe}}, m.ana, 1, true, ""},
		"a responsable":          {app.Actor{ID: m.rrhh2, Roles: []app.Rol{app.RolResponsable}}, m.ana, 1, true, ""},
		"a head of elsewhere":    {app.Actor{ID: m.jefa, Roles: []app.Rol{app.RolJefe}}, m.carla, -1, false, pa0580.CodeNotFound},
		"themself":               {app.Actor{ID: m.ana, Roles: []app.Rol{app.RolAgente}}, m.ana, 2, false, ""},
		"themself, without role": {app.Actor{ID: m.ana}, m.ana, 2, false, ""},
		"another agent":          {app.Actor{ID: m.beto, Roles: []app.Rol{app.RolAgente}}, m.ana, -1, false, pa0580.CodeForbidden},
		"an administrator":       {app.Actor{ID: m.beto, Roles: []app.Rol{app.RolAdmin}}, m.ana, -1, false, pa0580.CodeForbidden},
		"HR, of nobody":          {app.Actor{ID: m.rrhh, Roles: []app.Rol{app.RolRRHH}}, pa0580.FuncionarioID(m.central), -1, false, pa0580.CodeNotFound},
	}
	for name, tt := range tests {
		e, err := m.app.EstadoDe(t.Context(), tt.actor, tt.quien, app.FiltroDeCuenta{Mes: octubre, Limite: 10})
		if tt.want < 0 {
			refused(t, err, tt.code)
			continue
		}
		if n := e.Totales().Cargadas().Total(); err != nil || n != tt.want || len(e.Gestiones) != tt.want || e.Parcial != tt.parcial {
			t.Errorf("%s: %d of %d gestiones, partial %t, %v", name, n, tt.want, e.Parcial, err)
		}
	}
	if e, err := m.app.MiEstado(context.Background(), app.Actor{ID: m.ana}, app.FiltroDeCuenta{Limite: 1}); err != nil || e.Mes != octubre.Next() {
		t.Errorf("without a month it is of %s, %v", e.Mes, err)
	}
}
