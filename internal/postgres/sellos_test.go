package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/teststack"
)

// cadena computes the chain anew and gives all that was found.
func (m *mundo) cadena(t testing.TB, named ...app.Sello) (app.Verificacion, []app.Alteracion) {
	t.Helper()
	var found []app.Alteracion
	v, err := m.VerifySellos(t.Context(), func(a app.Alteracion) { found = append(found, a) }, named...)
	if err != nil {
		t.Fatal(err)
	}
	return v, found
}

// sellarTodo seals until no entry is left; others' transactions on the same
// PostgreSQL may keep some waiting for a moment.
func (m *mundo) sellarTodo(t testing.TB) app.Sello {
	t.Helper()
	teststack.Eventually(t, "the whole audit sealed", 5*time.Minute, func() bool {
		if _, err := m.Seal(t.Context(), noviembre); err != nil {
			t.Fatal(err)
		}
		p, err := m.Pulso(t.Context(), "motor")
		if err != nil || p.ContadorAtras {
			t.Fatalf("%+v, %v", p, err)
		}
		return p.SinSellar == 0
	})
	s, sealed, err := m.UltimoSello(t.Context())
	if err != nil || !sealed {
		t.Fatalf("sealed %t, %v", sealed, err)
	}
	return s
}

// asentar adds an entry about nobody; it returns its id.
func asentar(ctx context.Context, db bun.IDB, objeto string) (id int64, err error) {
	err = db.NewRaw("INSERT INTO auditoria (at, accion, objeto, detalle) VALUES (?, 'probar', ?, ?) RETURNING id",
		manana, objeto, map[string]string{"qué": objeto}).Scan(ctx, &id)
	return id, err
}

// historia is some transactions under way, and what came of those before.
type historia struct {
	*mundo
	t         *testing.T
	random    *rand.Rand
	open      []*escritor
	committed map[int64]bool // entries
	blocks    int
}

// escritor is a transaction with the entries that it wrote.
type escritor struct {
	bun.Tx
	ids []int64
}

func (h *historia) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *historia) begin() {
	level := []sql.IsolationLevel{sql.LevelReadCommitted, sql.LevelRepeatableRead}[h.random.IntN(2)]
	tx, err := h.db.BeginTx(h.t.Context(), &sql.TxOptions{Isolation: level})
	h.must(err)
	h.open = append(h.open, &escritor{Tx: tx})
}

// write adds an entry to one of them; sometimes in a transaction within it, which
// may be taken back.
func (h *historia) write() {
	w := h.open[h.random.IntN(len(h.open))]
	within := h.random.IntN(5) == 0
	if within {
		h.must(exec(h.t, w, "SAVEPOINT s"))
	}
	id, err := asentar(h.t.Context(), w, "cosa/1")
	h.must(err)
	if within && h.random.IntN(2) == 0 {
		h.must(exec(h.t, w, "ROLLBACK TO s"))
		return
	}
	w.ids = append(w.ids, id)
}

func exec(t *testing.T, db bun.IDB, statement string) error {
	_, err := db.ExecContext(t.Context(), statement)
	return err
}

// end commits one of them, or takes it back.
func (h *historia) end() {
	i := h.random.IntN(len(h.open))
	w := h.open[i]
	h.open = slices.Delete(h.open, i, i+1)
	if h.random.IntN(4) == 0 {
		h.must(w.Rollback())
		return
	}
	h.must(w.Commit())
	for _, id := range w.ids {
		h.committed[id] = true
	}
}

func (h *historia) seal() {
	s, err := h.Seal(h.t.Context(), noviembre)
	h.must(err)
	if s.Filas == 0 {
		return
	}
	h.blocks++
	if v, found := h.cadena(h.t); len(found) > 0 || v.Filas+v.SinSellar != int64(len(h.committed)) {
		h.t.Fatalf("%d committed: %+v, %v", len(h.committed), v, found)
	}
}

// Transactions that overlap commit in any order, or not at all, and somebody seals
// in between: no block ever receives an entry later, and in the end each committed
// one is in one block.
func TestEachEntryIsInOneBlock(t *testing.T) {
	t.Parallel()
	h := &historia{mundo: newMundo(t), t: t, random: azar(t), committed: map[int64]bool{}}
	for _, id := range h.ids64(t, "SELECT id FROM auditoria") {
		h.committed[id] = true
	}
	late := time.Now().Add(5 * time.Minute)
	for n := 0; n < 600 || h.blocks < 20 && time.Now().Before(late); n++ {
		switch do := h.random.IntN(10); {
		case do < 2 && len(h.open) < 8:
			h.begin()
		case do < 6 && len(h.open) > 0:
			h.write()
		case do < 8 && len(h.open) > 0:
			h.end()
		default:
			h.seal()
		}
	}
	for len(h.open) > 0 {
		h.end()
	}
	last := h.sellarTodo(t)
	v, found := h.cadena(t, last)
	if len(found) > 0 || v.Filas != int64(len(h.committed)) || v.SinSellar != 0 || v.Ultimo != last || v.Bloques != last.Bloque {
		t.Errorf("%+v, %v; %d committed, last %+v", v, found, len(h.committed), last)
	}
	if h.blocks < 20 {
		t.Errorf("%d blocks, %d entries: too few to say anything", h.blocks, len(h.committed))
	}
	sealed := map[int64]int{}
	for _, id := range h.ids64(t, `SELECT ('x' || encode(substr(hojas, (40 * i + 1)::int, 8), 'hex'))::bit(64)::bigint
FROM sellos, generate_series(0, filas - 1) AS i`) {
		sealed[id]++
	}
	for id := range h.committed {
		if sealed[id] != 1 {
			t.Errorf("entry %d is in %d blocks", id, sealed[id])
		}
	}
	if len(sealed) != len(h.committed) {
		t.Errorf("%d are sealed and %d are there", len(sealed), len(h.committed))
	}
}

