package devstack

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	v12 "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	"go.temporal.io/server/tools/sql"

	"ande.gov.py/gestiones/internal/devstack/pgcluster"
)

// store is one of Temporal's two databases.
type store struct {
	database string
	schema   string // folder of its versions inside the server's module
	version  string // that the server was built for
}

var (
	executions = store{"temporal", "postgresql/v12/temporal", v12.Version}
	visibility = store{"temporal_visibility", "postgresql/v12/visibility", v12.VisibilityVersion}
)

// config connects the server to the store. Each of its four services opens a
// pool of its own for each store.
func (s store) config(pg pgcluster.Admin) *config.SQL {
	return &config.SQL{
		PluginName:      postgresql.PluginNamePGX,
		User:            pg.User,
		Password:        pg.Password,
		DatabaseName:    s.database,
		ConnectAddr:     pg.Address,
		ConnectProtocol: "tcp",
		MaxConns:        15,
		MaxIdleConns:    15, // reconnecting costs more than idling
	}
}

// prepare brings the store to the server's version: makes it where it was never
// finished or somebody dropped it, updates an older one, and does nothing else.
func (s store) prepare(ctx context.Context, pg pgcluster.Admin, logger log.Logger, o Options) error {
	have, err := s.installed(ctx, pg)
	if err != nil || have == s.version {
		return err
	}
	if have != "" {
		o.Say("Actualizando la base «%s» de la versión %s a la %s…", s.database, have, s.version)
		return s.migrate(pg, logger, false)
	}
	// The first version's statements do not bear being run again over half of them.
	o.Say("Preparando la base «%s»…", s.database)
	if err := pg.DropDatabase(ctx, s.database); err != nil {
		return err
	}
	if err := pg.CreateDatabase(ctx, s.database); err != nil {
		return err
	}
	return s.migrate(pg, logger, true)
}

// migrate runs what temporal-sql-tool runs; the tool itself ends the process, or
// says nothing, where that fails.
func (s store) migrate(pg pgcluster.Admin, logger log.Logger, empty bool) error {
	cfg := s.config(pg)
	// Hundreds of small commits that nobody was told of need not reach the disk one
	// by one: a power cut loses the last ones only, and the next start resumes.
	cfg.ConnectAttributes = map[string]string{"synchronous_commit": "off"}
	conn, err := sql.NewConnection(cfg, logger)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.database, err)
	}
	defer conn.Close()
	if empty {
		setup := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger)
		if err := setup.Run(); err != nil {
			return fmt.Errorf("set up schema of %s: %w", s.database, err)
		}
	}
	update := schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{SchemaName: s.schema}, logger)
	if err := update.Run(); err != nil {
		return fmt.Errorf("update schema of %s: %w", s.database, err)
	}
	return nil
}

// installed is the store's schema version; empty where there is no store, or one
// that an interrupted start left before its first version.
func (s store) installed(ctx context.Context, pg pgcluster.Admin) (string, error) {
	exists, err := pg.HasDatabase(ctx, s.database)
	if err != nil || !exists {
		return "", err
	}
	conn, err := pgx.Connect(ctx, pg.URL(s.database))
	if err != nil {
		return "", fmt.Errorf("connect to %s: %w", s.database, err)
	}
	defer conn.Close(ctx)
	var versioned bool
	if err := conn.QueryRow(ctx, "SELECT to_regclass('schema_version') IS NOT NULL").Scan(&versioned); err != nil {
		return "", fmt.Errorf("schema version of %s: %w", s.database, err)
	}
	if !versioned {
		return "", nil
	}
	var version string
	err = conn.QueryRow(ctx, "SELECT curr_version FROM schema_version WHERE db_name = $1", s.database).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) || version == "0.0" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("schema version of %s: %w", s.database, err)
	}
	return version, nil
}
