package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// esMesSQL tells a month from a complementaria, whose name is longer. Argument: it.
const esMesSQL = "length(?0) = 7"

// lineasSQL are the gestiones that a month's planillas hold: approved before
// its corte, of that month or left behind by an earlier one; a complementaria
// holds none. Preview and close both read it. Arguments: month, corte.
const lineasSQL = "SELECT " + lineaColumns + lineasFromSQL

const (
	lineaColumns  = "g.id, g.version, g.agente_id, g.unidad_id, g.modo, g.mes, g.tipo_gestion, g.jornada, g.guardada_at, g.decision_id, g.decidida_por, g.decidida_at"
	lineasFromSQL = `
FROM gestiones g WHERE g.estado = 'aprobada' AND g.mes <= ?0 AND g.decidida_at < ?1 AND ` + esMesSQL + enTodas
)

// enTodas stands in a statement where [enUnidades] names the units that it is about.
const enTodas = " AND true"

// enUnidades is a statement about some units. Argument 2: they.
func enUnidades(statement string) string {
	return strings.ReplaceAll(statement, enTodas, " AND g.unidad_id IN (?2)")
}

// renglonesSQL are all that a month's planillas pay: its lines, and the approved ajustes
// that wait for one, which have a sign. Arguments: month, corte.
const renglonesSQL = `
SELECT l.id, l.version, l.agente_id, l.unidad_id, l.modo, l.mes, l.tipo_gestion, l.jornada, NULL::smallint AS signo FROM (` + lineasSQL + `) AS l
UNION ALL
SELECT l.id, NULL, l.agente_id, l.unidad_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.signo FROM (` + ajustesSQL + `) AS l`

// cuentasSQL are a row's counts per type, of lines called l, and its net of ajustes.
const cuentasSQL = `
	ARRAY[
		count(*) FILTER (WHERE l.tipo_gestion = 1 AND l.jornada = 'ordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 2 AND l.jornada = 'ordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 3 AND l.jornada = 'ordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 4 AND l.jornada = 'ordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 5 AND l.jornada = 'ordinaria' AND l.signo IS NULL)
	]::integer[] AS ordinarias,
	ARRAY[
		count(*) FILTER (WHERE l.tipo_gestion = 1 AND l.jornada = 'extraordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 2 AND l.jornada = 'extraordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 3 AND l.jornada = 'extraordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 4 AND l.jornada = 'extraordinaria' AND l.signo IS NULL),
		count(*) FILTER (WHERE l.tipo_gestion = 5 AND l.jornada = 'extraordinaria' AND l.signo IS NULL)
	]::integer[] AS extraordinarias,
	COALESCE(sum(l.signo), 0)::integer AS ajustes`

// pruebaSQL is the digest of a row's lines and ajustes, called l.
const pruebaSQL = `encode(sha256(convert_to(string_agg(
	concat_ws('|', l.id, l.version, l.tipo_gestion, l.jornada, l.signo), chr(10) ORDER BY l.id), 'UTF8')), 'hex')`

// filasSQL are the rows of a month's planillas to be: who is paid, as they are
// called now. A row's prueba is the digest of its lines. Arguments: month, corte.
const filasSQL = `
SELECT l.unidad_id AS hoja, f.id AS funcionario_id, f.legajo, f.ci, f.nombre, l.modo, l.mes, ` + cuentasSQL + `, ` + importeSQL + `, t.compromiso AS tarifa,
	count(*) FILTER (WHERE l.signo IS NULL) AS lineas, count(l.signo) AS renglones_ajuste, ` + pruebaSQL + ` AS prueba
FROM (` + renglonesSQL + `) AS l JOIN funcionarios f ON f.id = l.agente_id ` + conTarifaSQL + `
GROUP BY l.unidad_id, f.id, l.modo, l.mes, t.id, t.compromiso`

