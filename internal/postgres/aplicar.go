package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// ApplyUpTo applies the stored commands of a gestión up to and including id, in
// the order of storing, each once: row, result and audit in one transaction.
// Asked again, it returns what the first time gave.
func (s *Store) ApplyUpTo(ctx context.Context, id pa0580.ComandoID, at time.Time) (contract.Applied, error) {
	if !isID(id) {
		return contract.Applied{}, noComando()
	}
	var out contract.Applied
	err := s.tx(ctx, "apply command", func(ctx context.Context, tx bun.Tx) error {
		asked, err := lockAsked(ctx, tx, id)
		if err == nil && asked.Resultado == "" {
			err = applyTo(ctx, tx, &asked, at)
		}
		out = asked.applied()
		return err
	})
	if err != nil {
		return contract.Applied{}, err
	}
	return out, nil
}

// askedRow is a command as it stands, with its gestión's row.
type askedRow struct {
	gestionRow

	ComandoID string
	Seq       int64
	Resultado string
	Codigo    string
}

func (r askedRow) applied() contract.Applied {
	return contract.Applied{
		Row:       contract.RowState{Estado: pa0580.Estado(r.Estado), Version: r.Version},
		Resultado: pa0580.Resultado(r.Resultado), Codigo: pa0580.Code(r.Codigo),
	}
}

// lockAsked reads a command and locks its gestión. The lock leaves alone the
// foreign keys of commands being stored meanwhile. Where it waited for another
// transaction, the row is as that one left it and the command as it was before.
func lockAsked(ctx context.Context, tx bun.Tx, id pa0580.ComandoID) (askedRow, error) {
	var r askedRow
	err := tx.NewRaw("SELECT c.id AS comando_id, c.seq, c.resultado, c.codigo, "+gestionColumns+`
FROM comandos c JOIN gestiones g ON g.id = c.gestion_id WHERE c.id = $1 FOR NO KEY UPDATE OF g`).Conn(planned(tx.Tx, id)).Scan(ctx, &r)
	if errors.Is(err, sql.ErrNoRows) {
		return r, noComando()
	}
	return r, err
}

// applyTo applies what is stored and not applied to a locked row, and puts what
// came of it into asked.
func applyTo(ctx context.Context, tx bun.Tx, asked *askedRow, at time.Time) error {
	var waiting []comandoRow
	err := tx.NewRaw(pedidosSQL+"c.gestion_id = $1 AND c.seq <= $2 AND c.resultado IS NULL ORDER BY c.seq").
		Conn(planned(tx.Tx, asked.ID, asked.Seq)).Scan(ctx, &waiting)
	if err != nil {
		return err
	}
	g := asked.gestion()
	var cortes pa0580.Cortes
	for _, row := range waiting {
		c := row.comando()
		if c.Accion == pa0580.RetirarDecision && cortes == nil { // nothing else asks for them
			if _, err := tx.ExecContext(ctx, lockStoring); err != nil { // none moves from here on
				return err
			}
			if cortes, err = readCortes(ctx, tx); err != nil {
				return err
			}
		}
		r, code, err := applyOne(ctx, tx, &g, c, cortes, at)
		if err != nil {
			return err
		}
		if row.ID == asked.ComandoID {
			asked.Resultado, asked.Codigo = string(r), string(code)
		}
	}
	asked.Estado, asked.Version = string(g.Estado), g.Version
	if asked.Resultado == "" { // another transaction applied it while this one waited for the lock
		*asked, err = lockAsked(ctx, tx, pa0580.ComandoID(asked.ComandoID))
	}
	return err
}

func lockGestion(ctx context.Context, tx bun.Tx, id pa0580.GestionID) (pa0580.Gestion, error) {
	var row gestionRow
	err := tx.NewRaw("SELECT "+gestionColumns+" FROM gestiones g WHERE g.id = $1 FOR NO KEY UPDATE").Conn(planned(tx.Tx, id)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return pa0580.Gestion{}, pa0580.ErrNoGestion()
	}
	return row.gestion(), err
}

// applyOne applies one command, or records why it has no effect any more.
func applyOne(ctx context.Context, tx bun.Tx, g *pa0580.Gestion, c pa0580.Comando, cortes pa0580.Cortes, at time.Time) (pa0580.Resultado, pa0580.Code, error) {
	before := *g
	refusals := pa0580.RefusalsIn(g.Apply(c, cortes))
	entry := asientoRow{
		At: at, ActorID: string(c.Actor), Accion: string(c.Accion), GestionID: string(c.Gestion),
		Detalle: map[string]string{
			"comando": string(c.ID), "cargo": string(c.Autoridad.Cargo), "unidad": string(c.Autoridad.Unidad),
			"de": string(before.Estado),
		},
	}
	if len(refusals) > 0 {
		code := refusals[0].Code
		entry.Detalle["resultado"], entry.Detalle["codigo"] = string(pa0580.SinEfecto), string(code)
		if err := writeAsiento(ctx, tx, entry); err != nil {
			return "", "", err
		}
		return pa0580.SinEfecto, code, record(ctx, tx, c.ID, pa0580.SinEfecto, code, at, nil)
	}
	entry.Detalle["a"] = string(g.Estado)
	if c.Accion == pa0580.Corregir {
		if err := keepContent(ctx, tx, before); err != nil {
			return "", "", err
		}
		tellCorrection(entry.Detalle, before.Contenido, g.Contenido)
	}
	if err := writeGestion(ctx, tx, before.Version, *g, entry, c.Motivo, ""); err != nil {
		return "", "", err
	}
	return pa0580.Aplicado, "", record(ctx, tx, c.ID, pa0580.Aplicado, "", at, &g.Version)
}

