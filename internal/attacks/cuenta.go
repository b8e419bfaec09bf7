package attacks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/postgres"
)

// Figures are what was acknowledged and what became of it.
type Figures struct {
	Rounds       int `json:"rounds"`
	Acknowledged int `json:"acknowledged"`
	Found        int `json:"found"`
	Lost         int `json:"lost"`
	Doubled      int `json:"doubled"`
}

// Add sums.
func (f *Figures) Add(o Figures) {
	f.Rounds += o.Rounds
	f.Acknowledged += o.Acknowledged
	f.Found += o.Found
	f.Lost += o.Lost
	f.Doubled += o.Doubled
}

func (f Figures) since(before Figures) Figures {
	return Figures{
		Rounds: f.Rounds - before.Rounds, Acknowledged: f.Acknowledged - before.Acknowledged,
		Found: f.Found - before.Found, Lost: f.Lost - before.Lost, Doubled: f.Doubled - before.Doubled,
	}
}

// Unasked is the target of what is there and nobody asked for: it counts as
// doubled, and whom it came of cannot be told.
const Unasked = "unasked"

// quietIn bounds the wait for everything stored to be carried out: OPEN SGC's
// answer is asked for again after 10 s, then 20, then 40.
const quietIn = 5 * time.Minute

// quiet waits until nothing stored waits to be carried out.
func quiet(ctx context.Context, db *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, quietIn)
	defer cancel()
	err := host.Await(ctx, func(ctx context.Context) (bool, error) {
		var comandos, recibidas, ordenes int
		err := db.QueryRow(ctx, `
SELECT (SELECT count(*) FROM comandos WHERE resultado IS NULL),
	(SELECT count(*) FROM gestiones WHERE estado = 'recibida'),
	(SELECT count(*) FROM ordenes_cierre WHERE cerrado IS NULL)`).Scan(&comandos, &recibidas, &ordenes)
		if err == nil && comandos+recibidas+ordenes > 0 {
			err = fmt.Errorf("%d commands unapplied, %d gestiones recibida, %d orders to close", comandos, recibidas, ordenes)
		}
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("it does not come to rest: %w", err)
	}
	return nil
}

// count looks everything acknowledged up. wrong tells what else does not hold,
// beyond rows lost or doubled; err, that it could not be counted.
func count(ctx context.Context, db *pgx.Conn, l *ledger) (out map[string]Figures, wrong, err error) {
	loads, orders, refused, contradictory := l.copied()
	out = map[string]Figures{}
	var errs []error
	for _, text := range contradictory {
		errs = append(errs, errors.New(text))
	}
	for _, part := range []struct {
		acuses []acuse
		sql    string
	}{{loads, loadsSQL}, {orders, ordersSQL}} {
		if err := tally(ctx, db, part.acuses, part.sql, out); err != nil {
			return nil, nil, err
		}
	}
	asked := slices.Concat(loads, orders, refused)
	var applied, unasked int
	err = db.QueryRow(ctx, refusedSQL, actors(refused), claves(refused)).Scan(&applied)
	if err == nil {
		err = db.QueryRow(ctx, unaskedSQL, actors(asked), claves(asked), ids(asked)).Scan(&unasked)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("look up what was refused, or never asked: %w", err)
	}
	if applied > 0 {
		errs = append(errs, fmt.Errorf("%d commands were refused to their author and applied all the same", applied))
	}
	if unasked > 0 {
		out[Unasked] = Figures{Doubled: unasked}
	}
	found, err := contradictions(ctx, db, len(loads))
	return out, errors.Join(append(errs, found)...), err
}

