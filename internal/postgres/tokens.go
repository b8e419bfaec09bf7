package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type tokenRow struct {
	bun.BaseModel `bun:"table:tokens,alias:t"`

	ID            string
	FuncionarioID string
	Nombre        string
	Hash          []byte
	Roles         []string `bun:",array"`
	CreadoAt      time.Time
	ExpiraAt      time.Time
	RevocadoAt    *time.Time
}

func (r tokenRow) token() app.Token {
	return app.Token{
		ID: r.ID, Funcionario: pa0580.FuncionarioID(r.FuncionarioID), Nombre: r.Nombre, Roles: roles(r.Roles), Hash: r.Hash,
		CreadoAt: pa0580.Local(r.CreadoAt), ExpiraAt: pa0580.Local(r.ExpiraAt), RevocadoAt: local(r.RevocadoAt),
	}
}

// AddToken keeps a token. Refuses with CodeNotFound where its funcionario does
// not exist.
func (s *Store) AddToken(ctx context.Context, t app.Token) error {
	if !isID(t.Funcionario) {
		return faltaFuncionario("funcionario")
	}
	row := tokenRow{
		ID: t.ID, FuncionarioID: string(t.Funcionario), Nombre: t.Nombre, Hash: t.Hash, Roles: roleNames(t.Roles),
		CreadoAt: t.CreadoAt, ExpiraAt: t.ExpiraAt, RevocadoAt: t.RevocadoAt,
	}
	return s.tx(ctx, "add token", func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		if _, constraint := state(err); constraint == "tokens_funcionario_id_fkey" {
			return faltaFuncionario("funcionario")
		}
		if err != nil {
			return err
		}
		return writeAsiento(ctx, tx, asientoRow{
			At: t.CreadoAt, Accion: "crear_token", Objeto: "token/" + t.ID,
			Detalle: map[string]string{"funcionario": string(t.Funcionario), "roles": strings.Join(row.Roles, ",")},
		})
	})
}

// Tokens lists a funcionario's, newest first.
func (s *Store) Tokens(ctx context.Context, f pa0580.FuncionarioID) ([]app.Token, error) {
	if !isID(f) {
		return nil, nil
	}
	var rows []tokenRow
	err := s.db.NewSelect().Model(&rows).Where("funcionario_id = ?", f).Order("creado_at DESC", "id").Scan(ctx)
	return each(rows, tokenRow.token), seek("list tokens", err)
}

// RevokeToken ends a token; one that has ended stays as it is. Refuses with
// CodeNotFound.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) error {
	noToken := pa0580.Refuse(0, pa0580.CodeNotFound, "token", "No existe ese token.")
	if !isID(id) {
		return noToken
	}
	return s.tx(ctx, "revoke token", func(ctx context.Context, tx bun.Tx) error {
		var before []tokenRow
		err := tx.NewSelect().Model(&before).Where("id = ?", id).For("UPDATE").Scan(ctx)
		switch {
		case err != nil:
			return err
		case len(before) == 0:
			return noToken
		case before[0].RevocadoAt != nil:
			return nil
		}
		if _, err := tx.NewRaw("UPDATE tokens SET revocado_at = ? WHERE id = ?", at, id).Exec(ctx); err != nil {
			return err
		}
		return writeAsiento(ctx, tx, asientoRow{At: at, Accion: "revocar_token", Objeto: "token/" + id})
	})
}

// ActorByToken finds who a token belongs to, with the roles that both hold.
func (s *Store) ActorByToken(ctx context.Context, hash []byte, at time.Time) (app.Actor, bool, error) {
	var rows []funcionarioRow
	err := s.db.NewRaw(`
SELECT f.id, f.nombre, ARRAY(SELECT unnest(t.roles) INTERSECT SELECT unnest(f.roles) ORDER BY 1) AS roles
FROM tokens t JOIN funcionarios f ON f.id = t.funcionario_id
WHERE t.hash = $1 AND f.activo AND t.expira_at > $2 AND (t.revocado_at IS NULL OR t.revocado_at > $2)`).Conn(planned(s.db.DB, hash, at)).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return app.Actor{}, false, seek("find who a token belongs to", err)
	}
	return app.Actor{ID: pa0580.FuncionarioID(rows[0].ID), Nombre: rows[0].Nombre, Roles: roles(rows[0].Roles)}, true, nil
}
