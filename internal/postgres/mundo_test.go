package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/teststack"
	"ande.gov.py/gestiones/migrations"
)

// octubre is the month these stories happen in; a weekday's morning in it.
var (
	octubre   = pa0580.NewMes(2026, time.October)
	manana    = pa0580.LocalTime(2026, time.October, 5, 9, 0, 0)
	noviembre = pa0580.LocalTime(2026, time.November, 3, 9, 0, 0)
)

// mundo is a small utility: a Gerencia over two Agencias, each with a head, the
// first with a substitute; agents; two people of HR.
type mundo struct {
	*Store
	url string

	gerencia, central, este       pa0580.UnidadID
	gerente, jefa, jefe, suplente pa0580.FuncionarioID
	ana, beto, carla, rrhh, rrhh2 pa0580.FuncionarioID
	admin, admin2                 pa0580.FuncionarioID
	asignaciones                  map[pa0580.FuncionarioID]pa0580.Asignacion
	claves                        atomic.Int64
}

// database is a migrated database of the test's own.
func database(t testing.TB) string {
	t.Helper()
	digest := sha256.New()
	names, err := migrations.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		text, err := migrations.FS.ReadFile(n.Name())
		if err != nil {
			t.Fatal(err)
		}
		digest.Write(text)
	}
	template := teststack.Template(t, "postgres_"+hex.EncodeToString(digest.Sum(nil)[:8]), func(url string) error {
		return Migrate(t.Context(), url)
	})
	return teststack.Database(t, template)
}

func open(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, Options{MaxConns: 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func newMundo(t testing.TB) *mundo {
	t.Helper()
	url := database(t)
	m := &mundo{Store: open(t, url), url: url, asignaciones: map[pa0580.FuncionarioID]pa0580.Asignacion{}}
	since := pa0580.Dia{Year: 2020, Month: time.January, Day: 1}
	people := 0
	person := func(name string, roles ...app.Rol) pa0580.FuncionarioID {
		people++
		return pa0580.FuncionarioID(m.save(t, app.Cambio{Funcionario: &app.Funcionario{
			Legajo: fmt.Sprintf("%04d", people), CI: fmt.Sprint(1000000 + people), Nombre: name, Roles: roles, Activo: true,
		}}))
	}
	unit := func(code, name string, up pa0580.UnidadID, head pa0580.FuncionarioID) pa0580.UnidadID {
		id := pa0580.UnidadID(m.save(t, app.Cambio{Unidad: &pa0580.Unidad{Codigo: code, Nombre: name, Padre: up, Activa: true}}))
		m.save(t, app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{Unidad: id, Jefe: head, Desde: since}}})
		return id
	}
	agent := func(name string, u pa0580.UnidadID, modo pa0580.Modo) pa0580.FuncionarioID {
		f := person(name, app.RolAgente)
		a := pa0580.Asignacion{Funcionario: f, Unidad: u, Modo: modo, Desde: since}
		a.ID = m.save(t, app.Cambio{Asignacion: &a})
		m.asignaciones[f] = a
		return f
	}
	m.gerente, m.jefa, m.jefe = person("Gerardo", app.RolJefe), person("Josefa", app.RolJefe, app.RolAgente), person("Jorge", app.RolJefe)
	m.gerencia = unit("GC", "Gerencia Comercial", "", m.gerente)
	m.central = unit("AR-01", "Agencia Central", m.gerencia, m.jefa)
	m.este = unit("AR-02", "Agencia Este", m.gerencia, m.jefe)
	m.suplente = person("Susana", app.RolJefe)
	m.save(t, app.Cambio{Subrogancia: &app.SubroganciaFicha{Subrogancia: pa0580.Subrogancia{
		Unidad: m.central, Subrogante: m.suplente, Desde: pa0580.DiaOf(manana), Hasta: pa0580.DiaOf(noviembre),
	}}})
	m.ana, m.beto = agent("Ana", m.central, pa0580.Permanente), agent("Beto", m.central, pa0580.Apoyo)
	m.carla = agent("Carla", m.este, pa0580.Permanente)
	m.rrhh, m.rrhh2 = person("Rosa", app.RolRRHH), person("Raúl", app.RolRRHH)
	m.admin, m.admin2 = person("Rut", app.RolAdmin), person("Darío", app.RolAdmin)
	return m
}

