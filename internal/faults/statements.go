package faults

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// Connector is a hook for postgres.Options: statements and commits on the
// connections of c are points, named after the method of the store that runs
// them.
func (in *Injector) Connector(c driver.Connector) driver.Connector {
	return connector{Connector: c, in: in, methods: &methods{}}
}

type connector struct {
	driver.Connector
	in      *Injector
	methods *methods
}

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	real, ok := made.(*stdlib.Conn)
	if !ok {
		return nil, fmt.Errorf("faults under %T: not a connection of pgx", made)
	}
	return &conn{pgxConn: real, connector: c}, nil
}

type pgxConn = stdlib.Conn

// conn is used by one goroutine at a time, as every driver.Conn.
type conn struct {
	*pgxConn
	connector connector
	lost      bool // a strike took it
	inTx      bool
	aborted   bool // a strike failed a statement of its transaction
}

var (
	_ driver.ExecerContext   = (*conn)(nil)
	_ driver.QueryerContext  = (*conn)(nil)
	_ driver.ConnBeginTx     = (*conn)(nil)
	_ driver.SessionResetter = (*conn)(nil)
	_ driver.Validator       = (*conn)(nil)
)

// IsValid keeps a lost connection out of the pool.
func (c *conn) IsValid() bool { return !c.lost && !c.Conn().IsClosed() }

// ResetSession is asked before a connection is used again.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.lost {
		return driver.ErrBadConn
	}
	return c.pgxConn.ResetSession(ctx)
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (out driver.Result, err error) {
	err = c.statement(ctx, func() (err error) {
		out, err = c.pgxConn.ExecContext(ctx, query, args)
		return err
	}, nil)
	return out, err
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	var out driver.Rows
	err := c.statement(ctx, func() (err error) {
		out, err = c.pgxConn.QueryContext(ctx, query, args)
		return err
	}, func() { drain(out) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

func drain(rows driver.Rows) {
	row := make([]driver.Value, len(rows.Columns()))
	for rows.Next(row) == nil {
	}
	_ = rows.Close() // whether it was read well no longer matters
}

// BeginTx is a statement too.
func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	var out driver.Tx
	err := c.statement(ctx, func() (err error) {
		out, err = c.pgxConn.BeginTx(ctx, o)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	c.inTx = true
	return &tx{Tx: out, conn: c, method: c.connector.methods.running()}, nil
}

// statement runs one. Where its answer is to be lost, finish sees to it first
// that it took effect.
func (c *conn) statement(ctx context.Context, run func() error, finish func()) error {
	if c.lost {
		return driver.ErrBadConn
	}
	if c.aborted {
		return &pgconn.PgError{Severity: "ERROR", Code: "25P02", Message: errInjected.Error()}
	}
	s := c.connector.in.hit(statementOf(c.connector.methods.running()))
	switch s.kind {
	case Fail:
		s.met()
		return c.fail(s)
	case Delay:
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	err := run()
	if err == nil && s.kind == Lose {
		if finish != nil {
			finish()
		}
		s.met()
		return c.lose(s)
	}
	return err
}

// fail is a statement that PostgreSQL never saw, or refused.
func (c *conn) fail(s strike) error {
	if s.draw%3 == 0 { // it lost against another: the connection stays
		c.aborted = c.inTx
		return &pgconn.PgError{Severity: "ERROR", Code: "40P01", Message: errInjected.Error()}
	}
	return c.lose(s)
}

// lose takes the connection away. database/sql tries again by itself, on
// another one, what fails with driver.ErrBadConn outside a transaction.
func (c *conn) lose(s strike) error {
	c.lost = true
	_ = c.Conn().PgConn().Conn().Close() // the server hears nothing more
	switch s.draw % 2 {
	case 0:
		return driver.ErrBadConn
	default:
		return fmt.Errorf("%w: %w", errInjected, errors.Join(io.ErrUnexpectedEOF, syscall.ECONNRESET))
	}
}

type tx struct {
	driver.Tx
	conn   *conn
	method string
}

func (t *tx) Commit() error {
	switch {
	case t.conn.lost:
		return driver.ErrBadConn
	case t.conn.aborted:
		return errors.Join(pgx.ErrTxCommitRollback, t.Rollback())
	}
	t.conn.inTx = false
	s := t.conn.connector.in.hit(commitOf(t.method))
	switch s.kind {
	case Fail:
		s.met()
		return t.conn.lose(s) // unfinished, the server rolls it back
	case Delay:
		_ = s.wait(context.Background()) // never ends early
	}
	err := t.Tx.Commit()
	if err == nil && s.kind == Lose {
		s.met()
		return t.conn.lose(s)
	}
	return err
}

func (t *tx) Rollback() error {
	if t.conn.lost {
		return driver.ErrBadConn
	}
	t.conn.inTx, t.conn.aborted = false, false
	return t.Tx.Rollback()
}
