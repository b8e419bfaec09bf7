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

// AddArchivo keeps a file of a closed month, of a planilla or, with an empty id, of the
// whole month. Where there is one already it keeps nothing: the first one counts.
func (s *Store) AddArchivo(ctx context.Context, m pa0580.Mes, planilla string, a app.Archivo) error {
	_, err := s.db.NewRaw(`
INSERT INTO archivos (mes, planilla_id, formato, nombre, contenido, sha256) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		m.String(), bun.NullZero(planilla), a.Formato, a.Nombre, a.Contenido, a.SHA256[:]).Exec(ctx)
	return seek("keep a month's file", err)
}
