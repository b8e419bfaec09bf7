package postgres

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

type ordenRow struct {
	bun.BaseModel `bun:"table:ordenes_cierre"`

	ID       string
	Mes      string
	ActorID  string
	Huella   string
	Motivo   string
	CreadoAt time.Time
	Clave    string
	Cuerpo   []byte
	Cerrado  *bool
	Codigo   string `bun:",nullzero"`
	Doble    bool

	ConfirmadaPor string `bun:",nullzero"`
	ConfirmadaAt  *time.Time
	Autor         string `bun:",scanonly"`
	Confirmo      string `bun:",scanonly"`
}

func (r ordenRow) orden() app.Orden {
	return app.Orden{
		ID: contract.OrdenID(r.ID), Mes: mes(r.Mes), Actor: pa0580.FuncionarioID(r.ActorID), Huella: r.Huella, Motivo: r.Motivo,
		CreadoAt: pa0580.Local(r.CreadoAt), Cerrado: r.Cerrado, Codigo: pa0580.Code(r.Codigo),
		Doble: r.Doble, ConfirmadaPor: pa0580.FuncionarioID(r.ConfirmadaPor), ConfirmadaAt: local(r.ConfirmadaAt), Autor: r.Autor, Confirmo: r.Confirmo,
	}
}

const (
	// ordenesSQL reads orders to close with who they are of; a condition follows.
	ordenesSQL = `
SELECT o.*, fa.nombre AS autor, fc.nombre AS confirmo
FROM ordenes_cierre o JOIN funcionarios fa ON fa.id = o.actor_id LEFT JOIN funcionarios fc ON fc.id = o.confirmada_por
WHERE `

	// porLlevarACaboSQL are the orders that only the engine keeps waiting.
	porLlevarACaboSQL = "o.cerrado IS NULL AND (NOT o.doble OR o.confirmada_por IS NOT NULL)"

	// lockOrdenar has orders stored one after the other: each supersedes those before.
	lockOrdenar = "LOCK TABLE ordenes_cierre IN SHARE ROW EXCLUSIVE MODE"
)

// AddOrden stores an order to close. One of its month that waits for its second
// person is superseded.
func (s *Store) AddOrden(ctx context.Context, o app.Orden, k app.Clave) (app.Orden, error) {
	row := ordenRow{
		ID: string(o.ID), Mes: o.Mes.String(), ActorID: string(o.Actor), Huella: o.Huella, Motivo: o.Motivo,
		CreadoAt: o.CreadoAt, Clave: k.Clave, Cuerpo: k.Cuerpo, Doble: o.Doble,
	}
	var kept ordenRow
	err := s.tx(ctx, "store order to close", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, lockOrdenar); err != nil {
			return err
		}
		var found []ordenRow
		if err := tx.NewRaw(ordenesSQL+"o.actor_id = ? AND o.clave = ?", o.Actor, k.Clave).Scan(ctx, &found); err != nil {
			return err
		}
		if len(found) == 1 {
			if kept = found[0]; !bytes.Equal(kept.Cuerpo, k.Cuerpo) {
				return otherBody()
			}
			return nil
		}
		if err := order(ctx, tx, row); err != nil {
			return err
		}
		return tx.NewRaw(ordenesSQL+"o.id = ?", row.ID).Scan(ctx, &kept)
	})
	return kept.orden(), err
}

