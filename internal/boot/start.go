package boot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/postgres"
)

// startIn bounds how long PostgreSQL may take to answer at start.
const startIn = 15 * time.Second

// errUnmigrated tells of a schema older than this program.
var errUnmigrated = errors.New("el esquema de la base de datos es más viejo que este programa: ejecute «gestiones migrate»")

// Ready tells whether PostgreSQL answers, with a schema that this program knows
// or a newer one. Temporal has no say: agents load without it.
func (s *System) Ready(ctx context.Context) error {
	if err := s.Store.Ping(ctx); err != nil || s.migrated.Load() {
		return err
	}
	current, latest, err := postgres.MigrationStatus(ctx, s.config.URL)
	switch {
	case err != nil:
		return fmt.Errorf("no se pudo saber la versión del esquema; si la base es nueva, ejecute «gestiones migrate»: %w", err)
	case current < latest:
		return fmt.Errorf("%w (está en la versión %d, hace falta la %d)", errUnmigrated, current, latest)
	}
	s.migrated.Store(true)
	return nil
}

// Check is what a process asks before it begins: whoever operates it must learn
// at once, and not from the first request, that it cannot work. It warns where
// PostgreSQL would write personal data into its log, or forget what it committed.
func (s *System) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startIn)
	defer cancel()
	if err := s.Store.Ping(ctx); err != nil {
		return fmt.Errorf("GESTIONES_DATABASE_URL: PostgreSQL no contesta: revise la dirección, la clave y que esté en marcha: %w", err)
	}
	if err := s.Ready(ctx); err != nil {
		return err
	}
	loud, err := s.Store.Indiscretos(ctx)
	if err != nil {
		return err
	}
	if len(loud) > 0 {
		s.config.Log.WarnContext(ctx, "PostgreSQL's log may receive personal data: change its settings, see README, Deploy it", "set", strings.Join(loud, "; "))
	}
	forgetful, err := s.Store.Olvidadizos(ctx)
	if err != nil {
		return err
	}
	if len(forgetful) > 0 {
		s.config.Log.WarnContext(ctx, "PostgreSQL may forget what it committed, and so what was acknowledged: change its settings, see docs/operations.md", "settings", strings.Join(forgetful, "; "))
	}
	return nil
}
