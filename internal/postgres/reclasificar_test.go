package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// clase is what a change of the calendar may move of a row, and what tells that it did.
type clase struct {
	estado, motivo, feriado string
	calendario              int
	version                 int64
}

// clases reads every row.
func (m *mundo) clases(t *testing.T) map[pa0580.GestionID]gestionRow {
	t.Helper()
	var rows []gestionRow
	if err := m.db.NewRaw("SELECT "+gestionColumns+" FROM gestiones g").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	out := map[pa0580.GestionID]gestionRow{}
	for _, r := range rows {
		out[pa0580.GestionID(r.ID)] = r
	}
	return out
}

func (r gestionRow) clase() clase {
	return clase{r.Estado, r.JornadaMotivo, r.Feriado, r.Calendario, r.Version}
}

// fluye tells a row of an open month that somebody may still be paid by.
func (r gestionRow) fluye(cerrado pa0580.Mes) bool {
	return cerrado.Before(mes(r.Mes)) && !slices.Contains([]string{"invalida", "anulada", "incluida"}, r.Estado)
}

// enCualquierEstado loads one and leaves it anywhere in its life.
func (m *mundo) enCualquierEstado(t *testing.T, random *rand.Rand, i int, at time.Time) {
	t.Helper()
	agents, heads := []pa0580.FuncionarioID{m.ana, m.beto, m.carla}, []pa0580.FuncionarioID{m.jefa, m.jefa, m.jefe}
	who := random.IntN(len(agents))
	f := m.cargar(t, agents[who], contenido(i), at)
	dice := random.IntN(10)
	if dice == 0 {
		return
	}
	m.verificar(t, f.ID, 1, dice != 1, at)
	if f = m.leer(t, f.ID); dice < 4 {
		return
	}
	if dice == 4 {
		m.hacer(t, f, pa0580.Anular, agents[who], at)
		return
	}
	m.hacer(t, f, []pa0580.Accion{pa0580.Observar, pa0580.Rechazar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar}[dice-5], heads[who], at.Add(time.Hour))
}

// Whatever is declared, renamed, moved and taken back: what may still be paid in an open
// month counts as the rules say by the calendar in force, each change audited once, and
// the rehearsal said so; what is closed or ended stays as it was.
func TestChangesOfTheCalendarReachOpenMonthsOnly(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	random := rand.New(rand.NewPCG(7, 0))
	setiembre := octubre.Prev()
	days := []pa0580.Dia{{Year: 2026, Month: 9, Day: 8}, {Year: 2026, Month: 9, Day: 9}, {Year: 2026, Month: 10, Day: 6}, {Year: 2026, Month: 10, Day: 7}, {Year: 2026, Month: 10, Day: 10}, {Year: 2026, Month: 11, Day: 2}}
	i := 0
	for _, d := range days {
		for range 14 {
			i++
			m.enCualquierEstado(t, random, i, d.Start().Add(time.Duration(random.IntN(24*3600))*time.Second))
		}
	}
	m.cerrar(t, setiembre, pa0580.LocalTime(2026, time.October, 1, 8, 0, 0))
	m.cortar(t, octubre, noviembre)
	units := []pa0580.UnidadID{"", "", m.gerencia, m.central, m.este}
	moved := 0
	for round := range 40 {
		change := m.algunCambio(t, random, days, units)
		before := m.clases(t)
		var stored []pa0580.ComandoID
		if round%5 == 0 {
			stored = m.guardados(t, random, before)
		}
		moved += m.cambiar(t, change, before, setiembre, len(stored) > 0)
		for _, id := range stored {
			if got := m.aplicar(t, id, noviembre); got.Resultado != pa0580.Aplicado {
				t.Fatalf("round %d: a decision stored before ended %s %s", round, got.Resultado, got.Codigo)
			}
		}
	}
	if moved < 50 {
		t.Fatalf("%d moved in all: the test shows nothing", moved)
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'reclasificar'"); n != moved {
		t.Errorf("%d entries for %d reclassified", n, moved)
	}
	found, err := m.Inconsistencias(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := m.VerifyPlanillas(t.Context(), func(a app.Adulteracion) { t.Errorf("%+v", a) }); err != nil {
		t.Error(err)
	}
}

// algunCambio declares a holiday, changes one or takes one back.
func (m *mundo) algunCambio(t *testing.T, random *rand.Rand, days []pa0580.Dia, units []pa0580.UnidadID) app.Cambio {
	t.Helper()
	_, held, err := m.Feriados(t.Context(), 2026, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: days[random.IntN(len(days))], Nombre: fmt.Sprint("Asueto ", random.IntN(1000)), Unidad: units[random.IntN(len(units))]}}
	same := func(h app.FeriadoFicha) bool { return h.Dia == f.Dia && h.Unidad == f.Unidad }
	switch i := slices.IndexFunc(held, same); {
	case i >= 0 && random.IntN(3) > 0:
		return app.Cambio{SinFeriado: held[i].ID}
	case i >= 0:
		f.ID = held[i].ID // another name
	case len(held) > 0 && random.IntN(3) == 0:
		f.ID = held[random.IntN(len(held))].ID // another day or unit
	}
	return app.Cambio{Feriado: &f}
}