func (m *mundo) save(t testing.TB, c app.Cambio) string {
	t.Helper()
	id, err := m.Save(t.Context(), "", manana, app.Clave{}, c)
	if err != nil {
		t.Fatalf("save %+v: %v", c, err)
	}
	return id
}

// clave is a key nobody used, for a body of its own.
func (m *mundo) clave() app.Clave {
	n := m.claves.Add(1)
	return app.Clave{Clave: fmt.Sprintf("clave-%d", n), Cuerpo: cuerpo(n)}
}

func cuerpo(of any) []byte {
	sum := sha256.Sum256(fmt.Append(nil, of))
	return sum[:]
}

// contenido is what an agent types about the i-th customer.
func contenido(i int) pa0580.Contenido {
	ci := fmt.Sprint(2000000 + i)
	return pa0580.Contenido{
		Documento:  pa0580.Documento{Tipo: pa0580.CI, Entrada: ci, Normal: ci},
		Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: fmt.Sprint(1000000 + i)},
		Tipo:       pa0580.TiposGestion()[i%5], Observacion: fmt.Sprintf("cliente %d", i),
	}
}

// nueva is a gestión that agente saves.
func (m *mundo) nueva(t testing.TB, agente pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) pa0580.Gestion {
	t.Helper()
	org, err := m.Organizacion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := m.asignaciones[agente]
	return pa0580.New(pa0580.GestionID(mustNewID()), a, "Agencia", c, at, org.Calendario.Clasificar(at, org.Camino(a.Unidad)))
}

func (m *mundo) cargar(t testing.TB, agente pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) app.Ficha {
	t.Helper()
	f, fresh, err := m.AddGestion(t.Context(), m.nueva(t, agente, c, at), m.clave())
	if err != nil || !fresh {
		t.Fatalf("load: fresh %t, %v", fresh, err)
	}
	return m.leer(t, f.ID)
}

// pendiente is one loaded and found in OPEN SGC.
func (m *mundo) pendiente(t testing.TB, agente pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) app.Ficha {
	t.Helper()
	f := m.cargar(t, agente, c, at)
	m.verificar(t, f.ID, 1, true, at)
	return m.leer(t, f.ID)
}

func (m *mundo) verificar(t testing.TB, id pa0580.GestionID, version int64, exists bool, at time.Time) contract.RowState {
	t.Helper()
	row, err := m.Verify(t.Context(), id, version, pa0580.Hallazgo{Existe: exists, At: at}, "motor-1")
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	return row
}

func (m *mundo) leer(t testing.TB, id pa0580.GestionID) app.Ficha {
	t.Helper()
	f, err := m.Gestion(t.Context(), app.Vision{Todo: true}, id)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return f
}

// comando is what actor asks of f as they see it.
func (m *mundo) comando(f app.Ficha, a pa0580.Accion, actor pa0580.FuncionarioID, at time.Time) pa0580.Comando {
	cargo := pa0580.CargoJefe
	if !a.Decides() {
		cargo = pa0580.CargoAgente
	}
	return pa0580.Comando{
		ID: pa0580.ComandoID(mustNewID()), Gestion: f.ID, Accion: a, Actor: actor,
		Autoridad: pa0580.Autoridad{Cargo: cargo, Unidad: f.Unidad}, Vista: f.Version, Motivo: "porque sí", At: at,
	}
}

func (m *mundo) pedir(t testing.TB, c pa0580.Comando) app.Pedido {
	t.Helper()
	p, fresh, err := m.AddComando(t.Context(), c, m.clave())
	if err != nil || !fresh {
		t.Fatalf("store %s: fresh %t, %v", c.Accion, fresh, err)
	}
	return p
}

func (m *mundo) aplicar(t testing.TB, id pa0580.ComandoID, at time.Time) contract.Applied {
	t.Helper()
	a, err := m.ApplyUpTo(t.Context(), id, at)
	if err != nil {
		t.Fatalf("apply: %v", err)
	}
	return a
}

