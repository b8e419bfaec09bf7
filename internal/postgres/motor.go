package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Attend tells the engine that now drives the row, and reads what there is to
// verify. A row that knows its engine already is only read.
func (s *Store) Attend(ctx context.Context, id pa0580.GestionID, motor string) (contract.RowState, pa0580.Referencia, error) {
	if !isID(id) {
		return contract.RowState{}, pa0580.Referencia{}, noGestion()
	}
	var row gestionRow
	err := s.db.NewRaw(`
WITH motor AS (UPDATE gestiones SET motor = ? WHERE id = ? AND motor IS DISTINCT FROM ?)
SELECT estado, version, referencia_tipo, referencia FROM gestiones WHERE id = ?`, motor, id, motor, id).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return contract.RowState{}, pa0580.Referencia{}, noGestion()
	}
	g := row.gestion()
	return rowState(g), g.Referencia, seek("attend gestión", err)
}

func rowState(g pa0580.Gestion) contract.RowState {
	return contract.RowState{Estado: g.Estado, Version: g.Version}
}

// Verify records OPEN SGC's answer about a version of a recibida row; a row
// that has moved on is left as it is.
func (s *Store) Verify(ctx context.Context, id pa0580.GestionID, version int64, h pa0580.Hallazgo) (contract.RowState, error) {
	if !isID(id) {
		return contract.RowState{}, noGestion()
	}
	var row contract.RowState
	err := s.tx(ctx, "record verification", func(ctx context.Context, tx bun.Tx) error {
		g, err := lockGestion(ctx, tx, id)
		row = rowState(g)
		if err != nil || g.Estado != pa0580.Recibida || g.Version != version {
			return err
		}
		if err := g.Verify(h); err != nil {
			return err
		}
		accion := map[pa0580.Estado]pa0580.Accion{
			pa0580.Pendiente: pa0580.Verificar, pa0580.Invalida: pa0580.Invalidar, pa0580.Observada: pa0580.Devolver,
		}[g.Estado]
		row = rowState(g)
		return writeGestion(ctx, tx, version, g, asientoRow{
			At: h.At, Accion: string(accion),
			Detalle: map[string]string{"de": string(pa0580.Recibida), "a": string(g.Estado)},
		})
	})
	return row, err
}

// Pendings lists what waits for a message that may have been lost: commands
// first, being few; then the rows that no engine ever drove, then the others.
func (s *Store) Pendings(ctx context.Context, before time.Time, limit int) ([]app.Pending, error) {
	var rows []struct {
		GestionID string
		Comando   string
	}
	err := s.db.NewRaw(`
SELECT gestion_id, comando FROM (
(SELECT c.gestion_id, c.id AS comando, 0 AS turno, c.creado_at AS desde
 FROM comandos c
 WHERE c.resultado IS NULL AND c.creado_at < ? ORDER BY c.creado_at LIMIT ?)
UNION ALL
(SELECT g.id, NULL, CASE WHEN g.motor IS NULL THEN 1 ELSE 2 END, g.guardada_at
 FROM gestiones g WHERE g.estado = 'recibida' AND g.guardada_at < ?
 ORDER BY 3, 4 LIMIT ?)) AS espera
ORDER BY turno, desde LIMIT ?`, before, limit, before, limit, limit).Scan(ctx, &rows)
	out := make([]app.Pending, len(rows))
	for i, r := range rows {
		out[i] = app.Pending{Gestion: pa0580.GestionID(r.GestionID), Comando: pa0580.ComandoID(r.Comando)}
	}
	return out, seek("list what waits", err)
}

// Untold lists frozen gestiones of a month whose workflow was not told, after a
// key.
func (s *Store) Untold(ctx context.Context, mes pa0580.Mes, after pa0580.GestionID, limit int) ([]activities.Untold, error) {
	if after == "" {
		after = "00000000-0000-0000-0000-000000000000"
	}
	var rows []gestionRow
	err := s.db.NewRaw(`
SELECT g.id, g.estado, g.version FROM gestiones g JOIN planillas p ON p.id = g.planilla_id
WHERE g.estado = 'incluida' AND NOT g.avisada AND g.id > ? AND p.mes = ? ORDER BY g.id LIMIT ?`,
		after, mes.String(), limit).Scan(ctx, &rows)
	out := make([]activities.Untold, len(rows))
	for i, r := range rows {
		out[i] = activities.Untold{ID: pa0580.GestionID(r.ID), Row: rowState(r.gestion())}
	}
	return out, seek("list untold gestiones", err)
}

// MarkTold marks them told. Nothing that anybody sees changes: no version.
func (s *Store) MarkTold(ctx context.Context, ids []pa0580.GestionID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.db.NewRaw("UPDATE gestiones SET avisada = true WHERE id IN (?) AND estado = 'incluida' AND NOT avisada",
		bun.List(ids)).Exec(ctx)
	return seek("mark told", err)
}
