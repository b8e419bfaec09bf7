package postgres

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// comprobaciones compute anew what a close wrote. Each gives what is not as it should
// be: month, planilla's number, and what it is about. Where a customer's data were
// erased, with their salt, the commitment to them stands for them.
var comprobaciones = []struct {
	que app.Adulterado
	sql string
}{
	{app.GestionAdulterada, `
SELECT p.mes, p.numero, g.id::text AS objeto FROM (
	SELECT gestion_id, planilla_id, personal, compromiso, NULL::uuid AS ajuste_id FROM planilla_lineas
	UNION ALL SELECT gestion_id, planilla_id, personal, compromiso, ajuste_id FROM planilla_ajustes
) AS l JOIN planillas p ON p.id = l.planilla_id JOIN cierres c ON c.mes = p.mes JOIN gestiones g ON g.id = l.gestion_id
WHERE l.ajuste_id IS NULL AND l.compromiso <> ` + deLineaSQL + `
	OR l.personal <> ` + personalSQL + `
	OR l.personal IS NOT NULL AND g.sal IS NULL AND (g.documento, g.documento_entrada, g.persona, g.observacion, COALESCE(g.sgc_titular, '')) <> ('', '', '', '', '')`},
	{app.SinAprobacion, `
SELECT p.mes, p.numero, g.id::text AS objeto FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id JOIN gestiones g ON g.id = l.gestion_id
WHERE l.version IS NOT NULL AND NOT EXISTS (SELECT FROM comandos k JOIN auditoria a ON a.gestion_id = k.gestion_id AND a.version = k.version
	WHERE k.id = g.decision_id AND (k.gestion_id, k.accion, k.actor_id, k.creado_at, k.resultado) = (g.id, 'aprobar', g.decidida_por, g.decidida_at, 'aplicado')
		AND k.version <= l.version AND (a.accion, a.actor_id, a.at, a.detalle->>'comando', a.detalle->>'cargo', a.detalle->>'unidad')
			= (k.accion, k.actor_id, k.aplicado_at, k.id::text, k.cargo, k.unidad_id::text)
		AND (g.sal IS NULL OR k.motivo = '` + pa0580.Borrado + `' OR COALESCE(a.detalle->>'motivo_sha256', a.detalle->>'motivo', '') -- as text in entries of before
			IN (k.motivo, encode(sha256(uuid_send(g.sal) || convert_to(k.motivo, 'UTF8')), 'hex'))))`},
	{app.FirmaAdulterada, `
SELECT COALESCE(k.mes, f.mes) AS mes, COALESCE(p.numero, 0) AS numero, u.codigo AS objeto
FROM conformidades k FULL JOIN ( -- the last that each unit's head gave
	SELECT DISTINCT ON (objeto, detalle->>'unidad') substr(objeto, 8) AS mes, (detalle->>'unidad')::uuid AS unidad_id, actor_id, at,
		detalle->>'cargo' AS cargo, COALESCE(detalle->>'huella', '') AS huella
	FROM auditoria WHERE accion = 'conformar' ORDER BY objeto, detalle->>'unidad', id DESC
) AS f ON f.mes = k.mes AND f.unidad_id = k.unidad_id
JOIN cierres c ON c.mes = COALESCE(k.mes, f.mes) AND c.cerrado_at IS NOT NULL
LEFT JOIN unidades u ON u.id = COALESCE(k.unidad_id, f.unidad_id)
LEFT JOIN planillas p ON p.mes = c.mes AND p.unidad_id = u.id
WHERE (k.actor_id, k.at, k.cargo, k.huella) IS DISTINCT FROM (f.actor_id, f.at, f.cargo, f.huella)`},
	{app.SinAprobacion, `
SELECT p.mes, p.numero, x.gestion_id::text AS objeto FROM ajustes x JOIN planillas p ON p.id = x.planilla_id
WHERE (SELECT count(DISTINCT a.actor_id) FROM auditoria a WHERE a.objeto = 'ajuste/' || x.id
	AND a.accion IN ('pedir_ajuste', 'aprobar_ajuste') AND a.actor_id IN (x.jefe_por, x.rrhh_por)) <> 2`},
	{app.ReclamoAdulterado, `
SELECT COALESCE(r.mes, f.detalle->>'mes') AS mes, 0 AS numero, COALESCE(r.id::text, substr(f.objeto, 21)) AS objeto
FROM (SELECT * FROM reclamos_funcionario WHERE respondido_at IS NOT NULL OR retirado_at IS NOT NULL) AS r
FULL JOIN (SELECT * FROM auditoria WHERE accion IN ('responder_reclamo', 'retirar_reclamo')) AS f ON f.objeto = 'reclamo-funcionario/' || r.id
LEFT JOIN auditoria p ON p.objeto = 'reclamo-funcionario/' || r.id AND p.accion = 'reclamar'
LEFT JOIN auditoria v ON v.objeto = p.objeto AND v.accion = 'vencer_reclamo'
WHERE (r.agente_id, r.presentado_at, r.vencido_at) IS DISTINCT FROM (p.actor_id, p.at, v.at)
	OR (COALESCE(r.respondido_por, r.agente_id), CASE WHEN r.retirado_at IS NULL THEN 'responder_reclamo' ELSE 'retirar_reclamo' END, COALESCE(r.retirado_at, r.respondido_at),
		CASE WHEN r.procede THEN 'procede' WHEN r.retirado_at IS NULL THEN 'sin_lugar' ELSE 'retirado' END)
		IS DISTINCT FROM (f.actor_id, f.accion, f.at, f.detalle->>'estado')
	OR (COALESCE(r.gestion_id::text, ''), r.unidad_id::text, r.mes, r.vence::text, COALESCE(r.respondido_cargo, ''), COALESCE(r.respondido_unidad::text, ''),
		COALESCE(r.ajuste_id::text, ''), CASE WHEN '` + pa0580.Borrado + `' IN (r.motivo, r.respuesta) THEN COALESCE(f.detalle->>'sha256', ` + textosDeReclamoSQL + `) ELSE ` + textosDeReclamoSQL + ` END)
		IS DISTINCT FROM (COALESCE(f.detalle->>'gestion', ''), f.detalle->>'unidad', f.detalle->>'mes', f.detalle->>'vence', COALESCE(f.detalle->>'cargo', ''),
		COALESCE(f.detalle->>'por', ''), COALESCE(f.detalle->>'ajuste', ''), COALESCE(f.detalle->>'sha256', ` + textosDeReclamoSQL + `)) -- entries of before have none
	OR r.retirado_at IS NOT NULL AND r.respondido_at IS NOT NULL`},
	{app.LineaAdulterada, `
SELECT p.mes, p.numero, g.id::text AS objeto FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id JOIN gestiones g ON g.id = l.gestion_id
WHERE (l.funcionario_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.guardada_at) <> (g.agente_id, g.modo, g.mes, g.tipo_gestion, g.jornada, g.guardada_at)
	OR (l.version IS NULL) <> (l.compromiso IS NULL) OR (l.version IS NULL) <> (l.personal IS NULL) OR l.version + 1 <> g.version`},
	{app.SinLinea, `
SELECT COALESCE(p.mes, g.mes) AS mes, COALESCE(p.numero, 0) AS numero, COALESCE(g.id, l.gestion_id)::text AS objeto
FROM (SELECT id, mes, planilla_id FROM gestiones WHERE estado = 'incluida') AS g
FULL JOIN planilla_lineas l ON l.gestion_id = g.id AND l.planilla_id = g.planilla_id
LEFT JOIN planillas p ON p.id = COALESCE(l.planilla_id, g.planilla_id)
WHERE g.id IS NULL OR l.gestion_id IS NULL`},
	{app.AjusteAdulterado, `
SELECT COALESCE(p.mes, x.mes) AS mes, COALESCE(p.numero, 0) AS numero, COALESCE(x.gestion_id, l.gestion_id)::text AS objeto
FROM (SELECT * FROM ajustes WHERE planilla_id IS NOT NULL) AS x
FULL JOIN planilla_ajustes l ON l.ajuste_id = x.id AND l.planilla_id = x.planilla_id
LEFT JOIN gestiones g ON g.id = l.gestion_id
LEFT JOIN planillas p ON p.id = COALESCE(l.planilla_id, x.planilla_id)
LEFT JOIN cierres c ON c.mes = p.mes
WHERE x.id IS NULL OR l.ajuste_id IS NULL OR (l.compromiso = ` + deAjusteSQL + `) IS NOT TRUE OR l.signo <> x.signo OR l.gestion_id <> x.gestion_id
	OR (l.funcionario_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.guardada_at) IS DISTINCT FROM (g.agente_id, g.modo, g.mes, g.tipo_gestion, g.jornada, g.guardada_at)`},
	{app.DeMasAdulterado, `
SELECT max(p.mes) AS mes, max(p.numero) AS numero, x.gestion_id::text AS objeto
FROM (` + pagosDeSQL + `) AS x LEFT JOIN planillas p ON p.id = x.planilla_id GROUP BY x.gestion_id HAVING sum(x.n) NOT IN (0, 1)`},
	{app.FilaAdulterada, `
WITH l AS (
	SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, ` + cuentasSQL + `, ` + importeSQL + `, ` + deFilaSQL + ` AS compromiso
	FROM (` + pagadoSQL + `) AS l ` + conTarifaSQL + ` GROUP BY l.planilla_id, l.funcionario_id, l.modo, l.mes, t.id, t.compromiso
)
SELECT p.mes, p.numero, COALESCE(f.nombre, l.funcionario_id::text) AS objeto
FROM planilla_filas f FULL JOIN l ON l.planilla_id = f.planilla_id AND l.funcionario_id = f.funcionario_id AND l.modo = f.modo AND l.mes = f.mes
LEFT JOIN planillas p ON p.id = COALESCE(f.planilla_id, l.planilla_id)
WHERE f.planilla_id IS NULL OR l.planilla_id IS NULL OR f.ordinarias <> l.ordinarias OR f.extraordinarias <> l.extraordinarias OR f.ajustes <> l.ajustes
	OR (f.tarifa_id, f.importe, f.compromiso) IS DISTINCT FROM (l.tarifa_id, l.importe, l.compromiso)`},
	{app.TarifaAdulterada, `
SELECT COALESCE(t.desde, a.detalle->>'desde') AS mes, 0 AS numero, COALESCE(t.id::text, substr(a.objeto, 8)) AS objeto
FROM (SELECT * FROM tarifas WHERE estado = 'aprobada') AS t
FULL JOIN (SELECT * FROM auditoria WHERE accion = 'aprobar_tarifa') AS a ON a.objeto = 'tarifa/' || t.id
WHERE (t.compromiso = ` + deTarifaSQL + ` AND a.detalle->>'compromiso' = encode(t.compromiso, 'hex')) IS NOT TRUE`},
	{app.PlanillaAdulterada, `
WITH prueba AS (
	SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, bool_and(l.compromiso IS NOT NULL) AS hay, ` + pruebaSQL + ` AS prueba
	FROM (` + pagadoSQL + `) AS l GROUP BY l.planilla_id, l.funcionario_id, l.modo, l.mes
), filas AS (
	SELECT f.planilla_id, jsonb_agg(jsonb_build_array(
		f.funcionario_id, f.legajo, f.ci, f.nombre, f.modo, f.mes, f.ordinarias, f.extraordinarias, f.ajustes, l.prueba
	) || ` + impresoSQL + ` ORDER BY f.funcionario_id, f.modo, f.mes) AS filas, bool_and(l.hay) AS hay
	FROM (SELECT f.*, t.compromiso AS tarifa FROM planilla_filas f LEFT JOIN tarifas t ON t.id = f.tarifa_id) AS f JOIN prueba l ON l.planilla_id = f.planilla_id AND l.funcionario_id = f.funcionario_id AND l.modo = f.modo AND l.mes = f.mes
	GROUP BY f.planilla_id
)
SELECT p.mes, p.numero, p.unidad_codigo AS objeto
FROM planillas p JOIN cierres c ON c.mes = p.mes LEFT JOIN filas h ON h.planilla_id = p.id
WHERE h.planilla_id IS NULL OR h.hay AND p.huella <> encode(sha256(c.sal || convert_to(
	jsonb_build_array(p.unidad_id, p.unidad_codigo, p.unidad_nombre, p.jefe, h.filas)::text, 'UTF8')), 'hex')`},
	{app.NumeroAdulterado, `
SELECT mes, numero, unidad_codigo AS objeto FROM (
	SELECT p.*, row_number() OVER (ORDER BY numero) AS orden FROM planillas p
) AS p WHERE numero <> orden`},
	{app.ArchivoAdulterado, `
SELECT a.mes, COALESCE(p.numero, 0) AS numero, a.nombre AS objeto FROM archivos a LEFT JOIN planillas p ON p.id = a.planilla_id
WHERE a.sha256 <> sha256(a.contenido) OR a.planilla_id IS NOT NULL AND p.mes IS DISTINCT FROM a.mes
	OR a.nombre NOT LIKE CASE WHEN a.planilla_id IS NULL THEN 'planilla-consolidada-%' ELSE 'planilla-' || p.numero || '-%' END
	OR CASE a.formato WHEN 'anexo.csv' THEN a.nombre !~ '-(anexo|funcionarios)[.]csv$' ELSE a.nombre NOT LIKE '%.' || a.formato OR a.nombre ~ '-(anexo|funcionarios)[.]csv$' END`},
	{app.CierreAdulterado, `
SELECT COALESCE(c.mes, substr(a.objeto, 8)) AS mes, 0 AS numero, '' AS objeto
FROM (SELECT * FROM auditoria WHERE accion = 'cerrar') AS a
FULL JOIN (SELECT * FROM cierres WHERE cerrado_at IS NOT NULL) AS c ON a.objeto = 'cierre/' || c.mes
WHERE a.id IS NULL OR c.mes IS NULL OR a.detalle->>'huella' <> c.huella OR a.detalle->>'lineas' <> c.lineas::text`},
	{app.ManifiestoAdulterado, `
SELECT COALESCE(m.mes, substr(a.objeto, 8)) AS mes, 0 AS numero, '' AS objeto
FROM (SELECT * FROM auditoria WHERE accion = 'certificar') AS a FULL JOIN manifiestos m ON a.objeto = 'cierre/' || m.mes
WHERE a.id IS NULL OR m.mes IS NULL OR a.detalle->>'sha256' <> encode(sha256(convert_to(m.contenido, 'UTF8')), 'hex')`},
	{app.CierreAdulterado, `
SELECT c.mes, 0 AS numero, '' AS objeto FROM cierres c
LEFT JOIN (SELECT p.mes, count(*) AS n FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id GROUP BY p.mes) AS l ON l.mes = c.mes
WHERE c.cerrado_at IS NOT NULL AND c.lineas <> COALESCE(l.n, 0)
	OR c.cerrado_at IS NULL AND EXISTS (SELECT FROM planillas p WHERE p.mes = c.mes)`},
}

