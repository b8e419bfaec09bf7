package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// ajustesSQL are the approved ajustes that a month's planillas take in: those approved
// before its corte that are in none yet, whatever closed month they correct; a
// complementaria's are those that correct its month. Arguments: month, corte.
const ajustesSQL = `
SELECT x.id, x.signo, x.gestion_id, g.agente_id, g.unidad_id, g.modo, g.mes, g.tipo_gestion, g.jornada, g.guardada_at
FROM ajustes x JOIN gestiones g ON g.id = x.gestion_id
WHERE x.aprobado_at < ?1 AND x.planilla_id IS NULL AND ` + corrigeSQL + enTodas

// corrigeSQL tells an ajuste that may go into a month's planillas, or a complementaria's.
const corrigeSQL = "CASE WHEN " + esMesSQL + " THEN x.mes < ?0 ELSE x.mes = left(?0, 7) END"

const (
	insertAjustesSQL = `
INSERT INTO planilla_ajustes (ajuste_id, planilla_id, gestion_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at, signo, personal, compromiso)
SELECT l.id, p.id, l.gestion_id, l.agente_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.guardada_at, l.signo, l.personal, ` + deAjusteSQL + `
FROM (SELECT a.*, ` + personalAunSQL + ` AS personal FROM (` + ajustesSQL + `) AS a JOIN gestiones g ON g.id = a.gestion_id) AS l
JOIN gestiones g ON g.id = l.gestion_id
JOIN ajustes x ON x.id = l.id
JOIN planillas p ON p.mes = ?0 AND p.unidad_id = l.unidad_id
JOIN cierres c ON c.mes = p.mes`

	// Arguments: month, moment, actor.
	incluirAjustesSQL = `
WITH incluido AS (
	UPDATE ajustes x SET planilla_id = p.id FROM planilla_ajustes a JOIN planillas p ON p.id = a.planilla_id
	WHERE p.mes = ?0 AND x.id = a.ajuste_id AND x.planilla_id IS NULL
	RETURNING x.id, x.gestion_id, p.numero
)
INSERT INTO auditoria (at, actor_id, accion, gestion_id, objeto, detalle)
SELECT ?1, ?2, 'incluir_ajuste', gestion_id, 'ajuste/' || id, jsonb_build_object('mes', ?0, 'planilla', numero::text) FROM incluido`
)

type ajusteRow struct {
	bun.BaseModel `bun:"table:ajustes,alias:x"`

	ID           string
	GestionID    string
	Mes          string
	Orden        int
	Pagada       bool
	Signo        int
	Motivo       string
	PedidoPor    string
	PedidoAt     time.Time
	JefePor      string `bun:",nullzero"`
	JefeCargo    string `bun:",nullzero"`
	JefeUnidad   string `bun:",nullzero"`
	JefeAt       *time.Time
	RrhhPor      string `bun:",nullzero"`
	RrhhAt       *time.Time
	AprobadoAt   *time.Time
	RechazadoPor string `bun:",nullzero"`
	RechazadoAt  *time.Time
	Rechazo      string
	PlanillaID   string `bun:",nullzero"`

	// What stands beside it.
	UnidadID      string `bun:",scanonly"`
	UnidadCodigo  string `bun:",scanonly"`
	UnidadNombre  string `bun:",scanonly"`
	AgenteID      string `bun:",scanonly"`
	AgenteNombre  string `bun:",scanonly"`
	PideNombre    string `bun:",scanonly"`
	JefeNombre    string `bun:",scanonly"`
	RrhhNombre    string `bun:",scanonly"`
	RechazoNombre string `bun:",scanonly"`
	PlanillaNro   int64  `bun:",scanonly"`
	PlanillaMes   string `bun:",scanonly"`
	ReclamoID     string `bun:",scanonly"`
	Citables      string `bun:",scanonly"`
}