// hacer stores a command and applies it.
func (m *mundo) hacer(t testing.TB, f app.Ficha, a pa0580.Accion, actor pa0580.FuncionarioID, at time.Time) app.Ficha {
	t.Helper()
	if r := m.aplicar(t, m.pedir(t, m.comando(f, a, actor, at)).ID, at); r.Resultado != pa0580.Aplicado {
		t.Fatalf("%s ended %+v", a, r)
	}
	return m.leer(t, f.ID)
}

// aprobada is one loaded, found and approved by its unit's head.
func (m *mundo) aprobada(t testing.TB, agente pa0580.FuncionarioID, c pa0580.Contenido, at time.Time) app.Ficha {
	t.Helper()
	head := m.jefa
	if m.asignaciones[agente].Unidad == m.este {
		head = m.jefe
	}
	return m.hacer(t, m.pendiente(t, agente, c, at), pa0580.Aprobar, head, at.Add(time.Hour))
}

// cortar sets a corte that has passed.
func (m *mundo) cortar(t testing.TB, mes pa0580.Mes, at time.Time) {
	t.Helper()
	if err := m.SetCorte(t.Context(), mes, &at, m.rrhh, at, m.clave()); err != nil {
		t.Fatalf("set corte: %v", err)
	}
}

// firmable is a unit's month as its head sees it at a moment, signed.
func (m *mundo) firmable(t testing.TB, mes pa0580.Mes, unidad pa0580.UnidadID, jefa pa0580.FuncionarioID, at time.Time) app.Conformidad {
	t.Helper()
	units, err := m.Preparacion(t.Context(), app.Vision{Todo: true}, mes, pa0580.DiaOf(at))
	i := slices.IndexFunc(units, func(u app.UnidadEnMes) bool { return u.Unidad == unidad })
	if err != nil || i < 0 {
		t.Fatalf("the month of %s: %v", unidad, err)
	}
	return app.Conformidad{
		Mes: mes, Unidad: unidad, Actor: jefa, Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: unidad}, At: at, Huella: units[i].Huella,
	}
}

func (m *mundo) vista(t testing.TB, mes pa0580.Mes) app.VistaPrevia {
	t.Helper()
	v, err := m.VistaPrevia(t.Context(), mes, mes.End())
	if err != nil {
		t.Fatalf("preview: %v", err)
	}
	return v
}

func (m *mundo) orden(t testing.TB, mes pa0580.Mes, actor pa0580.FuncionarioID, huella, motivo string) contract.OrdenID {
	t.Helper()
	o, err := m.AddOrden(t.Context(), app.Orden{
		ID: contract.OrdenID(mustNewID()), Mes: mes, Actor: actor, Huella: huella, Motivo: motivo, CreadoAt: mes.End(),
	}, m.clave())
	if err != nil {
		t.Fatalf("store order: %v", err)
	}
	return o.ID
}

func (m *mundo) congelar(t testing.TB, id contract.OrdenID, at time.Time) contract.Congelada {
	t.Helper()
	c, err := m.Freeze(t.Context(), id, at)
	if err != nil {
		t.Fatalf("freeze: %v", err)
	}
	return c
}

// cerrar closes a month by the book, with a reason for whatever needs one.
func (m *mundo) cerrar(t testing.TB, mes pa0580.Mes, at time.Time) contract.Congelada {
	t.Helper()
	m.cortar(t, mes, at)
	c := m.congelar(t, m.orden(t, mes, m.rrhh, m.vista(t, mes).Huella, "se cierra igual"), at)
	if !c.Cerrado {
		t.Fatalf("close of %s refused: %+v", mes, c)
	}
	return c
}

// refused wants a refusal with a code.
func refused(t testing.TB, err error, code pa0580.Code) {
	t.Helper()
	var r *pa0580.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("got %v, want a refusal %s", err, code)
	}
}

// raw runs a statement that no method of the store would.
func (m *mundo) raw(ctx context.Context, sql string, args ...any) error {
	_, err := m.db.NewRaw(sql, args...).Exec(ctx)
	return err
}

// number reads one number.
func (m *mundo) number(t testing.TB, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := m.db.NewRaw(sql, args...).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}
