package postgres

import (
	"bytes"
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type comandoRow struct {
	bun.BaseModel `bun:"table:comandos,alias:c"`

	ID         string
	GestionID  string
	Accion     string
	ActorID    string
	Cargo      string
	UnidadID   string
	Vista      int64
	Motivo     string
	Correccion *correccion `bun:"type:jsonb"`
	CreadoAt   time.Time
	Clave      string
	Cuerpo     []byte
	LoteID     string     `bun:",nullzero"`
	Resultado  string     `bun:",nullzero"`
	Codigo     string     `bun:",nullzero"`
	AplicadoAt *time.Time `bun:",nullzero"`
	Version    int64      `bun:",nullzero"`
	Estado     string     `bun:",scanonly"` // the gestión's
}

// correccion is a correction's content as it is kept: the documento stays here,
// in PostgreSQL, and goes nowhere else.
type correccion struct {
	DocumentoTipo    pa0580.TipoDocumento  `json:"documento_tipo"`
	DocumentoEntrada string                `json:"documento_entrada"`
	Documento        string                `json:"documento"`
	ReferenciaTipo   pa0580.TipoReferencia `json:"referencia_tipo"`
	Referencia       string                `json:"referencia"`
	TipoGestion      pa0580.TipoGestion    `json:"tipo_gestion"`
	Observacion      string                `json:"observacion"`
}

func comandoOf(c pa0580.Comando, k app.Clave) comandoRow {
	r := comandoRow{
		ID: string(c.ID), GestionID: string(c.Gestion), Accion: string(c.Accion), ActorID: string(c.Actor),
		Cargo: string(c.Autoridad.Cargo), UnidadID: string(c.Autoridad.Unidad),
		Vista: c.Vista, Motivo: c.Motivo, CreadoAt: c.At, Clave: k.Clave, Cuerpo: k.Cuerpo,
	}
	if n := c.Correccion; n != nil {
		r.Correccion = &correccion{
			DocumentoTipo: n.Documento.Tipo, DocumentoEntrada: n.Documento.Entrada, Documento: n.Documento.Normal,
			ReferenciaTipo: n.Referencia.Tipo, Referencia: n.Referencia.Numero, TipoGestion: n.Tipo, Observacion: n.Observacion,
		}
	}
	return r
}

func (r comandoRow) comando() pa0580.Comando {
	c := pa0580.Comando{
		ID: pa0580.ComandoID(r.ID), Gestion: pa0580.GestionID(r.GestionID), Accion: pa0580.Accion(r.Accion),
		Actor:     pa0580.FuncionarioID(r.ActorID),
		Autoridad: pa0580.Autoridad{Cargo: pa0580.Cargo(r.Cargo), Unidad: pa0580.UnidadID(r.UnidadID)},
		Vista:     r.Vista, Motivo: r.Motivo, At: pa0580.Local(r.CreadoAt),
	}
	if n := r.Correccion; n != nil {
		c.Correccion = &pa0580.Contenido{
			Documento:  pa0580.Documento{Tipo: n.DocumentoTipo, Entrada: n.DocumentoEntrada, Normal: n.Documento},
			Referencia: pa0580.Referencia{Tipo: n.ReferenciaTipo, Numero: n.Referencia},
			Tipo:       n.TipoGestion, Observacion: n.Observacion,
		}
	}
	return c
}

func (r comandoRow) pedido() app.Pedido {
	return app.Pedido{
		Comando: r.comando(), Estado: pa0580.Estado(r.Estado), Resultado: pa0580.Resultado(r.Resultado),
		Codigo: pa0580.Code(r.Codigo), AplicadoAt: local(r.AplicadoAt), Version: r.Version,
	}
}

func pedidos(rows []comandoRow) []app.Pedido {
	out := make([]app.Pedido, len(rows))
	for i, r := range rows {
		out[i] = r.pedido()
	}
	return out
}

// pedidosSQL reads commands with their gestión's estado; a condition follows.
const pedidosSQL = `
SELECT c.id, c.gestion_id, c.accion, c.actor_id, c.cargo, c.unidad_id, c.vista, c.motivo, c.correccion, c.creado_at,
	c.clave, c.cuerpo, c.lote_id, c.resultado, c.codigo, c.aplicado_at, c.version, g.estado
FROM comandos c JOIN gestiones g ON g.id = c.gestion_id WHERE `

// storeComandos stores commands in the order given, all as of one moment: what
// is asked together is stored together. None is stored as of before a corte that
// is sealed, whatever its clock said.
func storeComandos(ctx context.Context, tx bun.Tx, rows []comandoRow) ([]comandoRow, error) {
	if _, err := tx.ExecContext(ctx, lockStoring); err != nil {
		return nil, err
	}
	var made []comandoRow
	err := tx.NewInsert().Model(&rows).
		Value("creado_at", "GREATEST(?, (SELECT max(corte_at) FROM cierres WHERE sellado))", rows[0].CreadoAt).
		On("CONFLICT (actor_id, clave) DO NOTHING").
		Returning("id, creado_at, (SELECT g.estado FROM gestiones g WHERE g.id = gestion_id) AS estado").
		Scan(ctx, &made)
	if _, constraint := state(err); constraint == "comandos_gestion_id_fkey" {
		return nil, pa0580.ErrNoGestion()
	}
	return made, err
}

// AddComando stores what somebody asked.
func (s *Store) AddComando(ctx context.Context, c pa0580.Comando, k app.Clave) (app.Pedido, bool, error) {
	if !isID(c.Gestion) {
		return app.Pedido{}, false, pa0580.ErrNoGestion()
	}
	row, fresh := comandoOf(c, k), true
	err := s.tx(ctx, "store command", func(ctx context.Context, tx bun.Tx) error {
		made, err := storeComandos(ctx, tx, []comandoRow{row})
		if err != nil {
			return err
		}
		if fresh = len(made) == 1; fresh {
			row.CreadoAt, row.Estado = made[0].CreadoAt, made[0].Estado
		}
		return nil
	})
	if err != nil {
		return app.Pedido{}, false, err
	}
	if !fresh {
		p, _, err := s.ComandoPorClave(ctx, c.Actor, k)
		return p, false, err
	}
	return row.pedido(), true, nil
}

// ComandoPorClave finds what an actor asked with a key.
func (s *Store) ComandoPorClave(ctx context.Context, actor pa0580.FuncionarioID, k app.Clave) (app.Pedido, bool, error) {
	rows, err := s.pedidos(ctx, "find command by key", "c.actor_id = ? AND c.clave = ?", actor, k.Clave)
	switch {
	case err != nil || len(rows) == 0:
		return app.Pedido{}, false, err
	case !bytes.Equal(rows[0].Cuerpo, k.Cuerpo):
		return app.Pedido{}, false, otherBody()
	}
	return rows[0].pedido(), true, nil
}

// Comando finds one of actor's own commands.
func (s *Store) Comando(ctx context.Context, actor pa0580.FuncionarioID, id pa0580.ComandoID) (app.Pedido, error) {
	if !isID(id) {
		return app.Pedido{}, noComando()
	}
	rows, err := s.pedidos(ctx, "read command", "c.id = ? AND c.actor_id = ?", id, actor)
	if err != nil {
		return app.Pedido{}, err
	}
	if len(rows) == 0 {
		return app.Pedido{}, noComando()
	}
	return rows[0].pedido(), nil
}

// SinEfecto lists actor's commands that ended so and were not seen yet.
func (s *Store) SinEfecto(ctx context.Context, actor pa0580.FuncionarioID) ([]app.Pedido, error) {
	rows, err := s.pedidos(ctx, "list commands without effect",
		"c.actor_id = ? AND c.resultado = 'sin_efecto' AND c.visto_at IS NULL ORDER BY c.seq", actor)
	return pedidos(rows), err
}

// MarkVisto takes one of them out of that list.
func (s *Store) MarkVisto(ctx context.Context, actor pa0580.FuncionarioID, id pa0580.ComandoID, at time.Time) error {
	if !isID(id) {
		return noComando()
	}
	res, err := s.db.NewRaw(`
UPDATE comandos SET visto_at = COALESCE(visto_at, ?) WHERE id = ? AND actor_id = ? AND resultado = 'sin_efecto'`,
		at, id, actor).Exec(ctx)
	if err != nil {
		return seek("mark command seen", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return noComando()
	}
	return nil
}

func (s *Store) pedidos(ctx context.Context, sought, where string, args ...any) ([]comandoRow, error) {
	var rows []comandoRow
	err := s.db.NewRaw(pedidosSQL+where, args...).Scan(ctx, &rows)
	return rows, seek(sought, err)
}
