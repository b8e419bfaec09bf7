package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Repetido tells what actor's key was used for before, by the same request.
func (s *Store) Repetido(ctx context.Context, actor pa0580.FuncionarioID, k app.Clave) (string, bool, error) {
	objeto, err := readPedido(ctx, s.db, actor, k)
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	return objeto, err == nil, seek("read request", err)
}

// once remembers a request by its key. Where it was made before it gives what
// it was about then, and false.
func once(ctx context.Context, tx bun.Tx, actor pa0580.FuncionarioID, k app.Clave, objeto string) (bool, string, error) {
	res, err := tx.NewRaw("INSERT INTO pedidos (actor_id, clave, cuerpo, objeto) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		actor, k.Clave, k.Cuerpo, objeto).Exec(ctx)
	if err != nil {
		return false, "", err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err == nil, objeto, err
	}
	before, err := readPedido(ctx, tx, actor, k)
	return false, before, err
}

// readPedido reads what a key was used for. Refuses with CodeIdempotency where the
// request was another.
func readPedido(ctx context.Context, db bun.IDB, actor pa0580.FuncionarioID, k app.Clave) (string, error) {
	var before struct {
		Cuerpo []byte
		Objeto string
	}
	err := db.NewRaw("SELECT cuerpo, objeto FROM pedidos WHERE actor_id = ? AND clave = ?", actor, k.Clave).Scan(ctx, &before)
	if err == nil && !bytes.Equal(before.Cuerpo, k.Cuerpo) {
		err = otherBody()
	}
	return before.Objeto, err
}
