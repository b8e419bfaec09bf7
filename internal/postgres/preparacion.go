package postgres

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// advertidaSQL is [pa0580.Gestion.Advertencias] on a whole set, but for the
// unusual number, which is about an agent's day and not about a gestión.
const advertidaSQL = `(
	g.sgc_existe IS TRUE AND (
		g.tipo_gestion = 1 AND g.referencia_tipo = 'NIS' AND g.sgc_tension IS DISTINCT FROM 'MT'
		OR g.sgc_titular <> '' AND split_part(g.sgc_titular, '-', 1) <> g.persona)
	OR EXISTS (SELECT FROM (` + igualesSQL + ` AND x.id <> g.id) AS igual WHERE igual.n > 0))`

// preparacionSQL counts a month per unit. Argument: the month.
const preparacionSQL = `
WITH vivas AS (
	SELECT g.unidad_id, g.estado, g.jornada, g.guardada_at, ` + advertidaSQL + ` AS advertida
	FROM gestiones g WHERE g.estado IN ('recibida', 'pendiente', 'observada') AND g.mes <= ?0
	UNION ALL
	SELECT g.unidad_id, g.estado, g.jornada, g.guardada_at, ` + advertidaSQL + `
	FROM gestiones g WHERE g.estado = 'aprobada' AND g.mes <= ?0
		AND g.decidida_at < COALESCE((SELECT corte_at FROM cierres WHERE mes = ?0), 'infinity')
), cuentas AS (
	SELECT unidad_id,
		count(*) FILTER (WHERE estado = 'recibida') AS recibidas,
		count(*) FILTER (WHERE estado = 'pendiente') AS pendientes,
		count(*) FILTER (WHERE estado = 'observada') AS observadas,
		count(*) FILTER (WHERE estado = 'aprobada') AS aprobadas,
		count(*) FILTER (WHERE estado = 'aprobada' AND jornada = 'ordinaria') AS ordinarias,
		count(*) FILTER (WHERE estado = 'aprobada' AND jornada = 'extraordinaria') AS extraordinarias,
		min(guardada_at) FILTER (WHERE estado <> 'aprobada') AS mas_antigua,
		count(*) FILTER (WHERE advertida) AS advertencias
	FROM vivas GROUP BY unidad_id
), rechazos AS (
	SELECT unidad_id, count(*) AS rechazadas FROM gestiones WHERE mes = ?0 AND estado = 'rechazada' GROUP BY unidad_id
), lineas AS (
	SELECT p.unidad_id, count(*) AS incluidas
	FROM planillas p JOIN planilla_lineas l ON l.planilla_id = p.id WHERE p.mes = ?0 GROUP BY p.unidad_id
)
SELECT u.id AS unidad_id, u.codigo, u.nombre,
	c.recibidas, c.pendientes, c.observadas, c.aprobadas, c.ordinarias, c.extraordinarias, c.mas_antigua, c.advertencias,
	r.rechazadas, l.incluidas,
	k.actor_id, f.nombre AS actor_nombre, k.cargo, k.at
FROM unidades u
LEFT JOIN cuentas c ON c.unidad_id = u.id
LEFT JOIN rechazos r ON r.unidad_id = u.id
LEFT JOIN lineas l ON l.unidad_id = u.id
LEFT JOIN conformidades k ON k.unidad_id = u.id AND k.mes = ?0
LEFT JOIN funcionarios f ON f.id = k.actor_id
WHERE u.activa OR c.unidad_id IS NOT NULL OR r.unidad_id IS NOT NULL OR l.unidad_id IS NOT NULL OR k.unidad_id IS NOT NULL
ORDER BY u.codigo`

type unidadEnMesRow struct {
	UnidadID        string
	Codigo          string
	Nombre          string
	Recibidas       int
	Pendientes      int
	Observadas      int
	Aprobadas       int
	Ordinarias      int
	Extraordinarias int
	MasAntigua      *time.Time
	Advertencias    int
	Rechazadas      int
	Incluidas       int
	ActorID         string
	ActorNombre     string
	Cargo           string
	At              *time.Time
}

