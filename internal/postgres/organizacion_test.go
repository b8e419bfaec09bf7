package postgres

import (
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

func TestWhatTheOrganisationRefuses(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	day := pa0580.DiaOf(manana)
	nobody := pa0580.FuncionarioID(mustNewID())
	tests := map[string]struct {
		change app.Cambio
		code   pa0580.Code
		campo  string
	}{
		"a code twice":             {app.Cambio{Unidad: &pa0580.Unidad{Codigo: "GC", Nombre: "Otra"}}, pa0580.CodeConflict, "codigo"},
		"a malformed code":         {app.Cambio{Unidad: &pa0580.Unidad{Codigo: "g c", Nombre: "Otra"}}, pa0580.CodeField, "codigo"},
		"a unit under nothing":     {app.Cambio{Unidad: &pa0580.Unidad{Codigo: "X", Nombre: "X", Padre: "x"}}, pa0580.CodeNotFound, "padre"},
		"a unit under itself":      {app.Cambio{Unidad: &pa0580.Unidad{ID: m.central, Codigo: "AR-01", Nombre: "X", Padre: m.central}}, pa0580.CodeConflict, "padre"},
		"a cycle":                  {app.Cambio{Unidad: &pa0580.Unidad{ID: m.gerencia, Codigo: "GC", Nombre: "X", Padre: m.central}}, pa0580.CodeConflict, "padre"},
		"a unit that is not there": {app.Cambio{Unidad: &pa0580.Unidad{ID: pa0580.UnidadID(mustNewID()), Codigo: "X", Nombre: "X"}}, pa0580.CodeNotFound, "id"},
		"a C.I. twice":             {app.Cambio{Funcionario: &app.Funcionario{Legajo: "9999", CI: "1000001", Nombre: "X"}}, pa0580.CodeConflict, "ci"},
		"an admin who decides":     {app.Cambio{Funcionario: &app.Funcionario{Legajo: "9999", CI: "99", Nombre: "X", Roles: []app.Rol{app.RolAdmin, app.RolJefe}}}, pa0580.CodeConflict, "roles"},
		"two heads on a day": {app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{
			Unidad: m.central, Jefe: m.jefe, Desde: day}}}, pa0580.CodeConflict, "desde"},
		"a head nobody knows": {app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{
			Unidad: m.central, Jefe: nobody, Desde: pa0580.Dia{Year: 2000, Month: 1, Day: 1}, Hasta: pa0580.Dia{Year: 2001, Month: 1, Day: 1}}}}, pa0580.CodeNotFound, "jefe"},
		"rostered twice": {app.Cambio{Asignacion: &pa0580.Asignacion{
			Funcionario: m.ana, Unidad: m.central, Modo: pa0580.Apoyo, Desde: day}}, pa0580.CodeConflict, "desde"},
		"an end before its beginning": {app.Cambio{Asignacion: &pa0580.Asignacion{
			Funcionario: m.ana, Unidad: m.este, Modo: pa0580.Apoyo, Desde: day, Hasta: pa0580.Dia{Year: 2001, Month: 1, Day: 1}}}, pa0580.CodeField, "hasta"},
		"no beginning": {app.Cambio{Asignacion: &pa0580.Asignacion{
			Funcionario: m.ana, Unidad: m.este, Modo: pa0580.Apoyo}}, pa0580.CodeField, "desde"},
		"an end of no holiday": {app.Cambio{SinFeriado: mustNewID()}, pa0580.CodeNotFound, "id"},
	}
	entries := m.number(t, "SELECT count(*) FROM auditoria")
	for name, tt := range tests {
		_, err := m.Save(t.Context(), m.rrhh, manana, m.clave(), tt.change)
		refused(t, err, tt.code)
		if rs := pa0580.RefusalsIn(err); len(rs) == 1 && rs[0].Campo != tt.campo {
			t.Errorf("%s: names %q, want %q", name, rs[0].Campo, tt.campo)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria"); n != entries {
		t.Errorf("%d entries of refused changes", n-entries)
	}
}

