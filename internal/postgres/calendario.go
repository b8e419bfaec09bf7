package postgres

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Feriados lists a year's holidays in a version of the calendar, zero for the current
// one, and which version that is. Refuses with CodeNotFound.
func (s *Store) Feriados(ctx context.Context, year, version int) (int, []app.FeriadoFicha, error) {
	var rows []feriadoRow
	err := s.snapshot(ctx, "list holidays", func(ctx context.Context, tx bun.Tx) error {
		v, err := readVersion(ctx, tx)
		switch {
		case err != nil:
			return err
		case version == 0:
			version = v.Calendario
		case version < 1 || version > v.Calendario:
			return pa0580.Refuse(0, pa0580.CodeNotFound, "version", "El calendario va por la versión "+strconv.Itoa(v.Calendario)+": elija una de la 1 a esa.")
		}
		return tx.NewSelect().Model(&rows).Where("? BETWEEN desde_version AND COALESCE(hasta_version, ?)", version, v.Calendario).
			Where("dia BETWEEN ? AND ?", dia{year, time.January, 1}, dia{year, time.December, 31}).Order("dia", "nombre").Scan(ctx)
	})
	return version, each(rows, feriadoRow.ficha), err
}

func (r feriadoRow) ficha() app.FeriadoFicha {
	return app.FeriadoFicha{ID: r.ID, Feriado: r.feriado()}
}

// EnsayoCalendario is what a change of the calendar would do, read at one instant and
// with nothing held up. Refuses what Save would refuse of it.
func (s *Store) EnsayoCalendario(ctx context.Context, c app.Cambio) (app.EnsayoCalendario, error) {
	if _, err := prepareCambio(c); err != nil {
		return app.EnsayoCalendario{}, err
	}
	var out app.EnsayoCalendario
	err := s.snapshot(ctx, "rehearse a change of the calendar", func(ctx context.Context, tx bun.Tx) error {
		v, err := readVersion(ctx, tx)
		if err != nil {
			return err
		}
		out.Version = v.Calendario
		var held []feriadoRow
		if err := tx.NewSelect().Model(&held).Where("hasta_version IS NULL").Order("dia").Scan(ctx); err != nil {
			return err
		}
		var units []unidadRow
		if err := tx.NewSelect().Model(&units).Scan(ctx); err != nil {
			return err
		}
		after, days, err := changed(held, units, c)
		if err != nil {
			return err
		}
		n := nuevo(pa0580.NewCalendario(v.Calendario+1, each(after, feriadoRow.feriado)), units, days)
		if out.Meses, err = n.count(ctx, tx); err != nil {
			return err
		}
		out.Conformidades, err = n.stale(ctx, tx)
		return err
	})
	return out, err
}

// changed is the calendar as a change would leave it, and the days it is about, each once.
// Refuses what the schema would.
func changed(held []feriadoRow, units []unidadRow, c app.Cambio) ([]feriadoRow, []pa0580.Dia, error) {
	var days []pa0580.Dia
	gone := c.SinFeriado
	if c.Feriado != nil {
		gone = c.Feriado.ID
	}
	if gone != "" {
		i := slices.IndexFunc(held, func(r feriadoRow) bool { return r.ID == gone })
		if i < 0 {
			return nil, nil, noSuch("id")
		}
		days = append(days, pa0580.Dia(held[i].Dia))
		held = slices.Delete(held, i, i+1)
	}
	if f := c.Feriado; f != nil {
		if f.Unidad != "" && !slices.ContainsFunc(units, func(u unidadRow) bool { return u.ID == string(f.Unidad) }) {
			return nil, nil, faltaUnidad()
		}
		row := feriadoRow{Dia: dia(f.Dia), Nombre: f.Nombre, UnidadID: string(f.Unidad)}
		if slices.ContainsFunc(held, func(r feriadoRow) bool { return r.Dia == row.Dia && r.UnidadID == row.UnidadID }) {
			return nil, nil, contradictions["feriados_vigentes"]
		}
		held = append(held, row)
		if !slices.Contains(days, f.Dia) {
			days = append(days, f.Dia)
		}
	}
	return held, days, nil
}