// guardados are decisions on some pendientes that nobody has applied.
func (m *mundo) guardados(t *testing.T, random *rand.Rand, rows map[pa0580.GestionID]gestionRow) []pa0580.ComandoID {
	t.Helper()
	var out []pa0580.ComandoID
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		r := rows[id]
		if r.Estado != string(pa0580.Pendiente) || random.IntN(3) > 0 {
			continue
		}
		head := m.jefa
		if r.UnidadID == string(m.este) {
			head = m.jefe
		}
		out = append(out, m.pedir(t, m.comando(m.leer(t, id), pa0580.Observar, head, noviembre)).ID)
	}
	return out
}

// cambiar rehearses a change, makes it, and holds every row against the rules; it tells
// how many moved.
func (m *mundo) cambiar(t *testing.T, change app.Cambio, before map[pa0580.GestionID]gestionRow, cerrado pa0580.Mes, stored bool) int {
	t.Helper()
	said, err := m.EnsayoCalendario(t.Context(), change)
	if err != nil {
		t.Fatalf("rehearse %+v: %v", change, err)
	}
	expected := map[string]int{} // month and way
	for _, month := range said.Meses {
		for _, u := range month.Unidades {
			for _, k := range u.Cambios {
				expected[fmt.Sprintf("%s %s %q %q", month.Mes, u.Unidad, k.De, k.A)] += k.Cantidad
			}
		}
	}
	change.Calendario = said.Version + 1
	_, err = m.Save(t.Context(), m.rrhh, noviembre, m.clave(), change)
	refused(t, err, pa0580.CodeConflict)
	change.Calendario = said.Version
	if _, err := m.Save(t.Context(), m.rrhh, noviembre, m.clave(), change); err != nil {
		t.Fatalf("save %+v: %v", change, err)
	}
	org, err := m.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n, days := 0, m.tocados(t, said.Version)
	for id, now := range m.clases(t) {
		was := before[id]
		k := org.Calendario.Clasificar(now.GuardadaAt, org.Camino(pa0580.UnidadID(now.UnidadID)))
		differs := was.JornadaMotivo != string(k.Motivo)
		if differs && days[pa0580.DiaOf(now.GuardadaAt)] && was.Estado != "invalida" && was.Estado != "anulada" {
			expected[fmt.Sprintf("%s %s %q %q", now.Mes, now.UnidadID, was.JornadaMotivo, k.Motivo)]--
		}
		want := was.clase()
		if differs && was.fluye(cerrado) {
			n++
			want.motivo, want.feriado, want.calendario = string(k.Motivo), k.Feriado, org.Calendario.Version
			want.version++
			if stored && now.Estado != was.Estado { // and the decision before it
				want.estado = now.Estado
				want.version++
			}
		}
		if got := now.clase(); got != want {
			t.Fatalf("after %+v a gestión of %s is %+v, want %+v, was %+v", change, now.GuardadaAt, got, want, was.clase())
		}
	}
	for way, left := range expected {
		if left != 0 {
			t.Fatalf("the rehearsal of %+v told %d more than there are: %s", change, left, way)
		}
	}
	return n
}

// tocados are the days of the entries that the version after one began or ended.
func (m *mundo) tocados(t *testing.T, version int) map[pa0580.Dia]bool {
	t.Helper()
	times, days := map[app.FeriadoFicha]int{}, map[pa0580.Dia]bool{}
	for v := version; v <= version+1; v++ {
		_, held, err := m.Feriados(t.Context(), 2026, v)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range held {
			times[f]++
		}
	}
	for f, n := range times {
		if n == 1 {
			days[f.Dia] = true
		}
	}
	return days
}

