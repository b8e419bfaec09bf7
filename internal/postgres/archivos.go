package postgres

import (
	"context"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type archivoRow struct {
	Mes       string
	Formato   string
	Nombre    string
	Contenido []byte
	Sha256    []byte
}

func (r archivoRow) archivo() app.Archivo {
	a := app.Archivo{Nombre: r.Nombre, Formato: app.Formato(r.Formato), Contenido: r.Contenido}
	copy(a.SHA256[:], r.Sha256)
	return a
}

// ArchivoDePlanilla is a planilla's file; false where it was not written yet. Refuses
// with CodeNotFound, whether there is no such planilla or it is not v's to see.
func (s *Store) ArchivoDePlanilla(ctx context.Context, v app.Vision, id string, f app.Formato) (app.Archivo, bool, error) {
	if !isID(id) || !v.Todo && len(v.Unidades) == 0 {
		return app.Archivo{}, false, noPlanilla()
	}
	var rows []archivoRow
	q := s.db.NewSelect().TableExpr("planillas AS p").
		Join("LEFT JOIN archivos AS a ON a.mes = p.mes AND a.planilla_id = p.id AND a.formato = ?", f).
		ColumnExpr("a.mes, a.formato, a.nombre, a.contenido, a.sha256").Where("p.id = ?", id)
	if !v.Todo {
		q.Where("p.unidad_id IN (?)", bun.List(v.Unidades))
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return app.Archivo{}, false, seek("read a planilla's file", err)
	}
	if len(rows) == 0 {
		return app.Archivo{}, false, noPlanilla()
	}
	return rows[0].archivo(), rows[0].Mes != "", nil
}

// ArchivoDeMes is a file of a month's consolidated planilla; false where it was not
// written yet.
func (s *Store) ArchivoDeMes(ctx context.Context, m pa0580.Mes, f app.Formato) (app.Archivo, bool, error) {
	var rows []archivoRow
	err := s.db.NewRaw(`
SELECT mes, formato, nombre, contenido, sha256 FROM archivos WHERE mes = ? AND planilla_id IS NULL AND formato = ?`, m.String(), f).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return app.Archivo{}, false, seek("read a month's file", err)
	}
	return rows[0].archivo(), true, nil
}

// AddArchivos keeps files of a closed month, of a planilla or, with an empty id, of the
// whole month: all or none. Where there is one already it keeps that: the first counts.
func (s *Store) AddArchivos(ctx context.Context, m pa0580.Mes, planilla string, as []app.Archivo) error {
	return s.tx(ctx, "keep a month's files", func(ctx context.Context, tx bun.Tx) error {
		for _, a := range as { // one by one: together they may be a hundred megabytes
			_, err := tx.NewRaw(`
INSERT INTO archivos (mes, planilla_id, formato, nombre, contenido, sha256) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
				m.String(), bun.NullZero(planilla), a.Formato, a.Nombre, a.Contenido, a.SHA256[:]).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// SinArchivos lists the planillas of a closed month that lack a file, by number; an empty
// id, the last, is the month's consolidated one. None where it is open.
func (s *Store) SinArchivos(ctx context.Context, m pa0580.Mes) ([]string, error) {
	var out []string
	err := s.db.NewRaw(`
SELECT coalesce(d.id::text, '') FROM cierres c
CROSS JOIN LATERAL (SELECT p.id, p.numero FROM planillas p WHERE p.mes = c.mes UNION ALL SELECT NULL, NULL) AS d
LEFT JOIN (SELECT planilla_id, count(*) AS n FROM archivos WHERE mes = ?0 AND formato IN (?1) GROUP BY planilla_id) AS a
	ON a.planilla_id IS NOT DISTINCT FROM d.id
WHERE c.mes = ?0 AND c.cerrado_at IS NOT NULL AND coalesce(a.n, 0) < ?2
ORDER BY d.numero`, m.String(), bun.List(app.Formatos()), len(app.Formatos())).Scan(ctx, &out)
	return out, seek("list planillas without files", err)
}

// esperados are how many files a closed month has in the end.
func esperados(planillas int64) int64 { return (planillas + 1) * int64(len(app.Formatos())) }

// sinArchivarSQL counts the files that closed months lack, and tells since when. ?0 are
// the formats, ?1 is how many they are. It walks the index of archivos, month by month.
const sinArchivarSQL = `
SELECT coalesce(sum(faltan), 0)::bigint AS n, min(cerrado_at) AS desde FROM (
	SELECT c.cerrado_at, ?1 * (1 + (SELECT count(*) FROM planillas p WHERE p.mes = c.mes))
		- (SELECT count(*) FROM archivos a WHERE a.mes = c.mes AND a.formato IN (?0)) AS faltan
	FROM cierres c WHERE c.cerrado_at IS NOT NULL
) AS meses WHERE faltan > 0`
