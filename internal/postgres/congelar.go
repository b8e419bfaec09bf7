package postgres

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
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
}

func (r ordenRow) orden() app.Orden {
	return app.Orden{
		ID: contract.OrdenID(r.ID), Mes: mes(r.Mes), Actor: pa0580.FuncionarioID(r.ActorID), Huella: r.Huella, Motivo: r.Motivo,
		CreadoAt: pa0580.Local(r.CreadoAt), Cerrado: r.Cerrado, Codigo: pa0580.Code(r.Codigo),
	}
}

// AddOrden stores an order to close.
func (s *Store) AddOrden(ctx context.Context, o app.Orden, k app.Clave) (app.Orden, error) {
	row := ordenRow{
		ID: string(o.ID), Mes: o.Mes.String(), ActorID: string(o.Actor), Huella: o.Huella, Motivo: o.Motivo,
		CreadoAt: o.CreadoAt, Clave: k.Clave, Cuerpo: k.Cuerpo,
	}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (actor_id, clave) DO NOTHING").Exec(ctx)
	if err != nil {
		return app.Orden{}, seek("store order to close", err)
	}
	var kept ordenRow
	err = s.db.NewSelect().Model(&kept).Where("actor_id = ? AND clave = ?", o.Actor, k.Clave).Scan(ctx)
	if err == nil && !bytes.Equal(kept.Cuerpo, k.Cuerpo) {
		err = otherBody()
	}
	return kept.orden(), seek("read order to close", err)
}

// OrdenesPendientes lists the orders stored before a moment and not carried out
// yet, oldest first.
func (s *Store) OrdenesPendientes(ctx context.Context, before time.Time) ([]app.Orden, error) {
	var rows []ordenRow
	err := s.db.NewSelect().Model(&rows).Where("cerrado IS NULL AND creado_at < ?", before).Order("creado_at", "id").Scan(ctx)
	return each(rows, ordenRow.orden), seek("list orders to close", err)
}

// UltimaOrden is a month's newest order, nil where there is none.
func (s *Store) UltimaOrden(ctx context.Context, m pa0580.Mes) (*app.Orden, error) {
	var rows []ordenRow
	err := s.db.NewSelect().Model(&rows).Where("mes = ?", m.String()).Order("creado_at DESC", "id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, seek("read the newest order to close", err)
	}
	o := rows[0].orden()
	return &o, nil
}

// freezeTries bounds how often a close starts over after it lost against a
// change of one of its rows. It compares the digest again each time.
const freezeTries = 5

// Freeze carries out a stored order: either the month is closed with every
// line of its planillas, or nothing happened but the order's recorded refusal.
func (s *Store) Freeze(ctx context.Context, id contract.OrdenID, at time.Time) (contract.Congelada, error) {
	if !isID(id) {
		return contract.Congelada{}, noOrden()
	}
	var out contract.Congelada
	var err error
	for range freezeTries {
		err = s.db.RunInTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead}, func(ctx context.Context, tx bun.Tx) error {
			// The lock first: what the transaction sees is of after it.
			if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, lockClosing); err != nil {
				return err
			}
			out, err = freeze(ctx, tx, id, at)
			return err
		})
		if !contended(err) {
			break
		}
	}
	return out, seek("freeze the month", err)
}

func noOrden() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "orden", "No existe esa orden de cierre.")
}

func freeze(ctx context.Context, tx bun.Tx, id contract.OrdenID, at time.Time) (contract.Congelada, error) {
	var row ordenRow
	err := tx.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return contract.Congelada{}, noOrden()
	}
	if err != nil {
		return contract.Congelada{}, err
	}
	c := closing{tx: tx, orden: row.orden(), at: at}
	if err := c.read(ctx); err != nil {
		return contract.Congelada{}, err
	}
	if done := c.orden.Cerrado; done != nil {
		return c.recorded(*done, c.orden.Codigo), nil
	}
	if c.cierre.CerradoAt != nil && c.byUs {
		return c.record(ctx, true, "")
	}
	if rs := pa0580.RefusalsIn(c.judge()); len(rs) > 0 {
		return c.record(ctx, false, rs[0].Code)
	}
	if err := c.close(ctx); err != nil {
		return contract.Congelada{}, err
	}
	return c.record(ctx, true, "")
}