// VerifyPlanillas computes anew what every close wrote, down to each gestión, as of one
// instant, and reports whatever is not as it was closed. It gives how many lines that
// was. What was altered with everything that depends on it is found by the manifests
// that were signed (see [Store.ParaManifiesto]), and by nothing else.
func (s *Store) VerifyPlanillas(ctx context.Context, report func(app.Adulteracion)) (int64, error) {
	var lines int64
	err := s.snapshot(ctx, "verify the planillas", func(ctx context.Context, tx bun.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		lines, err = verifyPlanillas(ctx, tx, report)
		return err
	})
	return lines, err
}

func verifyPlanillas(ctx context.Context, tx bun.Tx, report func(app.Adulteracion)) (lines int64, err error) {
	for _, c := range comprobaciones {
		var found []struct {
			Mes    string
			Numero int64
			Objeto string
		}
		if err := tx.NewRaw(c.sql+" ORDER BY 1, 2, 3").Scan(ctx, &found); err != nil {
			return 0, fmt.Errorf("%s: %w", c.que, err)
		}
		for _, f := range found {
			report(app.Adulteracion{Que: c.que, Mes: mes(f.Mes), Planilla: f.Numero, Objeto: f.Objeto})
		}
	}
	if err := verifyHuellas(ctx, tx, report); err != nil {
		return 0, err
	}
	err = tx.NewRaw("SELECT count(*) FROM planilla_lineas").Scan(ctx, &lines)
	return lines, err
}

// verifyHuellas computes each closed month's digest from those of its planillas.
func verifyHuellas(ctx context.Context, tx bun.Tx, report func(app.Adulteracion)) error {
	var rows []cierreRow
	if err := tx.NewRaw("SELECT mes, corte_at, huella FROM cierres WHERE cerrado_at IS NOT NULL ORDER BY mes").Scan(ctx, &rows); err != nil {
		return err
	}
	for _, r := range rows {
		var hojas []hojaRow
		if err := tx.NewRaw("SELECT unidad_id, huella FROM planillas WHERE mes = ?", r.Mes).Scan(ctx, &hojas); err != nil {
			return err
		}
		if r.CorteAt == nil || huella(mes(r.Mes), *r.CorteAt, hojas) != r.Huella {
			report(app.Adulteracion{Que: app.CierreAdulterado, Mes: mes(r.Mes)})
		}
	}
	return nil
}

// Manifiestos lists the months that have one, in the order of signing.
func (s *Store) Manifiestos(ctx context.Context) ([]pa0580.Mes, error) {
	var rows []string
	err := s.db.NewRaw("SELECT mes FROM manifiestos ORDER BY orden").Scan(ctx, &rows)
	return each(rows, mes), seek("list manifests", err)
}
