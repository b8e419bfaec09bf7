package postgres

// What is counted for a funcionario: what closed planillas hold, whatever the gestiones
// say of themselves. Statements read it here and nowhere else.
const (
	// contadaSQL is the last that a planilla did about a gestión g, as it was frozen: a
	// line, or an ajuste, which has a sign. They go by turns: the last tells whether it is
	// paid.
	contadaSQL = `
SELECT * FROM (
	SELECT planilla_id, modo, tipo_gestion, jornada, 0 AS orden, NULL::smallint AS signo, '' AS motivo FROM planilla_lineas WHERE gestion_id = g.id
	UNION ALL
	SELECT a.planilla_id, a.modo, a.tipo_gestion, a.jornada, x.orden, a.signo, x.motivo
	FROM planilla_ajustes a JOIN ajustes x ON x.id = a.ajuste_id WHERE a.gestion_id = g.id
) AS r ORDER BY orden DESC LIMIT 1`

	// pagosSQL has the rows of planillas, called p, of one funcionario. Arguments: them,
	// planillas' months, and further planillas.
	pagosSQL = `
SELECT p.id, p.numero, p.mes, p.unidad_id, p.unidad_codigo, p.unidad_nombre, p.conforme, p.huella, p.cerrada_at,
	f.funcionario_id AS agente_id, f.modo, f.mes AS de, f.ordinarias, f.extraordinarias, f.ajustes, f.importe
FROM planillas p JOIN planilla_filas f ON f.planilla_id = p.id AND f.funcionario_id = ?
WHERE p.mes IN (?) OR p.id IN (?)`
)

// cargadasSQL are the gestiones that somebody loaded within days, each with what it came
// to. Pasada is, of an approved one, the last month that went by without it: closed, or
// cut off before its approval was stored. Arguments: them, first and last day, and a
// condition on g.
const cargadasSQL = `
SELECT g.id, g.dia, g.mes, g.unidad_id, COALESCE(l.modo, g.modo) AS modo, g.estado, l.planilla_id, l.signo AS ajuste, l.motivo,
	CASE WHEN l.signo = -1 THEN 'no_contada' WHEN l.planilla_id IS NOT NULL THEN 'contada'
		WHEN g.estado IN ('recibida', 'pendiente', 'observada', 'aprobada') THEN 'en_espera' ELSE 'no_contada' END AS situacion,
	COALESCE(l.tipo_gestion, g.tipo_gestion) AS tipo_gestion, COALESCE(l.jornada, g.jornada) AS jornada, NULL::smallint AS signo,
	CASE WHEN l.planilla_id IS NULL AND g.estado = 'aprobada' THEN (
		SELECT max(c.mes) FROM cierres c
		WHERE c.mes >= g.mes AND length(c.mes) = 7 AND (c.cerrado_at IS NOT NULL OR c.corte_at <= g.decidida_at)) END AS pasada
FROM gestiones g LEFT JOIN LATERAL (` + contadaSQL + `) AS l ON true
WHERE g.agente_id = ? AND g.dia BETWEEN ? AND ? AND ?`
