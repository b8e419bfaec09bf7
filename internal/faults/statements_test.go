package faults

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
	"ande.gov.py/gestiones/migrations"
)

// opened is a store on a database of its own whose statements are points, and a
// plain one beside it that tells what came of them.
func opened(t *testing.T) (*Injector, *postgres.Store, *postgres.Store) {
	t.Helper()
	schema, err := migrations.FS.ReadFile("0001_gestiones.sql")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(schema)
	url := teststack.Database(t, teststack.Template(t, "faults_"+hex.EncodeToString(sum[:6]), func(url string) error {
		return postgres.Migrate(context.Background(), url)
	}))
	in := New(1, Registered(), nil)
	open := func(o postgres.Options) *postgres.Store {
		s, err := postgres.Open(t.Context(), url, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	return in, open(postgres.Options{Connector: in.Connector}), open(postgres.Options{})
}

func unidad(codigo string) app.Cambio {
	return app.Cambio{Unidad: &pa0580.Unidad{Codigo: codigo, Nombre: "Sección " + codigo, Activa: true}}
}

func TestStatementsAndCommitsFailAsTold(t *testing.T) {
	t.Parallel()
	in, store, plain := opened(t)
	save := func(codigo string) error {
		_, err := store.Save(t.Context(), "", pa0580.Dia{Year: 2026, Month: 1, Day: 5}.Start(), app.Clave{}, unidad(codigo))
		return err
	}
	if err := save("QUIETO"); err != nil {
		t.Fatalf("with everything quiet: %v", err)
	}
	// The transaction begins, writes and commits: each statement in turn, and
	// each of the ways that a kind has.
	statements := in.Hits("statement.Save")
	if statements < 3 || in.Hits("commit.Save") != 1 {
		t.Fatalf("%d statements and %d commits seen", statements, in.Hits("commit.Save"))
	}
	tests := map[string]struct {
		point Point
		kind  Kind
		nth   int
		fails bool
		done  bool
	}{
		"COMMIT-NO":       {"commit.Save", Fail, 1, true, false},
		"COMMIT-TARDE":    {"commit.Save", Delay, 1, false, true},
		"COMMIT-MUDO":     {"commit.Save", Lose, 1, true, true},
		"SENTENCIA-NO":    {"statement.Save", Fail, 2, true, false},
		"SENTENCIA-MUDA":  {"statement.Save", Lose, statements, true, false}, // what is not committed never was
		"SENTENCIA-TARDE": {"statement.Save", Delay, 2, false, true},
	}
	for codigo, tt := range tests {
		for range 4 { // other draws
			before := in.Reached()[tt.point][tt.kind]
			if err := in.Force(tt.point, tt.kind, tt.nth); err != nil {
				t.Fatal(err)
			}
			err := save(codigo)
			if tt.done && err != nil && !tt.fails || !tt.done && err == nil {
				t.Errorf("%s: %v", codigo, err)
			}
			if got := in.Reached()[tt.point][tt.kind]; got != before+1 {
				t.Errorf("%s: reached %d times, want %d", codigo, got, before+1)
			}
			if tt.done {
				break // the code is taken
			}
		}
	}
	made := map[string]bool{}
	units, err := plain.Unidades(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range units {
		made[u.Codigo] = true
	}
	for codigo, tt := range tests {
		if made[codigo] != tt.done {
			t.Errorf("%s: made %t, want %t", codigo, made[codigo], tt.done)
		}
	}
	// Outside a transaction a failure leaves nothing behind on its connection.
	for range 12 {
		if err := in.Force("statement.Unidades", Fail, 1); err != nil {
			t.Fatal(err)
		}
		_, _ = store.Unidades(t.Context()) // fails, or database/sql asked again
		if _, err := store.Unidades(t.Context()); err != nil {
			t.Fatalf("after a statement that failed: %v", err)
		}
	}
	if err := save("DESPUES"); err != nil {
		t.Errorf("a pool that lost connections does not recover: %v", err)
	}
}

// A statement outside a transaction took effect though its answer was lost.
func TestLostAnswerOfAStatementAlone(t *testing.T) {
	t.Parallel()
	in, store, plain := opened(t)
	at := pa0580.Dia{Year: 2026, Month: 1, Day: 5}.Start()
	if err := in.Force("statement.AddReconciliacion", Lose, 1); err != nil {
		t.Fatal(err)
	}
	if err := store.AddReconciliacion(t.Context(), app.Reconciliacion{EmpezadaAt: at, TerminadaAt: at, Motor: "motor"}); err != nil {
		t.Logf("the answer was lost: %v", err) // database/sql may have asked again
	}
	if kept, err := plain.UltimaReconciliacion(t.Context()); err != nil || kept == nil {
		t.Errorf("the statement did not take effect: %v, %v", kept, err)
	}
}

func TestStatementsAreNamedAfterWhoWasCalled(t *testing.T) {
	t.Parallel()
	in, store, _ := opened(t)
	patrones := pa0580.PatronesANDE()
	if _, err := store.Espejo(patrones).Consultar(t.Context(), pa0580.Referencia{Tipo: pa0580.NIS, Numero: "1234567"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Organizacion(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Point{"statement.Consultar", "statement.Organizacion", "commit.Organizacion"} {
		if in.Hits(p) == 0 {
			t.Errorf("%s was not seen", p)
		}
	}
	if got := in.Unregistered(); len(got) != 0 {
		t.Errorf("seen and not registered: %v", got)
	}
}

// What a connection planned once goes wrong as everything does, the first time and
// when the plan is used again.
func TestPlannedStatementsFailAsTold(t *testing.T) {
	t.Parallel()
	const point = Point("statement.Gestion")
	in, store, _ := opened(t)
	read := func() bool { // nobody loaded it: an answer is a refusal
		_, err := store.Gestion(t.Context(), app.Vision{Todo: true}, "0199aaaa-0000-7000-8000-000000000001")
		return len(pa0580.RefusalsIn(err)) > 0
	}
	if !read() || in.Hits(point) != 1 {
		t.Fatalf("planned and run: %d hits", in.Hits(point))
	}
	if !read() || in.Hits(point) != 2 {
		t.Fatalf("run again: %d hits", in.Hits(point))
	}
	for _, k := range Kinds {
		unanswered := 0
		for range 24 { // other draws: database/sql asks again for what says that the connection was bad
			if err := in.Force(point, k, 1); err != nil {
				t.Fatal(err)
			}
			if !read() {
				unanswered++
			}
		}
		if got := in.Reached()[point][k]; got != 24 {
			t.Errorf("%s: reached %d times of 24", k, got)
		}
		if (unanswered > 0) != (k != Delay) {
			t.Errorf("%s: %d of 24 without an answer", k, unanswered)
		}
	}
	if !read() {
		t.Error("a pool that lost connections does not recover")
	}
}