// hojasSQL are a month's planillas to be, a row per unit, in the order of their
// numbers. A unit's huella is the digest of all that its planilla prints and of
// every line behind it, in one canonical form. It covers documents of identity,
// of which there are few enough to try: so it is salted with the month's secret,
// which never leaves the database. Conforme is a unit whose head signed it as it is.
// Arguments: month, corte, the month's last day.
const hojasSQL = `
WITH filas AS MATERIALIZED (` + filasSQL + `)
SELECT h.hoja AS unidad_id, u.codigo, u.nombre, u.jefe, h.lineas, h.ajustes, h.contadas, h.neto, h.importe,
	encode(sha256(COALESCE(c.sal, '') || convert_to(jsonb_build_array(u.id, u.codigo, u.nombre, u.jefe, h.filas)::text, 'UTF8')), 'hex') AS huella,
	k.unidad_id IS NOT NULL AS conforme
FROM (
	SELECT f.hoja, sum(f.lineas)::bigint AS lineas, sum(f.renglones_ajuste)::bigint AS ajustes, sum(f.ajustes)::bigint AS neto,
		sum((SELECT sum(n) FROM unnest(f.ordinarias || f.extraordinarias) AS n))::bigint AS contadas, jsonb_agg(jsonb_build_array(
		f.funcionario_id, f.legajo, f.ci, f.nombre, f.modo, f.mes, f.ordinarias, f.extraordinarias, f.ajustes, f.prueba
	) || ` + impresoSQL + ` ORDER BY f.funcionario_id, f.modo, f.mes) AS filas,
		sum(f.importe)::bigint AS importe
	FROM filas AS f GROUP BY f.hoja
) AS h
JOIN (
	SELECT id, codigo, nombre, COALESCE((SELECT f.nombre FROM jefaturas j JOIN funcionarios f ON f.id = j.jefe_id
		WHERE j.unidad_id = unidades.id AND j.desde <= ?2 AND (j.hasta IS NULL OR j.hasta >= ?2)), '') AS jefe
	FROM unidades
) AS u ON u.id = h.hoja
LEFT JOIN cierres c ON c.mes = ?0
LEFT JOIN (` + firmadoSQL + `) AS v ON v.unidad_id = u.id
LEFT JOIN conformidades k ON k.unidad_id = u.id AND k.mes = ?0 AND k.huella = v.huella
ORDER BY u.codigo`

type hojaRow struct {
	UnidadID string
	Codigo   string
	Nombre   string
	Lineas   int64
	Ajustes  int64 // in number
	Contadas int64 // what its rows count
	Neto     int64 // of its ajustes
	Importe  *int64
	Huella   string
	Jefe     string
	Conforme bool
}

// readHojas reads a month's planillas to be.
func readHojas(ctx context.Context, tx bun.Tx, m pa0580.Mes, corte time.Time) ([]hojaRow, error) {
	var rows []hojaRow
	return rows, tx.NewRaw(hojasSQL, m.String(), corte, lastDay(m)).Scan(ctx, &rows)
}

func lastDay(m pa0580.Mes) dia { return dia(pa0580.DiaOf(m.End().Add(-time.Second))) }

// huella is the digest of a whole month: its corte and every unit's digest.
func huella(m pa0580.Mes, corte time.Time, hojas []hojaRow) string {
	byUnit := slices.SortedFunc(slices.Values(hojas), func(a, b hojaRow) int { return cmp.Compare(a.UnidadID, b.UnidadID) })
	var text strings.Builder
	fmt.Fprintf(&text, "%s|%s", m, corte.UTC().Format(time.RFC3339Nano))
	for _, h := range byUnit {
		fmt.Fprintf(&text, "\n%s|%s", h.UnidadID, h.Huella)
	}
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:])
}

// VistaPrevia is what the planillas would hold at the corte, read at one instant;
// where none is set, at a moment and without digest. Refuses with CodeMonthClosed.
func (s *Store) VistaPrevia(ctx context.Context, m pa0580.Mes, at time.Time) (app.VistaPrevia, error) {
	out := app.VistaPrevia{Mes: m, Corte: pa0580.Local(at)}
	err := s.snapshot(ctx, "preview the month", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil { // ctx bounds it
			return err
		}
		if err := mustBeOpen(ctx, tx, m); err != nil {
			return err
		}
		corte, err := readCorte(ctx, tx, m)
		if err != nil {
			return err
		}
		if corte != nil {
			out.Corte, out.Cortada = pa0580.Local(*corte), true
		}
		hojas, err := readHojas(ctx, tx, m, out.Corte)
		if err != nil {
			return err
		}
		filas, err := previewFilas(ctx, tx, m, out.Corte)
		if err != nil {
			return err
		}
		if out.Cortada {
			out.Huella = huella(m, out.Corte, hojas)
		}
		if out.Identidad, err = readIdentidad(ctx, tx, m, out.Corte, hojas); err != nil {
			return err
		}
		for _, h := range hojas {
			out.Lineas += h.Lineas
			out.Unidades = append(out.Unidades, app.Planilla{
				Mes: m, Unidad: pa0580.UnidadID(h.UnidadID), Codigo: h.Codigo, Nombre: h.Nombre,
				Jefe: h.Jefe, Conforme: h.Conforme, Huella: h.Huella, Filas: filas[h.UnidadID],
			})
		}
		return addTarifas(ctx, tx, out.Unidades)
	})
	return out, err
}

func previewFilas(ctx context.Context, tx bun.Tx, m pa0580.Mes, corte time.Time) (map[string][]app.Fila, error) {
	var rows []filaRow
	err := tx.NewRaw(`
SELECT hoja, funcionario_id, legajo, ci, nombre, modo, mes, ordinarias, extraordinarias, ajustes, tarifa_id, importe, prueba
FROM (`+filasSQL+`) AS f ORDER BY `+filasOrder, m.String(), corte).Scan(ctx, &rows)
	return filasBySheet(rows), err
}
