package postgres

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Attend reads what there is to verify, and tells the engine that now drives the
// row. A row that knows its engine already is only read, and one that waits for
// OPEN SGC learns it with the answer, in the same transaction.
func (s *Store) Attend(ctx context.Context, id pa0580.GestionID, motor string) (contract.RowState, pa0580.Referencia, error) {
	if !isID(id) {
		return contract.RowState{}, pa0580.Referencia{}, pa0580.ErrNoGestion()
	}
	var row gestionRow
	err := s.db.NewRaw(`
WITH motor AS (UPDATE gestiones SET motor = $2 WHERE id = $1 AND motor IS DISTINCT FROM $2 AND estado <> 'recibida')
SELECT estado, version, referencia_tipo, referencia FROM gestiones WHERE id = $1`).Conn(planned(s.db.DB, id, motor)).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return contract.RowState{}, pa0580.Referencia{}, pa0580.ErrNoGestion()
	}
	g := row.gestion()
	return rowState(g), g.Referencia, seek("attend gestión", err)
}

func rowState(g pa0580.Gestion) contract.RowState {
	return contract.RowState{Estado: g.Estado, Version: g.Version}
}

// Verify records OPEN SGC's answer about a version of a recibida row; a row
// that has moved on is left as it is. The engine that asked drives the row.
func (s *Store) Verify(ctx context.Context, id pa0580.GestionID, version int64, h pa0580.Hallazgo, motor string) (contract.RowState, error) {
	if !isID(id) {
		return contract.RowState{}, pa0580.ErrNoGestion()
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
		}, "", motor)
	})
	return row, err
}

// Untold lists frozen gestiones of a month whose workflow was not told, after a
// key.
func (s *Store) Untold(ctx context.Context, mes pa0580.Mes, after pa0580.GestionID, limit int) ([]activities.Untold, error) {
	if after == "" {
		after = nadie
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
