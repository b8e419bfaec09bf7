package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// abiertaSQL are the estados whose workflow is open, as the index
// gestiones_motor has them.
const abiertaSQL = "g.estado IN ('recibida', 'pendiente', 'observada', 'aprobada')"

// nadie comes before every id.
const nadie pa0580.GestionID = "00000000-0000-0000-0000-000000000000"

// SinAvisar lists gestiones with a command stored before a moment and not
// applied yet, each with its newest one, the longest waiting first: those whose
// oldest was stored after the place desde. A bulk request of which something was
// applied between that moment and now goes on, and its commands are left to it.
func (s *Store) SinAvisar(ctx context.Context, before, now time.Time, desde int64, limit int) ([]app.Pendiente, error) {
	var rows []struct {
		GestionID string
		ID        string
		Desde     int64
	}
	err := s.db.NewRaw(`
WITH esperan AS MATERIALIZED (
	SELECT id, gestion_id, seq, lote_id FROM comandos WHERE resultado IS NULL AND creado_at < ?0
), en_envio AS MATERIALIZED (
	SELECT lote_id FROM (SELECT DISTINCT lote_id FROM esperan WHERE lote_id IS NOT NULL) l
	WHERE EXISTS (SELECT FROM comandos c WHERE c.lote_id = l.lote_id AND c.aplicado_at >= ?0 AND c.aplicado_at < ?1)
)
SELECT gestion_id, (array_agg(id ORDER BY seq DESC))[1] AS id, min(seq) AS desde
FROM esperan e WHERE NOT EXISTS (SELECT FROM en_envio l WHERE l.lote_id = e.lote_id)
GROUP BY gestion_id HAVING min(seq) > ?2 ORDER BY min(seq) LIMIT ?3`,
		before, now, desde, limit).Scan(ctx, &rows)
	out := make([]app.Pendiente, len(rows))
	for i, r := range rows {
		out[i] = app.Pendiente{Gestion: pa0580.GestionID(r.GestionID), Comando: pa0580.ComandoID(r.ID), Desde: r.Desde}
	}
	return out, seek("list unapplied commands", err)
}

// Movidas lists the gestiones that a command applied within a span left in an
// estado that asks something of their workflow, to verify or to end: after an
// id, in the order of their ids.
func (s *Store) Movidas(ctx context.Context, from, to time.Time, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error) {
	return s.after(ctx, "list gestiones that moved", `g.estado IN ('recibida', 'anulada', 'rechazada') AND g.id IN (
	SELECT c.gestion_id FROM comandos c WHERE c.resultado = 'aplicado' AND c.aplicado_at >= ?2 AND c.aplicado_at < ?3)`, tras, limit, from, to)
}

// Ajenas lists open gestiones that an engine other than motor drove, or none
// did, of those stored before a moment, in the order of their ids.
func (s *Store) Ajenas(ctx context.Context, motor string, before time.Time, limit int) ([]pa0580.GestionID, error) {
	// Each branch is one walk along the index; IS DISTINCT FROM would read it whole.
	const branch = "(SELECT g.id FROM gestiones g WHERE " + abiertaSQL + " AND g.guardada_at < ?1 AND g.motor "
	return s.ids(ctx, "list rows of another engine", `
SELECT id FROM (`+branch+`IS NULL ORDER BY g.id LIMIT ?2) UNION ALL `+branch+`< ?0 LIMIT ?2) UNION ALL `+branch+`> ?0 LIMIT ?2)) AS ajenas
ORDER BY id LIMIT ?2`, motor, before, limit)
}

// SinVerificar lists recibida gestiones stored before a moment, after an id, in
// the order of their ids.
func (s *Store) SinVerificar(ctx context.Context, before time.Time, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error) {
	return s.after(ctx, "list rows that wait for OPEN SGC", "g.estado = 'recibida' AND g.guardada_at < ?2", tras, limit, before)
}

// Abiertas lists gestiones whose workflow is open, after an id, in the order of
// their ids.
func (s *Store) Abiertas(ctx context.Context, tras pa0580.GestionID, limit int) ([]pa0580.GestionID, error) {
	return s.after(ctx, "list open gestiones", abiertaSQL, tras, limit)
}

func (s *Store) after(ctx context.Context, sought, where string, tras pa0580.GestionID, limit int, args ...any) ([]pa0580.GestionID, error) {
	if !isID(tras) {
		tras = nadie
	}
	return s.ids(ctx, sought, "SELECT g.id FROM gestiones g WHERE g.id > ?0 AND "+where+" ORDER BY g.id LIMIT ?1",
		append([]any{tras, limit}, args...)...)
}

func (s *Store) ids(ctx context.Context, sought, query string, args ...any) ([]pa0580.GestionID, error) {
	var out []pa0580.GestionID
	err := s.db.NewRaw(query, args...).Scan(ctx, &out)
	return out, seek(sought, err)
}

// Adoptar records that motor drives these gestiones. Nothing that anybody sees
// changes: no version.
func (s *Store) Adoptar(ctx context.Context, ids []pa0580.GestionID, motor string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.db.NewRaw("UPDATE gestiones SET motor = ? WHERE id IN (?) AND motor IS DISTINCT FROM ?", motor, bun.List(ids), motor).Exec(ctx)
	return seek("adopt gestiones", err)
}

