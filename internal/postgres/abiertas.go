package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/pa0580"
)

// MuestraAbiertas are some of the gestiones whose workflow is open: n of the
// oldest, n of the newest and n of any.
func (s *Store) MuestraAbiertas(ctx context.Context, n int) ([]pa0580.GestionID, error) {
	// Walking the key from its beginning would pass all that ended before the first.
	return s.ids(ctx, "sample open gestiones", `
WITH abiertas AS MATERIALIZED (SELECT g.id FROM gestiones g WHERE `+abiertaSQL+`)
(SELECT id FROM abiertas ORDER BY id LIMIT ?0)
UNION (SELECT id FROM abiertas ORDER BY id DESC LIMIT ?0)
UNION (SELECT id FROM abiertas ORDER BY random() LIMIT ?0)`, n)
}

// SinTerminar are those of ids whose workflow must be running: stored before a
// moment and open, or with a command from before it that was not applied.
func (s *Store) SinTerminar(ctx context.Context, ids []pa0580.GestionID, before time.Time) ([]pa0580.GestionID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.ids(ctx, "read gestiones again", `
SELECT g.id FROM gestiones g WHERE g.id IN (?0) AND (`+abiertaSQL+` AND g.guardada_at < ?1
	OR EXISTS (SELECT FROM comandos c WHERE c.gestion_id = g.id AND c.resultado IS NULL AND c.creado_at < ?1))`,
		bun.List(ids), before)
}
