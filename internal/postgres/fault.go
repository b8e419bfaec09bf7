package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"ande.gov.py/gestiones/internal/pa0580"
)

// The conditions told apart here (PostgreSQL, appendix A).
const (
	stateNotNull       = "23502"
	stateSerialization = "40001"
	stateDeadlock      = "40P01"
)

// fault says what was sought and, where PostgreSQL said no, its SQLSTATE and
// which constraint. The driver's own words stay behind: they quote rows, and
// rows hold personal data.
type fault struct {
	sought     string
	state      string
	constraint string
	cause      error // only what is known to quote nothing
}

func (f *fault) Error() string {
	text := f.sought
	if f.state != "" {
		text += ": SQLSTATE " + f.state
	}
	if f.constraint != "" {
		text += " (" + f.constraint + ")"
	}
	if f.cause != nil {
		text += ": " + f.cause.Error()
	}
	return text
}

func (f *fault) Unwrap() error { return f.cause }

// seek makes err fit to leave the package. Refusals pass as they are.
func seek(sought string, err error) error {
	if err == nil || len(pa0580.RefusalsIn(err)) > 0 {
		return err
	}
	if f := faultIn(err); f != nil {
		return f
	}
	f := &fault{sought: sought}
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled):
		f.cause = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		f.cause = context.DeadlineExceeded
	case errors.Is(err, sql.ErrNoRows):
		f.cause = sql.ErrNoRows
	case errors.As(err, &connect):
		f.cause = unconnected(err)
	case errors.As(err, &pg):
		f.state, f.constraint = pg.Code, pg.ConstraintName
	default:
		f.cause = fmt.Errorf("%T", err)
	}
	return f
}

// unconnected says why there is no connection, as far as that names nothing but
// codes: SQLSTATE where PostgreSQL refused it, the system's error otherwise.
func unconnected(err error) error {
	var pg *pgconn.PgError
	var system syscall.Errno
	var name *net.DNSError
	switch {
	case errors.As(err, &pg):
		return fmt.Errorf("PostgreSQL refuses the connection: SQLSTATE %s", pg.Code)
	case errors.As(err, &system):
		return fmt.Errorf("no connection to PostgreSQL: %w", system)
	case errors.As(err, &name):
		return errors.New("no connection to PostgreSQL: its host is unknown")
	}
	return errors.New("no connection to PostgreSQL")
}

func faultIn(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// state finds SQLSTATE and constraint, before or after seek.
func state(err error) (code, constraint string) {
	if f := faultIn(err); f != nil {
		return f.state, f.constraint
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code, pg.ConstraintName
	}
	return "", ""
}

// contended tells a transaction that lost against another and may be repeated.
func contended(err error) bool {
	code, _ := state(err)
	return code == stateSerialization || code == stateDeadlock
}

func noComando() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "comando", "No existe ese pedido o no es suyo.")
}

func noPlanilla() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "planilla", "No existe esa planilla o no le corresponde.")
}

func otherBody() error {
	return pa0580.Refuse(0, pa0580.CodeIdempotency, "Idempotency-Key",
		"Esa clave ya se usó con otro pedido: envíe una clave nueva.")
}
