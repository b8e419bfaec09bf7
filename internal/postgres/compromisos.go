package postgres

// Commitments. A line's covers the whole gestión as it was paid, with its evidence and its
// decision, salted with the month's salt; the customer's data in it are behind a
// commitment of their own, salted with the gestión's. Whoever has a salt can prove what
// was; who has not learns nothing; and where the law has a customer's data erased, with
// their salt, all else stays proved. The canonical form is in docs/prueba.md; it never
// changes, since what was closed by it must verify for ever. Moments are microseconds
// since 1970 in UTC, days are days since then: how a session writes them plays no part.
const (
	// personalSQL is the commitment to the customer's data in a gestión called g.
	personalSQL = `sha256(uuid_send(g.sal) || convert_to(json_build_array(
	g.documento_tipo, g.documento_entrada, g.documento, g.persona, g.observacion, g.sgc_titular)::text, 'UTF8'))`

	// personalAunSQL is the same where they may have been erased: what stands for them
	// since, or a commitment to nothing.
	personalAunSQL = `COALESCE(` + personalSQL + `, (SELECT personal FROM planilla_lineas WHERE gestion_id = g.id),
	(SELECT personal FROM planilla_ajustes WHERE gestion_id = g.id LIMIT 1), sha256(''))`

	// contenidoSQL is all else of it.
	contenidoSQL = `convert_to(json_build_array(
	g.id, g.agente_id, g.unidad_id, g.unidad_nombre, g.asignacion_id, g.modo, g.mes,
	g.tipo_gestion, g.jornada, g.jornada_motivo, g.feriado, g.calendario,
	(extract(epoch FROM g.guardada_at) * 1000000)::bigint, g.dia - date '1970-01-01', g.referencia_tipo, g.referencia,
	g.sgc_existe, g.sgc_tension, (extract(epoch FROM g.sgc_at) * 1000000)::bigint,
	g.decision_id, g.decidida_por, (extract(epoch FROM g.decidida_at) * 1000000)::bigint)::text, 'UTF8')`

	// ajusteSQL is an ajuste called x, which nothing adds to once it is approved.
	ajusteSQL = `convert_to(json_build_array(
	x.id, x.gestion_id, x.mes, x.orden, x.pagada, x.signo, x.motivo, x.pedido_por, (extract(epoch FROM x.pedido_at) * 1000000)::bigint,
	x.jefe_por, x.jefe_cargo, x.jefe_unidad, (extract(epoch FROM x.jefe_at) * 1000000)::bigint,
	x.rrhh_por, (extract(epoch FROM x.rrhh_at) * 1000000)::bigint, (extract(epoch FROM x.aprobado_at) * 1000000)::bigint)::text, 'UTF8')`

	// deLineaSQL is a line's commitment, of a gestión g in a close called c, over what is
	// called l.personal; deAjusteSQL is that of an ajuste x of such a gestión.
	deLineaSQL  = "sha256(c.sal || l.personal || " + contenidoSQL + ")"
	deAjusteSQL = "sha256(uuid_send(x.sal) || " + ajusteSQL + " || " + deLineaSQL + ")"
)

// deFilaSQL is the commitment of a planilla's row, over those of its lines and ajustes,
// called l as [pagadoSQL] has them, in the order of their ids; and over what it pays, where
// there is a tariff, called t, and that one's commitment.
const deFilaSQL = `sha256(string_agg(uuid_send(l.id) || int8send(COALESCE(l.version, l.signo)) || l.compromiso, '' ORDER BY l.id)
	|| COALESCE(t.compromiso || int8send(` + sumaSQL + `), ''))`

// deTarifaSQL is the commitment of an approved tariff called t, over all of it.
const deTarifaSQL = `sha256(convert_to(json_build_array(
	t.id, t.desde, t.norma, t.montos, t.propuesta_por, (extract(epoch FROM t.propuesta_at) * 1000000)::bigint,
	t.decidida_por, (extract(epoch FROM t.decidida_at) * 1000000)::bigint, t.orden)::text, 'UTF8'))`

// pagosDeSQL is what each gestión was paid, planilla by planilla: 1 by its line, and the
// sign of each ajuste.
const pagosDeSQL = `
SELECT gestion_id, planilla_id, 1 AS n FROM planilla_lineas
UNION ALL SELECT gestion_id, planilla_id, signo FROM planilla_ajustes`

// pagadoSQL is all that closed planillas hold: lines, and ajustes, which have a sign.
const pagadoSQL = `
SELECT planilla_id, gestion_id AS id, version, funcionario_id, modo, mes, tipo_gestion, jornada, compromiso, NULL::smallint AS signo FROM planilla_lineas
UNION ALL
SELECT planilla_id, ajuste_id, NULL, funcionario_id, modo, mes, tipo_gestion, jornada, compromiso, signo FROM planilla_ajustes`
