package teststack

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// inUseTimeout bounds the wait for a closed connection's session to be gone.
const inUseTimeout = 20 * time.Second

// objectInUse is PostgreSQL's SQLSTATE for a database with sessions in it.
const objectInUse = "55006"

// execAlone runs a statement that needs a database without sessions: one that
// was closed a moment ago may still be ending.
func execAlone(ctx context.Context, url, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, inUseTimeout)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		err := exec(ctx, url, statement)
		var pgErr *pgconn.PgError
		inUse := errors.As(err, &pgErr) && pgErr.Code == objectInUse
		return !inUse, err
	})
}

func exec(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
