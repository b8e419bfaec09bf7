package postgres

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
)

const alteraciones = 1000

// semilla repeats what was chosen at random: go test -run … -semilla=N.
var semilla = flag.Uint64("semilla", 0, "seed of what is chosen at random; 0 takes a new one")

// azar is a test's own.
func azar(t *testing.T) *rand.Rand {
	seed := *semilla
	for seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-semilla=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// Whoever owns the database may change anything, past triggers and keys. A thousand
// such changes of what is sealed, one at a time: each is found, and what it changed
// is named.
func TestEveryAlterationIsFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	random := azar(t)
	head := m.sealedStory(t, random)
	ids := m.ids64(t, "SELECT id FROM auditoria ORDER BY id")
	if _, found := m.cadena(t, head); len(found) > 0 {
		t.Fatalf("where nothing was altered: %v", found)
	}
	done := map[string]int{}
	for range alteraciones {
		a := anAlteration(random, ids, head.Bloque)
		done[a.what]++
		m.trial(t, func(ctx context.Context, tx bun.Tx) {
			res, err := tx.NewRaw(a.sql).Exec(ctx)
			if err != nil {
				t.Fatalf("%s: %v", a.sql, err)
			}
			if n, err := res.RowsAffected(); err != nil || n != 1 {
				t.Fatalf("%s changed %d rows, %v", a.sql, n, err)
			}
			var found []app.Alteracion
			tell := func(x app.Alteracion) { found = append(found, x) }
			if _, err := verifySellos(ctx, tx, tell, []app.Sello{head}, 100); err != nil {
				t.Fatalf("after %s: %v", a.sql, err)
			}
			if !slices.ContainsFunc(found, a.named) {
				t.Errorf("not found: %s: %v", a.sql, found)
			}
			for _, x := range found {
				if !a.named(x) && !a.about(x) {
					t.Errorf("%s: found %v too", a.sql, x)
				}
			}
		})
	}
	t.Logf("found all of %v", done)
}

// alteration is one change of one row.
type alteration struct {
	what, sql string
	named     func(app.Alteracion) bool // a finding that names what was changed
	about     func(app.Alteracion) bool // others that it may bring with it
}

func anAlteration(random *rand.Rand, ids []int64, blocks int64) alteration {
	id := ids[random.IntN(len(ids))]
	edit := func(set string) alteration {
		return alteration{
			what: "edit", sql: fmt.Sprintf("UPDATE auditoria SET %s WHERE id = %d", set, id),
			named: func(x app.Alteracion) bool { return x.Que == app.Alterada && x.Fila == id },
			about: func(x app.Alteracion) bool { return x.Fila == id },
		}
	}
	block := 1 + random.Int64N(blocks)
	chain := func(sql string, what ...app.Alterado) alteration {
		return alteration{
			what: "block", sql: fmt.Sprintf(sql, block),
			named: func(x app.Alteracion) bool {
				return slices.Contains(what, x.Que) && (x.Bloque == block || x.Bloque == block+1)
			},
			about: func(app.Alteracion) bool { return true },
		}
	}
	const within = "(SELECT tx FROM auditoria ORDER BY random() LIMIT 1)" // when something was sealed
	fresh := ids[len(ids)-1] + 1_000_000 + random.Int64N(1000)
	switch random.IntN(20) {
	case 0:
		return edit("at = at + interval '1 microsecond'")
	case 1:
		return edit("at = 'infinity'")
	case 2:
		return edit("at = at - interval '4000 years'")
	case 3:
		return edit("actor_id = CASE WHEN actor_id IS NULL THEN gen_random_uuid() END")
	case 4:
		return edit("accion = accion || ' '")
	case 5:
		return edit("gestion_id = gen_random_uuid()")
	case 6:
		return edit("gestion_id = COALESCE(gestion_id, gen_random_uuid()), version = COALESCE(version, 0) + 1000000")
	case 7:
		return edit("objeto = CASE WHEN objeto IS NULL THEN '' ELSE objeto || 'x' END")
	case 8:
		return edit(`detalle = detalle || '{"motivo": "otro"}'`)
	case 9:
		return edit(`detalle = jsonb_build_object('detalle', detalle)`)
	case 10:
		return edit("tx = tx - 1")
	case 11:
		return edit("tx = tx + 1000000000")
	case 12, 13, 14:
		return alteration{
			what: "deletion", sql: fmt.Sprintf("DELETE FROM auditoria WHERE id = %d", id),
			named: func(x app.Alteracion) bool { return x.Que == app.Falta && x.Fila == id },
			about: func(app.Alteracion) bool { return false },
		}
	case 15, 16, 17:
		return alteration{
			what: "insertion", sql: fmt.Sprintf(`INSERT INTO auditoria (id, at, accion, gestion_id, tx)
OVERRIDING SYSTEM VALUE VALUES (%d, now(), 'aprobar', gen_random_uuid(), %s)`, fresh, within),
			named: func(x app.Alteracion) bool { return x.Que == app.Agregada && x.Fila == fresh },
			about: func(app.Alteracion) bool { return false },
		}
	case 18:
		return chain("DELETE FROM sellos WHERE bloque = %d", app.Hueco)
	default:
		return chain([]string{
			"UPDATE sellos SET at = at + interval '1 second' WHERE bloque = %d",
			"UPDATE sellos SET hojas = set_byte(hojas, 39, 255 - get_byte(hojas, 39)) WHERE bloque = %d",
			"UPDATE sellos SET desde = desde - 1 WHERE bloque = %d",
			"UPDATE sellos SET anterior = sha256('') WHERE bloque = %d",
		}[random.IntN(4)], app.CadenaRota, app.OtraHuella)
	}
}

