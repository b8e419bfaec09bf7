package postgres

import (
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// HR closes what it saw: who is paid, as they are called, and what their
// planilla is headed and signed with.
func TestWhoIsPaidCannotMoveAfterThePreview(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	ana := app.Funcionario{ID: m.ana, Legajo: "0005", CI: "1000005", Nombre: "Ana", Roles: []app.Rol{app.RolAgente}, Activo: true}
	unit := pa0580.Unidad{ID: m.central, Codigo: "AR-01", Nombre: "Agencia Central", Padre: m.gerencia, Activa: true}
	head := app.Funcionario{ID: m.jefa, Legajo: "0002", CI: "1000002", Nombre: "Josefa", Roles: []app.Rol{app.RolJefe, app.RolAgente}, Activo: true}
	m.save(t, app.Cambio{Funcionario: &ana}) // from here on each step moves one thing
	m.save(t, app.Cambio{Unidad: &unit})
	m.save(t, app.Cambio{Funcionario: &head})
	for _, moved := range []struct {
		what   string
		change func() app.Cambio
	}{
		{"legajo", func() app.Cambio { ana.Legajo = "9999"; return app.Cambio{Funcionario: &ana} }},
		{"C.I.", func() app.Cambio { ana.CI = "4567890"; return app.Cambio{Funcionario: &ana} }},
		{"name", func() app.Cambio { ana.Nombre = `Ana "María" | López`; return app.Cambio{Funcionario: &ana} }},
		{"unit's code", func() app.Cambio { unit.Codigo = "AR-99"; return app.Cambio{Unidad: &unit} }},
		{"unit's name", func() app.Cambio { unit.Nombre = "Agencia Centro"; return app.Cambio{Unidad: &unit} }},
		{"head", func() app.Cambio { head.Nombre = "Josefa Ruiz"; return app.Cambio{Funcionario: &head} }},
	} {
		seen := m.vista(t, octubre)
		if again := m.vista(t, octubre); again.Huella != seen.Huella {
			t.Fatalf("two previews of the same: %s, %s", again.Huella, seen.Huella)
		}
		m.save(t, moved.change())
		if got := m.congelar(t, m.orden(t, octubre, m.rrhh, seen.Huella, "x"), noviembre); got.Cerrado || got.Codigo != pa0580.CodeDigest {
			t.Errorf("another %s than HR saw: %+v", moved.what, got)
		}
	}
	if got := m.congelar(t, m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "x"), noviembre); !got.Cerrado || got.Lineas != 1 {
		t.Fatalf("a new preview does not close: %+v", got)
	}
	p, err := m.Planillas(t.Context(), app.Vision{Todo: true}, octubre)
	if err != nil || len(p) != 1 || p[0].Codigo != unit.Codigo || p[0].Nombre != unit.Nombre || p[0].Jefe != head.Nombre {
		t.Fatalf("planilla: %+v, %v", p, err)
	}
	if f := p[0].Filas[0]; f.Legajo != ana.Legajo || f.CI != ana.CI || f.Nombre != ana.Nombre {
		t.Errorf("row: %+v", f)
	}
}

// A digest covers documents of identity: each month's is salted with its own
// secret, which a corte set anew does not change.
func TestADigestIsSalted(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	if err := m.raw(t.Context(), "INSERT INTO cierres (mes) VALUES (?)", octubre.Next().String()); err != nil {
		t.Fatal(err)
	}
	if n := m.number(t, "SELECT count(DISTINCT sal) FROM cierres WHERE length(sal) >= 16"); n != 2 {
		t.Errorf("%d secrets of two months", n)
	}
	seen := m.vista(t, octubre)
	if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, noviembre, m.clave()); err != nil {
		t.Fatal(err)
	}
	m.cortar(t, octubre, noviembre)
	if again := m.vista(t, octubre); again.Huella != seen.Huella || again.Unidades[0].Huella != seen.Unidades[0].Huella {
		t.Error("the same corte set anew gives another digest")
	}
	if err := m.raw(t.Context(), "UPDATE cierres SET sal = DEFAULT"); err != nil {
		t.Fatal(err)
	}
	if other := m.vista(t, octubre); other.Huella == seen.Huella || other.Unidades[0].Huella == seen.Unidades[0].Huella {
		t.Error("the digest does not depend on the secret")
	}
}

// A close that does not reach what was previewed says so, and nothing happened.
func TestAShortCloseIsAFault(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	lost := m.aprobada(t, m.ana, contenido(1), manana)
	m.aprobada(t, m.ana, contenido(2), manana)
	m.cortar(t, octubre, noviembre)
	o := m.orden(t, octubre, m.rrhh, m.vista(t, octubre).Huella, "x")
	for _, statement := range []string{
		`CREATE FUNCTION perder() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
		`CREATE TRIGGER perder BEFORE INSERT ON planilla_lineas FOR EACH ROW WHEN (NEW.gestion_id = '` + string(lost.ID) + `') EXECUTE FUNCTION perder()`,
	} {
		if err := m.raw(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	_, err := m.Freeze(t.Context(), o, noviembre)
	if want := "insert planilla lines: 1 rows where 2 were expected"; err == nil || err.Error() != want {
		t.Errorf("says %v, want %s", err, want)
	}
	if n := m.number(t, "SELECT count(*) FROM planillas"); n != 0 {
		t.Errorf("%d planillas of a month that did not close", n)
	}
	if err := m.raw(t.Context(), "DROP TRIGGER perder ON planilla_lineas"); err != nil {
		t.Fatal(err)
	}
	if got := m.congelar(t, o, noviembre); !got.Cerrado || got.Lineas != 2 {
		t.Errorf("the same order, once it can: %+v", got)
	}
}

// An order that nobody carried out is found, until somebody does.
func TestOrdersLeftUncarriedAreFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.cortar(t, octubre, noviembre)
	if o, err := m.UltimaOrden(t.Context(), octubre); o != nil || err != nil {
		t.Fatalf("before any order: %+v, %v", o, err)
	}
	order := func(huella string, at time.Time) contract.OrdenID {
		o, err := m.AddOrden(t.Context(), app.Orden{
			ID: contract.OrdenID(mustNewID()), Mes: octubre, Actor: m.rrhh, Huella: huella, Motivo: "x", CreadoAt: at,
		}, m.clave())
		if err != nil {
			t.Fatal(err)
		}
		return o.ID
	}
	newer := order(m.vista(t, octubre).Huella, noviembre.Add(time.Minute))
	older := order("otra cosa", noviembre)
	left := func(before time.Time, want ...contract.OrdenID) {
		t.Helper()
		got, err := m.OrdenesPendientes(t.Context(), before)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%d orders left, want %d: %v", len(got), len(want), err)
		}
		for i, o := range got {
			if o.ID != want[i] || o.Mes != octubre || o.Cerrado != nil {
				t.Errorf("order %d: %+v, want %s", i, o, want[i])
			}
		}
	}
	left(noviembre)
	left(noviembre.Add(time.Minute), older)
	left(noviembre.Add(time.Hour), older, newer)
	m.congelar(t, older, noviembre)
	left(noviembre.Add(time.Hour), newer)
	m.congelar(t, newer, noviembre)
	left(noviembre.Add(time.Hour))
	o, err := m.UltimaOrden(t.Context(), octubre)
	if err != nil || o == nil || o.ID != newer || o.Cerrado == nil || !*o.Cerrado {
		t.Errorf("newest: %+v, %v", o, err)
	}
	if o, err = m.UltimaOrden(t.Context(), octubre.Next()); o != nil || err != nil {
		t.Errorf("of another month: %+v, %v", o, err)
	}
}