// A change that moves what people have seen is to be rehearsed first; nothing happens
// where it was not.
func TestAChangeOfTheCalendarIsRehearsedFirst(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.hacer(t, m.pendiente(t, m.ana, contenido(1), manana), pa0580.Observar, m.jefa, manana)
	approved := m.aprobada(t, m.beto, contenido(2), manana)
	signed := m.firmable(t, octubre, m.central, m.jefa, noviembre)
	if _, err := m.SetConformidad(t.Context(), signed); err != nil {
		t.Fatal(err)
	}
	change := app.Cambio{Feriado: &app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: pa0580.DiaOf(manana), Nombre: "Asueto"}}}
	_, err := m.Save(t.Context(), m.rrhh, noviembre, m.clave(), change)
	refused(t, err, pa0580.CodeConflict)
	if got := m.leer(t, f.ID); got.Version != f.Version || m.number(t, "SELECT calendario FROM organizacion") != 1 {
		t.Fatalf("a refused change left %+v", got.Gestion)
	}
	said, err := m.EnsayoCalendario(t.Context(), change)
	if err != nil || len(said.Meses) != 1 || said.Meses[0].Gestiones() != 2 || len(said.Conformidades) != 1 || said.Conformidades[0].Unidad != m.central {
		t.Fatalf("rehearsed: %+v, %v", said, err)
	}
	bad := app.Cambio{Feriado: &app.FeriadoFicha{ID: mustNewID(), Feriado: change.Feriado.Feriado}}
	_, err = m.EnsayoCalendario(t.Context(), bad)
	refused(t, err, pa0580.CodeNotFound)
	change.Calendario = said.Version
	first := m.save(t, change)
	_, err = m.EnsayoCalendario(t.Context(), app.Cambio{Feriado: &app.FeriadoFicha{Feriado: change.Feriado.Feriado}})
	refused(t, err, pa0580.CodeConflict)
	got := m.leer(t, f.ID)
	if got.Clasificacion.Motivo != pa0580.DiaNoLaborable || got.Clasificacion.Feriado != "Asueto" || got.Razon == nil || got.Razon.Nombre != "Josefa" {
		t.Errorf("reclassified, its reason must stay: %+v, %+v", got.Clasificacion, got.Razon)
	}
	units, err := m.Preparacion(t.Context(), app.Vision{Todo: true}, octubre, pa0580.DiaOf(noviembre))
	if err != nil || slices.ContainsFunc(units, func(u app.UnidadEnMes) bool { return u.Unidad == m.central && u.Huella == signed.Huella }) {
		t.Errorf("the conformidad is over what is not there any more: %v", err)
	}
	entries, err := m.Auditoria(t.Context(), approved.ID)
	last := entries[len(entries)-1]
	if err != nil || last.Accion != "reclasificar" || last.Detalle["jornada_de"] != "ordinaria" || last.Detalle["jornada_a"] != "dia_no_laborable" || last.Detalle["calendario"] != "2" || last.Detalle["calendario_de"] != "1" {
		t.Errorf("audited: %+v, %v", last, err)
	}
	// Whoever saw it before looks again.
	c := m.comando(approved, pa0580.RetirarDecision, m.jefa, noviembre)
	if r := m.aplicar(t, m.pedir(t, c).ID, noviembre); r.Codigo != pa0580.CodeStale {
		t.Errorf("a decision on what was seen before: %+v", r)
	}
	// A past version is what it was; what was moved back counts as it did.
	m.save(t, app.Cambio{SinFeriado: first, Calendario: 2})
	if got := m.leer(t, f.ID); got.Clasificacion.Motivo != "" || got.Clasificacion.Calendario != 3 {
		t.Errorf("taken back: %+v", got.Clasificacion)
	}
	for version, want := range map[int]int{1: 0, 2: 1, 3: 0} {
		of, held, err := m.Feriados(t.Context(), 2026, version)
		if err != nil || of != version || len(held) != want {
			t.Errorf("version %d of the calendar: %d %+v, %v", version, of, held, err)
		}
	}
	_, _, err = m.Feriados(t.Context(), 2026, 4)
	refused(t, err, pa0580.CodeNotFound)
}