// sealedStory is a month's life and much else, in many blocks; it returns the last.
func (m *mundo) sealedStory(t *testing.T, random *rand.Rand) app.Sello {
	t.Helper()
	for i := range 20 {
		m.aprobada(t, m.ana, contenido(i), manana)
	}
	m.sellarTodo(t)
	m.cerrar(t, octubre, noviembre)
	for last := int64(0); last < 20; {
		err := m.tx(t.Context(), "write entries", func(ctx context.Context, tx bun.Tx) error {
			for range 1 + random.IntN(10) {
				if _, err := asentar(ctx, tx, "cosa/1"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		last = m.sellarTodo(t).Bloque
	}
	return m.sellarTodo(t)
}

// trial changes rows past triggers and foreign keys, and takes it back.
func (m *mundo) trial(t *testing.T, do func(context.Context, bun.Tx)) {
	t.Helper()
	tx, err := m.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := tx.NewRaw("SET LOCAL session_replication_role = replica").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	do(t.Context(), tx)
}

// A chain that its owner computed anew, from entries that were altered, fits in
// itself: what a manifest named before tells. So it does of one that was cut short.
func TestAChainComputedAnewIsFound(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	head := m.sealedStory(t, rand.New(rand.NewPCG(1, 2)))
	m.trial(t, func(ctx context.Context, tx bun.Tx) {
		run := func(statement string, args ...any) {
			t.Helper()
			if _, err := tx.NewRaw(statement, args...).Exec(ctx); err != nil {
				t.Fatal(err)
			}
		}
		look := func(named ...app.Sello) (found []app.Alteracion) {
			t.Helper()
			if _, err := verifySellos(ctx, tx, func(a app.Alteracion) { found = append(found, a) }, named, tandaHojas); err != nil {
				t.Fatal(err)
			}
			return found
		}
		run("UPDATE auditoria SET detalle = '{}' WHERE id = (SELECT min(id) FROM auditoria)")
		var blocks []bloqueRow
		if err := tx.NewRaw("DELETE FROM sellos RETURNING bloque, desde, hasta, timestamptz_send(at) AS momento").Scan(ctx, &blocks); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(blocks, func(a, b bloqueRow) int { return int(a.Bloque - b.Bloque) })
		anterior := make([]byte, 32)
		for _, b := range blocks {
			var anew selloRow
			if err := tx.NewRaw(sellarSQL, b.Bloque, b.Desde, b.Hasta, b.sello().At, anterior).Scan(ctx, &anew); err != nil {
				t.Fatal(err)
			}
			anterior = anew.Huella
		}
		if found := look(); len(found) > 0 {
			t.Fatalf("the chain computed anew does not fit in itself: %v", found)
		}
		if found, want := look(head), (app.Alteracion{Que: app.OtraHuella, Bloque: head.Bloque}); !slices.Equal(found, []app.Alteracion{want}) {
			t.Errorf("held against an earlier head: %v", found)
		}
		run("DELETE FROM sellos WHERE bloque > ?", head.Bloque-2)
		if found := look(); len(found) > 0 {
			t.Fatalf("a chain cut short does not fit in itself: %v", found)
		}
		if found, want := look(head), (app.Alteracion{Que: app.Hueco, Bloque: head.Bloque}); !slices.Equal(found, []app.Alteracion{want}) {
			t.Errorf("cut short: %v", found)
		}
		run("DELETE FROM sellos")
		if found := look(head); len(found) != 1 {
			t.Errorf("with no chain left: %v", found)
		}
	})
}
