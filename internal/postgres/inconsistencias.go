package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// muestra is how many contradictions of one kind are told: the first ones say
// what is wrong, and a thousand say no more.
const muestra = 20

// promesas are what the rows promise one another, as statements that find
// whoever breaks it. Each reads its tables once, in sets. What a constraint
// promises already is not asked again.
var promesas = []string{
	// No audit, no change: every version has its entry, from the first to the row's own.
	`SELECT 'La gestión ' || g.id || ' va por la versión ' || g.version || ' y la auditoría tiene ' || a.n || ' asientos, del ' || a.primera || ' al ' || a.ultima || '.'
FROM gestiones g JOIN (
	SELECT gestion_id, count(*) AS n, min(version) AS primera, max(version) AS ultima
	FROM auditoria WHERE version IS NOT NULL GROUP BY gestion_id
) AS a ON a.gestion_id = g.id
WHERE a.n <> g.version OR a.primera <> 1 OR a.ultima <> g.version`,

	`SELECT 'La gestión ' || g.id || ' está ' || g.estado || ' y su último asiento la dejó ' || COALESCE(a.detalle->>'a', 'sin decir cómo') || '.'
FROM gestiones g JOIN auditoria a ON a.gestion_id = g.id AND a.version = g.version
WHERE a.detalle->>'a' IS DISTINCT FROM g.estado`,

	// A decision that stands is a command of its author's, applied.
	`SELECT 'La gestión ' || g.id || ' está ' || g.estado || ' por una decisión que no consta.'
FROM gestiones g LEFT JOIN comandos c ON c.id = g.decision_id
WHERE g.decision_id IS NOT NULL AND (c.id IS NULL OR c.resultado IS DISTINCT FROM 'aplicado'
	OR c.accion <> CASE g.estado WHEN 'rechazada' THEN 'rechazar' ELSE 'aprobar' END
	OR (c.gestion_id, c.actor_id, c.creado_at) IS DISTINCT FROM (g.id, g.decidida_por, g.decidida_at))`,

	// Each command that has a result has one entry that tells it.
	`SELECT 'El pedido ' || c.id || ' quedó ' || c.resultado || ' y la auditoría lo cuenta ' || COALESCE(a.n, 0) || ' veces.'
FROM comandos c LEFT JOIN (
	SELECT (detalle->>'comando')::uuid AS comando, count(*) AS n, max(version) AS version,
		bool_or(detalle->>'resultado' = 'sin_efecto') AS en_vano
	FROM auditoria WHERE detalle->>'comando' IS NOT NULL GROUP BY 1
) AS a ON a.comando = c.id
WHERE c.resultado IS NOT NULL AND (a.n IS DISTINCT FROM 1
	OR a.version IS DISTINCT FROM c.version OR COALESCE(a.en_vano, false) <> (c.resultado = 'sin_efecto'))`,

	// Commands are applied in the order of storing.
	`SELECT 'El pedido ' || o.id || ' se aplicó antes que uno anterior de la misma gestión.'
FROM (
	SELECT id, resultado, version,
		max(version) OVER antes AS anterior, bool_or(resultado IS NULL) OVER antes AS saltado
	FROM comandos
	WINDOW antes AS (PARTITION BY gestion_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) AS o
WHERE o.version <= o.anterior OR o.resultado IS NOT NULL AND o.saltado`,

	// What is included has its line, and says the same.
	`SELECT 'La gestión ' || COALESCE(g.id, l.gestion_id) || ' y su línea de planilla no dicen lo mismo.'
FROM (SELECT * FROM gestiones WHERE estado = 'incluida') AS g FULL JOIN planilla_lineas l ON l.gestion_id = g.id
WHERE (g.planilla_id, g.agente_id, g.modo, g.mes, g.tipo_gestion::int, g.jornada, g.guardada_at)
	IS DISTINCT FROM (l.planilla_id, l.funcionario_id, l.modo, l.mes, l.tipo_gestion::int, l.jornada, l.guardada_at)`,

	// A close takes what was approved before its corte, of its month or earlier,
	`SELECT 'La gestión ' || g.id || ' está en la planilla ' || p.numero || ', que no le correspondía.'
FROM gestiones g JOIN planillas p ON p.id = g.planilla_id JOIN cierres c ON c.mes = p.mes
WHERE g.decidida_at >= c.corte_at OR g.mes > c.mes OR g.unidad_id <> p.unidad_id OR c.cerrado_at IS NULL`,

	// and leaves none behind, but for what it was told had not been applied.
	`SELECT 'La gestión ' || g.id || ' se aprobó antes del corte de ' || c.mes || ' y quedó fuera de su planilla.'
FROM gestiones g
JOIN cierres c ON c.cerrado_at IS NOT NULL AND length(c.mes) = 7 AND g.mes <= c.mes AND g.decidida_at < c.corte_at
JOIN auditoria a ON a.objeto = 'cierre/' || c.mes AND a.accion = 'cerrar' AND a.detalle->>'sin_aplicar' = '0'
WHERE g.estado = 'aprobada'`,

	// A gestión is paid once or not at all, whatever was adjusted.
	`SELECT 'La gestión ' || gestion_id || ' se paga ' || sum(n) || ' veces.'
FROM (` + pagosDeSQL + `) AS x
GROUP BY gestion_id HAVING sum(n) NOT IN (0, 1)`,

	// A planilla's rows count its lines and pay them by the tariff of their month, and a month's lines are all there.
	`SELECT 'La planilla ' || p.numero || ' no suma lo que dicen sus líneas.'
FROM planillas p JOIN (
	SELECT COALESCE(f.planilla_id, t.planilla_id) AS planilla_id
	FROM planilla_filas f FULL JOIN (
		SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, ` + cuentasSQL + `, ` + importeSQL + `
		FROM (` + pagadoSQL + `) AS l ` + conTarifaSQL + ` GROUP BY l.planilla_id, l.funcionario_id, l.modo, l.mes, t.id
	) AS t ON (t.planilla_id, t.funcionario_id, t.modo, t.mes) = (f.planilla_id, f.funcionario_id, f.modo, f.mes)
	WHERE (f.ordinarias, f.extraordinarias, f.ajustes, f.tarifa_id, f.importe) IS DISTINCT FROM (t.ordinarias, t.extraordinarias, t.ajustes, t.tarifa_id, t.importe)
) AS mal ON mal.planilla_id = p.id`,

	`SELECT 'El mes ' || c.mes || ' se cerró con ' || c.lineas || ' líneas y hay ' || COALESCE(t.n, 0) || '.'
FROM cierres c LEFT JOIN (
	SELECT p.mes, count(*) AS n FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id GROUP BY p.mes
) AS t ON t.mes = c.mes
WHERE c.lineas <> COALESCE(t.n, 0)`,

	// What becomes of a reclamo del funcionario is audited, and its ajuste mends it.
	`SELECT 'El reclamo de funcionario ' || r.id || ' y su auditoría no dicen lo mismo.'
FROM reclamos_funcionario r LEFT JOIN (
	SELECT objeto, count(*) AS n FROM auditoria WHERE objeto LIKE 'reclamo-funcionario/%' GROUP BY objeto
) AS a ON a.objeto = 'reclamo-funcionario/' || r.id
WHERE a.n IS DISTINCT FROM 1 + (r.vencido_at IS NOT NULL)::int + (COALESCE(r.respondido_at, r.retirado_at) IS NOT NULL)::int`,

	`SELECT 'El reclamo de funcionario ' || r.id || ' procede por un ajuste que no lo repara.'
FROM reclamos_funcionario r JOIN ajustes x ON x.id = r.ajuste_id JOIN gestiones g ON g.id = x.gestion_id
WHERE (g.agente_id, g.unidad_id, g.mes, g.id) IS DISTINCT FROM (r.agente_id, r.unidad_id, r.mes, COALESCE(r.gestion_id, g.id))
	OR r.gestion_id IS NULL AND x.signo <> 1`,

	`SELECT 'Falta la planilla número ' || n || '.'
FROM generate_series(1, (SELECT COALESCE(max(numero), 0) FROM planillas)) AS n
WHERE NOT EXISTS (SELECT FROM planillas p WHERE p.numero = n)`,
}

// Inconsistencias are contradictions between rows that must never contradict
// one another, a sentence each and a few of every kind; none where all is well.
// It reads whole tables as of one instant and keeps nobody waiting.
func (s *Store) Inconsistencias(ctx context.Context) ([]string, error) {
	var out []string
	err := s.snapshot(ctx, "look for contradictions", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		for _, broken := range promesas {
			var found []string
			if err := tx.NewRaw(fmt.Sprintf("%s LIMIT %d", broken, muestra)).Scan(ctx, &found); err != nil {
				return err
			}
			out = append(out, found...)
		}
		return nil
	})
	return out, err
}
