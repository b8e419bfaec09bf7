package postgres

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// renglonesDeSQL are the lines and ajustes of one gestión, oldest first.
var renglonesDeSQL = `
SELECT p.id AS planilla, p.numero, p.mes, p.unidad_codigo AS codigo, p.cerrada_at, fc.nombre AS cerrado_por,
	` + citablesDe("g") + ` AS citables, CASE WHEN p.conforme THEN fk.nombre END AS conformidad, l.ajuste_id, l.signo, x.motivo, fj.nombre AS jefatura, fr.nombre AS rrhh, q.id AS reclamo,
	m.mes IS NOT NULL AS probado, ` + montoSQL + ` AS importe, t.norma
FROM (
	SELECT planilla_id, NULL::uuid AS ajuste_id, NULL::smallint AS signo, funcionario_id, modo, mes, tipo_gestion, jornada FROM planilla_lineas WHERE gestion_id = ?0
	UNION ALL SELECT planilla_id, ajuste_id, signo, funcionario_id, modo, mes, tipo_gestion, jornada FROM planilla_ajustes WHERE gestion_id = ?0
) AS l
JOIN planillas p ON p.id = l.planilla_id
JOIN gestiones g ON g.id = ?0
JOIN planilla_filas f ON f.planilla_id = l.planilla_id AND f.funcionario_id = l.funcionario_id AND f.modo = l.modo AND f.mes = l.mes
LEFT JOIN tarifas t ON t.id = f.tarifa_id
JOIN cierres c ON c.mes = p.mes
LEFT JOIN funcionarios fc ON fc.id = c.cerrado_por
LEFT JOIN conformidades k ON k.mes = p.mes AND k.unidad_id = p.unidad_id
LEFT JOIN funcionarios fk ON fk.id = k.actor_id
LEFT JOIN ajustes x ON x.id = l.ajuste_id
LEFT JOIN funcionarios fj ON fj.id = x.jefe_por
LEFT JOIN funcionarios fr ON fr.id = x.rrhh_por
LEFT JOIN reclamos_funcionario q ON q.ajuste_id = x.id
LEFT JOIN manifiestos m ON m.mes = p.mes
ORDER BY p.numero, COALESCE(l.signo, 0)`

// Renglones are the lines that a gestión ever caused in planillas, oldest first.
func (s *Store) Renglones(ctx context.Context, id pa0580.GestionID) ([]app.Renglon, error) {
	if !isID(id) {
		return nil, nil
	}
	var rows []struct {
		Planilla    string
		Numero      int64
		Mes         string
		Codigo      string
		CerradaAt   time.Time
		CerradoPor  string
		Conformidad string
		AjusteID    string
		Signo       int
		Motivo      string
		Citables    string
		Jefatura    string
		Rrhh        string
		Reclamo     string
		Probado     bool
		Importe     *int64
		Norma       string
	}
	err := s.db.NewRaw(renglonesDeSQL, id).Scan(ctx, &rows)
	out := make([]app.Renglon, len(rows))
	for i, r := range rows {
		out[i] = app.Renglon{
			Planilla: r.Planilla, Numero: r.Numero, Mes: mes(r.Mes), Codigo: r.Codigo, CerradaAt: pa0580.Local(r.CerradaAt), CerradoPor: r.CerradoPor,
			Conformidad: r.Conformidad, Ajuste: pa0580.AjusteID(r.AjusteID), Signo: pa0580.Signo(r.Signo), Motivo: sinCitas(r.Motivo, r.Citables),
			Jefatura: r.Jefatura, RRHH: r.Rrhh, Reclamo: pa0580.ReclamoFuncionarioID(r.Reclamo), Probado: r.Probado,
			Importe: importe(r.Importe), Norma: r.Norma,
		}
	}
	return out, seek("read a gestión's lines", err)
}

// ComandoDe is the command that decided on a gestión as it stands, with the name of who
// gave it; nil where none did.
func (s *Store) ComandoDe(ctx context.Context, id pa0580.GestionID) (*app.Pedido, string, error) {
	if !isID(id) {
		return nil, "", nil
	}
	rows, err := s.pedidos(ctx, "read a decision", "c.id = (SELECT decision_id FROM gestiones WHERE id = ?)", id)
	if err != nil || len(rows) == 0 {
		return nil, "", err
	}
	p := rows[0].pedido()
	var name string
	err = s.db.NewRaw("SELECT nombre FROM funcionarios WHERE id = ?", p.Actor).Scan(ctx, &name)
	return &p, name, seek("read who decided", err)
}
