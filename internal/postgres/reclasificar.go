package postgres

import (
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// cambianSQL are the gestiones of some days that a calendar classifies otherwise than
// they are; not those that ended without anybody being paid. What a holiday is called
// changes none. Arguments: the calendar's spans, the days.
const cambianSQL = `
SELECT g.id, g.unidad_id, g.mes, g.estado, g.calendario, g.jornada_motivo AS de, t.motivo AS a, t.feriado, c.mes IS NOT NULL AS cerrado
FROM gestiones g
JOIN jsonb_to_recordset(?0::jsonb) AS t (unidad uuid, desde timestamptz, hasta timestamptz, motivo text, feriado text)
	ON t.unidad = g.unidad_id AND g.guardada_at >= t.desde AND g.guardada_at < t.hasta
LEFT JOIN cierres c ON c.mes = g.mes AND c.cerrado_at IS NOT NULL
WHERE g.dia IN (?1) AND g.jornada_motivo <> t.motivo AND g.estado NOT IN ('invalida', 'anulada')`

// reclasificarSQL classifies those of open months anew. The months are locked, so that
// none closes meanwhile; what OPEN SGC's answer moves meanwhile is met as it is then.
// Arguments: those of cambianSQL, the calendar's version, moment, actor.
const reclasificarSQL = `
WITH fila AS (
	UPDATE gestiones g SET jornada = CASE x.a WHEN '' THEN 'ordinaria' ELSE 'extraordinaria' END,
		jornada_motivo = x.a, feriado = x.feriado, calendario = ?2, version = g.version + 1
	FROM (` + cambianSQL + `) AS x
	WHERE g.id = x.id AND NOT x.cerrado AND g.estado NOT IN ('invalida', 'anulada', 'incluida')
	RETURNING g.id, g.version, g.estado, x.de, x.a, x.feriado, x.calendario
)
INSERT INTO auditoria (at, actor_id, accion, gestion_id, version, detalle)
SELECT ?3, ?4, 'reclasificar', id, version, jsonb_build_object('de', estado, 'a', estado,
	'jornada_de', COALESCE(NULLIF(de, ''), 'ordinaria'), 'jornada_a', COALESCE(NULLIF(a, ''), 'ordinaria'),
	'feriado', feriado, 'calendario_de', calendario::text, 'calendario', (?2)::text)
FROM fila`

// nuevoCalendario is how a calendar classifies the moments of some days in each unit:
// the rules speak in Go and the rows are met in sets.
type nuevoCalendario struct {
	version int
	dias    []pa0580.Dia
	tramos  []tramo
}

// tramo is a [pa0580.Tramo] of a unit, as JSON.
type tramo struct {
	Unidad  string    `json:"unidad"`
	Desde   time.Time `json:"desde"`
	Hasta   time.Time `json:"hasta"`
	Motivo  string    `json:"motivo"`
	Feriado string    `json:"feriado"`
}

func nuevo(cal pa0580.Calendario, units []unidadRow, days []pa0580.Dia) nuevoCalendario {
	org := pa0580.NewOrganizacion(0, cal, each(units, unidadRow.unidad), nil, nil)
	n := nuevoCalendario{version: cal.Version, dias: days, tramos: []tramo{}}
	for _, u := range units {
		for _, d := range days {
			for _, t := range cal.Tramos(d, org.Camino(pa0580.UnidadID(u.ID))) {
				n.tramos = append(n.tramos, tramo{u.ID, t.Desde, t.Hasta, string(t.Motivo), t.Feriado})
			}
		}
	}
	return n
}

func (n nuevoCalendario) days() any {
	return bun.List(each(n.dias, func(d pa0580.Dia) dia { return dia(d) }))
}

// reciente is how old a day is that a load under way may still be of.
const reciente = 24 * time.Hour

// lockGestiones lets nobody load, verify or apply until the transaction ends, and waits
// for those who do; what is read goes on being read.
const lockGestiones = "LOCK TABLE gestiones IN EXCLUSIVE MODE"

// lockPatience bounds how long those wait whom a lock that is not had holds up.
const lockPatience = "SET LOCAL lock_timeout = '5s'"

// reclassify classifies the gestiones of open months anew by the calendar that was just
// written, of the days that v began or ended an entry of, and tells how many it moved.
// The months are locked; see [lockMonths]. What was stored before is applied before, as
// its author saw it.
func reclassify(ctx context.Context, tx bun.Tx, v versionRow, quien pa0580.FuncionarioID, at time.Time) (int64, error) {
	n, err := written(ctx, tx, v)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, lockPatience); err != nil {
		return 0, err
	}
	for _, d := range n.dias {
		if !d.Before(pa0580.DiaOf(at.Add(-reciente))) {
			if _, err := tx.ExecContext(ctx, lockGestiones); err != nil {
				return 0, err
			}
			break
		}
	}
	if err := n.applyStored(ctx, tx, at); err != nil {
		return 0, err
	}
	res, err := tx.NewRaw(reclasificarSQL, n.tramos, n.days(), n.version, at, bun.NullZero(quien)).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// written is the calendar as this transaction left it, and the days it changed.
func written(ctx context.Context, tx bun.Tx, v versionRow) (nuevoCalendario, error) {
	var rows []feriadoRow
	if err := tx.NewSelect().Model(&rows).Where("hasta_version IS NULL").Order("dia").Scan(ctx); err != nil {
		return nuevoCalendario{}, err
	}
	var units []unidadRow
	if err := tx.NewSelect().Model(&units).Scan(ctx); err != nil {
		return nuevoCalendario{}, err
	}
	var days []feriadoRow
	err := tx.NewRaw("SELECT DISTINCT dia FROM feriados WHERE desde_version = ? OR hasta_version = ?", v.Calendario, v.Calendario-1).Scan(ctx, &days)
	return nuevo(pa0580.NewCalendario(v.Calendario, each(rows, feriadoRow.feriado)), units,
		each(days, func(r feriadoRow) pa0580.Dia { return pa0580.Dia(r.Dia) })), err
}

// applyStored applies the commands that wait for gestiones which are to be reclassified.
// Their authors saw what is there now: afterwards they would be stale, by no fault of
// theirs. Mostly there are none.
func (n nuevoCalendario) applyStored(ctx context.Context, tx bun.Tx, at time.Time) error {
	var last []pa0580.ComandoID
	err := tx.NewRaw(`
SELECT DISTINCT ON (c.gestion_id) c.id FROM comandos c
WHERE c.resultado IS NULL AND c.gestion_id IN (SELECT x.id FROM (`+cambianSQL+`) AS x WHERE NOT x.cerrado)
ORDER BY c.gestion_id, c.seq DESC`, n.tramos, n.days()).Scan(ctx, &last)
	if err != nil {
		return err
	}
	for _, id := range last {
		asked, err := lockAsked(ctx, tx, id)
		if err == nil && asked.Resultado == "" {
			err = applyTo(ctx, tx, &asked, at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rehearsed refuses, with CodeConflict, a change of the calendar that was rehearsed against
// another version than the one it replaces, or was not and moves gestiones.
func rehearsed(c app.Cambio, v versionRow, moved int64) error {
	switch {
	case c.Calendario == v.Calendario-1 || c.Calendario == 0 && moved == 0:
		return nil
	case c.Calendario == 0:
		return pa0580.Refuse(0, pa0580.CodeConflict, "calendario", "El cambio reclasifica "+strconv.FormatInt(moved, 10)+
			" gestiones ya guardadas: ensáyelo en /calendario/ensayo, revise y envíe en «calendario» la versión que dio el ensayo.")
	}
	return pa0580.Refuse(0, pa0580.CodeConflict, "calendario", "El calendario cambió desde que usted ensayó: va por la versión "+
		strconv.Itoa(v.Calendario-1)+". Ensaye de nuevo y revise.")
}
