// Package crowd fills a database with as many gestiones as a utility has after
// years, in seconds: for looking at plans and latencies, not for living in.
package crowd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Size is how many gestiones, spread evenly over the days before [Until] and over so
// many units, a hundred where it is not said. Aprobadas has every one of the open month
// approved. Motor is the epoch of the engine that is to take them for its own.
type Size struct {
	Rows, Days, Unidades int
	Aprobadas            bool
	Motor                string
}

// Until is the day after the last gestión. The month before it is the open one.
const Until = "2026-11-01"

const paraguay = `SET TIME ZONE -3`

// In what is told to PostgreSQL, ?0 is how many, ?1 over how many days, ?2 the day
// they end before, ?3 in how many units, ?4 whether those of the open month are
// approved, ?5 the engine.
var before = []string{
	paraguay,
	`SET synchronous_commit = off`,
	`SET maintenance_work_mem = '256MB'`,
	`SET session_replication_role = replica`, // neither triggers nor foreign keys: this is no history, only its size
	`INSERT INTO unidades SELECT md5('u' || n)::uuid, 'U' || n, 'Unidad ' || n, NULL, true FROM generate_series(0, ?3 - 1) n`,
	`INSERT INTO funcionarios SELECT md5('f' || n)::uuid, 'F' || n, (5000000 + n)::text, 'Funcionario ' || n, '{agente}', true FROM generate_series(0, 299) n`,
	`INSERT INTO cierres (mes, corte_at, sellado, cerrado_at, cerrado_por, huella) SELECT mes, at, true, at, md5('f0')::uuid, 'h'
		FROM (SELECT to_char(d, 'YYYY-MM') AS mes, d + interval '1 month' AS at
			FROM generate_series(date_trunc('month', ?2::timestamptz - ?1 * interval '1 day'), ?2::timestamptz - interval '2 months', '1 month') d) m`,
	`INSERT INTO planillas SELECT md5(c.mes || n)::uuid, row_number() OVER (ORDER BY c.mes, n), c.mes, md5('u' || n)::uuid, 'U' || n, '', '', true, '', '', c.cerrado_at
		FROM cierres c, generate_series(0, ?3 - 1) n`,
	`CREATE TEMP TABLE indices AS SELECT indexname AS nombre, indexdef AS orden FROM pg_indexes
		WHERE tablename = 'gestiones' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
	`DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indices LOOP EXECUTE 'DROP INDEX ' || i.nombre; END LOOP; END $$`,
}

const columns = `id, agente_id, clave, cuerpo, unidad_id, unidad_nombre, asignacion_id, modo,
	documento_tipo, documento_entrada, documento, persona, referencia_tipo, referencia, tipo_gestion, observacion,
	guardada_at, dia, mes, jornada, jornada_motivo, feriado, calendario, estado, version, aceptada,
	sgc_existe, sgc_tension, sgc_titular, sgc_at, decision_id, decidida_por, decidida_at, planilla_id, avisada, motor`

const gestiones = `
	SELECT id, md5('f' || n % 300)::uuid, n::text, '\x00', md5('u' || n % ?3)::uuid, 'Unidad', id, 'permanente',
		'CI', persona, persona, persona, 'NIS', (1000000 + n % 700000)::text, n % 5 + 1, '',
		at, at::date, mes, 'ordinaria', '', '', 1, estado, 3, true,
		true, 'BT', persona, at, d, CASE WHEN d IS NOT NULL THEN md5('f' || (n + 1) % 300)::uuid END, CASE WHEN d IS NOT NULL THEN LEAST(at + interval '1 hour', ?2::timestamptz - interval '1 second') END,
		CASE estado WHEN 'incluida' THEN md5(mes || n % ?3)::uuid END, true, '?5'
	FROM (
		SELECT *, to_char(at, 'YYYY-MM') AS mes, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000' || substr(md5(n::text), 1, 16))::uuid AS id,
			CASE WHEN estado IN ('aprobada', 'rechazada', 'incluida') THEN md5('c' || n)::uuid END AS d
		FROM (
			SELECT n, at, (2000000 + n % 500000)::text AS persona, CASE
				WHEN ?4 AND at >= ?2::timestamptz - interval '1 month' THEN 'aprobada'
				WHEN n % 50 = 0 THEN 'rechazada' WHEN n % 99 = 0 THEN 'anulada' WHEN at < ?2::timestamptz - interval '1 month' THEN 'incluida'
				WHEN n % 3 > 0 THEN 'aprobada' WHEN n % 7 = 0 THEN 'observada' WHEN n % 31 = 0 THEN 'recibida' ELSE 'pendiente' END AS estado
			FROM (SELECT n, ?2::timestamptz - (?0 - n) * (?1 * interval '1 day' / ?0) - interval '1 second' AS at FROM generate_series(1, ?0) n OFFSET 0) a
			OFFSET 0
		) b
		OFFSET 0 -- each expression is computed once
	) c`

var after = []string{
	`DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM indices LOOP EXECUTE i.orden; END LOOP; END $$`,
	// What waits for a planilla was approved by a command, or no close would take it.
	`INSERT INTO comandos (id, gestion_id, accion, actor_id, cargo, unidad_id, vista, motivo, creado_at, clave, cuerpo, resultado, aplicado_at, version)
		SELECT decision_id, id, 'aprobar', decidida_por, 'jefe', unidad_id, 2, '', decidida_at, clave, '\x00', 'aplicado', decidida_at, version
		FROM gestiones WHERE estado = 'aprobada'`,
	`ANALYZE`,
}

// Fill puts gestiones, with the units, people and closed months they need, into
// a migrated, empty database: older months paid or rejected, the last one in
// every estado.
func Fill(ctx context.Context, url string, s Size) (err error) {
	told := strings.NewReplacer("?0", strconv.Itoa(s.Rows), "?1", strconv.Itoa(s.Days), "?2", "'"+Until+"'", "?3", strconv.Itoa(cmp.Or(s.Unidades, 100)), "?4", strconv.FormatBool(s.Aprobadas),
		"?5", cmp.Or(s.Motor, "motor"))
	conn, err := pgx.Connect(ctx, url) // the settings are a session's
	if err != nil {
		return errors.New("fill: no connection") // its text may hold the password
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	for _, statement := range before {
		if _, err := conn.Exec(ctx, told.Replace(statement)); err != nil {
			return fmt.Errorf("fill: %.60s: %w", statement, err)
		}
	}
	if err := copyRows(ctx, url, conn, told.Replace(gestiones)); err != nil {
		return fmt.Errorf("fill with %d gestiones: %w", s.Rows, err)
	}
	for _, statement := range after {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("fill: %.60s: %w", statement, err)
		}
	}
	return nil
}

// copyRows has another session compute the gestiones, and copies them in.
func copyRows(ctx context.Context, url string, to *pgx.Conn, query string) (err error) {
	from, err := pgx.Connect(ctx, url)
	if err != nil {
		return errors.New("no second connection")
	}
	defer func() { err = errors.Join(err, from.Close(ctx)) }()
	if _, err := from.Exec(ctx, paraguay); err != nil {
		return err
	}
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.PgConn().CopyTo(ctx, w, "COPY ("+query+") TO STDOUT")
		sent <- errors.Join(err, w.CloseWithError(err))
	}()
	_, err = to.PgConn().CopyFrom(ctx, r, "COPY gestiones ("+columns+") FROM STDIN")
	_ = r.CloseWithError(err) // never fails
	return errors.Join(err, <-sent)
}