// count is how many gestiones would count otherwise, of open months and of closed ones.
func (n nuevoCalendario) count(ctx context.Context, tx bun.Tx) ([]app.EnsayoMes, error) {
	var rows []struct {
		Mes      string
		Cerrado  bool
		Cortado  bool
		UnidadID string
		Codigo   string
		Nombre   string
		De, A    string
		N        int
	}
	err := tx.NewRaw(`
SELECT x.mes, x.cerrado, c.corte_at IS NOT NULL AS cortado, x.unidad_id, u.codigo, u.nombre, x.de, x.a, count(*) AS n
FROM (`+cambianSQL+`) AS x JOIN unidades u ON u.id = x.unidad_id LEFT JOIN cierres c ON c.mes = x.mes
GROUP BY x.mes, x.cerrado, c.corte_at, x.unidad_id, u.codigo, u.nombre, x.de, x.a ORDER BY x.mes, u.codigo, x.de, x.a`, n.tramos, n.days()).Scan(ctx, &rows)
	var out []app.EnsayoMes
	for _, r := range rows {
		if i := len(out) - 1; i < 0 || out[i].Mes != mes(r.Mes) {
			out = append(out, app.EnsayoMes{Mes: mes(r.Mes), Cerrado: r.Cerrado, Cortado: r.Cortado})
		}
		m := &out[len(out)-1]
		if i := len(m.Unidades) - 1; i < 0 || m.Unidades[i].Codigo != r.Codigo {
			m.Unidades = append(m.Unidades, app.EnsayoUnidad{Unidad: pa0580.UnidadID(r.UnidadID), Codigo: r.Codigo, Nombre: r.Nombre})
		}
		u := &m.Unidades[len(m.Unidades)-1]
		u.Cambios = append(u.Cambios, app.CambioJornada{De: pa0580.MotivoExtra(r.De), A: pa0580.MotivoExtra(r.A), Cantidad: r.N})
	}
	return out, err
}

// stale are the conformidades of open months that hold now, and are over a line that
// would count otherwise. What is undecided a head signs by its id alone.
func (n nuevoCalendario) stale(ctx context.Context, tx bun.Tx) ([]app.Firmada, error) {
	var signed []string
	err := tx.NewRaw(`
SELECT DISTINCT k.mes FROM conformidades k LEFT JOIN cierres c ON c.mes = k.mes WHERE c.cerrado_at IS NULL`).Scan(ctx, &signed)
	if err != nil {
		return nil, err
	}
	var out []app.Firmada
	for _, m := range signed {
		corte, err := corteOf(ctx, tx, mes(m))
		if err != nil {
			return nil, err
		}
		var rows []unidadRow
		err = tx.NewRaw(`
WITH filas AS MATERIALIZED (`+filasSQL+`)
SELECT u.id, u.codigo, u.nombre FROM conformidades k JOIN (`+firmadoSQL+`) AS v ON v.unidad_id = k.unidad_id AND v.huella = k.huella
JOIN unidades u ON u.id = k.unidad_id
WHERE k.mes = ?0 AND k.unidad_id IN (SELECT l.unidad_id FROM (`+lineasSQL+`) AS l WHERE l.id IN (?2))`,
			m, corte, tx.NewRaw("SELECT x.id FROM ("+cambianSQL+") AS x WHERE NOT x.cerrado", n.tramos, n.days())).Scan(ctx, &rows)
		if err != nil {
			return nil, err
		}
		out = append(out, each(rows, func(u unidadRow) app.Firmada {
			return app.Firmada{Mes: mes(m), Unidad: pa0580.UnidadID(u.ID), Codigo: u.Codigo, Nombre: u.Nombre}
		})...)
	}
	slices.SortFunc(out, func(a, b app.Firmada) int {
		return cmp.Or(cmp.Compare(a.Mes.String(), b.Mes.String()), cmp.Compare(a.Codigo, b.Codigo))
	})
	return out, nil
}
