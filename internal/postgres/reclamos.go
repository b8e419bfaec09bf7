package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

type reclamoRow struct {
	bun.BaseModel `bun:"table:reclamos_funcionario"`

	ID               string
	AgenteID         string
	GestionID        string `bun:",nullzero"`
	Contra           string `bun:",nullzero"`
	UnidadID         string
	Mes              string
	Motivo           string
	PresentadoAt     time.Time
	Vence            dia
	VencidoAt        *time.Time
	RetiradoAt       *time.Time
	RespondidoPor    string `bun:",nullzero"`
	RespondidoCargo  string `bun:",nullzero"`
	RespondidoUnidad string `bun:",nullzero"`
	RespondidoAt     *time.Time
	Procede          *bool
	Respuesta        string
	AjusteID         string `bun:",nullzero"`

	// What stands beside it.
	UnidadCodigo   string `bun:",scanonly"`
	UnidadNombre   string `bun:",scanonly"`
	AgenteNombre   string `bun:",scanonly"`
	RespondeNombre string `bun:",scanonly"`
	Citables       string `bun:",scanonly"`
}

// reclamoColumns are reclamoRow's.
const reclamoColumns = `id, agente_id, gestion_id, contra, unidad_id, mes, motivo, presentado_at, vence, vencido_at, retirado_at,
	respondido_por, respondido_cargo, respondido_unidad, respondido_at, procede, respuesta, ajuste_id`

func (r reclamoRow) reclamo() pa0580.ReclamoFuncionario {
	out := pa0580.ReclamoFuncionario{
		ID: pa0580.ReclamoFuncionarioID(r.ID), Agente: pa0580.FuncionarioID(r.AgenteID), Gestion: pa0580.GestionID(r.GestionID), Contra: pa0580.Estado(r.Contra),
		Unidad: pa0580.UnidadID(r.UnidadID), Mes: mes(r.Mes), Motivo: r.Motivo, PresentadoAt: pa0580.Local(r.PresentadoAt),
		Vence: pa0580.Dia(r.Vence), VencidoAt: local(r.VencidoAt), RetiradoAt: local(r.RetiradoAt),
	}
	if r.RespondidoAt != nil {
		out.Respuesta = &pa0580.Respuesta{
			Visto: pa0580.Visto{Quien: pa0580.FuncionarioID(r.RespondidoPor), At: pa0580.Local(*r.RespondidoAt),
				Autoridad: pa0580.Autoridad{Cargo: pa0580.Cargo(r.RespondidoCargo), Unidad: pa0580.UnidadID(r.RespondidoUnidad)}},
			Procede: *r.Procede, Motivo: r.Respuesta, Ajuste: pa0580.AjusteID(r.AjusteID),
		}
	}
	return out
}

func (r reclamoRow) ficha() app.ReclamoFicha {
	return app.ReclamoFicha{
		ReclamoFuncionario: r.reclamo(), UnidadCodigo: r.UnidadCodigo, UnidadNombre: r.UnidadNombre,
		AgenteNombre: r.AgenteNombre, RespondeNombre: r.RespondeNombre,
	}
}

func objetoReclamo(id pa0580.ReclamoFuncionarioID) string { return "reclamo-funcionario/" + string(id) }

// deReclamo is an entry about a reclamo. It is no entry of its gestión's: whoever sees
// that one need not see what its agent claims.
func deReclamo(r pa0580.ReclamoFuncionario, accion string, quien pa0580.FuncionarioID, at time.Time) asientoRow {
	return asientoRow{At: at, ActorID: string(quien), Accion: accion, Objeto: objetoReclamo(r.ID), Detalle: map[string]string{
		"gestion": string(r.Gestion), "unidad": string(r.Unidad), "mes": r.Mes.String(), "vence": r.Vence.String(), "estado": string(r.Estado()),
	}}
}

