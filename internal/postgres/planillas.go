package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type planillaRow struct {
	bun.BaseModel `bun:"table:planillas,alias:p"`

	ID           string
	Numero       int64
	Mes          string
	UnidadID     string
	UnidadCodigo string
	UnidadNombre string
	Jefe         string
	Conforme     bool
	Motivo       string
	Huella       string
	CerradaAt    time.Time
}

func (r planillaRow) planilla() app.Planilla {
	return app.Planilla{
		ID: r.ID, Numero: r.Numero, Mes: mes(r.Mes), Unidad: pa0580.UnidadID(r.UnidadID),
		Codigo: r.UnidadCodigo, Nombre: r.UnidadNombre, Jefe: r.Jefe, Conforme: r.Conforme, Motivo: r.Motivo,
		Huella: r.Huella, CerradaAt: pa0580.Local(r.CerradaAt),
	}
}

// filaRow is a row of a sheet: of a planilla, or of a unit in a preview.
type filaRow struct {
	Hoja            string
	FuncionarioID   string
	Legajo          string
	Ci              string
	Nombre          string
	Modo            string
	Mes             string
	Ordinarias      []int `bun:",array"`
	Extraordinarias []int `bun:",array"`
	Ajustes         int
	TarifaID        string
	Importe         *int64
	Prueba          string
}

// filasOrder is how a sheet's rows stand.
const filasOrder = "nombre, legajo, modo, mes"

func (r filaRow) fila() app.Fila {
	f := app.Fila{
		Funcionario: pa0580.FuncionarioID(r.FuncionarioID), Legajo: r.Legajo, CI: r.Ci, Nombre: r.Nombre,
		Modo: pa0580.Modo(r.Modo), Mes: mes(r.Mes), Tarifa: pa0580.TarifaID(r.TarifaID), Prueba: r.Prueba,
	}
	f.Ajustes, f.Importe = r.Ajustes, importe(r.Importe)
	copy(f.Ordinarias[:], r.Ordinarias)
	copy(f.Extraordinarias[:], r.Extraordinarias)
	return f
}

func filasBySheet(rows []filaRow) map[string][]app.Fila {
	out := map[string][]app.Fila{}
	for _, r := range rows {
		out[r.Hoja] = append(out[r.Hoja], r.fila())
	}
	return out
}

// Planillas lists a month's, or every month's, with their rows and without
// annex: all of them, or those of the units that v holds whole.
func (s *Store) Planillas(ctx context.Context, v app.Vision, m pa0580.Mes) ([]app.Planilla, error) {
	var out []app.Planilla
	err := s.snapshot(ctx, "list planillas", func(ctx context.Context, tx bun.Tx) error {
		var err error
		out, err = readPlanillas(ctx, tx, v, func(q *bun.SelectQuery) {
			if !m.IsZero() {
				q.Where("p.mes = ?", m.String())
			}
		})
		return err
	})
	return out, err
}

// Planilla is one with rows and annex.
func (s *Store) Planilla(ctx context.Context, v app.Vision, id string) (app.Planilla, error) {
	if !isID(id) {
		return app.Planilla{}, noPlanilla()
	}
	var out app.Planilla
	err := s.snapshot(ctx, "read planilla", func(ctx context.Context, tx bun.Tx) error {
		found, err := readPlanillas(ctx, tx, v, func(q *bun.SelectQuery) { q.Where("p.id = ?", id) })
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return noPlanilla()
		}
		out = found[0]
		out.Anexo, err = readAnexo(ctx, tx, id)
		return err
	})
	return out, err
}

func readPlanillas(ctx context.Context, tx bun.Tx, v app.Vision, narrow func(*bun.SelectQuery)) ([]app.Planilla, error) {
	if !v.Todo && len(v.Unidades) == 0 {
		return nil, nil
	}
	var rows []planillaRow
	q := tx.NewSelect().Model(&rows).OrderExpr("p.mes DESC, p.numero")
	if !v.Todo {
		q.Where("p.unidad_id IN (?)", bun.List(v.Unidades))
	}
	narrow(q)
	if err := q.Scan(ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var filas []filaRow
	err := tx.NewRaw(`
SELECT planilla_id AS hoja, funcionario_id, legajo, ci, nombre, modo, mes, ordinarias, extraordinarias, ajustes, tarifa_id, importe
FROM planilla_filas WHERE planilla_id IN (?) ORDER BY `+filasOrder, bun.List(ids)).Scan(ctx, &filas)
	byID := filasBySheet(filas)
	out := make([]app.Planilla, len(rows))
	for i, r := range rows {
		out[i] = r.planilla()
		out[i].Filas = byID[r.ID]
	}
	if err == nil {
		err = addTarifas(ctx, tx, out)
	}
	return out, err
}

// readAnexo reads a planilla's gestiones, in the order of its rows.
func readAnexo(ctx context.Context, tx bun.Tx, id string) ([]app.Linea, error) {
	var rows []struct {
		GestionID      string
		Legajo         string
		Modo           string
		Mes            string
		Documento      string
		Citables       string
		ReferenciaTipo string
		Referencia     string
		TipoGestion    int
		Jornada        string
		GuardadaAt     time.Time
		Signo          int
		Motivo         string
		Importe        *int64
	}
	err := tx.NewRaw(`
SELECT l.gestion_id, f.legajo, l.modo, l.mes, g.documento, CASE WHEN l.motivo <> '' THEN `+citablesDe("g")+` END AS citables, g.referencia_tipo, g.referencia, l.tipo_gestion, l.jornada, l.guardada_at, l.signo, l.motivo,
	`+montoSQL+` AS importe
FROM (
	SELECT planilla_id, gestion_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at, NULL::smallint AS signo, '' AS motivo
	FROM planilla_lineas WHERE planilla_id = ?0
	UNION ALL
	SELECT a.planilla_id, a.gestion_id, a.funcionario_id, a.modo, a.mes, a.tipo_gestion, a.jornada, a.guardada_at, a.signo, x.motivo
	FROM planilla_ajustes a JOIN ajustes x ON x.id = a.ajuste_id WHERE a.planilla_id = ?0
) AS l
JOIN gestiones g ON g.id = l.gestion_id
JOIN planilla_filas f ON f.planilla_id = l.planilla_id AND f.funcionario_id = l.funcionario_id AND f.modo = l.modo AND f.mes = l.mes
LEFT JOIN tarifas t ON t.id = f.tarifa_id
ORDER BY f.nombre, f.legajo, l.modo, l.mes, l.guardada_at, l.gestion_id`, id).Scan(ctx, &rows)
	out := make([]app.Linea, len(rows))
	for i, r := range rows {
		out[i] = app.Linea{
			Gestion: pa0580.GestionID(r.GestionID), Legajo: r.Legajo, Modo: pa0580.Modo(r.Modo), Mes: mes(r.Mes),
			Documento:  pa0580.MaskDocumento(r.Documento),
			Referencia: pa0580.Referencia{Tipo: pa0580.TipoReferencia(r.ReferenciaTipo), Numero: r.Referencia},
			Tipo:       pa0580.TipoGestion(r.TipoGestion), Jornada: pa0580.Jornada(r.Jornada), GuardadaAt: pa0580.Local(r.GuardadaAt),
			Ajuste: pa0580.Signo(r.Signo), Motivo: sinCitas(r.Motivo, r.Citables), Importe: importe(r.Importe),
		}
	}
	return out, err
}
