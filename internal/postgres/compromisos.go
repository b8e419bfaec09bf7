package postgres

// Commitments. A line's covers the whole gestión as it was paid, with its evidence and
// its decision, salted with the gestión's own salt: whoever has both can prove what it
// was, and who has neither learns nothing of the customer. Its canonical form is in
// docs/prueba.md; it never changes, since what was closed by it must verify for ever.

// compromisoSQL is the commitment of a gestión called g. Moments are microseconds
// since 1970 in UTC, days are days since then: how a session writes them plays no part.
const compromisoSQL = `sha256(uuid_send(g.sal) || convert_to(json_build_array(
	g.id, g.agente_id, g.unidad_id, g.unidad_nombre, g.asignacion_id, g.modo, g.mes,
	g.tipo_gestion, g.jornada, g.jornada_motivo, g.feriado, g.calendario,
	(extract(epoch FROM g.guardada_at) * 1000000)::bigint, g.dia - date '1970-01-01',
	g.documento_tipo, g.documento_entrada, g.documento, g.persona, g.referencia_tipo, g.referencia, g.observacion,
	g.sgc_existe, g.sgc_tension, g.sgc_titular, (extract(epoch FROM g.sgc_at) * 1000000)::bigint,
	g.decision_id, g.decidida_por, (extract(epoch FROM g.decidida_at) * 1000000)::bigint)::text, 'UTF8'))`

// deAjusteSQL is the commitment of an ajuste called x, which nothing adds to once it is
// approved.
const deAjusteSQL = `sha256(uuid_send(x.sal) || convert_to(json_build_array(
	x.id, x.gestion_id, x.mes, x.orden, x.pagada, x.signo, x.motivo, x.pedido_por, (extract(epoch FROM x.pedido_at) * 1000000)::bigint,
	x.jefe_por, x.jefe_cargo, x.jefe_unidad, (extract(epoch FROM x.jefe_at) * 1000000)::bigint,
	x.rrhh_por, (extract(epoch FROM x.rrhh_at) * 1000000)::bigint, (extract(epoch FROM x.aprobado_at) * 1000000)::bigint)::text, 'UTF8'))`

// deFilaSQL is the commitment of a planilla's row, over those of its lines and ajustes,
// called l as [pagadoSQL] has them, in the order of their ids.
const deFilaSQL = `sha256(string_agg(uuid_send(l.id) || int8send(COALESCE(l.version, l.signo)) || l.compromiso, '' ORDER BY l.id))`

// pagadoSQL is all that closed planillas hold: lines, and ajustes, which have a sign.
const pagadoSQL = `
SELECT planilla_id, gestion_id AS id, version, funcionario_id, modo, mes, tipo_gestion, jornada, compromiso, NULL::smallint AS signo FROM planilla_lineas
UNION ALL
SELECT planilla_id, ajuste_id, NULL, funcionario_id, modo, mes, tipo_gestion, jornada, compromiso, signo FROM planilla_ajustes`