// AddReclamo stores one, judged by how its gestión stands by then, or by whether its month
// is closed. Repeated with its key it changes nothing. Returns its id.
func (s *Store) AddReclamo(ctx context.Context, r pa0580.ReclamoFuncionario, k app.Clave) (pa0580.ReclamoFuncionarioID, error) {
	if r.Gestion != "" && !isID(r.Gestion) {
		return "", pa0580.ErrNoGestion()
	}
	err := s.tx(ctx, "store reclamo", func(ctx context.Context, tx bun.Tx) error {
		first, made, err := once(ctx, tx, r.Agente, k, objetoReclamo(r.ID))
		if err != nil || !first {
			_, id, _ := strings.Cut(made, "/")
			r.ID = pa0580.ReclamoFuncionarioID(id)
			return err
		}
		if r.Contra, err = reclamable(ctx, tx, r); err != nil {
			return err
		}
		row := reclamoRow{
			ID: string(r.ID), AgenteID: string(r.Agente), GestionID: string(r.Gestion), Contra: string(r.Contra), UnidadID: string(r.Unidad), Mes: r.Mes.String(),
			Motivo: r.Motivo, PresentadoAt: r.PresentadoAt, Vence: dia(r.Vence),
		}
		res, err := tx.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n == 0 {
			err = r.Repeated()
		}
		if err != nil {
			return err
		}
		return writeAsiento(ctx, tx, deReclamo(r, "reclamar", r.Agente, r.PresentadoAt))
	})
	return r.ID, err
}

// reclamable refuses what no close has settled yet; it gives how the gestión stands.
func reclamable(ctx context.Context, tx bun.Tx, r pa0580.ReclamoFuncionario) (pa0580.Estado, error) {
	if r.Gestion != "" {
		e, err := estadoDe(ctx, tx, r.Gestion)
		if err == nil {
			err = pa0580.Reclamable(e)
		}
		return e, err
	}
	var closed bool
	err := tx.NewRaw("SELECT EXISTS (SELECT FROM cierres WHERE mes = ? AND cerrado_at IS NOT NULL)", r.Mes.String()).Scan(ctx, &closed)
	if err == nil && !closed {
		err = pa0580.Refuse(0, pa0580.CodeWrongEstado, "mes", "El mes "+r.Mes.String()+" no está cerrado: háblelo con su jefatura, y reclame si se cierra sin lo que falta.")
	}
	return "", err
}

func estadoDe(ctx context.Context, tx bun.Tx, id pa0580.GestionID) (pa0580.Estado, error) {
	var all []pa0580.Estado
	err := tx.NewRaw("SELECT estado FROM gestiones WHERE id = ?", id).Scan(ctx, &all)
	if err == nil && len(all) == 0 {
		err = pa0580.ErrNoGestion()
	}
	if err != nil {
		return "", err
	}
	return all[0], nil
}

// lockReclamo reads one and holds it. Refuses with CodeNotFound.
func lockReclamo(ctx context.Context, tx bun.Tx, id pa0580.ReclamoFuncionarioID) (pa0580.ReclamoFuncionario, error) {
	var rows []reclamoRow
	err := tx.NewRaw("SELECT "+reclamoColumns+" FROM reclamos_funcionario WHERE id = ? FOR UPDATE", id).Scan(ctx, &rows)
	if err == nil && len(rows) == 0 {
		err = pa0580.ErrNoReclamo()
	}
	if err != nil {
		return pa0580.ReclamoFuncionario{}, err
	}
	return rows[0].reclamo(), nil
}

