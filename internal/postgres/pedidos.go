package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Repetido tells whether actor's key was used before for the same request.
func (s *Store) Repetido(ctx context.Context, actor pa0580.FuncionarioID, k app.Clave) (bool, error) {
	var cuerpo []byte
	err := s.db.NewRaw("SELECT cuerpo FROM pedidos WHERE actor_id = ? AND clave = ?", actor, k.Clave).Scan(ctx, &cuerpo)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err == nil && !bytes.Equal(cuerpo, k.Cuerpo):
		return false, otherBody()
	}
	return err == nil, seek("read request", err)
}
