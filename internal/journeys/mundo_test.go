package journeys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
	"ande.gov.py/gestiones/migrations"
)

// mundo is a small utility of its own: a database, a namespace, a server and a
// worker, people with tokens, a clock and OPEN SGC's switch.
type mundo struct {
	*testing.T
	config   boot.Config
	system   *boot.System
	sgc      *opensgc.Faulty
	now      atomic.Pointer[time.Time]
	url      string
	tokens   map[string]string
	ids      map[string]pa0580.FuncionarioID
	unidades map[string]pa0580.UnidadID
	publica  string // key that proves what closes sign
	stopWork func()
}

// Who there is. Ana and Beto attend in A, Carla in B; Jimena heads A and attends
// there too; Julio heads B; Gloria heads the root above both; Sara stands in
// for nobody until a test says so.
var gente = []struct {
	legajo, nombre  string
	roles           []app.Rol
	atiende, dirige string
}{
	{"ana", "Ana Agente", []app.Rol{app.RolAgente}, "A", ""},
	{"beto", "Beto Agente", []app.Rol{app.RolAgente}, "A", ""},
	{"carla", "Carla Agente", []app.Rol{app.RolAgente}, "B", ""},
	{"jimena", "Jimena Jefa", []app.Rol{app.RolAgente, app.RolJefe}, "A", "A"},
	{"julio", "Julio Jefe", []app.Rol{app.RolJefe}, "", "B"},
	{"gloria", "Gloria Gerente", []app.Rol{app.RolJefe}, "", "RAIZ"},
	{"sara", "Sara Subrogante", []app.Rol{app.RolAgente, app.RolJefe}, "", ""},
	{"hugo", "Hugo Humanos", []app.Rol{app.RolRRHH}, "", ""},
	{"rosa", "Rosa Humanos", []app.Rol{app.RolRRHH}, "", ""},
	{"aldo", "Aldo Auditor", []app.Rol{app.RolAuditor}, "", ""},
	{"root", "Rut Administración", []app.Rol{app.RolAdmin}, "", ""},
	{"dario", "Darío Administración", []app.Rol{app.RolAdmin}, "", ""},
	{"nadie", "Nadie Sin Nómina", []app.Rol{app.RolAgente}, "", ""},
}

// Supplies 1000000…1000999, every tenth one in media tensión.
const primerNIS, nisCount = 1_000_000, 1000

func nis(i int) string { return fmt.Sprint(primerNIS + i) }

func newMundo(t *testing.T, changes ...func(*boot.Config)) *mundo {
	t.Helper()
	m := newMundoAt(t, teststack.Temporal(t), changes...)
	m.work()
	t.Cleanup(func() { m.stopWork() })
	return m
}

// patient is for stories in which nobody is to be told «recibida», however slow the
// machine.
func patient(c *boot.Config) { c.Espera = 30 * time.Second }

// newMundoAt has its engine at an address, answered or not, and no worker yet.
func newMundoAt(t *testing.T, temporal string, changes ...func(*boot.Config)) *mundo {
	t.Helper()
	return newMundoOf(t, temporal, teststack.Template(t, "journeys_"+schema(), poblar), changes...)
}

// newMundoOf has its database made from a template, and what changes make of its
// configuration.
func newMundoOf(t *testing.T, temporal, name string, changes ...func(*boot.Config)) *mundo {
	t.Helper()
	m := &mundo{T: t, tokens: map[string]string{}, ids: map[string]pa0580.FuncionarioID{}, unidades: map[string]pa0580.UnidadID{}}
	m.at(2026, time.November, 3, 10, 0)
	m.config = boot.Config{
		PostgreSQL: boot.PostgreSQL{URL: teststack.Database(t, name)},
		Temporal:   boot.Temporal{Address: temporal, Namespace: teststack.Namespace(t)},
		Reglas:     boot.DefaultReglas(),
		Log:        slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})),
		Firma:      boot.Firma{KeyFile: m.clave()},
		Reloj:      func() time.Time { return *m.now.Load() },
		EnProceso:  true,
		SGC: func(real app.SGC) app.SGC {
			m.sgc = &opensgc.Faulty{SGC: real}
			return m.sgc
		},
	}
	m.config.Espera = 5 * time.Second // stories tell what is answered, not how soon
	for _, change := range changes {
		change(&m.config)
	}
	m.open()
	m.people()
	return m
}

// clave makes the keys that closes are signed with, and gives the private one's file.
func (m *mundo) clave() string {
	m.Helper()
	file := filepath.Join(m.TempDir(), "firma.clave")
	var err error
	m.publica, err = manifiesto.NewClave("gestiones.example", file)
	m.must(err)
	return file
}

