package postgres

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type tarifaRow struct {
	bun.BaseModel `bun:"table:tarifas,alias:t"`

	ID           string
	Desde        string
	Norma        string
	Montos       []int64 `bun:",array"`
	Estado       string
	PropuestaPor string
	PropuestaAt  time.Time
	DecididaPor  string `bun:",nullzero"`
	DecididaAt   *time.Time
	Motivo       string
	Orden        int64  `bun:",nullzero"`
	Compromiso   []byte `bun:",nullzero"`

	ProponeNombre string `bun:",scanonly"`
	DecideNombre  string `bun:",scanonly"`
}

func (r tarifaRow) tarifa() pa0580.Tarifa {
	t := pa0580.Tarifa{
		ID: pa0580.TarifaID(r.ID), Desde: mes(r.Desde), Norma: r.Norma, Propone: pa0580.FuncionarioID(r.PropuestaPor), PropuestaAt: pa0580.Local(r.PropuestaAt),
		Motivo: r.Motivo, Orden: r.Orden,
	}
	for i, n := range r.Montos {
		t.Montos[i] = pa0580.Guaranies(n)
	}
	if r.DecididaAt != nil {
		v := &pa0580.Visto{Quien: pa0580.FuncionarioID(r.DecididaPor), At: pa0580.Local(*r.DecididaAt)}
		if pa0580.EstadoTarifa(r.Estado) == pa0580.TarifaAprobada {
			t.Aprobacion = v
		} else {
			t.Rechazo = v
		}
	}
	return t
}

func (r tarifaRow) ficha() app.TarifaFicha {
	return app.TarifaFicha{Tarifa: r.tarifa(), ProponeNombre: r.ProponeNombre, DecideNombre: r.DecideNombre, Huella: hex.EncodeToString(r.Compromiso)}
}

func readTarifas(ctx context.Context, db bun.IDB, where string, args ...any) ([]app.TarifaFicha, error) {
	var rows []tarifaRow
	err := db.NewRaw(`
SELECT t.*, fp.nombre AS propone_nombre, fd.nombre AS decide_nombre
FROM tarifas t JOIN funcionarios fp ON fp.id = t.propuesta_por LEFT JOIN funcionarios fd ON fd.id = t.decidida_por
WHERE `+where+` ORDER BY t.desde DESC, t.orden DESC NULLS FIRST, t.propuesta_at DESC, t.id`, args...).Scan(ctx, &rows)
	return each(rows, tarifaRow.ficha), err
}

// Tarifas are all of them: by their month and the order of approval, latest first.
func (s *Store) Tarifas(ctx context.Context) ([]app.TarifaFicha, error) {
	all, err := readTarifas(ctx, s.db, "TRUE")
	return all, seek("list tariffs", err)
}

// AddTarifa stores a proposal. Repeated with its key it changes nothing. Returns its id.
// Refuses with CodeMonthClosed.
func (s *Store) AddTarifa(ctx context.Context, t pa0580.Tarifa, k app.Clave) (pa0580.TarifaID, error) {
	var id string
	err := s.tx(ctx, "store tariff", func(ctx context.Context, tx bun.Tx) error {
		first, made, err := once(ctx, tx, t.Propone, k, string(t.ID))
		if id = made; err != nil || !first {
			return err
		}
		last, err := turno(ctx, tx, pa0580.Mes{})
		if err != nil {
			return err
		}
		if err := pa0580.CheckDesde(t.Desde, last.Ultimo, t.PropuestaAt); err != nil {
			return err
		}
		row := tarifaRow{
			ID: string(t.ID), Desde: t.Desde.String(), Norma: t.Norma, Estado: string(t.Estado()),
			Montos: each(t.Montos[:], func(n pa0580.Guaranies) int64 { return int64(n) }), PropuestaPor: string(t.Propone), PropuestaAt: t.PropuestaAt,
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		return writeAsiento(ctx, tx, deTarifa(t, "proponer_tarifa", t.Propone, t.PropuestaAt))
	})
	return pa0580.TarifaID(id), err
}

func deTarifa(t pa0580.Tarifa, accion string, quien pa0580.FuncionarioID, at time.Time) asientoRow {
	return asientoRow{At: at, ActorID: string(quien), Accion: accion, Objeto: "tarifa/" + string(t.ID),
		Detalle: map[string]string{"desde": t.Desde.String(), "estado": string(t.Estado())}}
}

const (
	aprobarTarifaSQL = `
UPDATE tarifas t SET estado = 'aprobada', decidida_por = ?0, decidida_at = ?1, orden = n.orden,
	compromiso = (SELECT ` + deTarifaSQL + ` FROM (SELECT x.id, x.desde, x.norma, x.montos, x.propuesta_por, x.propuesta_at,
		?0::uuid AS decidida_por, ?1::timestamptz AS decidida_at, n.orden FROM tarifas x WHERE x.id = ?2) AS t)
FROM (SELECT COALESCE(max(orden), 0) + 1 AS orden FROM tarifas) AS n
WHERE t.id = ?2 RETURNING encode(t.compromiso, 'hex')`

	rechazarTarifaSQL = "UPDATE tarifas SET estado = 'rechazada', decidida_por = ?, decidida_at = ?, motivo = ? WHERE id = ?"
)

// DecideTarifa has decide judge a tariff, given the last closed month, while no month
// closes, and stores what it made of it: so what a month is paid by is settled when it
// closes. Repeated with its key it changes nothing. Refuses with CodeNotFound, too.
func (s *Store) DecideTarifa(ctx context.Context, id pa0580.TarifaID, accion string, v pa0580.Visto, k app.Clave,
	decide func(*pa0580.Tarifa, pa0580.Mes) error,
) error {
	if !isID(id) {
		return pa0580.ErrNoTarifa()
	}
	return s.tx(ctx, "decide on a tariff", func(ctx context.Context, tx bun.Tx) error {
		if first, _, err := once(ctx, tx, v.Quien, k, "tarifa/"+string(id)); err != nil || !first {
			return err
		}
		if _, err := tx.ExecContext(ctx, lockClosing); err != nil {
			return err
		}
		found, err := readTarifas(ctx, tx, "t.id = ?", id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return pa0580.ErrNoTarifa()
		}
		last, err := turno(ctx, tx, pa0580.Mes{})
		if err != nil {
			return err
		}
		t := found[0].Tarifa
		if err := decide(&t, last.Ultimo); err != nil {
			return err
		}
		entry := deTarifa(t, accion, v.Quien, v.At)
		if t.Estado() == pa0580.TarifaAprobada {
			var digest string
			if err := tx.NewRaw(aprobarTarifaSQL, v.Quien, v.At, id).Scan(ctx, &digest); err != nil {
				return err
			}
			entry.Detalle["compromiso"] = digest
		} else if _, err := tx.NewRaw(rechazarTarifaSQL, v.Quien, v.At, t.Motivo, id).Exec(ctx); err != nil {
			return err
		}
		return writeAsiento(ctx, tx, entry)
	})
}
