package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Espejo answers for OPEN SGC out of its mirror: what was last imported.
type Espejo struct {
	store    *Store
	patrones pa0580.Patrones
}

var _ app.SGC = Espejo{}

// Espejo is the mirror in the store's database. It finds malformed what p does.
func (s *Store) Espejo(p pa0580.Patrones) Espejo { return Espejo{s, p} }

// Consultar reads the mirror.
func (e Espejo) Consultar(ctx context.Context, r pa0580.Referencia) (pa0580.Hallazgo, error) {
	r, err := e.patrones.Parse(string(r.Tipo), r.Numero)
	if err != nil {
		return pa0580.Hallazgo{}, err
	}
	var rows []struct{ Tension, Titular string }
	err = e.store.db.NewRaw("SELECT tension, titular FROM sgc_referencias WHERE tipo = $1 AND numero = $2").
		Conn(planned(e.store.db.DB, r.Tipo, r.Numero)).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return pa0580.Hallazgo{}, seek("ask the mirror of OPEN SGC", err)
	}
	return pa0580.Hallazgo{Existe: true, Tension: pa0580.Tension(rows[0].Tension), Titular: rows[0].Titular}, nil
}

// ImportReferencias brings the mirror up to date in one transaction: an error
// anywhere, of rows too, changes nothing. Of what comes twice the last counts.
// With replace the rows are all there is: what they lack goes. Readers never
// wait.
func (s *Store) ImportReferencias(ctx context.Context, rows iter.Seq2[app.ReferenciaSGC, error], replace bool) (n int64, err error) {
	conn, err := s.db.DB.Conn(ctx)
	if err != nil {
		return 0, seek("import OPEN SGC's references", err)
	}
	var ofRows error // the reader's own error is the caller's to know
	err = conn.Raw(func(driver any) error {
		return pgx.BeginFunc(ctx, driver.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			n, ofRows, err = importInto(ctx, tx, rows, replace)
			return errors.Join(ofRows, err)
		})
	})
	closed := conn.Close()
	if ofRows != nil {
		return 0, fmt.Errorf("import OPEN SGC's references: %w", ofRows)
	}
	if err = errors.Join(err, closed); err != nil {
		return 0, seek("import OPEN SGC's references", err)
	}
	return n, nil
}

const (
	// One import at a time; reading goes on.
	openImportSQL = `
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
LOCK TABLE sgc_referencias IN SHARE ROW EXCLUSIVE MODE;
CREATE TEMP TABLE carga (n bigint, tipo text, numero text, tension text, titular text) ON COMMIT DROP`

	closeImportSQL = `
CREATE TEMP TABLE ultima ON COMMIT DROP AS
SELECT DISTINCT ON (tipo, numero) tipo, numero, NULLIF(tension, '') AS tension, NULLIF(titular, '') AS titular
FROM carga ORDER BY tipo, numero, n DESC;
CREATE UNIQUE INDEX ON ultima (tipo, numero);
ANALYZE ultima`

	dropMissingSQL = `
DELETE FROM sgc_referencias r WHERE NOT EXISTS (SELECT FROM ultima u WHERE u.tipo = r.tipo AND u.numero = r.numero)`

	mergeSQL = `
INSERT INTO sgc_referencias AS r (tipo, numero, tension, titular)
SELECT tipo, numero, tension, titular FROM ultima
ON CONFLICT (tipo, numero) DO UPDATE SET tension = EXCLUDED.tension, titular = EXCLUDED.titular
WHERE (r.tension, r.titular) IS DISTINCT FROM (EXCLUDED.tension, EXCLUDED.titular)`
)

// importInto gives how many references were read; ofRows is the reader's error.
func importInto(ctx context.Context, tx pgx.Tx, rows iter.Seq2[app.ReferenciaSGC, error], replace bool) (n int64, ofRows, err error) {
	if _, err := tx.Exec(ctx, openImportSQL); err != nil {
		return 0, nil, err
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"carga"}, []string{"n", "tipo", "numero", "tension", "titular"},
		pgx.CopyFromFunc(func() ([]any, error) {
			r, readErr, ok := next()
			if !ok || readErr != nil {
				ofRows = readErr
				return nil, readErr
			}
			n++
			return []any{n, string(r.Tipo), r.Numero, string(r.Tension), r.Titular}, nil
		}))
	if ofRows != nil || err != nil {
		return 0, ofRows, err
	}
	if replace && n == 0 {
		return 0, errors.New("no references at all: the mirror is left as it was"), nil
	}
	if _, err := tx.Exec(ctx, closeImportSQL); err != nil {
		return 0, nil, err
	}
	if replace {
		if _, err := tx.Exec(ctx, dropMissingSQL); err != nil {
			return 0, nil, err
		}
	}
	_, err = tx.Exec(ctx, mergeSQL)
	return n, nil, err
}