func (r ajusteRow) ajuste() pa0580.Ajuste {
	a := pa0580.Ajuste{
		ID: pa0580.AjusteID(r.ID), Gestion: pa0580.GestionID(r.GestionID), Mes: mes(r.Mes), Signo: pa0580.Signo(r.Signo), Motivo: r.Motivo,
		Pide: pa0580.FuncionarioID(r.PedidoPor), PedidoAt: pa0580.Local(r.PedidoAt), Rechazado: r.Rechazo, Incluido: r.PlanillaID != "",
	}
	if r.JefeAt != nil {
		a.Jefe = &pa0580.Visto{Quien: pa0580.FuncionarioID(r.JefePor), At: pa0580.Local(*r.JefeAt),
			Autoridad: pa0580.Autoridad{Cargo: pa0580.Cargo(r.JefeCargo), Unidad: pa0580.UnidadID(r.JefeUnidad)}}
	}
	if r.RrhhAt != nil {
		a.RRHH = &pa0580.Visto{Quien: pa0580.FuncionarioID(r.RrhhPor), At: pa0580.Local(*r.RrhhAt)}
	}
	if r.RechazadoAt != nil {
		a.Rechazo = &pa0580.Visto{Quien: pa0580.FuncionarioID(r.RechazadoPor), At: pa0580.Local(*r.RechazadoAt)}
	}
	return a
}

// ficha is without the document that people quote in what they write.
func (r ajusteRow) ficha() app.AjusteFicha {
	r.Motivo, r.Rechazo = sinCitas(r.Motivo, r.Citables), sinCitas(r.Rechazo, r.Citables)
	return app.AjusteFicha{
		Ajuste: r.ajuste(), Unidad: pa0580.UnidadID(r.UnidadID), UnidadCodigo: r.UnidadCodigo, UnidadNombre: r.UnidadNombre,
		Agente: pa0580.FuncionarioID(r.AgenteID), AgenteNombre: r.AgenteNombre, PideNombre: r.PideNombre,
		JefeNombre: r.JefeNombre, RRHHNombre: r.RrhhNombre, RechazoNombre: r.RechazoNombre,
		Planilla: r.PlanillaID, PlanillaNro: r.PlanillaNro, PlanillaMes: mes(r.PlanillaMes),
		Reclamo: pa0580.ReclamoFuncionarioID(r.ReclamoID),
	}
}

// set gives the row what the rules made of its ajuste.
func (r *ajusteRow) set(a pa0580.Ajuste) {
	if j := a.Jefe; j != nil {
		r.JefePor, r.JefeCargo, r.JefeUnidad, r.JefeAt = string(j.Quien), string(j.Autoridad.Cargo), string(j.Autoridad.Unidad), &j.At
	}
	if v := a.RRHH; v != nil {
		r.RrhhPor, r.RrhhAt = string(v.Quien), &v.At
	}
	if v := a.Rechazo; v != nil {
		r.RechazadoPor, r.RechazadoAt, r.Rechazo = string(v.Quien), &v.At, a.Rechazado
	}
}

// pagada reads what closes have done about a gestión by a moment, and how many ajustes of it
// were not rejected. Refuses with CodeNotFound.
func pagada(ctx context.Context, tx bun.Tx, id pa0580.GestionID, at time.Time) (pa0580.Pagada, int, error) {
	if !isID(id) {
		return pa0580.Pagada{}, 0, pa0580.ErrNoGestion()
	}
	var rows []struct {
		Estado  string
		Mes     string
		Linea   string
		Ajustes int
		Orden   int
		Abierto bool
		EnCurso bool
		Existe  bool
		Firme   *time.Time
		Cortado string
	}
	err := tx.NewRaw(`
SELECT g.estado, g.mes, (SELECT p.mes FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id WHERE l.gestion_id = g.id) AS linea,
	COALESCE(sum(x.signo) FILTER (WHERE x.planilla_id IS NOT NULL), 0) AS ajustes, count(x.id) AS orden, count(x.id) > count(x.planilla_id) AS abierto,
	EXISTS (SELECT FROM comandos c WHERE c.gestion_id = g.id AND c.resultado IS NULL) AS en_curso, g.sgc_existe IS TRUE AS existe,
	c.firme, c.cortado
FROM gestiones g LEFT JOIN ajustes x ON x.gestion_id = g.id AND x.rechazado_at IS NULL
CROSS JOIN LATERAL (
	SELECT min(corte_at) FILTER (WHERE cerrado_at IS NOT NULL) AS firme, min(mes) FILTER (WHERE cerrado_at IS NULL AND corte_at <= ?1) AS cortado
	FROM cierres WHERE mes >= g.mes AND length(mes) = 7 AND g.estado = 'rechazada' AND corte_at > g.decidida_at
) AS c
WHERE g.id = ?0 GROUP BY g.id, c.firme, c.cortado`, id, at).Scan(ctx, &rows)
	if err != nil {
		return pa0580.Pagada{}, 0, err
	}
	if len(rows) == 0 {
		return pa0580.Pagada{}, 0, pa0580.ErrNoGestion()
	}
	r := rows[0]
	p := pa0580.Pagada{
		Estado: pa0580.Estado(r.Estado), Mes: mes(r.Mes), Linea: mes(r.Linea),
		Ajustes: r.Ajustes, Abierto: r.Abierto, EnCurso: r.EnCurso, Existe: r.Existe, Cortado: mes(r.Cortado),
	}
	if r.Firme != nil {
		p.Firme = pa0580.Local(*r.Firme)
	}
	return p, r.Orden, nil
}