// DecideReclamo takes a step on a reclamo that is held meanwhile, with the ajuste that
// comes of it. Repeated with its key it changes nothing.
func (s *Store) DecideReclamo(ctx context.Context, p app.PasoDeReclamo, k app.Clave) error {
	if !isID(p.ID) {
		return pa0580.ErrNoReclamo()
	}
	return s.tx(ctx, "decide on a reclamo", func(ctx context.Context, tx bun.Tx) error {
		if first, _, err := once(ctx, tx, p.Quien, k, objetoReclamo(p.ID)); err != nil || !first {
			return err
		}
		if _, err := tx.ExecContext(ctx, lockStoring); err != nil { // before any row: an ajuste may come of it
			return err
		}
		r, err := lockReclamo(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		var now pa0580.Estado
		if r.Gestion != "" {
			if now, err = estadoDe(ctx, tx, r.Gestion); err != nil {
				return err
			}
		}
		if err := p.Decide(&r, now); err != nil {
			return err
		}
		if p.Ajuste != nil {
			if err := insertAjuste(ctx, tx, *p.Ajuste); err != nil {
				return err
			}
		}
		entry := deReclamo(r, p.Accion, p.Quien, p.At)
		if entry.Detalle["sha256"], err = endReclamo(ctx, tx, r); err != nil {
			return err
		}
		if x := r.Respuesta; x != nil {
			entry.Detalle["cargo"], entry.Detalle["por"], entry.Detalle["ajuste"] = string(x.Autoridad.Cargo), string(x.Autoridad.Unidad), string(x.Ajuste)
		}
		return writeAsiento(ctx, tx, entry)
	})
}

// textosDeReclamoSQL is the digest, in hexadecimal, of what a reclamo and its answer say.
const textosDeReclamoSQL = `encode(sha256(convert_to(jsonb_build_array(r.sal, r.contra, r.motivo, r.respuesta)::text, 'UTF8')), 'hex')`

// endReclamo writes how a reclamo ended, and gives the digest of its texts.
func endReclamo(ctx context.Context, tx bun.Tx, r pa0580.ReclamoFuncionario) (string, error) {
	var x pa0580.Respuesta
	var at, procede any
	if r.Respuesta != nil {
		x = *r.Respuesta
		at, procede = x.At, x.Procede
	}
	var digest string
	err := tx.NewRaw(`
UPDATE reclamos_funcionario r SET retirado_at = ?, respondido_por = ?, respondido_cargo = ?, respondido_unidad = ?, respondido_at = ?, procede = ?, respuesta = ?, ajuste_id = ?
WHERE id = ? RETURNING `+textosDeReclamoSQL, r.RetiradoAt, bun.NullZero(x.Quien), bun.NullZero(x.Autoridad.Cargo), bun.NullZero(x.Autoridad.Unidad), at, procede, x.Motivo, bun.NullZero(x.Ajuste), r.ID).Scan(ctx, &digest)
	return digest, err
}

// AttendReclamo reads a reclamo for its workflow: records that its due date passed, which
// engine drives it, and that this one knows of its end.
func (s *Store) AttendReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID, motor string, at time.Time) (contract.ReclamoState, error) {
	var out contract.ReclamoState
	if !isID(id) {
		return out, pa0580.ErrNoReclamo()
	}
	err := s.tx(ctx, "attend reclamo", func(ctx context.Context, tx bun.Tx) error {
		r, err := lockReclamo(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.Lapse(at) {
			if err := writeAsiento(ctx, tx, deReclamo(r, "vencer_reclamo", "", at)); err != nil {
				return err
			}
		}
		if out.Estado = r.Estado(); out.Estado == pa0580.ReclamoPresentado {
			out.Falta = r.Vence.Next().Start().Sub(at)
		}
		_, err = tx.NewRaw(`
UPDATE reclamos_funcionario SET vencido_at = ?0, motor = ?1, avisado = ?2
WHERE id = ?3 AND (vencido_at, motor, avisado) IS DISTINCT FROM (?0::timestamptz, ?1, ?2)`, r.VencidoAt, motor, out.Estado.Ended(), id).Exec(ctx)
		return err
	})
	return out, err
}

// ReclamosPorAvisar lists those whose workflow has to look at them, after an id: each
// branch ends with the workflow's own look.
func (s *Store) ReclamosPorAvisar(ctx context.Context, motor string, before time.Time, tras pa0580.ReclamoFuncionarioID, limit int) ([]pa0580.ReclamoFuncionarioID, error) {
	if !isID(tras) {
		tras = pa0580.ReclamoFuncionarioID(nadie)
	}
	var out []pa0580.ReclamoFuncionarioID
	err := s.db.NewRaw(`
SELECT id FROM reclamos_funcionario WHERE NOT avisado AND id > ?0 AND presentado_at < ?1 AND (
	COALESCE(respondido_at, retirado_at) < ?1
	OR COALESCE(respondido_at, retirado_at) IS NULL AND (motor IS DISTINCT FROM ?2 OR vence < ?3 AND vencido_at IS NULL))
ORDER BY id LIMIT ?4`, tras, before, motor, dia(pa0580.DiaOf(before)), limit).Scan(ctx, &out)
	return out, seek("list reclamos to be told", err)
}