// order stores a new order in the place of one that waits, with its audit entry.
func order(ctx context.Context, tx bun.Tx, row ordenRow) error {
	var replaced []string
	err := tx.NewRaw(`
UPDATE ordenes_cierre SET cerrado = false, codigo = ? WHERE mes = ? AND doble AND confirmada_por IS NULL AND cerrado IS NULL
RETURNING id`, pa0580.CodeSuperseded, row.Mes).Scan(ctx, &replaced)
	if err != nil {
		return err
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	detail := map[string]string{"orden": row.ID, "huella": row.Huella, "motivo": row.Motivo, "doble": strconv.FormatBool(row.Doble)}
	if len(replaced) > 0 {
		detail["reemplaza"] = replaced[0]
	}
	return writeAsiento(ctx, tx, asientoRow{
		At: row.CreadoAt, ActorID: row.ActorID, Accion: "ordenar_cierre", Objeto: objetoCierre(mes(row.Mes)), Detalle: detail,
	})
}

// ConfirmarOrden has an order confirmed; from then on it is carried out.
func (s *Store) ConfirmarOrden(ctx context.Context, m pa0580.Mes, id contract.OrdenID, quien pa0580.FuncionarioID, at time.Time, k app.Clave) (app.Orden, error) {
	entry := asientoRow{At: at, ActorID: string(quien), Accion: "confirmar_cierre"}
	return s.moveOrden(ctx, m, id, k, entry, func(o *pa0580.Orden) error { return o.Confirmar(quien) })
}

// RetirarOrden has an order withdrawn, while it waits.
func (s *Store) RetirarOrden(ctx context.Context, m pa0580.Mes, id contract.OrdenID, quien pa0580.FuncionarioID, at time.Time, k app.Clave) (app.Orden, error) {
	entry := asientoRow{At: at, ActorID: string(quien), Accion: "retirar_orden_cierre"}
	return s.moveOrden(ctx, m, id, k, entry, (*pa0580.Orden).Retirar)
}

// moveOrden moves an order of m that waits, as judge says, once for each key and with
// its audit entry. Where judge leaves the order as it is, nothing changes.
func (s *Store) moveOrden(ctx context.Context, m pa0580.Mes, id contract.OrdenID, k app.Clave, entry asientoRow, judge func(*pa0580.Orden) error) (app.Orden, error) {
	if !isID(id) {
		return app.Orden{}, noOrden()
	}
	var out app.Orden
	err := s.tx(ctx, "move order to close", func(ctx context.Context, tx bun.Tx) error {
		first, _, err := once(ctx, tx, pa0580.FuncionarioID(entry.ActorID), k, "orden/"+string(id))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, lockOrdenar); err != nil {
			return err
		}
		if out, err = readOrden(ctx, tx, "o.id = ? AND o.mes = ?", id, m.String()); err != nil || !first {
			return err
		}
		rule := out.Regla()
		if err := judge(&rule); err != nil || rule == out.Regla() {
			return err
		}
		_, err = tx.NewRaw(`
UPDATE ordenes_cierre SET confirmada_por = ?0, confirmada_at = CASE WHEN ?0 IS NOT NULL THEN ?1::timestamptz END,
	cerrado = CASE WHEN ?2 THEN false END, codigo = ?3 WHERE id = ?4`,
			bun.NullZero(rule.Confirmo), entry.At, rule.Hecha, bun.NullZero(rule.Codigo), id).Exec(ctx)
		if err != nil {
			return err
		}
		entry.Objeto = objetoCierre(m)
		entry.Detalle = map[string]string{"orden": string(id), "huella": out.Huella, "ordenada_por": string(out.Actor)}
		if err := writeAsiento(ctx, tx, entry); err != nil {
			return err
		}
		out, err = readOrden(ctx, tx, "o.id = ?", id)
		return err
	})
	return out, err
}

// readOrden reads the one order that a condition names. Refuses with CodeNotFound.
func readOrden(ctx context.Context, db bun.IDB, where string, args ...any) (app.Orden, error) {
	var rows []ordenRow
	err := db.NewRaw(ordenesSQL+where, args...).Scan(ctx, &rows)
	if err == nil && len(rows) == 0 {
		err = noOrden()
	}
	if err != nil {
		return app.Orden{}, err
	}
	return rows[0].orden(), nil
}

func noOrden() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "id", "No existe esa orden de cierre en ese mes.")
}

// OrdenesPendientes lists the orders stored, and confirmed where they need it, before
// a moment and not carried out yet, oldest first.
func (s *Store) OrdenesPendientes(ctx context.Context, before time.Time) ([]app.Orden, error) {
	var rows []ordenRow
	err := s.db.NewRaw(ordenesSQL+porLlevarACaboSQL+" AND COALESCE(o.confirmada_at, o.creado_at) < ? ORDER BY o.creado_at, o.id", before).Scan(ctx, &rows)
	return each(rows, ordenRow.orden), seek("list orders to close", err)
}

// UltimaOrden is a month's newest order, nil where there is none.
func (s *Store) UltimaOrden(ctx context.Context, m pa0580.Mes) (*app.Orden, error) {
	var rows []ordenRow
	err := s.db.NewRaw(ordenesSQL+"o.mes = ? ORDER BY o.creado_at DESC, o.id DESC LIMIT 1", m.String()).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, seek("read the newest order to close", err)
	}
	o := rows[0].orden()
	return &o, nil
}