// A load under way is waited for, and meets the holiday; one that comes meanwhile waits,
// and is told that the calendar changed.
func TestALoadMeetsAChangeOfTheCalendar(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	before, late := m.nueva(t, m.ana, contenido(1), manana), m.nueva(t, m.ana, contenido(2), manana)
	tx := m.begin(t)
	if _, err := tx.NewRaw(addGestionSQL).Conn(planned(tx.Tx, addArgs(before, m.clave())...)).Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved, loaded := make(chan error, 1), make(chan error, 1)
	ctx := context.WithoutCancel(t.Context())
	go func() {
		_, err := m.Save(ctx, m.rrhh, manana, m.clave(), app.Cambio{Calendario: 1, Feriado: &app.FeriadoFicha{
			Feriado: pa0580.Feriado{Dia: pa0580.DiaOf(manana), Nombre: "Asueto"}}})
		saved <- err
	}()
	m.await(t, 1)
	go func() {
		_, _, err := m.AddGestion(ctx, late, m.clave())
		loaded <- err
	}()
	m.await(t, 2)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-saved; err != nil {
		t.Fatal(err)
	}
	if err := <-loaded; !errors.Is(err, app.ErrCalendario) {
		t.Errorf("classified by the calendar of before, and stored: %v", err)
	}
	if got := m.leer(t, before.ID); got.Clasificacion.Motivo != pa0580.DiaNoLaborable || got.Version != 2 {
		t.Errorf("the one under way: %+v", got.Gestion)
	}
}

// An agent is told «received» although the calendar moved the row meanwhile.
func TestAReclassifiedLoadIsAcceptedAllTheSame(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	m.save(t, app.Cambio{Calendario: 1, Feriado: &app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: pa0580.DiaOf(manana), Nombre: "Asueto"}}})
	if got, err := m.AcceptGestion(t.Context(), f.ID); err != nil || !got.Aceptada || got.Version != 2 {
		t.Errorf("accepted: %+v, %v", got.Gestion, err)
	}
	if row := m.verificar(t, f.ID, 1, false, manana); row.Estado != pa0580.Recibida || row.Version != 2 {
		t.Errorf("an answer about the version before: %+v", row)
	}
	if row := m.verificar(t, f.ID, 2, false, manana); row.Estado != pa0580.Observada {
		t.Errorf("the answer: %+v", row)
	}
}

// People load, decide and take back, HR closes the month before, and the calendar changes
// all the while: nothing is lost, and in the end everything counts as the rules say.
func TestTheCalendarChangesInTheMidstOfWork(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	setiembre := octubre.Prev()
	ayer := pa0580.LocalTime(2026, time.September, 8, 9, 0, 0)
	for i := range 30 {
		m.aprobada(t, m.ana, contenido(1000+i), ayer)
	}
	m.cortar(t, setiembre, manana)
	var work sync.WaitGroup
	ctx, admin := context.WithoutCancel(t.Context()), make(chan struct{})
	loads := make(chan pa0580.GestionID, 400)
	for who, agent := range []pa0580.FuncionarioID{m.ana, m.beto, m.carla} {
		work.Go(func() {
			for i := range 60 {
				g, err := m.insistir(ctx, agent, contenido(who*100+i), manana.Add(time.Duration(i)*5*time.Minute))
				if err == nil {
					_, err = m.Verify(ctx, g.ID, g.Version, pa0580.Hallazgo{Existe: true, At: manana}, "motor-1")
				}
				if err != nil {
					t.Errorf("load: %v", err)
				}
				loads <- g.ID
			}
		})
	}
	work.Go(func() {
		defer close(admin)
		for i := range 24 {
			if err := m.alternar(ctx, []pa0580.Dia{pa0580.DiaOf(manana), pa0580.DiaOf(ayer)}[i%2]); err != nil {
				t.Errorf("change %d: %v", i, err)
			}
		}
	})
	for range 2 {
		work.Go(func() { m.decidirMientras(ctx, t, loads, admin) })
	}
	var closed contract.Congelada
	work.Go(func() {
		for range 40 {
			v, err := m.VistaPrevia(ctx, setiembre, manana)
			if err != nil {
				t.Errorf("preview: %v", err)
				return
			}
			o, err := m.AddOrden(ctx, app.Orden{ID: contract.OrdenID(mustNewID()), Mes: setiembre, Actor: m.rrhh, Huella: v.Huella, Motivo: "sin firmas", CreadoAt: manana}, m.clave())
			if err == nil {
				closed, err = m.Freeze(ctx, o.ID, manana)
			}
			if err != nil {
				t.Errorf("close: %v", err)
			}
			if closed.Cerrado {
				return
			}
		}
	})
	work.Wait()
	if !closed.Cerrado || closed.Lineas != 30 {
		t.Fatalf("closed: %+v", closed)
	}
	m.asRulesSay(t, setiembre, 180+30)
}