// tellCorrection says what moved; of the document and the remark, only that
// they did.
func tellCorrection(d map[string]string, before, after pa0580.Contenido) {
	if before.Referencia != after.Referencia {
		d["referencia_de"] = string(before.Referencia.Tipo) + " " + before.Referencia.Numero
		d["referencia_a"] = string(after.Referencia.Tipo) + " " + after.Referencia.Numero
	}
	if before.Tipo != after.Tipo {
		d["tipo_de"], d["tipo_a"] = before.Tipo.String(), after.Tipo.String()
	}
	if before.Documento.Tipo != after.Documento.Tipo || before.Documento.Normal != after.Documento.Normal {
		d["documento"] = "cambió"
	}
	if before.Observacion != after.Observacion {
		d["observacion"] = "cambió"
	}
}

// keepContent keeps what a correction is about to replace.
func keepContent(ctx context.Context, tx bun.Tx, g pa0580.Gestion) error {
	_, err := tx.NewRaw(`
INSERT INTO gestion_versiones (gestion_id, version, documento_tipo, documento_entrada, documento, persona,
	referencia_tipo, referencia, tipo_gestion, observacion, sgc_existe, sgc_tension, sgc_titular, sgc_at)
SELECT id, version, documento_tipo, documento_entrada, documento, persona,
	referencia_tipo, referencia, tipo_gestion, observacion, sgc_existe, sgc_tension, sgc_titular, sgc_at
FROM gestiones WHERE id = ?`, g.ID).Exec(ctx)
	return err
}

// record writes a command's result, once for ever.
func record(ctx context.Context, tx bun.Tx, id pa0580.ComandoID, r pa0580.Resultado, code pa0580.Code, at time.Time, version *int64) error {
	_, err := tx.NewRaw("UPDATE comandos SET resultado = $2, codigo = NULLIF($3, ''), aplicado_at = $4, version = $5 WHERE id = $1 AND resultado IS NULL").
		Conn(planned(tx.Tx, id, r, code, at, version)).Exec(ctx)
	return err
}

// writeGestionSQL changes a row as it was seen, with its audit entry.
const writeGestionSQL = `
WITH fila AS (
	UPDATE gestiones SET documento_tipo = $3, documento_entrada = $4, documento = $5, persona = $6,
		referencia_tipo = $7, referencia = $8, tipo_gestion = $9, observacion = $10,
		estado = $11, version = $12, aceptada = $13,
		sgc_existe = $14, sgc_tension = NULLIF($15, ''), sgc_titular = NULLIF($16, ''), sgc_at = $17,
		decision_id = NULLIF($18, '')::uuid, decidida_por = NULLIF($19, '')::uuid, decidida_at = $20, motor = COALESCE(NULLIF($21, ''), motor)
	WHERE id = $1 AND version = $2 RETURNING id, version, sal
)
INSERT INTO auditoria (at, actor_id, accion, gestion_id, version, detalle)
SELECT $22, NULLIF($23, '')::uuid, $24, f.id, f.version, $25::jsonb || CASE WHEN $26::text = '' THEN '{}' ELSE jsonb_build_object('motivo_sha256', encode(sha256(uuid_send(f.sal) || convert_to($26::text, 'UTF8')), 'hex')) END
FROM fila AS f`

// writeGestion changes a row and writes the audit entry of its new version, in
// one statement: no audit, no change. The audit is sealed, and people write whom they
// attended in their reasons: it has a digest of them, salted with what is erased with
// the customer's data. An empty motor leaves the row's as it is.
func writeGestion(ctx context.Context, tx bun.Tx, seen int64, g pa0580.Gestion, a asientoRow, motivo, motor string) error {
	r := rowOf(g)
	res, err := tx.NewRaw(writeGestionSQL).Conn(planned(tx.Tx,
		r.ID, seen, r.DocumentoTipo, r.DocumentoEntrada, r.Documento, g.Documento.Persona(), r.ReferenciaTipo, r.Referencia, r.TipoGestion, r.Observacion,
		r.Estado, r.Version, r.Aceptada, r.SgcExiste, r.SgcTension, r.SgcTitular, r.SgcAt,
		r.DecisionID, r.DecididaPor, r.DecididaAt, motor,
		a.At, a.ActorID, a.Accion, a.Detalle, motivo,
	)).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, &fault{sought: "change gestión", cause: errors.New("the locked row moved")})
	}
	return nil
}
