package postgres

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type loteRow struct {
	bun.BaseModel `bun:"table:lotes"`

	ID       string
	ActorID  string
	CreadoAt time.Time
	Clave    string
	Cuerpo   []byte
	Pedidos  int
	Rechazos []app.Rechazo `bun:"type:jsonb"`
}

func noLote() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "lote", "No existe ese lote o no es suyo.")
}

// AddLote stores many commands at once, in the order given, with what was
// refused at the door.
func (s *Store) AddLote(ctx context.Context, l app.Lote, cs []pa0580.Comando, k app.Clave) (app.Lote, bool, error) {
	row := loteRow{
		ID: l.ID, ActorID: string(l.Actor), CreadoAt: l.CreadoAt, Clave: k.Clave, Cuerpo: k.Cuerpo,
		Pedidos: l.Pedidos, Rechazos: l.Rechazos,
	}
	if row.Rechazos == nil {
		row.Rechazos = []app.Rechazo{}
	}
	rows := make([]comandoRow, len(cs))
	for i, c := range cs {
		if !isID(c.Gestion) {
			return app.Lote{}, false, pa0580.ErrNoGestion()
		}
		rows[i] = comandoOf(c, app.Clave{Clave: fmt.Sprintf("%s/%d", l.ID, i), Cuerpo: k.Cuerpo})
		rows[i].LoteID = l.ID
	}
	fresh := false
	err := s.tx(ctx, "store commands in bulk", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&row).On("CONFLICT (actor_id, clave) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if fresh = n == 1; err != nil || !fresh || len(rows) == 0 {
			return err
		}
		_, err = storeComandos(ctx, tx, rows)
		return err
	})
	if err != nil {
		return app.Lote{}, false, err
	}
	kept, err := s.lote(ctx, "actor_id = ? AND clave = ?", l.Actor, k.Clave)
	if err == nil && !bytes.Equal(kept.cuerpo, k.Cuerpo) {
		err = otherBody()
	}
	if err != nil {
		return app.Lote{}, false, err
	}
	return kept.Lote, fresh, nil
}

// Lote is one of actor's own bulk requests with each item's result.
func (s *Store) Lote(ctx context.Context, actor pa0580.FuncionarioID, id string) (app.Lote, error) {
	if !isID(id) {
		return app.Lote{}, noLote()
	}
	kept, err := s.lote(ctx, "id = ? AND actor_id = ?", id, actor)
	return kept.Lote, err
}

type keptLote struct {
	app.Lote
	cuerpo []byte
}

func (s *Store) lote(ctx context.Context, where string, args ...any) (keptLote, error) {
	var rows []loteRow
	if err := s.db.NewSelect().Model(&rows).Where(where, args...).Scan(ctx); err != nil {
		return keptLote{}, seek("read bulk request", err)
	}
	if len(rows) == 0 {
		return keptLote{}, noLote()
	}
	r := rows[0]
	cs, err := s.pedidos(ctx, "read bulk request", "c.lote_id = ? ORDER BY c.seq", r.ID)
	return keptLote{app.Lote{
		ID: r.ID, Actor: pa0580.FuncionarioID(r.ActorID), CreadoAt: pa0580.Local(r.CreadoAt), Pedidos: r.Pedidos,
		Rechazos: r.Rechazos, Comandos: pedidos(cs),
	}, r.Cuerpo}, err
}