const (
	// How often a load was carried out, by its rows or by their audit, which no
	// constraint keeps from telling it twice; and whether the row acknowledged is there.
	loadsSQL = `
SELECT a.n, greatest(count(g.id), max(u.n)), coalesce(bool_or(g.id = a.id), false)
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bool[]) WITH ORDINALITY AS a(actor, clave, id, hecho, n)
LEFT JOIN gestiones g ON g.agente_id = a.actor AND g.clave = a.clave
CROSS JOIN LATERAL (SELECT count(*) AS n FROM auditoria WHERE gestion_id = g.id AND accion = 'cargar') u
GROUP BY a.n`
	// The same of a command, which is there where it has its one result, the one its
	// author was told of, and one entry in the audit.
	ordersSQL = `
SELECT a.n, greatest(count(c.id), max(u.n)), coalesce(bool_and(c.resultado IS NOT NULL AND (c.resultado = 'aplicado' OR NOT a.hecho) AND u.n = 1), false)
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bool[]) WITH ORDINALITY AS a(actor, clave, id, hecho, n)
LEFT JOIN comandos c ON c.actor_id = a.actor AND (c.id = a.id OR c.clave = nullif(a.clave, ''))
CROSS JOIN LATERAL (SELECT count(*) AS n FROM auditoria WHERE gestion_id = c.gestion_id AND detalle->>'comando' = c.id::text) u
GROUP BY a.n`
	// What is there and nobody asked for, neither by its id nor by its key.
	unaskedSQL = `
WITH pedido AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS a(actor, clave, id)),
hecho AS (
	SELECT id, agente_id AS actor, clave FROM gestiones
	UNION ALL SELECT id, actor_id, clave FROM comandos
)
SELECT count(*) FROM hecho h WHERE NOT EXISTS (SELECT FROM pedido p WHERE p.id = h.id)
	AND NOT EXISTS (SELECT FROM pedido p WHERE p.actor = h.actor AND p.clave = h.clave)`
	// Somebody who was told no must be able to believe it.
	refusedSQL = `
SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS a(actor, clave)
JOIN comandos c ON c.actor_id = a.actor AND c.clave = a.clave WHERE c.resultado = 'aplicado'`
)

func tally(ctx context.Context, db *pgx.Conn, as []acuse, sql string, out map[string]Figures) error {
	rows, err := db.Query(ctx, sql, actors(as), claves(as), ids(as), column(as, func(a acuse) bool { return a.hecho }))
	if err != nil {
		return fmt.Errorf("look up what was acknowledged: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var n, times int
		var ok bool
		if err := rows.Scan(&n, &times, &ok); err != nil {
			return fmt.Errorf("look up what was acknowledged: %w", err)
		}
		f := Figures{Acknowledged: 1}
		switch {
		case times > 1:
			f.Doubled = 1
		case ok:
			f.Found = 1
		default:
			f.Lost = 1
		}
		target := as[n-1].target
		sum := out[target]
		sum.Add(f)
		out[target] = sum
	}
	return rows.Err()
}

// consistent checks what holds of all rows, whoever asked.
func consistent(ctx context.Context, db *pgx.Conn, loads int) error {
	found, err := contradictions(ctx, db, loads)
	return errors.Join(found, err)
}

// contradictions tells what does not hold of all rows: as many gestiones as were
// acknowledged, each in the audit, and all that a store finds of its own rows.
func contradictions(ctx context.Context, db *pgx.Conn, loads int) (found, err error) {
	var rows, unaudited int
	err = db.QueryRow(ctx, `
SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (SELECT FROM auditoria a WHERE a.gestion_id = g.id AND a.version IS NOT NULL))
FROM gestiones g`).Scan(&rows, &unaudited)
	if err != nil {
		return nil, fmt.Errorf("check all rows: %w", err)
	}
	var errs []error
	if rows != loads {
		errs = append(errs, fmt.Errorf("%d gestiones stored, %d acknowledged", rows, loads))
	}
	if unaudited > 0 {
		errs = append(errs, fmt.Errorf("%d gestiones of which the audit says nothing", unaudited))
	}
	store, err := postgres.Open(ctx, db.Config().ConnString(), postgres.Options{MaxConns: 1, Name: "attacks"})
	if err != nil {
		return nil, err
	}
	defer func() { _ = store.Close() }() // it only read
	texts, err := store.Inconsistencias(ctx)
	for _, text := range texts {
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...), err
}

func actors(as []acuse) []string { return column(as, func(a acuse) string { return a.actor }) }
func claves(as []acuse) []string { return column(as, func(a acuse) string { return a.clave }) }

func column[T any](as []acuse, of func(acuse) T) []T {
	out := make([]T, len(as))
	for i, a := range as {
		out[i] = of(a)
	}
	return out
}

// ids has a null where the answer named none.
func ids(as []acuse) []*string {
	out := make([]*string, len(as))
	for i, a := range as {
		if a.id != "" {
			out[i] = &as[i].id
		}
	}
	return out
}
