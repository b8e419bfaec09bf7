package postgres

import "context"

// Servidor is what PostgreSQL tells of itself.
type Servidor struct {
	Version    string
	Conexiones int // of all its clients
	Tope       int // max_connections
	Bytes      int64
}

// Servidor asks PostgreSQL about itself and the size of our database.
func (s *Store) Servidor(ctx context.Context) (Servidor, error) {
	var out Servidor
	err := s.db.NewRaw(`
SELECT split_part(current_setting('server_version'), ' ', 1) AS version, current_setting('max_connections')::int AS tope,
	(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS conexiones,
	pg_database_size(current_database()) AS bytes`).Scan(ctx, &out)
	return out, seek("ask PostgreSQL about itself", err)
}

// EspejoVacio tells whether OPEN SGC's mirror holds nothing.
func (s *Store) EspejoVacio(ctx context.Context) (bool, error) {
	var some bool
	err := s.db.NewRaw("SELECT EXISTS (SELECT FROM sgc_referencias)").Scan(ctx, &some)
	return !some, seek("look into the mirror", err)
}
