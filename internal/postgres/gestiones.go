package postgres

import (
	"bytes"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// addGestionSQL stores a gestión with its audit entry, or nothing where the
// key was used before, or where the calendar it was classified by is not the current
// one: a change of the calendar waits for loads under way and never sees later ones.
const addGestionSQL = `
WITH nueva AS (
	INSERT INTO gestiones (id, agente_id, dia, persona, referencia_tipo, referencia, tipo_gestion,
		clave, cuerpo, unidad_id, unidad_nombre, asignacion_id, modo, documento_tipo, documento_entrada, documento, observacion,
		guardada_at, mes, jornada, jornada_motivo, feriado, calendario, estado, version)
	SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25
	FROM organizacion WHERE organizacion.calendario = $23
	ON CONFLICT (agente_id, clave) DO NOTHING
	RETURNING id, agente_id, guardada_at, version, estado
),
asiento AS (
	INSERT INTO auditoria (at, actor_id, accion, gestion_id, version, detalle)
	SELECT guardada_at, agente_id, 'cargar', id, version, jsonb_build_object('a', estado) FROM nueva
)
SELECT id FROM nueva`

// AddGestion stores a new gestión and its audit entry in one statement.
func (s *Store) AddGestion(ctx context.Context, g pa0580.Gestion, k app.Clave) (app.Ficha, bool, error) {
	var added []string
	err := s.db.NewRaw(addGestionSQL).Conn(planned(s.db.DB, addArgs(g, k)...)).Scan(ctx, &added)
	if err != nil {
		return app.Ficha{}, false, seek("add gestión", err)
	}
	if len(added) == 0 {
		f, found, err := s.GestionPorClave(ctx, g.Agente, k)
		if err == nil && !found {
			err = app.ErrCalendario
		}
		return f, false, err
	}
	return app.Ficha{Gestion: g}, true, nil
}

func addArgs(g pa0580.Gestion, k app.Clave) []any {
	r := rowOf(g)
	return []any{
		r.ID, r.AgenteID, pa0580.DiaOf(g.GuardadaAt).String(), g.Documento.Persona(), r.ReferenciaTipo, r.Referencia, r.TipoGestion,
		k.Clave, k.Cuerpo, r.UnidadID, r.UnidadNombre, r.AsignacionID, r.Modo, r.DocumentoTipo, r.DocumentoEntrada, r.Documento, r.Observacion,
		r.GuardadaAt, r.Mes, r.Jornada, r.JornadaMotivo, r.Feriado, r.Calendario, r.Estado, r.Version,
	}
}

// GestionPorClave finds what an agent loaded with a key.
func (s *Store) GestionPorClave(ctx context.Context, agente pa0580.FuncionarioID, k app.Clave) (app.Ficha, bool, error) {
	var found []struct {
		ID     string
		Cuerpo []byte
	}
	err := s.db.NewRaw("SELECT id, cuerpo FROM gestiones WHERE agente_id = ? AND clave = ?", agente, k.Clave).Scan(ctx, &found)
	switch {
	case err != nil:
		return app.Ficha{}, false, seek("find gestión by key", err)
	case len(found) == 0:
		return app.Ficha{}, false, nil
	case !bytes.Equal(found[0].Cuerpo, k.Cuerpo):
		return app.Ficha{}, false, otherBody()
	}
	f, err := s.Gestion(ctx, app.Vision{Todo: true}, pa0580.GestionID(found[0].ID))
	return f, err == nil, err
}

// AcceptGestion marks a recibida gestión as «told received». Mostly OPEN SGC
// was faster and reading is all there is to do.
func (s *Store) AcceptGestion(ctx context.Context, id pa0580.GestionID) (app.Ficha, error) {
	f, err := s.Gestion(ctx, app.Vision{Todo: true}, id)
	if err != nil || !f.Accept() {
		return f, err
	}
	res, err := s.db.NewRaw("UPDATE gestiones SET aceptada = true WHERE id = ? AND estado = ? AND version = ?", id, pa0580.Recibida, f.Version).Exec(ctx)
	if err != nil {
		return app.Ficha{}, seek("accept gestión", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 1 {
		return f, nil
	}
	return s.AcceptGestion(ctx, id) // it moved meanwhile, be it that it was reclassified
}

// Filas reads those of ids that v may see.
func (s *Store) Filas(ctx context.Context, v app.Vision, ids []pa0580.GestionID) ([]pa0580.Gestion, error) {
	if ids = slices.DeleteFunc(slices.Clone(ids), func(id pa0580.GestionID) bool { return !isID(id) }); len(ids) == 0 {
		return nil, nil
	}
	var rows []gestionRow
	err := s.db.NewRaw("SELECT "+gestionColumns+" FROM gestiones g WHERE g.id IN (?) AND ?", bun.List(ids), visible(v)).Scan(ctx, &rows)
	return each(rows, gestionRow.gestion), seek("read gestiones", err)
}

// unaSQL reads one gestión. Every load and every decision does.
const unaSQL = fichaSQL + `(SELECT $1::uuid AS id)` + besideSQL

// Gestion finds one that v may see. Whether they may does not change over its
// life, so that it is asked apart: the rest is the same statement for everybody.
func (s *Store) Gestion(ctx context.Context, v app.Vision, id pa0580.GestionID) (app.Ficha, error) {
	if !isID(id) {
		return app.Ficha{}, pa0580.ErrNoGestion()
	}
	if !v.Todo {
		var may bool
		err := s.db.NewRaw("SELECT EXISTS (SELECT FROM gestiones g WHERE g.id = ? AND ?)", id, visible(v)).Scan(ctx, &may)
		if err != nil {
			return app.Ficha{}, seek("read gestión", err)
		}
		if !may {
			return app.Ficha{}, pa0580.ErrNoGestion()
		}
	}
	var rows []fichaRow
	if err := s.db.NewRaw(unaSQL).Conn(planned(s.db.DB, id)).Scan(ctx, &rows); err != nil {
		return app.Ficha{}, seek("read gestión", err)
	}
	if len(rows) == 0 {
		return app.Ficha{}, pa0580.ErrNoGestion()
	}
	return rows[0].ficha(), nil
}