// AddAjuste stores one that is asked for, judged by what closes have done when it is
// stored. Repeated with its key it changes nothing. Returns its id.
func (s *Store) AddAjuste(ctx context.Context, a pa0580.Ajuste, k app.Clave) (pa0580.AjusteID, error) {
	var id string
	err := s.tx(ctx, "store ajuste", func(ctx context.Context, tx bun.Tx) error {
		first, made, err := once(ctx, tx, a.Pide, k, string(a.ID))
		if id = made; err != nil || !first {
			return err
		}
		if _, err := tx.ExecContext(ctx, lockStoring); err != nil {
			return err
		}
		return insertAjuste(ctx, tx, a)
	})
	return pa0580.AjusteID(id), err
}

// insertAjuste judges and stores one, in a transaction that took [lockStoring].
func insertAjuste(ctx context.Context, tx bun.Tx, a pa0580.Ajuste) error {
	if _, err := tx.NewRaw("SELECT 1 FROM gestiones WHERE id = ? FOR UPDATE", a.Gestion).Exec(ctx); err != nil {
		return err
	}
	p, before, err := pagada(ctx, tx, a.Gestion, a.PedidoAt)
	if err != nil {
		return err
	}
	if a.Mes, err = pa0580.NewAjuste(p, a.Signo, a.Motivo); err != nil {
		return err
	}
	row := ajusteRow{
		ID: string(a.ID), GestionID: string(a.Gestion), Mes: a.Mes.String(), Orden: before + 1, Pagada: !p.Linea.IsZero(),
		Signo: int(a.Signo), Motivo: a.Motivo, PedidoPor: string(a.Pide), PedidoAt: a.PedidoAt,
	}
	row.set(a)
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	return writeAsiento(ctx, tx, deAjuste(a, "pedir_ajuste", a.Pide, a.PedidoAt))
}

func deAjuste(a pa0580.Ajuste, accion string, quien pa0580.FuncionarioID, at time.Time) asientoRow {
	return asientoRow{At: at, ActorID: string(quien), Accion: accion, GestionID: string(a.Gestion), Objeto: "ajuste/" + string(a.ID),
		Detalle: map[string]string{"signo": a.Signo.String(), "corrige": a.Mes.String(), "estado": string(a.Estado())}}
}

// DecideAjuste has decide judge an ajuste that is held meanwhile, and stores what it made
// of it. An approval that completes it counts from then on, and never as of before a
// corte that is sealed. Repeated with its key it changes nothing.
func (s *Store) DecideAjuste(ctx context.Context, id pa0580.AjusteID, accion string, v pa0580.Visto, k app.Clave, decide func(*pa0580.Ajuste) error) error {
	if !isID(id) {
		return pa0580.ErrNoAjuste()
	}
	return s.tx(ctx, "decide on an ajuste", func(ctx context.Context, tx bun.Tx) error {
		if first, _, err := once(ctx, tx, v.Quien, k, "ajuste/"+string(id)); err != nil || !first {
			return err
		}
		if _, err := tx.ExecContext(ctx, lockStoring); err != nil {
			return err
		}
		var rows []ajusteRow
		if err := tx.NewRaw("SELECT "+ajusteColumns+" FROM ajustes WHERE id = ? FOR UPDATE", id).Scan(ctx, &rows); err != nil {
			return err
		}
		if len(rows) == 0 {
			return pa0580.ErrNoAjuste()
		}
		a := rows[0].ajuste()
		if err := decide(&a); err != nil {
			return err
		}
		rows[0].set(a)
		r := rows[0]
		if _, err := tx.NewRaw(decidirAjusteSQL, bun.NullZero(r.JefePor), bun.NullZero(r.JefeCargo), bun.NullZero(r.JefeUnidad), r.JefeAt,
			bun.NullZero(r.RrhhPor), r.RrhhAt, a.Estado() == pa0580.AjusteAprobado, v.At, bun.NullZero(r.RechazadoPor), r.RechazadoAt, r.Rechazo, id).Exec(ctx); err != nil {
			return err
		}
		return writeAsiento(ctx, tx, deAjuste(a, accion, v.Quien, v.At))
	})
}

