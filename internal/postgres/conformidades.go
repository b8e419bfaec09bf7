package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// porDecidirSQL are the gestiones that a month leaves undecided at its corte: those
// that are open, and those decided after it. Arguments: month, corte.
const porDecidirSQL = `
SELECT g.unidad_id, g.id FROM gestiones g WHERE g.estado IN ('recibida', 'pendiente', 'observada') AND g.mes <= ?0 AND ` + esMesSQL + enTodas + `
UNION ALL
SELECT g.unidad_id, g.id FROM gestiones g WHERE g.estado = 'aprobada' AND g.mes <= ?0 AND ` + esMesSQL + ` AND g.decidida_at >= ?1` + enTodas + `
UNION ALL
SELECT g.unidad_id, g.id FROM gestiones g WHERE g.estado = 'rechazada' AND g.mes <= ?0 AND ` + esMesSQL + ` AND g.decidida_at >= ?1` + enTodas

// firmadoSQL is what each unit's head signs of a month, as a digest: every line to
// be paid, by the proof of its row, and what stays undecided. Neither the corte nor
// names are in it: what the unit did is. It reads [filasSQL] as «filas».
// Arguments: month, corte.
const firmadoSQL = `
SELECT g.unidad_id, encode(sha256(convert_to(
	jsonb_build_array(COALESCE(p.filas, '[]'), COALESCE(d.ids, '[]'))::text, 'UTF8')), 'hex') AS huella
FROM (SELECT id AS unidad_id FROM unidades) AS g
LEFT JOIN (
	SELECT f.hoja, jsonb_agg(jsonb_build_array(f.funcionario_id, f.modo, f.mes, f.prueba)
		ORDER BY f.funcionario_id, f.modo, f.mes) AS filas
	FROM filas AS f GROUP BY f.hoja
) AS p ON p.hoja = g.unidad_id
LEFT JOIN (
	SELECT x.unidad_id, jsonb_agg(x.id ORDER BY x.id) AS ids FROM (` + porDecidirSQL + `) AS x GROUP BY x.unidad_id
) AS d ON d.unidad_id = g.unidad_id
WHERE true` + enTodas

// firmadoDeSQL is what some units' heads sign. Arguments: month, corte, units.
var firmadoDeSQL = enUnidades("WITH filas AS MATERIALIZED (" + filasSQL + ") SELECT huella FROM (" + firmadoSQL + ") AS u")

// SetConformidad signs a unit's month off as its digest says, and [pa0580.CheckSigning]
// judges it; the same signature again changes nothing. Refuses with CodeDigest where the unit is not any more as
// its head saw it, CodeMonthClosed, or CodeNotFound where there is no such unit.
func (s *Store) SetConformidad(ctx context.Context, c app.Conformidad) (app.Conformidad, error) {
	if !isID(c.Unidad) {
		return c, faltaUnidad()
	}
	err := s.tx(ctx, "sign month off", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, lockSigning); err != nil {
			return err
		}
		t, err := turno(ctx, tx, c.Mes)
		if err != nil {
			return err
		}
		if err := pa0580.CheckSigning(c.Mes, t, c.At); err != nil {
			return err
		}
		if err := asSeen(ctx, tx, c); err != nil {
			return err
		}
		signed, err := signedBefore(ctx, tx, &c)
		if err != nil || signed {
			return err
		}
		if _, err := tx.NewRaw(`
INSERT INTO conformidades (mes, unidad_id, actor_id, cargo, at, huella) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (mes, unidad_id) DO UPDATE
SET actor_id = EXCLUDED.actor_id, cargo = EXCLUDED.cargo, at = EXCLUDED.at, huella = EXCLUDED.huella`,
			c.Mes.String(), c.Unidad, c.Actor, c.Autoridad.Cargo, c.At, c.Huella).Exec(ctx); err != nil {
			return err
		}
		return writeAsiento(ctx, tx, asientoRow{
			At: c.At, ActorID: string(c.Actor), Accion: "conformar", Objeto: objetoCierre(c.Mes),
			Detalle: map[string]string{
				"unidad": string(c.Unidad), "cargo": string(c.Autoridad.Cargo), "por": string(c.Autoridad.Unidad), "huella": c.Huella,
			},
		})
	})
	return c, err
}

// asSeen refuses a signature under what is not there any more.
func asSeen(ctx context.Context, tx bun.Tx, c app.Conformidad) error {
	corte, err := corteOf(ctx, tx, c.Mes)
	if err != nil {
		return err
	}
	var now []string
	err = tx.NewRaw(firmadoDeSQL, c.Mes.String(), corte, c.Unidad).Scan(ctx, &now)
	switch {
	case err != nil:
		return err
	case len(now) == 0:
		return faltaUnidad()
	case now[0] != c.Huella:
		return pa0580.Refuse(0, pa0580.CodeDigest, "huella", "El mes de la unidad cambió desde que usted lo vio: abra la preparación de nuevo, revise y firme lo que muestra.")
	}
	return nil
}

// signedBefore tells that the same person signed the same before, and when.
func signedBefore(ctx context.Context, tx bun.Tx, c *app.Conformidad) (bool, error) {
	var before []time.Time
	err := tx.NewRaw(`
SELECT at FROM conformidades WHERE mes = ? AND unidad_id = ? AND actor_id = ? AND cargo = ? AND huella = ?`,
		c.Mes.String(), c.Unidad, c.Actor, c.Autoridad.Cargo, c.Huella).Scan(ctx, &before)
	if err != nil || len(before) == 0 {
		return false, err
	}
	c.At = pa0580.Local(before[0])
	return true, nil
}

// corteOf gives a month's corte as an argument of statements: before it is set,
// nothing was decided after it.
func corteOf(ctx context.Context, tx bun.Tx, m pa0580.Mes) (any, error) {
	corte, err := readCorte(ctx, tx, m)
	if corte == nil {
		return bun.Safe("timestamptz 'infinity'"), err
	}
	return *corte, err
}

// readCorte is a month's corte, nil where none is set.
func readCorte(ctx context.Context, tx bun.Tx, m pa0580.Mes) (*time.Time, error) {
	var cortes []time.Time
	err := tx.NewRaw("SELECT corte_at FROM cierres WHERE mes = ? AND corte_at IS NOT NULL", m.String()).Scan(ctx, &cortes)
	if err != nil || len(cortes) == 0 {
		return nil, err
	}
	return &cortes[0], nil
}