// insistir loads as the use case does: judged again where the calendar changed.
func (m *mundo) insistir(ctx context.Context, agente pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) (pa0580.Gestion, error) {
	k := m.clave()
	for {
		org, err := m.Organizacion(ctx)
		if err != nil {
			return pa0580.Gestion{}, err
		}
		a := m.asignaciones[agente]
		g := pa0580.New(pa0580.GestionID(mustNewID()), a, "Agencia", c, at, org.Calendario.Clasificar(at, org.Camino(a.Unidad)))
		if _, _, err = m.AddGestion(ctx, g, k); !errors.Is(err, app.ErrCalendario) {
			return g, err
		}
	}
}

// alternar declares a day a holiday, or takes it back.
func (m *mundo) alternar(ctx context.Context, d pa0580.Dia) error {
	version, held, err := m.Feriados(ctx, d.Year, 0)
	if err != nil {
		return err
	}
	change := app.Cambio{Calendario: version, Feriado: &app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: d, Nombre: "Asueto"}}}
	if i := slices.IndexFunc(held, func(f app.FeriadoFicha) bool { return f.Dia == d }); i >= 0 {
		change = app.Cambio{Calendario: version, SinFeriado: held[i].ID}
	}
	_, err = m.Save(ctx, m.rrhh, manana, m.clave(), change)
	return err
}

// decidirMientras approves and takes back what was loaded, until the calendar is left alone.
func (m *mundo) decidirMientras(ctx context.Context, t *testing.T, loads <-chan pa0580.GestionID, done <-chan struct{}) {
	for {
		select {
		case <-done:
			return
		case id := <-loads:
			for _, accion := range []pa0580.Accion{pa0580.Aprobar, pa0580.RetirarDecision} {
				f, err := m.Gestion(ctx, app.Vision{Todo: true}, id)
				if err != nil {
					t.Errorf("read: %v", err)
					return
				}
				c := m.comando(f, accion, m.decide(f), manana)
				if _, _, err = m.AddComando(ctx, c, m.clave()); err == nil {
					err = m.perseverar(ctx, c.ID)
				}
				if err != nil {
					t.Errorf("%s: %v", accion, err)
				}
			}
		}
	}
}

func (m *mundo) decide(f app.Ficha) pa0580.FuncionarioID {
	if f.Unidad == m.este {
		return m.jefe
	}
	return m.jefa
}

// perseverar applies as the engine does: again where PostgreSQL let another win.
func (m *mundo) perseverar(ctx context.Context, id pa0580.ComandoID) error {
	for {
		if _, err := m.ApplyUpTo(ctx, id, manana); !contended(err) {
			return err
		}
	}
}

// asRulesSay holds every row of an open month against the rules, and all against
// themselves.
func (m *mundo) asRulesSay(t *testing.T, cerrado pa0580.Mes, rows int) {
	t.Helper()
	org, err := m.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := m.clases(t)
	if len(all) != rows {
		t.Errorf("%d rows, want %d", len(all), rows)
	}
	for _, r := range all {
		if k := org.Calendario.Clasificar(r.GuardadaAt, org.Camino(pa0580.UnidadID(r.UnidadID))); r.fluye(cerrado) && r.JornadaMotivo != string(k.Motivo) {
			t.Errorf("%s at %s counts %q by version %d, and %q by the calendar in force, %d", r.Estado, r.GuardadaAt, r.JornadaMotivo, r.Calendario, k.Motivo, k.Calendario)
		}
	}
	found, err := m.Inconsistencias(t.Context())
	if err != nil || len(found) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	if _, err := m.VerifyPlanillas(t.Context(), func(a app.Adulteracion) { t.Errorf("%+v", a) }); err != nil {
		t.Error(err)
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'reclasificar'"); n == 0 {
		t.Error("nothing was reclassified: the test shows nothing")
	}
}
