package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"ande.gov.py/gestiones/migrations"
)

// Migrate brings the schema up to date. Processes that start together wait for
// each other: one migrates, the others find it done.
func Migrate(ctx context.Context, url string) error {
	return migrating(url, func(p *goose.Provider, _ *sql.DB) error {
		_, err := p.Up(ctx)
		var partial *goose.PartialError
		if errors.As(err, &partial) && partial.Failed != nil {
			return seek("apply migration "+partial.Failed.Source.Path, partial.Err)
		}
		return seek("migrate the schema", err)
	})
}

// MigrationStatus tells the schema's version, 0 where nobody migrated it, and the
// latest this program knows. It changes nothing.
func MigrationStatus(ctx context.Context, url string) (current, latest int64, err error) {
	err = migrating(url, func(p *goose.Provider, db *sql.DB) error {
		for _, m := range p.ListSources() {
			latest = max(latest, m.Version)
		}
		// Where its table is missing, the provider would make it.
		var there bool
		err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1)",
			goose.DefaultTablename).Scan(&there)
		if err == nil && there {
			current, _, err = p.GetVersions(ctx)
		}
		return seek("read the schema's version", err)
	})
	return current, latest, err
}

func migrating(url string, do func(*goose.Provider, *sql.DB) error) (err error) {
	cfg, err := config(url, "gestiones migrate")
	if err != nil {
		return err
	}
	db := stdlib.OpenDB(*cfg)
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 30))
	if err != nil {
		return errors.Join(fmt.Errorf("make migration lock: %w", err), db.Close())
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithSessionLocker(locker))
	if err != nil {
		return errors.Join(fmt.Errorf("read migrations: %w", err), db.Close())
	}
	return errors.Join(do(p, db), p.Close()) // closes db too
}
