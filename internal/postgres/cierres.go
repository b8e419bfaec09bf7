package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type cierreRow struct {
	Mes           string
	CorteAt       *time.Time
	CortePor      string
	Sellado       bool
	CerradoAt     *time.Time
	CerradoPor    string
	ConfirmadoPor string
	Huella        string
	Motivo        string
	Lineas        int64
	PorAvisar     int64
	Planillas     int64
	Archivos      int64
	Probado       bool
}

func (r cierreRow) corte() *pa0580.Corte {
	if r.CorteAt == nil {
		return nil
	}
	return &pa0580.Corte{Mes: mes(r.Mes), At: pa0580.Local(*r.CorteAt), Cerrado: r.CerradoAt != nil, Por: r.CortePor}
}

func (r cierreRow) cierre() app.Cierre {
	c := app.Cierre{
		Mes: mes(r.Mes), Corte: r.corte(), CortePor: r.CortePor, Sellado: r.Sellado,
		CerradoAt: local(r.CerradoAt), CerradoPor: r.CerradoPor, ConfirmadoPor: r.ConfirmadoPor, Huella: r.Huella, Motivo: r.Motivo,
		Lineas: r.Lineas, Avisadas: r.Lineas - r.PorAvisar, Planillas: r.Planillas, Archivos: r.Archivos, Probado: r.Probado,
	}
	if c.CerradoAt != nil {
		c.Esperados = esperados(c.Planillas)
	}
	return c
}

// cierresSQL reads months, given the formats of their files; a condition follows. Those not told yet are counted
// over an index that holds nobody else, and is empty but for a close's drain.
const cierresSQL = `
SELECT c.mes, c.corte_at, fc.nombre AS corte_por, c.sellado, c.cerrado_at, fz.nombre AS cerrado_por, fd.nombre AS confirmado_por,
	c.huella, c.motivo, c.lineas, a.n AS por_avisar, (SELECT count(*) FROM planillas p WHERE p.mes = c.mes) AS planillas,
	(SELECT count(*) FROM archivos x WHERE x.mes = c.mes AND x.formato IN (?)) AS archivos,
	EXISTS (SELECT FROM manifiestos m WHERE m.mes = c.mes) AS probado
FROM cierres c
LEFT JOIN funcionarios fc ON fc.id = c.corte_por
LEFT JOIN funcionarios fz ON fz.id = c.cerrado_por
LEFT JOIN funcionarios fd ON fd.id = c.confirmado_por
LEFT JOIN (
	SELECT p.mes, count(*) AS n FROM gestiones g JOIN planillas p ON p.id = g.planilla_id
	WHERE g.estado = 'incluida' AND NOT g.avisada GROUP BY p.mes
) AS a ON a.mes = c.mes
WHERE `

// Turno is what decides whether it is the turn of m to close.
func (s *Store) Turno(ctx context.Context, m pa0580.Mes) (pa0580.Turno, error) {
	t, err := turno(ctx, s.db, m)
	return t, seek("read whose turn it is", err)
}

func turno(ctx context.Context, db bun.IDB, m pa0580.Mes) (pa0580.Turno, error) {
	var r struct {
		Primera time.Time
		Ultimo  string
	}
	err := db.NewRaw(`
SELECT (SELECT min(dia) FROM gestiones) AS primera, (SELECT left(max(mes), 7) FROM cierres WHERE cerrado_at IS NOT NULL) AS ultimo`).Scan(ctx, &r)
	t := pa0580.Turno{Ultimo: mes(r.Ultimo)}
	if !r.Primera.IsZero() {
		t.Primero = pa0580.NewMes(r.Primera.Year(), r.Primera.Month())
	}
	if err != nil || m.Complementaria() == 0 {
		return t, err
	}
	var closed []string
	err = db.NewRaw("SELECT mes FROM cierres WHERE left(mes, 7) = ? AND cerrado_at IS NOT NULL", m.Propio().String()).Scan(ctx, &closed)
	for _, c := range closed {
		if t.Ultima.IsZero() || t.Ultima.Before(mes(c)) {
			t.Ultima = mes(c)
		}
	}
	return t, err
}

// Cortes are those set and not lifted, of open and closed months.
func (s *Store) Cortes(ctx context.Context) (pa0580.Cortes, error) {
	cortes, err := readCortes(ctx, s.db)
	return cortes, seek("read cortes", err)
}

func readCortes(ctx context.Context, db bun.IDB) (pa0580.Cortes, error) {
	var rows []cierreRow
	// A complementaria's corte splits ajustes, not decisions.
	err := db.NewRaw("SELECT mes, corte_at, cerrado_at FROM cierres WHERE corte_at IS NOT NULL AND length(mes) = 7 ORDER BY mes").Scan(ctx, &rows)
	return each(rows, func(r cierreRow) pa0580.Corte { return *r.corte() }), err
}

// Cierre is a month's closing; of a month that nobody touched, an empty one.
func (s *Store) Cierre(ctx context.Context, m pa0580.Mes) (app.Cierre, error) {
	all, err := s.cierres(ctx, "c.mes = ?", m.String())
	if err != nil || len(all) == 0 {
		return app.Cierre{Mes: m}, err
	}
	return all[0], nil
}

