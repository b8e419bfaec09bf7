package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// identidadSQL counts a month's lines beside the commands that made them, its own and
// those of earlier months apart. Each taking back took back an approval or a rejection,
// and a line's gestión is approved: so of its rejections each was taken back.
// Arguments: month, corte.
const identidadSQL = `
SELECT l.mes = ?0 AS propias, count(*) AS lineas, sum(c.aprobadas)::bigint AS aprobadas, sum(c.retiradas)::bigint AS retiradas,
	count(*) FILTER (WHERE c.suyo IS NOT TRUE) AS sin_pedido
FROM (` + lineasSQL + `) AS l
CROSS JOIN LATERAL (
	SELECT count(*) FILTER (WHERE c.accion = 'aprobar') AS aprobadas,
		count(*) FILTER (WHERE c.accion = 'retirar_decision') - count(*) FILTER (WHERE c.accion = 'rechazar') AS retiradas,
		bool_or(c.id = l.decision_id AND c.accion = 'aprobar' AND c.actor_id = l.decidida_por AND c.creado_at = l.decidida_at) AS suyo
	FROM comandos c WHERE c.gestion_id = l.id AND c.resultado = 'aplicado'
) AS c
GROUP BY 1`

// perdidasSQL counts the approvals from before a corte that stand, applied since the last
// one, whose gestión is neither approved nor paid. Each is looked up: they are a month's
// and gestiones are of all years. Arguments: month, corte.
const perdidasSQL = `
SELECT count(*) FROM comandos c CROSS JOIN LATERAL (SELECT g.mes, g.estado FROM gestiones g WHERE g.id = c.gestion_id OFFSET 0) AS g
WHERE c.resultado = 'aplicado' AND c.accion = 'aprobar' AND c.creado_at < ?1 AND ` + esMesSQL + `
	AND c.aplicado_at >= COALESCE((SELECT max(corte_at) FROM cierres WHERE cerrado_at IS NOT NULL AND length(mes) = 7), '-infinity')
	AND g.mes <= ?0 AND g.estado NOT IN ('aprobada', 'incluida')
	AND NOT EXISTS (SELECT FROM comandos d WHERE d.gestion_id = c.gestion_id AND d.seq > c.seq AND d.accion = 'retirar_decision' AND d.resultado = 'aplicado')`

// deMasSQL counts the gestiones that all planillas together, with those to be, would pay
// more than once or less than not at all. Only where something was adjusted can that be:
// a line is unique. Arguments: month, corte.
const deMasSQL = `
SELECT count(*) FROM (
	SELECT t.gestion_id FROM (
		SELECT l.id AS gestion_id, 1 AS n FROM (` + lineasSQL + `) AS l
		UNION ALL SELECT l.gestion_id, l.signo FROM (` + ajustesSQL + `) AS l
		UNION ALL SELECT gestion_id, 1 FROM planilla_lineas WHERE gestion_id IN (SELECT gestion_id FROM ajustes)
		UNION ALL SELECT gestion_id, signo FROM planilla_ajustes
	) AS t WHERE t.gestion_id IN (SELECT gestion_id FROM ajustes) GROUP BY t.gestion_id HAVING sum(t.n) NOT IN (0, 1)
) AS x`

// readIdentidad reads what a month's planillas would pay in both ways.
func readIdentidad(ctx context.Context, tx bun.Tx, m pa0580.Mes, corte time.Time, hojas []hojaRow) (app.Identidad, error) {
	var out app.Identidad
	var rows []struct {
		Propias                                 bool
		Lineas, Aprobadas, Retiradas, SinPedido int64
	}
	if err := tx.NewRaw(identidadSQL, m.String(), corte).Scan(ctx, &rows); err != nil {
		return out, err
	}
	for _, r := range rows {
		out.SinPedido += r.SinPedido
		if r.Propias {
			out.Lineas, out.Aprobadas, out.Retiradas = r.Lineas, r.Aprobadas, r.Retiradas
		} else {
			out.Tardias, out.Tardio = r.Lineas, r.Aprobadas-r.Retiradas
		}
	}
	for _, h := range hojas {
		out.Contadas += h.Contadas
		out.DeLasFilas += h.Neto
		out.Importe = out.Importe.Mas(importe(h.Importe))
	}
	if err := tx.NewRaw(perdidasSQL, m.String(), corte).Scan(ctx, &out.Perdidas); err != nil {
		return out, err
	}
	if err := tx.NewRaw(deMasSQL, m.String(), corte).Scan(ctx, &out.DeMas); err != nil {
		return out, err
	}
	err := tx.NewRaw("SELECT COALESCE(sum(signo), 0)::bigint FROM ("+ajustesSQL+") AS x", m.String(), corte).Scan(ctx, &out.Ajustes)
	if err != nil {
		return out, err
	}
	out.DeTarifas, err = valued(ctx, tx, m, corte)
	return out, err
}
