package bench

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// walMeter counts transactions in PostgreSQL's own write-ahead log, which has
// each that wrote, and only those: what a client calls a transaction may have
// written nothing, and what it calls a statement is a transaction where it
// stands alone.
type walMeter struct{ conn *pgx.Conn }

// walKept is how much of the log stays readable: a checkpoint would recycle it.
const walKept = "16GB"

// newWALMeter prepares a cluster that is ours alone. Not every PostgreSQL comes
// with pg_walinspect.
func newWALMeter(ctx context.Context, adminURL string) (*walMeter, error) {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	for _, statement := range []string{
		"CREATE EXTENSION IF NOT EXISTS pg_walinspect", "ALTER SYSTEM SET wal_keep_size = '" + walKept + "'", "SELECT pg_reload_conf()",
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return nil, fmt.Errorf("read the write-ahead log: %w", err)
		}
	}
	return &walMeter{conn}, nil
}

func (m *walMeter) connection() *pgx.Conn {
	if m == nil {
		return nil
	}
	return m.conn
}

// now is the log's end.
func (m *walMeter) now(ctx context.Context) (lsn string, err error) {
	if err = m.conn.QueryRow(ctx, "SELECT pg_current_wal_flush_lsn()::text").Scan(&lsn); err != nil {
		err = fmt.Errorf("read the write-ahead log: %w", err)
	}
	return lsn, err
}

// Each record of a change names its transaction and, for each block it touches,
// tablespace/database/relation. A commit's record names its transaction only.
const writtenSQL = `
WITH log AS MATERIALIZED (
	SELECT xid::text::bigint AS xid, resource_manager = 'Transaction' AND record_type LIKE 'COMMIT%' AS committed,
		substring(block_ref FROM 'rel [0-9]+/([0-9]+)/[0-9]+')::oid AS base
	FROM pg_get_wal_records_info($1::pg_lsn, $2::pg_lsn) WHERE xid::text <> '0'
)
SELECT d.datname, count(DISTINCT l.xid) FROM log l JOIN pg_database d ON d.oid = l.base
WHERE l.xid IN (SELECT xid FROM log WHERE committed) GROUP BY d.datname`

// written counts the transactions of each database that wrote and committed.
func (m *walMeter) written(ctx context.Context, from, to string) (map[string]int64, error) {
	rows, err := m.conn.Query(ctx, writtenSQL, from, to)
	if err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	out := map[string]int64{}
	var name string
	var n int64
	if _, err = pgx.ForEachRow(rows, []any{&name, &n}, func() error { out[name] = n; return nil }); err != nil {
		return nil, fmt.Errorf("read the write-ahead log: %w", err)
	}
	return out, nil
}
