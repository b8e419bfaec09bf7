package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

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

// preparacionSQL counts a month per unit, and preparacionDeSQL some of them.
// Arguments: month, corte, units, today.
const preparacionSQL = `
WITH filas AS MATERIALIZED (` + filasSQL + `), vivas AS (
	SELECT g.unidad_id, g.estado, g.jornada_motivo, g.guardada_at, ?3 - g.dia AS dias, ` + advertidaSQL + ` AS advertida
	FROM gestiones g WHERE g.estado IN ('recibida', 'pendiente', 'observada') AND g.mes <= ?0 AND ` + esMesSQL + enTodas + `
	UNION ALL
	SELECT g.unidad_id, g.estado, g.jornada_motivo, g.guardada_at, NULL, ` + advertidaSQL + `
	FROM gestiones g WHERE g.estado = 'aprobada' AND g.mes <= ?0 AND ` + esMesSQL + ` AND g.decidida_at < ?1` + enTodas + `
), cuentas AS (
	SELECT unidad_id,
		count(*) FILTER (WHERE estado = 'recibida') AS recibidas,
		count(*) FILTER (WHERE estado = 'pendiente') AS pendientes,
		count(*) FILTER (WHERE estado = 'observada') AS observadas,
		count(*) FILTER (WHERE estado = 'aprobada') AS aprobadas,
		count(*) FILTER (WHERE estado = 'aprobada' AND jornada_motivo = '') AS ordinarias,
		count(*) FILTER (WHERE estado = 'aprobada' AND jornada_motivo = 'fuera_de_horario') AS fuera_de_horario,
		count(*) FILTER (WHERE estado = 'aprobada' AND jornada_motivo = 'dia_no_laborable') AS dia_no_laborable,
		count(*) FILTER (WHERE dias <= 2) AS hasta_dos_dias,
		count(*) FILTER (WHERE dias BETWEEN 3 AND 7) AS hasta_una_semana,
		count(*) FILTER (WHERE dias > 7) AS mas_de_una_semana,
		min(guardada_at) FILTER (WHERE estado <> 'aprobada') AS mas_antigua,
		count(*) FILTER (WHERE advertida) AS advertencias
	FROM vivas GROUP BY unidad_id
), rechazos AS (
	SELECT g.unidad_id, count(*) AS rechazadas FROM gestiones g WHERE g.mes = ?0 AND g.estado = 'rechazada'` + enTodas + ` GROUP BY g.unidad_id
), correcciones AS (
	SELECT g.unidad_id, count(*) FILTER (WHERE x.aprobado_at IS NULL) AS pedidos, count(*) FILTER (WHERE x.aprobado_at < ?1) AS aprobados
	FROM ajustes x JOIN gestiones g ON g.id = x.gestion_id
	WHERE x.planilla_id IS NULL AND x.rechazado_at IS NULL AND ` + corrigeSQL + enTodas + ` GROUP BY g.unidad_id
), lineas AS (
	SELECT p.unidad_id, p.conforme, count(l.gestion_id) AS incluidas
	FROM planillas p LEFT JOIN planilla_lineas l ON l.planilla_id = p.id WHERE p.mes = ?0 GROUP BY p.id
)
SELECT u.id AS unidad_id, u.codigo, u.nombre, v.huella,
	c.recibidas, c.pendientes, c.observadas, c.aprobadas, c.ordinarias, c.fuera_de_horario, c.dia_no_laborable,
	c.hasta_dos_dias, c.hasta_una_semana, c.mas_de_una_semana, c.mas_antigua, c.advertencias, r.rechazadas, l.incluidas,
	x.pedidos AS ajustes_pedidos, x.aprobados AS ajustes_aprobados,
	k.actor_id, f.nombre AS actor_nombre, k.cargo, k.at, COALESCE(l.conforme, k.huella = v.huella) AS vigente
FROM unidades u
JOIN (` + firmadoSQL + `) AS v ON v.unidad_id = u.id
LEFT JOIN cuentas c ON c.unidad_id = u.id
LEFT JOIN rechazos r ON r.unidad_id = u.id
LEFT JOIN lineas l ON l.unidad_id = u.id
LEFT JOIN correcciones x ON x.unidad_id = u.id
LEFT JOIN conformidades k ON k.unidad_id = u.id AND k.mes = ?0
LEFT JOIN funcionarios f ON f.id = k.actor_id
WHERE u.activa OR c.unidad_id IS NOT NULL OR r.unidad_id IS NOT NULL OR l.unidad_id IS NOT NULL OR x.unidad_id IS NOT NULL OR k.unidad_id IS NOT NULL
ORDER BY u.codigo`

