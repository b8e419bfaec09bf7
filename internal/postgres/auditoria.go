package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// asientoRow is one entry of the audit. What it tells is shown in timelines and
// exported: never a document, a name or what somebody typed.
type asientoRow struct {
	bun.BaseModel `bun:"table:auditoria"`

	At        time.Time
	ActorID   string `bun:",nullzero"`
	Accion    string
	GestionID string            `bun:",nullzero"`
	Version   int64             `bun:",nullzero"`
	Objeto    string            `bun:",nullzero"`
	Detalle   map[string]string `bun:"type:jsonb"`
}

// writeAsiento adds an entry that makes no version of a gestión; for one that
// does see writeGestion.
func writeAsiento(ctx context.Context, tx bun.IDB, a asientoRow) error {
	if a.Detalle == nil {
		a.Detalle = map[string]string{}
	}
	_, err := tx.NewInsert().Model(&a).Exec(ctx)
	return err
}

// Auditoria is a gestión's audit, oldest first.
func (s *Store) Auditoria(ctx context.Context, id pa0580.GestionID) ([]app.Asiento, error) {
	if !isID(id) {
		return nil, nil
	}
	var rows []struct {
		At      time.Time
		ActorID string
		Nombre  string
		Accion  string
		Version int64
		Detalle map[string]string
		Motivo  string
	}
	err := s.db.NewRaw(`
SELECT a.at, a.actor_id, f.nombre, a.accion, a.version, a.detalle - 'motivo_sha256' AS detalle, k.motivo
FROM auditoria a LEFT JOIN funcionarios f ON f.id = a.actor_id LEFT JOIN comandos k ON k.id = (a.detalle->>'comando')::uuid
WHERE a.gestion_id = ? ORDER BY a.id`, id).Scan(ctx, &rows)
	out := make([]app.Asiento, len(rows))
	for i, r := range rows {
		if r.Motivo != "" {
			r.Detalle["motivo"] = r.Motivo
		}
		out[i] = app.Asiento{
			At: pa0580.Local(r.At), Actor: pa0580.FuncionarioID(r.ActorID), Nombre: r.Nombre,
			Accion: r.Accion, Version: r.Version, Detalle: r.Detalle,
		}
	}
	return out, seek("read audit", err)
}

// Revelar gives a document in full and records who saw it, in one statement.
func (s *Store) Revelar(ctx context.Context, quien pa0580.FuncionarioID, id pa0580.GestionID, at time.Time) (pa0580.Documento, error) {
	if !isID(id) {
		return pa0580.Documento{}, pa0580.ErrNoGestion()
	}
	var rows []gestionRow
	err := s.db.NewRaw(`
WITH g AS (SELECT id, documento_tipo, documento_entrada, documento FROM gestiones WHERE id = ?),
asiento AS (INSERT INTO auditoria (at, actor_id, accion, gestion_id) SELECT ?, ?, 'revelar', id FROM g)
SELECT * FROM g`, id, at, quien).Scan(ctx, &rows)
	if err != nil {
		return pa0580.Documento{}, seek("reveal document", err)
	}
	if len(rows) == 0 {
		return pa0580.Documento{}, pa0580.ErrNoGestion()
	}
	return rows[0].gestion().Documento, nil
}