// Cierres lists the months that have a corte or are closed, newest first.
func (s *Store) Cierres(ctx context.Context) ([]app.Cierre, error) {
	return s.cierres(ctx, "TRUE ORDER BY c.mes DESC")
}

func (s *Store) cierres(ctx context.Context, where string, args ...any) ([]app.Cierre, error) {
	var rows []cierreRow
	err := s.db.NewRaw(cierresSQL+where, append([]any{bun.List(app.Formatos())}, args...)...).Scan(ctx, &rows)
	out := make([]app.Cierre, len(rows))
	for i, r := range rows {
		out[i] = r.cierre()
	}
	return out, seek("read closings", err)
}

// SetCorte sets a month's corte, as [pa0580.CheckCorte] judges it, or lifts it where at is
// nil. It waits for every command being stored, so that none slips in before the moment.
// The month's first corte makes the secret that salts its digests. Refuses with
// CodeMonthClosed, or CodeIdempotency where the key came with another body, too.
func (s *Store) SetCorte(ctx context.Context, m pa0580.Mes, at *time.Time, actor pa0580.FuncionarioID, now time.Time, k app.Clave) error {
	return s.tx(ctx, "set corte", func(ctx context.Context, tx bun.Tx) error {
		if first, _, err := once(ctx, tx, actor, k, objetoCierre(m)); err != nil || !first {
			return err
		}
		if err := lockMonths(ctx, tx); err != nil {
			return err
		}
		entry := asientoRow{At: now, ActorID: string(actor), Accion: "cortar", Objeto: objetoCierre(m), Detalle: map[string]string{}}
		if at == nil {
			entry.Accion = "levantar_corte"
			return moveCorte(ctx, tx, m, entry, "UPDATE cierres SET corte_at = NULL, corte_por = NULL, sellado = false WHERE mes = ?", m.String())
		}
		if err := checkCorte(ctx, tx, m, *at, now); err != nil {
			return err
		}
		entry.Detalle["corte"] = at.UTC().Format(time.RFC3339Nano)
		return moveCorte(ctx, tx, m, entry, `
INSERT INTO cierres (mes, corte_at, corte_por, sellado) VALUES (?, ?, ?, ?)
ON CONFLICT (mes) DO UPDATE SET corte_at = EXCLUDED.corte_at, corte_por = EXCLUDED.corte_por, sellado = EXCLUDED.sellado`,
			m.String(), *at, actor, !at.After(now))
	})
}

// checkCorte judges one that is to be set, by what there is once nobody else sets any.
func checkCorte(ctx context.Context, tx bun.Tx, m pa0580.Mes, at, now time.Time) error {
	t, err := turno(ctx, tx, m)
	if err != nil {
		return err
	}
	var found []cierreRow
	err = tx.NewRaw(`
SELECT c.mes, c.corte_at, f.nombre AS corte_por FROM cierres c LEFT JOIN funcionarios f ON f.id = c.corte_por WHERE c.mes = ?`, m.String()).Scan(ctx, &found)
	if err != nil {
		return err
	}
	var set *pa0580.Corte
	if len(found) == 1 {
		set = found[0].corte()
	}
	return pa0580.CheckCorte(m, set, t, at, now)
}

func moveCorte(ctx context.Context, tx bun.Tx, m pa0580.Mes, entry asientoRow, change string, args ...any) error {
	if err := mustBeOpen(ctx, tx, m); err != nil {
		return err
	}
	res, err := tx.NewRaw(change, args...).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // nothing to lift
	}
	return writeAsiento(ctx, tx, entry)
}

// lockMonths waits first for a close, without keeping commands from being
// stored, then for the commands that are.
func lockMonths(ctx context.Context, tx bun.Tx) error {
	if _, err := tx.ExecContext(ctx, lockClosing); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, lockCorte)
	return err
}

func objetoCierre(m pa0580.Mes) string { return "cierre/" + m.String() }

func mustBeOpen(ctx context.Context, tx bun.Tx, m pa0580.Mes) error {
	var closed bool
	err := tx.NewRaw("SELECT EXISTS (SELECT FROM cierres WHERE mes = ? AND cerrado_at IS NOT NULL)", m.String()).Scan(ctx, &closed)
	if err == nil && closed {
		return pa0580.Refuse(0, pa0580.CodeMonthClosed, "mes", "El mes "+m.String()+" ya está cerrado y no cambia.")
	}
	return err
}

// SealCorte makes a corte that has passed final for what is stored next.
func (s *Store) SealCorte(ctx context.Context, m pa0580.Mes, now time.Time) error {
	const waiting = "mes = ? AND NOT sellado AND corte_at <= ?"
	var found bool
	err := s.db.NewRaw("SELECT EXISTS (SELECT FROM cierres WHERE "+waiting+")", m.String(), now).Scan(ctx, &found)
	if err != nil || !found {
		return seek("read corte", err)
	}
	return s.tx(ctx, "seal corte", func(ctx context.Context, tx bun.Tx) error {
		if err := lockMonths(ctx, tx); err != nil {
			return err
		}
		_, err := tx.NewRaw("UPDATE cierres SET sellado = true WHERE "+waiting, m.String(), now).Exec(ctx)
		return err
	})
}
