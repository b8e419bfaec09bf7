package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/pgcluster"
	"ande.gov.py/gestiones/internal/postgres"
)

// copyDatabase makes a database with the rows of another, which may be in use: a
// template may not. The copy has neither dead rows nor statistics gone stale.
func copyDatabase(ctx context.Context, admin pgcluster.Admin, from, to string) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("copy %s to %s: %w", from, to, err)
		}
	}()
	if err := emptyDatabase(ctx, admin, to); err != nil {
		return err
	}
	source, err := pgx.Connect(ctx, admin.URL(from))
	if err != nil {
		return err
	}
	defer source.Close(ctx)
	target, err := pgx.Connect(ctx, admin.URL(to))
	if err != nil {
		return err
	}
	defer target.Close(ctx)
	for conn, statement := range map[*pgx.Conn]string{
		source: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		target: "SET session_replication_role = replica", // the rows come as they are
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	tables, err := tablesOf(ctx, source)
	if err != nil {
		return err
	}
	// Migrations leave rows. All at once, for what refers to a table goes with it.
	if _, err := target.Exec(ctx, "TRUNCATE "+strings.Join(tables, ", ")); err != nil {
		return err
	}
	for _, table := range tables {
		if err := copyTable(ctx, source, target, table); err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
	}
	return settleCopy(ctx, target)
}

// emptyDatabase has the schema, and nothing else.
func emptyDatabase(ctx context.Context, admin pgcluster.Admin, name string) error {
	if err := admin.DropDatabase(ctx, name); err != nil {
		return err
	}
	if err := admin.CreateDatabase(ctx, name); err != nil {
		return err
	}
	return postgres.Migrate(ctx, admin.URL(name))
}

func tablesOf(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
		AND relname NOT LIKE 'goose%' ORDER BY relname`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

func copyTable(ctx context.Context, source, target *pgx.Conn, table string) error {
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := source.PgConn().CopyTo(ctx, w, "COPY "+table+" TO STDOUT (FORMAT binary)")
		sent <- errors.Join(err, w.CloseWithError(err))
	}()
	_, err := target.PgConn().CopyFrom(ctx, r, "COPY "+table+" FROM STDIN (FORMAT binary)")
	_ = r.CloseWithError(err) // never fails
	return errors.Join(err, <-sent)
}

// settleCopy goes on where the sequences were and gathers statistics.
func settleCopy(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
SELECT format('SELECT setval(%L, (SELECT COALESCE(max(%I), 0) + 1 FROM %I), false)', pg_get_serial_sequence(quote_ident(c.relname), a.attname), a.attname, c.relname)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attidentity <> '' AND c.relname NOT LIKE 'goose%'`)
	if err != nil {
		return err
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, statement := range append(statements, "VACUUM ANALYZE") {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// done gives back what a part of the run looked at or threw away.
func done(c io.Closer) { _ = c.Close() }
