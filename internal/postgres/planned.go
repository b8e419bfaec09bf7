package postgres

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
)

// planned runs a statement on conn with its arguments apart from its text, where
// they are $1, $2 and so on, so that each connection plans it once:
//
//	tx.NewRaw(text).Conn(planned(tx.Tx, id)).Scan(ctx, &row)
//
// bun writes arguments into the text, and PostgreSQL plans every text anew. For
// what each load and each decision runs that costs more than running it; for the
// rest it is as well, and a plan made for the arguments at hand is the better one.
func planned(conn bun.IConn, args ...any) bun.IConn {
	return plannedConn{conn: conn, args: append([]any{pgx.QueryExecModeCacheStatement}, args...)}
}

// plannedAtMost is how many texts a connection keeps planned; there are a dozen.
const plannedAtMost = 64

type plannedConn struct {
	conn bun.IConn
	args []any
}

func (c plannedConn) QueryContext(ctx context.Context, text string, _ ...any) (*sql.Rows, error) {
	return c.conn.QueryContext(ctx, text, c.args...)
}

func (c plannedConn) ExecContext(ctx context.Context, text string, _ ...any) (sql.Result, error) {
	return c.conn.ExecContext(ctx, text, c.args...)
}

func (c plannedConn) QueryRowContext(ctx context.Context, text string, _ ...any) *sql.Row {
	return c.conn.QueryRowContext(ctx, text, c.args...)
}