func (m *mundo) ids64(t testing.TB, query string) (ids []int64) {
	t.Helper()
	if err := m.db.NewRaw(query).Scan(t.Context(), &ids); err != nil {
		t.Fatal(err)
	}
	return ids
}

// Many seal at once while others write: one chain, without a gap.
func TestSealersDoNotConflict(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range 20 {
				if _, err := asentar(t.Context(), m.db, fmt.Sprintf("cosa/%d-%d", i, n)); err != nil {
					t.Error(err)
				}
				if _, err := m.Seal(t.Context(), manana); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	last := m.sellarTodo(t)
	if v, found := m.cadena(t, last); len(found) > 0 || v.Filas < 160 || v.Bloques != last.Bloque {
		t.Errorf("%+v, %v", v, found)
	}
	for _, change := range []string{"UPDATE sellos SET at = at", "DELETE FROM sellos", "TRUNCATE sellos"} {
		if err := m.raw(t.Context(), change); err == nil {
			t.Errorf("%s was let through", change)
		}
	}
}

// A close is told which block holds its entry, once one does and as long as it is
// as it was sealed.
func TestTheSealOfAClose(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	m.sellarTodo(t)
	held, err := m.db.BeginTx(t.Context(), nil) // an older transaction goes on
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback() }()
	if _, err := asentar(t.Context(), held, "otra/cosa"); err != nil {
		t.Fatal(err)
	}
	m.cerrar(t, octubre, noviembre)
	uses := &app.App{Store: m.Store, Reloj: func() time.Time { return noviembre }}
	if s, err := uses.Sellar(t.Context(), objetoCierre(octubre), "cerrar"); err == nil {
		t.Errorf("sealed by %+v before an older transaction ended", s)
	}
	if err := held.Commit(); err != nil {
		t.Fatal(err)
	}
	var s app.Sello
	teststack.Eventually(t, "the seal of the close", 5*time.Minute, func() bool {
		s, err = uses.Sellar(t.Context(), objetoCierre(octubre), "cerrar")
		return err == nil
	})
	last := m.sellarTodo(t)
	if s.Bloque > last.Bloque || s.Bloque == last.Bloque && s != last || s.Huella == [32]byte{} || !s.At.Equal(noviembre) {
		t.Errorf("sealed by %+v, the last is %+v", s, last)
	}
	if _, found := m.cadena(t, s); len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if _, sealed, err := m.SelloDe(t.Context(), objetoCierre(octubre), "lo que nadie hizo"); sealed || err != nil {
		t.Errorf("what nobody did is sealed: %t, %v", sealed, err)
	}
	m.breakBy(t, "UPDATE auditoria SET detalle = detalle || '{\"huella\": \"otra\"}' WHERE accion = 'cerrar'")
	if _, sealed, err := m.SelloDe(t.Context(), objetoCierre(octubre), "cerrar"); sealed || err != nil {
		t.Errorf("an altered entry is sealed: %t, %v", sealed, err)
	}
}

// Restored from a dump, a database counts transactions from few again: nothing is
// sealed, and it is said.
func TestACounterThatWentBackIsNoticed(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.sellarTodo(t)
	m.breakBy(t, "INSERT INTO sellos (bloque, desde, hasta, filas, at, hojas, anterior) SELECT bloque + 1, hasta, hasta + (1::bigint << 40), 1, at, substr(hojas, 1, 40), huella FROM sellos ORDER BY bloque DESC LIMIT 1")
	if _, err := asentar(t.Context(), m.db, "cosa/1"); err != nil {
		t.Fatal(err)
	}
	if s, err := m.Seal(t.Context(), manana); err == nil || !strings.Contains(err.Error(), "pg_resetwal") {
		t.Errorf("sealed %+v, %v", s, err)
	}
	if p, err := m.Pulso(t.Context(), "motor"); err != nil || !p.ContadorAtras {
		t.Errorf("%+v, %v", p, err)
	}
}
