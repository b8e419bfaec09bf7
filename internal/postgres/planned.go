package postgres

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// planned is a statement whose plan every connection keeps, with its arguments
// apart from its text. It is for the few whose planning costs PostgreSQL more
// than their running.
type planned struct {
	text string
	// It lives as long as the pool, which prepares it on each connection.
	stmt atomic.Pointer[sql.Stmt]
}

// scan runs it and reads every row into dest, a slice of rows.
func (p *planned) scan(ctx context.Context, db *bun.DB, dest any, args ...any) error {
	if p.stmt.Load() == nil {
		made, err := db.DB.PrepareContext(ctx, p.text)
		if err != nil {
			return err
		}
		if !p.stmt.CompareAndSwap(nil, made) { // another first request was faster
			_ = made.Close() //nolint:sqlclosecheck // nobody used it, and the other stays open
		}
	}
	rows, err := p.stmt.Load().QueryContext(ctx, args...) //nolint:sqlclosecheck // the statement ends with the pool
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	if err := db.ScanRows(ctx, rows, dest); err != nil {
		return err
	}
	return rows.Err()
}
