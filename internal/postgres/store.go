// Package postgres is Gestiones' system of record: every statement of SQL is
// here, and nothing else is. Rows turn into domain values at its edge. Domain
// time comes in as an argument: no statement asks the database for the moment.
//
// Three strengths of lock on the table cierres keep a corte and a close honest
// without holding anybody up who need not wait. Storing a command, or applying
// one that a corte could stop, takes ROW SHARE. A close takes SHARE ROW
// EXCLUSIVE: closes come one after another, commands go on being stored.
// Setting or sealing a corte takes EXCLUSIVE: it waits for every command that is
// being stored, so that none slips in before the moment. LOCK TABLE takes no
// snapshot, so what a transaction reads after it is what the lock protects.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Store implements the ports of app and activities over one pool.
type Store struct {
	db  *bun.DB
	org atomic.Pointer[pa0580.Organizacion] // the last one read
}

var (
	_ app.Store        = (*Store)(nil)
	_ activities.Store = (*Store)(nil)
)

// Options are the pool's limits. Zero fields take the defaults.
type Options struct {
	MaxConns  int           // 20
	Statement time.Duration // how long one statement may take: 30 s
	Name      string        // what PostgreSQL's own views call this process

	// Connector, if any, wraps what makes connections. Tests fail statements there.
	Connector func(driver.Connector) driver.Connector
}

// Open makes a pool. It does not connect: [Store.Ping] does.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, seek("make a pool", err)
	}
	if o.MaxConns == 0 {
		o.MaxConns = 20
	}
	if o.Statement == 0 {
		o.Statement = 30 * time.Second
	}
	if o.Name == "" {
		o.Name = "gestiones"
	}
	cfg, err := config(url, o.Name)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["statement_timeout"] = fmt.Sprint(o.Statement.Milliseconds())
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = fmt.Sprint(2 * o.Statement.Milliseconds())
	connector := stdlib.GetConnector(*cfg)
	if o.Connector != nil {
		connector = o.Connector(connector)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(o.MaxConns)
	pool.SetMaxIdleConns(o.MaxConns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return &Store{db: bun.NewDB(pool, pgdialect.New())}, nil
}

// config reads a URL. bun writes arguments into the statement, so prepared
// statements would never be met again: exec mode halves a point select. Those
// that keep them apart say so themselves; see planned.
func config(url, name string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL URL is malformed") // its text may hold the password
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.StatementCacheCapacity = plannedAtMost // whatever the URL says
	cfg.RuntimeParams["application_name"] = name
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["jit"] = "off"                        // compiling costs more than it saves here
	cfg.RuntimeParams["standard_conforming_strings"] = "on" // what bun's quoting relies on
	return cfg, nil
}

// Close gives the connections back.
func (s *Store) Close() error { return seek("close the pool", s.db.Close()) }

// Ping tells whether PostgreSQL answers.
func (s *Store) Ping(ctx context.Context) error {
	return seek("reach PostgreSQL", s.db.PingContext(ctx))
}

// tx runs fn in one READ COMMITTED transaction. sought names it in a fault.
func (s *Store) tx(ctx context.Context, sought string, fn func(context.Context, bun.Tx) error) error {
	return seek(sought, s.db.RunInTx(ctx, nil, fn))
}

// snapshot runs fn in one REPEATABLE READ READ ONLY transaction: all it reads
// is of one instant.
func (s *Store) snapshot(ctx context.Context, sought string, fn func(context.Context, bun.Tx) error) error {
	return seek(sought, s.db.RunInTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn))
}

// The strengths of lock that the package comment tells of.
const (
	lockStoring = "LOCK TABLE cierres IN ROW SHARE MODE"
	lockSigning = "LOCK TABLE cierres IN ROW EXCLUSIVE MODE" // waits for a close, lets commands be stored
	lockClosing = "LOCK TABLE cierres IN SHARE ROW EXCLUSIVE MODE"
	lockCorte   = "LOCK TABLE cierres IN EXCLUSIVE MODE"
)

// lockSealing is of those who seal the audit alone: it keeps no table.
const lockSealing = "SELECT pg_advisory_xact_lock(580, 1)"

// isID tells an id in the form that PostgreSQL gives it. What is anything else
// names nothing, and is never sent as one.
func isID[T ~string](id T) bool {
	return len(id) == 36 && uuid.Validate(string(id)) == nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make id: %w", err)
	}
	return id.String(), nil
}

// local gives an instant back as people read it; nil stays nil.
func local(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	l := pa0580.Local(*t)
	return &l
}

// mes reads a month that a CHECK vouches for; empty is none.
func mes(s string) pa0580.Mes {
	var m pa0580.Mes
	_ = m.UnmarshalText([]byte(s))
	return m
}