// keepReconciliaciones is how long they are kept.
const keepReconciliaciones = 30 * 24 * time.Hour

// AddReconciliacion keeps what a reconciliation found, and forgets the old ones.
func (s *Store) AddReconciliacion(ctx context.Context, r app.Reconciliacion) error {
	_, err := s.db.NewRaw(`
WITH viejas AS (DELETE FROM reconciliaciones WHERE terminada_at < ?)
INSERT INTO reconciliaciones (empezada_at, terminada_at, motor, hallazgos, tras, movidas_hasta) VALUES (?, ?, ?, ?, ?, ?)`,
		r.TerminadaAt.Add(-keepReconciliaciones), r.EmpezadaAt, r.TerminadaAt, r.Motor, r.Hallazgos, r.Tras, r.MovidasHasta).Exec(ctx)
	return seek("keep reconciliation", err)
}

type reconciliacionRow struct {
	EmpezadaAt   time.Time
	TerminadaAt  time.Time
	Motor        string
	Hallazgos    contract.Reconciliada `bun:"type:jsonb"`
	Tras         string
	MovidasHasta *time.Time
}

// UltimaReconciliacion is the newest one, nil where there is none.
func (s *Store) UltimaReconciliacion(ctx context.Context) (*app.Reconciliacion, error) {
	var rows []reconciliacionRow
	err := s.db.NewRaw("SELECT empezada_at, terminada_at, motor, hallazgos, tras, movidas_hasta FROM reconciliaciones ORDER BY id DESC LIMIT 1").Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, seek("read the last reconciliation", err)
	}
	r := rows[0]
	return &app.Reconciliacion{
		EmpezadaAt: pa0580.Local(r.EmpezadaAt), TerminadaAt: pa0580.Local(r.TerminadaAt),
		Motor: r.Motor, Hallazgos: r.Hallazgos, Tras: pa0580.GestionID(r.Tras), MovidasHasta: local(r.MovidasHasta),
	}, nil
}

// Pulso is how much waits, and since when. Each count walks an index that holds
// little but what it counts.
func (s *Store) Pulso(ctx context.Context, motor string) (app.Pulso, error) {
	var p app.Pulso
	err := s.db.NewRaw(`
SELECT c.n AS sin_aplicar, c.desde AS sin_aplicar_desde, r.n AS recibidas, r.desde AS recibida_desde,
	o.n AS ordenes, o.desde AS orden_desde, a.abiertas, a.ajenas,
	v.n AS sin_avisar, v.desde AS cierre_desde, x.n AS sin_archivar, x.desde AS archivo_desde, y.n AS sin_probar, y.desde AS probar_desde, y.infirmables,
	q.n AS reclamos, q.desde AS reclamo_desde, s.n AS sin_sellar, s.desde AS sin_sellar_desde, u.hasta > pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS contador_atras
FROM (SELECT count(*) AS n, min(creado_at) AS desde FROM comandos WHERE resultado IS NULL) c,
	(SELECT count(*) AS n, min(guardada_at) AS desde FROM gestiones WHERE estado = 'recibida') r,
	(SELECT count(*) AS n, min(COALESCE(confirmada_at, creado_at)) AS desde FROM ordenes_cierre o WHERE `+porLlevarACaboSQL+`) o,
	(SELECT count(*) AS n, min(p.cerrada_at) AS desde FROM gestiones g JOIN planillas p ON p.id = g.planilla_id WHERE g.estado = 'incluida' AND NOT g.avisada) v,
	(SELECT count(*) AS abiertas, count(*) FILTER (WHERE g.motor <> ?2) AS ajenas FROM gestiones g WHERE `+abiertaSQL+`) a,
	(`+sinArchivarSQL+`) x,
	(SELECT count(*) FILTER (WHERE c.firmable) AS n, min(c.cerrado_at) FILTER (WHERE c.firmable) AS desde, count(*) FILTER (WHERE NOT c.firmable) AS infirmables
		FROM (SELECT c.cerrado_at, `+firmableSQL+` AS firmable FROM (`+sinManifiestoSQL+`) AS c) AS c) y,
	(SELECT count(*) AS n, min(vencido_at) AS desde FROM reclamos_funcionario WHERE NOT avisado AND vencido_at IS NOT NULL AND respondido_at IS NULL AND retirado_at IS NULL) q,
	(`+ultimoSQL+`) u, LATERAL (SELECT count(*) AS n, min(at) AS desde FROM auditoria WHERE tx >= u.hasta) s`,
		bun.List(app.Formatos()), len(app.Formatos()), motor).Scan(ctx, &p)
	p.SinAplicarDesde, p.RecibidaDesde, p.OrdenDesde = local(p.SinAplicarDesde), local(p.RecibidaDesde), local(p.OrdenDesde)
	p.CierreDesde, p.ArchivoDesde = local(p.CierreDesde), local(p.ArchivoDesde)
	p.ProbarDesde, p.SinSellarDesde, p.ReclamoDesde = local(p.ProbarDesde), local(p.SinSellarDesde), local(p.ReclamoDesde)
	return p, seek("feel the pulse", err)
}
