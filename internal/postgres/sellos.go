package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// hojaSQL is an entry's leaf: its id and the SHA-256 of its text, which holds every
// column and depends on no setting of the session. jsonb has one way to write a
// value; timestamptz_send gives microseconds since 2000 UTC.
const hojaSQL = `int8send(a.id) || sha256(convert_to(jsonb_build_array(
	a.id, a.tx, encode(timestamptz_send(a.at), 'hex'), a.actor_id, a.accion, a.gestion_id, a.version, a.objeto, a.detalle)::text, 'UTF8'))`

// bloqueTx is over how many transactions one block goes, of all databases: nearly
// every one of ours writes one entry. A close's is in a block whole, with hundreds of
// thousands: forty bytes each.
const bloqueTx = 10_000

// siguienteSQL is where the next block begins, and up to where nothing moves any
// more: each transaction below the oldest running one has ended, and its rows are
// there or never will be. The first entry is looked for where it mostly is before
// all that remains is read, which may be much where nobody sealed for long.
const siguienteSQL = `
SELECT s.bloque + 1 AS bloque, s.hasta AS desde, s.huella AS anterior, t.techo, COALESCE(
	(SELECT min(a.tx) FROM auditoria a WHERE a.tx >= s.hasta AND a.tx < LEAST(t.techo, s.hasta + ?)),
	(SELECT min(a.tx) FROM auditoria a WHERE a.tx >= s.hasta AND a.tx < t.techo)) AS primera
FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS techo) AS t, (` + ultimoSQL + `) AS s`

// ultimoSQL is the last block, or what comes before the first.
const ultimoSQL = `
SELECT COALESCE(u.bloque, 0) AS bloque, COALESCE(u.hasta, 0) AS hasta, COALESCE(u.huella, decode(repeat('00', 32), 'hex')) AS huella
FROM (VALUES (1)) AS uno LEFT JOIN (SELECT bloque, hasta, huella FROM sellos ORDER BY bloque DESC LIMIT 1) AS u ON true`

const sellarSQL = `
INSERT INTO sellos (bloque, desde, hasta, filas, at, hojas, anterior)
SELECT ?0, ?1, ?2, count(*), ?3, string_agg(` + hojaSQL + `, ''::bytea ORDER BY a.id), ?4
FROM auditoria a WHERE a.tx >= ?1 AND a.tx < ?2
RETURNING bloque, filas, huella, at`

// errContadorAtras is a database restored from a dump into a server that has counted
// fewer transactions than the one it came from: what it writes would seem to be from
// before what was sealed.
var errContadorAtras = errors.New("this server counts fewer transactions than were sealed: raise its counter (pg_resetwal --epoch)")

type selloRow struct {
	Bloque int64
	Filas  int64
	Huella []byte
	At     time.Time
}

func (r selloRow) sello() app.Sello {
	out := app.Sello{Bloque: r.Bloque, Filas: r.Filas, At: pa0580.Local(r.At)}
	copy(out.Huella[:], r.Huella)
	return out
}

// Seal seals the oldest entries that no block holds, of up to [bloqueTx]
// transactions, and returns their block; an empty one where there are none. Sealers
// come one after another. It leaves for later what was written by a transaction
// not older than all that are running, whatever they do.
func (s *Store) Seal(ctx context.Context, at time.Time) (app.Sello, error) {
	var out app.Sello
	err := s.tx(ctx, "seal the audit", func(ctx context.Context, tx bun.Tx) error {
		for _, statement := range []string{"SET LOCAL statement_timeout = 0", lockSealing} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		var next struct {
			Bloque, Desde, Techo int64
			Primera              *int64
			Anterior             []byte
		}
		// Each statement from here on sees what was there after the lock.
		if err := tx.NewRaw(siguienteSQL, bloqueTx).Scan(ctx, &next); err != nil {
			return err
		}
		switch {
		case next.Techo < next.Desde:
			return &fault{sought: "seal the audit", cause: errContadorAtras}
		case next.Primera == nil:
			return nil
		}
		var row selloRow
		hasta := min(next.Techo, *next.Primera+bloqueTx)
		err := tx.NewRaw(sellarSQL, next.Bloque, next.Desde, hasta, at, next.Anterior).Scan(ctx, &row)
		out = row.sello()
		return err
	})
	if err != nil {
		return app.Sello{}, err
	}
	return out, nil
}

// UltimoSello is the last block; false where nothing was sealed.
func (s *Store) UltimoSello(ctx context.Context) (app.Sello, bool, error) {
	var rows []selloRow
	err := s.db.NewRaw("SELECT bloque, filas, huella, at FROM sellos ORDER BY bloque DESC LIMIT 1").Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return app.Sello{}, false, seek("read the last seal", err)
	}
	return rows[0].sello(), true, nil
}

// SelloDe is the block with which every entry of accion about objeto was sealed;
// false where one was not, or is not as it was sealed, or there is none.
func (s *Store) SelloDe(ctx context.Context, objeto, accion string) (app.Sello, bool, error) {
	var rows []selloRow
	err := s.db.NewRaw(`
SELECT s.bloque, s.filas, s.huella, s.at
FROM auditoria a LEFT JOIN LATERAL (
	SELECT * FROM sellos WHERE hasta > a.tx ORDER BY hasta LIMIT 1
) AS s ON position(`+hojaSQL+` IN s.hojas) > 0
WHERE a.objeto = ? AND a.accion = ? ORDER BY s.bloque DESC NULLS FIRST LIMIT 1`, objeto, accion).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 || rows[0].Bloque == 0 {
		return app.Sello{}, false, seek("find the seal of an entry", err)
	}
	return rows[0].sello(), true, nil
}