var preparacionDeSQL = enUnidades(preparacionSQL)

type unidadEnMesRow struct {
	UnidadID                         string
	Codigo                           string
	Nombre                           string
	Huella                           string
	Recibidas                        int
	Pendientes                       int
	Observadas                       int
	Aprobadas                        int
	Ordinarias                       int
	FueraDeHorario                   int
	DiaNoLaborable                   int
	HastaDosDias                     int
	HastaUnaSemana                   int
	MasDeUnaSemana                   int
	MasAntigua                       *time.Time
	Advertencias                     int
	Rechazadas                       int
	Incluidas                        int
	AjustesPedidos, AjustesAprobados int
	ActorID                          string
	ActorNombre                      string
	Cargo                            string
	At                               *time.Time
	Vigente                          bool
}

func (r unidadEnMesRow) unidadEnMes(m pa0580.Mes) app.UnidadEnMes {
	u := app.UnidadEnMes{
		Unidad: pa0580.UnidadID(r.UnidadID), Codigo: r.Codigo, Nombre: r.Nombre, Huella: r.Huella,
		Recibidas: r.Recibidas, Pendientes: r.Pendientes, Observadas: r.Observadas,
		Aprobadas: r.Aprobadas, Ordinarias: r.Ordinarias, FueraDeHorario: r.FueraDeHorario, DiaNoLaborable: r.DiaNoLaborable,
		Edades:     app.Edades{HastaDosDias: r.HastaDosDias, HastaUnaSemana: r.HastaUnaSemana, MasDeUnaSemana: r.MasDeUnaSemana},
		MasAntigua: local(r.MasAntigua), Advertencias: r.Advertencias, Rechazadas: r.Rechazadas, Incluidas: r.Incluidas,
		AjustesPedidos: r.AjustesPedidos, AjustesAprobados: r.AjustesAprobados,
	}
	if r.At != nil {
		u.Conformidad = &app.Conformidad{
			Mes: m, Unidad: u.Unidad, Actor: pa0580.FuncionarioID(r.ActorID), Nombre: r.ActorNombre,
			Autoridad: pa0580.Autoridad{Cargo: pa0580.Cargo(r.Cargo), Unidad: u.Unidad}, At: pa0580.Local(*r.At), Vigente: r.Vigente,
		}
	}
	return u
}

// Preparacion is the month's state per unit that v holds whole, as of a day: active
// ones, and those with anything to tell.
func (s *Store) Preparacion(ctx context.Context, v app.Vision, m pa0580.Mes, hoy pa0580.Dia) ([]app.UnidadEnMes, error) {
	if !v.Todo && len(v.Unidades) == 0 {
		return nil, nil
	}
	var rows []unidadEnMesRow
	err := s.snapshot(ctx, "count the month", func(ctx context.Context, tx bun.Tx) error {
		corte, err := corteOf(ctx, tx, m)
		if err != nil {
			return err
		}
		statement := preparacionSQL
		if !v.Todo {
			statement = preparacionDeSQL
		}
		return tx.NewRaw(statement, m.String(), corte, bun.List(v.Unidades), dia(hoy)).Scan(ctx, &rows)
	})
	return each(rows, func(r unidadEnMesRow) app.UnidadEnMes { return r.unidadEnMes(m) }), err
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
WHERE g.estado IN ('recibida', 'pendiente', 'observada') AND g.mes <= ?0 AND `+esMesSQL+`
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