func (r unidadEnMesRow) unidadEnMes(m pa0580.Mes) app.UnidadEnMes {
	u := app.UnidadEnMes{
		Unidad: pa0580.UnidadID(r.UnidadID), Codigo: r.Codigo, Nombre: r.Nombre,
		Recibidas: r.Recibidas, Pendientes: r.Pendientes, Observadas: r.Observadas,
		Aprobadas: r.Aprobadas, Ordinarias: r.Ordinarias, Extraordinarias: r.Extraordinarias,
		Rechazadas: r.Rechazadas, Incluidas: r.Incluidas, MasAntigua: local(r.MasAntigua), Advertencias: r.Advertencias,
	}
	if r.At != nil {
		u.Conformidad = &app.Conformidad{
			Mes: m, Unidad: u.Unidad, Actor: pa0580.FuncionarioID(r.ActorID), Nombre: r.ActorNombre,
			Autoridad: pa0580.Autoridad{Cargo: pa0580.Cargo(r.Cargo), Unidad: u.Unidad}, At: pa0580.Local(*r.At),
		}
	}
	return u
}

// Preparacion is the month's state per unit: active ones, and those with
// anything to tell.
func (s *Store) Preparacion(ctx context.Context, m pa0580.Mes) ([]app.UnidadEnMes, error) {
	var rows []unidadEnMesRow
	err := s.db.NewRaw(preparacionSQL, m.String()).Scan(ctx, &rows)
	out := make([]app.UnidadEnMes, len(rows))
	for i, r := range rows {
		out[i] = r.unidadEnMes(m)
	}
	return out, seek("count the month", err)
}

// SinDecidir counts the undecided gestiones of m, or earlier, loaded by
// somebody who was ever head of their unit, or substitute.
func (s *Store) SinDecidir(ctx context.Context, m pa0580.Mes) ([]app.Autoria, error) {
	var rows []struct {
		UnidadID string
		AgenteID string
		Nombre   string
		Cantidad int
	}
	err := s.db.NewRaw(`
SELECT g.unidad_id, g.agente_id, f.nombre, count(*) AS cantidad
FROM (
	SELECT unidad_id, jefe_id AS agente_id FROM jefaturas
	UNION SELECT unidad_id, subrogante_id FROM subrogancias
) AS mando
JOIN gestiones g ON g.unidad_id = mando.unidad_id AND g.agente_id = mando.agente_id
JOIN funcionarios f ON f.id = g.agente_id
WHERE g.estado IN ('recibida', 'pendiente', 'observada') AND g.mes <= ?
GROUP BY g.unidad_id, g.agente_id, f.nombre
ORDER BY g.unidad_id, g.agente_id`, m.String()).Scan(ctx, &rows)
	out := make([]app.Autoria, len(rows))
	for i, r := range rows {
		out[i] = app.Autoria{
			Unidad: pa0580.UnidadID(r.UnidadID), Agente: pa0580.FuncionarioID(r.AgenteID), Nombre: r.Nombre, Cantidad: r.Cantidad,
		}
	}
	return out, seek("count undecided gestiones of heads", err)
}

// sinAplicarSQL are the commands from before a month's corte not applied yet.
const sinAplicarSQL = "c.resultado IS NULL AND c.creado_at < (SELECT corte_at FROM cierres WHERE mes = ?)"

// SinAplicar counts them.
func (s *Store) SinAplicar(ctx context.Context, m pa0580.Mes) (int, error) {
	var n int
	err := s.db.NewRaw("SELECT count(*) FROM comandos c WHERE "+sinAplicarSQL, m.String()).Scan(ctx, &n)
	return n, seek("count unapplied commands", err)
}

// Unapplied lists them, oldest first.
func (s *Store) Unapplied(ctx context.Context, m pa0580.Mes, limit int) ([]pa0580.Comando, error) {
	rows, err := s.pedidos(ctx, "list unapplied commands", sinAplicarSQL+" ORDER BY c.seq LIMIT ?", m.String(), limit)
	out := make([]pa0580.Comando, len(rows))
	for i, r := range rows {
		out[i] = r.comando()
	}
	return out, err
}
