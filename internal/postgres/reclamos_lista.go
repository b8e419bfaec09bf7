package postgres

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// fichasDeReclamoSQL reads reclamos with what stands beside them; a condition on g follows.
var fichasDeReclamoSQL = `
SELECT g.*, u.codigo AS unidad_codigo, u.nombre AS unidad_nombre, fa.nombre AS agente_nombre, fr.nombre AS responde_nombre, ` + citablesDe("q") + ` AS citables
FROM (SELECT ` + reclamoColumns + ` FROM reclamos_funcionario) AS g
JOIN unidades u ON u.id = g.unidad_id
JOIN funcionarios fa ON fa.id = g.agente_id
LEFT JOIN funcionarios fr ON fr.id = g.respondido_por
LEFT JOIN gestiones q ON q.id = g.gestion_id
WHERE `

// reclamosVisibles is what a vision sees of reclamos, which are called g: not those of
// units that somebody merely answers for.
func reclamosVisibles(v app.Vision) condition {
	late := visible(app.Vision{Bandeja: v.Superior})
	v.Unidades = nil
	return bun.SafeQuery("(? OR g.vencido_at IS NOT NULL AND ?)", visible(v), late)
}

// Reclamos lists those that v may see: the open ones first, by due date, then the newest.
func (s *Store) Reclamos(ctx context.Context, v app.Vision, f app.FiltroReclamos) ([]app.ReclamoFicha, error) {
	where, args, ok := ofReclamos(f)
	if !ok {
		return nil, nil
	}
	rows, err := reclamosDe(ctx, s.db, "?"+where+`
ORDER BY COALESCE(g.respondido_at, g.retirado_at) IS NOT NULL, CASE WHEN COALESCE(g.respondido_at, g.retirado_at) IS NULL THEN g.vence END, g.presentado_at DESC, g.id DESC
LIMIT `+strconv.Itoa(f.Limite), append([]any{reclamosVisibles(v)}, args...)...)
	return rows, seek("list reclamos", err)
}

// ofReclamos puts a filter into conditions on g. False: it names something that cannot be.
func ofReclamos(f app.FiltroReclamos) (where string, args []any, ok bool) {
	narrow := func(condition string, arg any) {
		where += " AND " + condition
		args = append(args, arg)
	}
	for _, by := range []struct{ condition, id string }{{"g.id = ?", string(f.ID)}, {"g.gestion_id = ?", string(f.Gestion)}, {"g.agente_id = ?", string(f.Agente)}} {
		if by.id == "" {
			continue
		}
		if !isID(by.id) {
			return "", nil, false
		}
		narrow(by.condition, by.id)
	}
	if !f.Mes.IsZero() {
		narrow("g.mes = ?", f.Mes.String())
	}
	if !f.Hasta.IsZero() {
		narrow("g.mes <= ?", f.Hasta.String())
	}
	const open = " AND g.respondido_at IS NULL AND g.retirado_at IS NULL"
	if f.Abiertos {
		where += open
	}
	return where + map[pa0580.EstadoReclamo]string{
		pa0580.ReclamoPresentado: open + " AND g.vencido_at IS NULL",
		pa0580.ReclamoVencido:    open + " AND g.vencido_at IS NOT NULL",
		pa0580.ReclamoRetirado:   " AND g.retirado_at IS NOT NULL",
		pa0580.ReclamoSinLugar:   " AND NOT g.procede",
		pa0580.ReclamoProcede:    " AND g.procede",
	}[f.Estado], args, true
}

// reclamosDe reads those that a condition on g names, each with its ajuste, and without
// the documents that people quote in what they write: the gestión's, or those of the one
// by which it is mended.
func reclamosDe(ctx context.Context, db bun.IDB, where string, args ...any) ([]app.ReclamoFicha, error) {
	var rows []reclamoRow
	if err := db.NewRaw(fichasDeReclamoSQL+where, args...).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range rows {
		if r.AjusteID != "" {
			ids = append(ids, r.AjusteID)
		}
	}
	byID, documents := map[string]*app.AjusteFicha{}, map[string]string{}
	if len(ids) > 0 {
		var found []ajusteRow
		if err := db.NewRaw(fichasDeAjusteSQL+"x.id IN (?)", bun.List(ids)).Scan(ctx, &found); err != nil {
			return nil, err
		}
		for _, x := range found {
			f := x.ficha()
			byID[x.ID], documents[x.ID] = &f, x.Citables
		}
	}
	return each(rows, func(r reclamoRow) app.ReclamoFicha {
		if r.GestionID == "" {
			r.Citables = documents[r.AjusteID]
		}
		if r.GestionID != "" || r.AjusteID != "" {
			r.Motivo, r.Respuesta = sinCitas(r.Motivo, r.Citables), sinCitas(r.Respuesta, r.Citables)
		}
		f := r.ficha()
		f.Ajuste = byID[r.AjusteID]
		return f
	}), nil
}
