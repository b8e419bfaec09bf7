package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

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

func freeze(ctx context.Context, tx bun.Tx, id contract.OrdenID, at time.Time) (contract.Congelada, error) {
	orden, err := readOrden(ctx, tx, "o.id = ?", id)
	if err != nil {
		return contract.Congelada{}, err
	}
	if orden.Regla().PorConfirmar() {
		return contract.Congelada{Codigo: pa0580.CodeUnconfirmed}, nil // not its result: it waits
	}
	c := closing{tx: tx, orden: orden, at: at}
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
	if err := c.sign(ctx); err != nil {
		return contract.Congelada{}, err
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

// sign has the close keep who confirmed its order.
func (c *closing) sign(ctx context.Context) error {
	if !c.orden.Doble {
		return nil
	}
	_, err := c.tx.NewRaw("UPDATE cierres SET confirmado_por = ? WHERE mes = ?", c.orden.ConfirmadaPor, c.orden.Mes.String()).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep who confirmed: %w", err)
	}
	return nil
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