// A holiday is declared, moved and taken back: each makes a version, and what
// an earlier version held can still be read.
func TestTheCalendarHasVersions(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	day := pa0580.DiaOf(manana)
	k := m.clave()
	change := app.Cambio{Feriado: &app.FeriadoFicha{Feriado: pa0580.Feriado{Dia: day, Nombre: "Asueto", Unidad: m.central}}}
	first, err := m.Save(t.Context(), m.rrhh, manana, k, change)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.Save(t.Context(), m.rrhh, manana, k, change); err != nil || again != first {
		t.Errorf("repeated: %s, %v; want %s", again, err, first)
	}
	_, err = m.Save(t.Context(), m.rrhh, manana, app.Clave{Clave: k.Clave, Cuerpo: cuerpo("otro")}, change)
	refused(t, err, pa0580.CodeIdempotency)
	_, err = m.Save(t.Context(), m.rrhh, manana, m.clave(), change)
	refused(t, err, pa0580.CodeConflict)

	class := func() pa0580.Clasificacion {
		org, err := m.Organizacion(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return org.Calendario.Clasificar(manana, org.Camino(m.central))
	}
	if got := class(); got.Feriado != "Asueto" || got.Calendario != 2 {
		t.Errorf("declared: %+v", got)
	}
	change.Feriado.ID, change.Feriado.Nombre = first, "Asueto distrital"
	second := m.save(t, change)
	if got := class(); got.Feriado != "Asueto distrital" || got.Calendario != 3 || second == first {
		t.Errorf("changed: %+v", got)
	}
	version, held, err := m.Feriados(t.Context(), 2026, 0)
	if err != nil || version != 3 || len(held) != 1 || held[0].ID != second || held[0].Dia != day {
		t.Errorf("in force: %d %+v, %v", version, held, err)
	}
	m.save(t, app.Cambio{SinFeriado: second})
	if got := class(); got.Jornada != pa0580.Ordinaria || got.Calendario != 4 {
		t.Errorf("taken back: %+v", got)
	}
	if n := m.number(t, "SELECT count(*) FROM feriados WHERE nombre = 'Asueto' AND 2 BETWEEN desde_version AND hasta_version"); n != 1 {
		t.Error("version 2 of the calendar can no longer be read")
	}
}

// Another process changes the organisation; this one sees it at once, and pays
// for reading it once.
func TestTheOrganisationIsReadWhenItChanged(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	other := open(t, m.url)
	before, err := other.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if got, err := other.Organizacion(t.Context()); err != nil || got != before {
				t.Errorf("unchanged, yet read again: %v", err)
			}
		})
	}
	group.Wait()
	m.save(t, app.Cambio{Unidad: &pa0580.Unidad{ID: m.este, Codigo: "AR-02", Nombre: "Agencia del Este", Padre: m.gerencia, Activa: true}})
	after, err := other.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := after.Unidad(m.este); !ok || u.Nombre != "Agencia del Este" || after.Version != before.Version+1 {
		t.Errorf("after the change: %+v of version %d", u, after.Version)
	}
	if got := after.Mandos(m.central, pa0580.DiaOf(manana)); got[m.jefa] != pa0580.CargoJefe || got[m.suplente] != pa0580.CargoSubrogante {
		t.Errorf("mandos: %v", got)
	}
}

func TestPeopleAndRosterAreFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	found, err := m.Funcionarios(t.Context(), app.FiltroPersonas{Texto: "raul"})
	if err != nil || len(found) != 1 || found[0].Nombre != "Raúl" || found[0].Roles[0] != app.RolRRHH {
		t.Errorf("without the accent: %+v, %v", found, err)
	}
	page, err := m.Funcionarios(t.Context(), app.FiltroPersonas{Tras: "0003", Limite: 2})
	if err != nil || len(page) != 2 || page[0].Legajo != "0004" {
		t.Errorf("page: %+v, %v", page, err)
	}
	m.save(t, app.Cambio{Asignacion: &pa0580.Asignacion{
		Funcionario: m.ana, Unidad: m.este, Modo: pa0580.Apoyo, Desde: pa0580.DiaOf(manana), Hasta: pa0580.DiaOf(manana),
	}})
	for on, want := range map[pa0580.Dia]int{pa0580.DiaOf(manana): 2, pa0580.DiaOf(manana.Add(24 * time.Hour)): 1} {
		if as, err := m.Asignaciones(t.Context(), m.ana, on); err != nil || len(as) != want {
			t.Errorf("%s: %+v, %v", on, as, err)
		}
	}
	for _, remove := range []bool{false, false, true} {
		m.save(t, app.Cambio{Responsable: &app.Responsable{Unidad: m.este, Funcionario: m.beto, Quitar: remove}})
		units, err := m.ResponsableDe(t.Context(), m.beto)
		if err != nil || (len(units) == 1) == remove {
			t.Errorf("answers for %v, %v", units, err)
		}
	}
	js, err := m.Jefaturas(t.Context())
	if err != nil || len(js) != 3 || js[0].Nombre != "Josefa" && js[1].Nombre != "Josefa" {
		t.Errorf("heads: %+v, %v", js, err)
	}
	if ss, err := m.Subrogancias(t.Context()); err != nil || len(ss) != 1 || ss[0].Hasta != pa0580.DiaOf(noviembre) {
		t.Errorf("substitutes: %+v, %v", ss, err)
	}
	if us, err := m.Unidades(t.Context()); err != nil || len(us) != 3 || us[0].Codigo != "AR-01" || us[0].Padre != m.gerencia {
		t.Errorf("units: %+v, %v", us, err)
	}
}

// A token opens what both it and its owner hold, while it lasts.
func TestATokenOpensWhatItsOwnerHolds(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	token := app.Token{
		ID: mustNewID(), Funcionario: m.jefa, Nombre: "de prueba", Roles: []app.Rol{app.RolAgente, app.RolAdmin},
		Hash: app.HashToken("gst_x"), CreadoAt: manana, ExpiraAt: manana.Add(time.Hour),
	}
	if err := m.AddToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	opens := func(secret string, at time.Time) bool {
		actor, ok, err := m.ActorByToken(t.Context(), app.HashToken(secret), at)
		if err != nil {
			t.Fatal(err)
		}
		if ok && (actor.ID != m.jefa || len(actor.Roles) != 1 || !actor.Es(app.RolAgente)) {
			t.Errorf("opens %+v", actor)
		}
		return ok
	}
	if !opens("gst_x", manana) || opens("gst_y", manana) || opens("gst_x", manana.Add(time.Hour)) {
		t.Error("opens too much or too little")
	}
	for range 2 {
		if err := m.RevokeToken(t.Context(), token.ID, manana.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if opens("gst_x", manana.Add(2*time.Minute)) {
		t.Error("revoked, and it opens")
	}
	kept, err := m.Tokens(t.Context(), m.jefa)
	if err != nil || len(kept) != 1 || kept[0].RevocadoAt == nil || !kept[0].RevocadoAt.Equal(manana.Add(time.Minute)) {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	refused(t, m.RevokeToken(t.Context(), mustNewID(), manana), pa0580.CodeNotFound)
	token.ID, token.Hash = mustNewID(), app.HashToken("gst_z")
	if err := m.AddToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	m.save(t, app.Cambio{Funcionario: &app.Funcionario{ID: m.jefa, Legajo: "0002", CI: "1000002", Nombre: "Josefa", Roles: []app.Rol{app.RolAgente}}})
	if opens("gst_z", manana) {
		t.Error("its owner left, and it opens")
	}
}
