package attacks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/host"
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

// count looks everything acknowledged up. What is wrong beyond a row lost or
// doubled is an error.
func count(ctx context.Context, db *pgx.Conn, l *ledger) (map[string]Figures, error) {
	loads, orders, refused, wrong := l.copied()
	out := map[string]Figures{}
	var errs []error
	for _, text := range wrong {
		errs = append(errs, errors.New(text))
	}
	for _, part := range []struct {
		acuses []acuse
		sql    string
	}{{loads, loadsSQL}, {orders, ordersSQL}} {
		if err := tally(ctx, db, part.acuses, part.sql, out); err != nil {
			return nil, err
		}
	}
	var applied int
	if err := db.QueryRow(ctx, refusedSQL, actors(refused), claves(refused)).Scan(&applied); err != nil {
		return nil, fmt.Errorf("look up what was refused: %w", err)
	}
	if applied > 0 {
		errs = append(errs, fmt.Errorf("%d commands were refused to their author and applied all the same", applied))
	}
	return out, errors.Join(append(errs, consistent(ctx, db, len(loads)))...)
}

const (
	// How many rows a key has, and whether the one acknowledged is among them.
	loadsSQL = `
SELECT a.n, count(g.id), coalesce(bool_or(g.id = a.id), false)
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS a(actor, clave, id, n)
LEFT JOIN gestiones g ON g.agente_id = a.actor AND g.clave = a.clave GROUP BY a.n`
	// A command counts where it has its one result, and one entry in the audit.
	ordersSQL = `
SELECT a.n, count(c.id), coalesce(bool_and(c.resultado IS NOT NULL
	AND (SELECT count(*) FROM auditoria u WHERE u.gestion_id = c.gestion_id AND u.detalle->>'comando' = c.id::text) = 1), false)
FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS a(actor, clave, id, n)
LEFT JOIN comandos c ON c.actor_id = a.actor AND (c.id = a.id OR c.clave = nullif(a.clave, '')) GROUP BY a.n`
	// Somebody who was told no must be able to believe it.
	refusedSQL = `
SELECT count(*) FROM unnest($1::uuid[], $2::text[]) AS a(actor, clave)
JOIN comandos c ON c.actor_id = a.actor AND c.clave = a.clave WHERE c.resultado = 'aplicado'`
)

func tally(ctx context.Context, db *pgx.Conn, as []acuse, sql string, out map[string]Figures) error {
	rows, err := db.Query(ctx, sql, actors(as), claves(as), ids(as))
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

// consistent checks what holds of all rows: nobody's row came without being
// asked for, every version has its audit, nothing is paid twice or unapproved.
func consistent(ctx context.Context, db *pgx.Conn, loads int) error {
	var rows, unaudited, lines, included int
	err := db.QueryRow(ctx, `
SELECT (SELECT count(*) FROM gestiones),
	(SELECT count(*) FROM gestiones g WHERE g.version <> (SELECT count(*) FROM auditoria a WHERE a.gestion_id = g.id AND a.version IS NOT NULL)),
	(SELECT count(*) FROM planilla_lineas),
	(SELECT count(*) FROM gestiones WHERE estado = 'incluida')`).Scan(&rows, &unaudited, &lines, &included)
	if err != nil {
		return fmt.Errorf("check all rows: %w", err)
	}
	var errs []error
	if rows != loads {
		errs = append(errs, fmt.Errorf("%d gestiones stored, %d acknowledged", rows, loads))
	}
	if unaudited > 0 {
		errs = append(errs, fmt.Errorf("%d gestiones whose versions are not all in the audit", unaudited))
	}
	if lines != included {
		errs = append(errs, fmt.Errorf("%d lines in planillas, %d gestiones incluidas", lines, included))
	}
	return errors.Join(errs...)
}

func actors(as []acuse) []string { return column(as, func(a acuse) string { return a.actor }) }
func claves(as []acuse) []string { return column(as, func(a acuse) string { return a.clave }) }

func column(as []acuse, of func(acuse) string) []string {
	out := make([]string, len(as))
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