// open starts the API as configured.
func (m *mundo) open() {
	m.Helper()
	var err error
	m.system, err = boot.Open(m.Context(), m.config)
	m.must(err)
	m.Cleanup(m.system.Close)
	server := httptest.NewServer(m.system.Handler())
	m.url = server.URL
	m.Cleanup(server.Close)
}

// work starts a worker; stopWork ends it.
func (m *mundo) work() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.system.Work(ctx) }()
	m.stopWork = func() {
		cancel()
		if err := <-done; err != nil {
			m.Errorf("worker: %v", err)
		}
		m.stopWork = func() {}
	}
}

func (m *mundo) people() {
	ctx := m.Context()
	all, err := m.system.Store.Funcionarios(ctx, app.FiltroPersonas{Limite: 100})
	m.must(err)
	for _, f := range all {
		m.ids[strings.ToLower(f.Legajo)] = f.ID
		m.tokens[strings.ToLower(f.Legajo)], _, err = m.system.App.IssueToken(ctx, f.ID, "prueba", f.Roles, 400*24*time.Hour)
		m.must(err)
	}
	units, err := m.system.Store.Unidades(ctx)
	m.must(err)
	for _, u := range units {
		m.unidades[u.Codigo] = u.ID
	}
}

// at moves the clock to a local moment.
func (m *mundo) at(year int, month time.Month, day, hour, minute int) {
	now := pa0580.LocalTime(year, month, day, hour, minute, 0)
	m.now.Store(&now)
}

func (m *mundo) must(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// porSellar is how long a manifest may take: the seal waits for every older transaction
// of the same PostgreSQL, those of other tests too, and is asked for ever more seldom.
const porSellar = 10 * time.Minute

// eventually waits for a condition, with a deadline and no fixed pause.
func (m *mundo) eventually(what string, within time.Duration, ok func() bool) {
	m.Helper()
	teststack.Eventually(m, what, within, ok)
}

// schema names the template after the migrations and the people in it.
func schema() string {
	sum := sha256.New()
	files, _ := fs.Glob(migrations.FS, "*.sql")
	for _, f := range files {
		raw, _ := migrations.FS.ReadFile(f)
		_, _ = sum.Write(raw)
	}
	_, _ = fmt.Fprint(sum, gente, nisCount)
	return hex.EncodeToString(sum.Sum(nil)[:6])
}

// poblar fills the template database.
func poblar(url string) error {
	ctx := context.Background()
	if err := postgres.Migrate(ctx, url); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return err
	}
	defer store.Close()
	since := pa0580.Dia{Year: 2026, Month: time.January, Day: 1}
	at := since.Start()
	save := func(c app.Cambio) string {
		id := ""
		if err == nil {
			id, err = store.Save(ctx, "", at, app.Clave{}, c)
		}
		return id
	}
	units := map[string]pa0580.UnidadID{}
	for _, u := range []struct{ codigo, nombre, padre string }{{"RAIZ", "Gerencia Comercial", ""}, {"A", "Sección Comercial A", "RAIZ"}, {"B", "Sección Comercial B", "RAIZ"}} {
		units[u.codigo] = pa0580.UnidadID(save(app.Cambio{Unidad: &pa0580.Unidad{Codigo: u.codigo, Nombre: u.nombre, Padre: units[u.padre], Activa: true}}))
	}
	for i, p := range gente {
		id := pa0580.FuncionarioID(save(app.Cambio{Funcionario: &app.Funcionario{
			Legajo: strings.ToUpper(p.legajo), CI: fmt.Sprint(2_000_000 + i), Nombre: p.nombre, Roles: p.roles, Activo: true,
		}}))
		if p.atiende != "" {
			save(app.Cambio{Asignacion: &pa0580.Asignacion{Funcionario: id, Unidad: units[p.atiende], Modo: pa0580.Permanente, Desde: since}})
		}
		if p.dirige != "" {
			save(app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{Unidad: units[p.dirige], Jefe: id, Desde: since}}})
		}
	}
	for _, f := range pa0580.FeriadosFijos(2026) {
		save(app.Cambio{Feriado: &app.FeriadoFicha{Feriado: f}})
	}
	if err == nil {
		_, err = store.ImportReferencias(ctx, espejo(), true)
	}
	return err
}

// espejo is OPEN SGC's mirror: supplies, and the expediente and reclamo of each
// hundredth one.
func espejo() iter.Seq2[app.ReferenciaSGC, error] {
	return func(yield func(app.ReferenciaSGC, error) bool) {
		for i := range nisCount {
			r := app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: nis(i)}, Tension: pa0580.BT}
			if i%10 == 0 {
				r.Tension = pa0580.MT
			}
			if !yield(r, nil) {
				return
			}
			if i%100 == 0 && !yield(app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: pa0580.Expediente, Numero: fmt.Sprintf("EXP-%d/2026", i)}}, nil) {
				return
			}
		}
	}
}
