package bench

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

const (
	database     = "gestiones"
	baseCopy     = "bench_base"
	freezeRounds = 3
)

// copies keeps the decided month as it is before its close.
func (m *measurement) copies(ctx context.Context) error {
	_, end := m.Progress("copia de la base", 1)
	defer end()
	if err := m.applied(ctx); err != nil {
		return err
	}
	return copyDatabase(ctx, m.stack.Admin(), database, baseCopy)
}

func (m *measurement) freezes(ctx context.Context) (err error) {
	step, end := m.Progress("congelado, en copias", 2*freezeRounds)
	defer end()
	month := decided{admin: m.stack.Admin(), sql: m.sql, mes: m.mes, actor: m.people.RRHH[0].ID, lines: m.found.lines}
	m.found.ownFreeze, m.found.bareFreeze, err = month.freezes(ctx, freezeRounds, step)
	return err
}

// decided is a month before its close, in [baseCopy].
type decided struct {
	admin pgcluster.Admin
	sql   *pgx.Conn
	mes   pa0580.Mes
	actor pa0580.FuncionarioID
	lines int64
}

// freezes closes the month again and again in copies, by turns as little as it could be
// done with and as the product does.
func (d decided) freezes(ctx context.Context, rounds int, step func(int)) (own, bare []time.Duration, err error) {
	for range rounds {
		for _, one := range []struct {
			took *[]time.Duration
			do   func(context.Context, string, contract.OrdenID) (time.Duration, error)
		}{{&bare, d.freezeBare}, {&own, d.freezeOwn}} {
			took, err := d.onCopy(ctx, one.do)
			if err != nil {
				return nil, nil, err
			}
			*one.took = append(*one.took, took)
			step(1)
		}
	}
	return own, bare, nil
}

func (d decided) onCopy(ctx context.Context, do func(context.Context, string, contract.OrdenID) (time.Duration, error)) (time.Duration, error) {
	const name = "bench_cierre"
	if err := clone(ctx, d.admin, d.sql, name); err != nil {
		return 0, err
	}
	orden, err := prepareClose(ctx, d.admin.URL(name), d.mes, d.actor)
	if err != nil {
		return 0, err
	}
	if _, err := d.sql.Exec(ctx, "CHECKPOINT"); err != nil { // of what the copy wrote
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	took, err := do(ctx, d.admin.URL(name), orden)
	if err != nil {
		return 0, err
	}
	return took, d.admin.DropDatabase(ctx, name)
}

// clone copies [baseCopy], which nobody is connected to.
func clone(ctx context.Context, admin pgcluster.Admin, sql *pgx.Conn, to string) error {
	if err := admin.DropDatabase(ctx, to); err != nil {
		return err
	}
	_, err := sql.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{to}.Sanitize()+" TEMPLATE "+pgx.Identifier{baseCopy}.Sanitize())
	if err != nil {
		return fmt.Errorf("copy %s: %w", baseCopy, err)
	}
	return nil
}

// prepareClose sets a month's corte, looks at the preview and stores the order
// to close what it showed.
func prepareClose(ctx context.Context, url string, mes pa0580.Mes, actor pa0580.FuncionarioID) (contract.OrdenID, error) {
	store, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return "", err
	}
	defer done(store)
	at := mes.End()
	if err := store.SetCorte(ctx, mes, &at, actor, at, aKey()); err != nil {
		return "", err
	}
	preview, err := store.VistaPrevia(ctx, mes, at)
	if err != nil {
		return "", err
	}
	o, err := store.AddOrden(ctx, app.Orden{
		ID: contract.OrdenID(uuid.NewString()), Mes: mes, Actor: actor, Huella: preview.Huella, Motivo: "Medición", CreadoAt: at,
	}, aKey())
	return o.ID, err
}

// aKey is one that nobody used.
func aKey() app.Clave {
	key := uuid.NewString()
	sum := sha256.Sum256([]byte(key))
	return app.Clave{Clave: key, Cuerpo: sum[:]}
}

// freezeOwn is the product's close: digest compared, planillas numbered and
// signed, every gestión's audit.
func (d decided) freezeOwn(ctx context.Context, url string, orden contract.OrdenID) (time.Duration, error) {
	return freezeStored(ctx, url, orden, d.mes, d.lines)
}

func freezeStored(ctx context.Context, url string, orden contract.OrdenID, mes pa0580.Mes, lines int64) (time.Duration, error) {
	store, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		return 0, err
	}
	defer done(store)
	if err := store.Ping(ctx); err != nil {
		return 0, err
	}
	begun := time.Now()
	frozen, err := store.Freeze(ctx, orden, mes.End())
	took := time.Since(begun)
	if err == nil && (!frozen.Cerrado || lines > 0 && frozen.Lineas != lines) {
		err = fmt.Errorf("freeze of %d lines: %+v", lines, frozen)
	}
	return took, err
}

// Argument: the month.
const (
	planillasSQL = `INSERT INTO planillas (id, numero, mes, unidad_id, unidad_codigo, unidad_nombre, conforme, huella, cerrada_at)
SELECT gen_random_uuid(), row_number() OVER (ORDER BY u.id), $1, u.id, u.codigo, u.nombre, false, '', now() FROM unidades u`
	lineasSQL = `INSERT INTO planilla_lineas (gestion_id, planilla_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at)
SELECT g.id, p.id, g.agente_id, g.modo, g.mes, g.tipo_gestion, g.jornada, g.guardada_at
FROM gestiones g JOIN planillas p ON p.mes = $1 AND p.unidad_id = g.unidad_id WHERE g.estado = 'aprobada' AND g.mes = $1`
	incluirSQL = `UPDATE gestiones g SET estado = 'incluida', planilla_id = l.planilla_id
FROM planilla_lineas l WHERE l.gestion_id = g.id AND l.mes = $1`
)

// freezeBare is the same lines inserted and the same rows updated, in one
// transaction, and nothing else.
func (d decided) freezeBare(ctx context.Context, url string, _ contract.OrdenID) (took time.Duration, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, fmt.Errorf("bare freeze: %w", err)
	}
	defer conn.Close(ctx)
	mes := d.mes.String()
	if _, err := conn.Exec(ctx, planillasSQL, mes); err != nil {
		return 0, fmt.Errorf("bare freeze: %w", err)
	}
	begun := time.Now()
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, statement := range []string{lineasSQL, incluirSQL} {
			tag, err := tx.Exec(ctx, statement, mes)
			if err != nil {
				return fmt.Errorf("bare freeze: %w", err)
			}
			if tag.RowsAffected() != d.lines {
				return fmt.Errorf("bare freeze of %d lines: %d", d.lines, tag.RowsAffected())
			}
		}
		return nil
	})
	return time.Since(begun), err
}