const decidirAjusteSQL = `
UPDATE ajustes SET jefe_por = ?, jefe_cargo = ?, jefe_unidad = ?, jefe_at = ?, rrhh_por = ?, rrhh_at = ?,
	aprobado_at = CASE WHEN ? THEN GREATEST(?, (SELECT max(corte_at) FROM cierres WHERE sellado)) END,
	rechazado_por = ?, rechazado_at = ?, rechazo = ?
WHERE id = ?`

// ajusteColumns are all but the salt, which never leaves the database.
const ajusteColumns = `id, gestion_id, mes, orden, pagada, signo, motivo, pedido_por, pedido_at, jefe_por, jefe_cargo, jefe_unidad, jefe_at,
	rrhh_por, rrhh_at, aprobado_at, rechazado_por, rechazado_at, rechazo, planilla_id`

// fichasDeAjusteSQL reads ajustes with what stands beside them; a condition follows.
var fichasDeAjusteSQL = `
SELECT x.*, g.unidad_id, u.codigo AS unidad_codigo, u.nombre AS unidad_nombre, g.agente_id, fa.nombre AS agente_nombre, fp.nombre AS pide_nombre,
	fj.nombre AS jefe_nombre, fr.nombre AS rrhh_nombre, fx.nombre AS rechazo_nombre, p.numero AS planilla_nro, p.mes AS planilla_mes,
	q.id AS reclamo_id, ` + citablesDe("g") + ` AS citables
FROM (SELECT ` + ajusteColumns + ` FROM ajustes) AS x
JOIN gestiones g ON g.id = x.gestion_id
JOIN unidades u ON u.id = g.unidad_id
JOIN funcionarios fa ON fa.id = g.agente_id
JOIN funcionarios fp ON fp.id = x.pedido_por
LEFT JOIN funcionarios fj ON fj.id = x.jefe_por
LEFT JOIN funcionarios fr ON fr.id = x.rrhh_por
LEFT JOIN funcionarios fx ON fx.id = x.rechazado_por
LEFT JOIN planillas p ON p.id = x.planilla_id
LEFT JOIN reclamos_funcionario q ON q.ajuste_id = x.id
WHERE `

// Ajustes lists those of gestiones that v may see, newest first.
func (s *Store) Ajustes(ctx context.Context, v app.Vision, f app.FiltroAjustes) ([]app.AjusteFicha, error) {
	where, args := "?", []any{visible(v)}
	narrow := func(condition string, arg any) {
		where += " AND " + condition
		args = append(args, arg)
	}
	if f.ID != "" {
		if !isID(f.ID) {
			return nil, nil
		}
		narrow("x.id = ?", f.ID)
	}
	if f.Gestion != "" {
		if !isID(f.Gestion) {
			return nil, nil
		}
		narrow("x.gestion_id = ?", f.Gestion)
	}
	if !f.Mes.IsZero() {
		narrow("x.mes = ?", f.Mes.String())
	}
	switch f.Estado {
	case pa0580.AjustePedido:
		where += " AND x.aprobado_at IS NULL AND x.rechazado_at IS NULL"
	case pa0580.AjusteAprobado:
		where += " AND x.aprobado_at IS NOT NULL AND x.planilla_id IS NULL"
	case pa0580.AjusteRechazado:
		where += " AND x.rechazado_at IS NOT NULL"
	case pa0580.AjusteIncluido:
		where += " AND x.planilla_id IS NOT NULL"
	}
	var rows []ajusteRow
	err := s.db.NewRaw(fichasDeAjusteSQL+where+" ORDER BY x.pedido_at DESC, x.id DESC LIMIT ?", append(args, f.Limite)...).Scan(ctx, &rows)
	return each(rows, ajusteRow.ficha), seek("list ajustes", err)
}