// closing is one order with all that it is judged by, as of one snapshot.
type closing struct {
	tx    bun.Tx
	orden app.Orden
	at    time.Time

	cierre     cierreRow
	byUs       bool // closed before by the same person on the same preview
	turno      pa0580.Turno
	sinAplicar int
	sinDecidir map[string]bool // units
	hojas      []hojaRow
	huella     string
	identidad  app.Identidad
}

func (c *closing) read(ctx context.Context) error {
	m := c.orden.Mes.String()
	var found []struct {
		cierreRow
		CerradoPorID string
	}
	err := c.tx.NewRaw(`
SELECT mes, corte_at, sellado, cerrado_at, cerrado_por AS cerrado_por_id, huella, lineas FROM cierres WHERE mes = ?`, m).Scan(ctx, &found)
	if err != nil {
		return err
	}
	if len(found) == 1 {
		c.cierre = found[0].cierreRow
		c.byUs = found[0].CerradoPorID == string(c.orden.Actor) && c.cierre.Huella == c.orden.Huella
	}
	if c.turno, err = turno(ctx, c.tx, c.orden.Mes); err != nil || c.cierre.CerradoAt != nil || c.cierre.CorteAt == nil {
		return err // the rest is only asked of a month that may close
	}
	err = c.tx.NewRaw("SELECT count(*) FROM comandos c WHERE "+sinAplicarSQL, m).Scan(ctx, &c.sinAplicar)
	if err != nil {
		return err
	}
	var units []string
	err = c.tx.NewRaw(`
SELECT DISTINCT unidad_id FROM gestiones WHERE estado IN ('recibida', 'pendiente', 'observada') AND mes <= ? AND length(?) = 7`, m, m).Scan(ctx, &units)
	if err != nil {
		return err
	}
	c.sinDecidir = make(map[string]bool, len(units))
	for _, u := range units {
		c.sinDecidir[u] = true
	}
	if c.hojas, err = readHojas(ctx, c.tx, c.orden.Mes, *c.cierre.CorteAt); err != nil {
		return err
	}
	c.huella = huella(c.orden.Mes, *c.cierre.CorteAt, c.hojas)
	c.identidad, err = readIdentidad(ctx, c.tx, c.orden.Mes, *c.cierre.CorteAt, c.hojas)
	return err
}

// judge says why the month does not close by this order; nil when it does.
func (c *closing) judge() error {
	if err := pa0580.CheckTurn(c.orden.Mes, c.turno, c.at); err != nil {
		return err
	}
	if err := pa0580.Sealed(c.cierre.corte(), c.orden.Mes, c.at); err != nil {
		return err
	}
	switch {
	case !c.cierre.Sellado:
		return pa0580.Recorded(pa0580.CodeCorte)
	case c.sinAplicar > 0 && c.orden.Motivo == "":
		return pa0580.Recorded(pa0580.CodeUnapplied)
	case c.huella != c.orden.Huella:
		return pa0580.Recorded(pa0580.CodeDigest)
	case c.orden.Mes.Complementaria() > 0 && len(c.hojas) == 0:
		return pa0580.Recorded(pa0580.CodeNothing)
	case !c.identidad.Cuadra():
		return pa0580.Recorded(pa0580.CodeIdentity)
	case c.orden.Motivo == "" && c.owesMotivo():
		return pa0580.Recorded(pa0580.CodeReasonMissing)
	}
	return nil
}

// owesMotivo tells a month that closes without a conformidad, or leaves
// gestiones undecided.
func (c *closing) owesMotivo() bool {
	for _, h := range c.hojas {
		if !h.Conforme {
			return true
		}
	}
	return len(c.sinDecidir) > 0
}

func (c *closing) recorded(cerrado bool, code pa0580.Code) contract.Congelada {
	out := contract.Congelada{Cerrado: cerrado, Codigo: code}
	if cerrado {
		out.Lineas = c.cierre.Lineas
	}
	return out
}

// record writes the order's result, once for ever.
func (c *closing) record(ctx context.Context, cerrado bool, code pa0580.Code) (contract.Congelada, error) {
	_, err := c.tx.NewRaw("UPDATE ordenes_cierre SET cerrado = ?, codigo = ? WHERE id = ?", cerrado, bun.NullZero(code), c.orden.ID).Exec(ctx)
	if err != nil {
		return contract.Congelada{}, fmt.Errorf("record order: %w", err)
	}
	return c.recorded(cerrado, code), nil
}
