package postgres

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// sinManifiestoSQL are the closed months that have no manifest.
const sinManifiestoSQL = `
SELECT c.mes, c.cerrado_at, c.huella, c.lineas FROM cierres c LEFT JOIN manifiestos m ON m.mes = c.mes WHERE c.cerrado_at IS NOT NULL AND m.mes IS NULL`

// SinManifiesto lists what is closed and has no manifest, in the order of closing.
func (s *Store) SinManifiesto(ctx context.Context) ([]pa0580.Mes, error) {
	var rows []string
	err := s.db.NewRaw("SELECT mes FROM ("+sinManifiestoSQL+") AS c ORDER BY cerrado_at, mes").Scan(ctx, &rows)
	return each(rows, mes), seek("list months without manifest", err)
}

// Manifiesto is a month's, nil where there is none.
func (s *Store) Manifiesto(ctx context.Context, m pa0580.Mes) (*app.Firmado, error) {
	var rows []struct {
		Orden     int64
		Contenido string
		Clave     string
		At        time.Time
	}
	err := s.db.NewRaw("SELECT orden, contenido, clave, at FROM manifiestos WHERE mes = ?", m.String()).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, seek("read manifest", err)
	}
	r := rows[0]
	return &app.Firmado{Orden: r.Orden, Contenido: []byte(r.Contenido), Clave: r.Clave, At: pa0580.Local(r.At)}, nil
}

// A manifest's place follows from the one that it names: of two that were signed at once
// and name the same one, the second is refused, and signed again.
const addManifiestoSQL = `
INSERT INTO manifiestos (mes, orden, contenido, clave, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (mes) DO NOTHING`

// Firmable tells that what is closed is as its close was audited, and was never signed
// before: whoever altered a month, and took its manifest away, gets no other signature.
func (s *Store) Firmable(ctx context.Context, m pa0580.Mes) (bool, error) {
	var n int
	err := s.db.NewRaw("SELECT count(*) FROM ("+sinManifiestoSQL+") AS c WHERE c.mes = ? AND "+firmableSQL, m.String()).Scan(ctx, &n)
	return n > 0, seek("ask whether a close can be signed for", err)
}

// firmableSQL tells it of a closed month called c.
const firmableSQL = `(EXISTS (SELECT FROM auditoria a WHERE a.objeto = 'cierre/' || c.mes AND a.accion = 'cerrar'
		AND a.detalle->>'huella' = c.huella AND a.detalle->>'lineas' = c.lineas::text
		AND a.detalle->>'planillas' = (SELECT count(*) FROM planillas p WHERE p.mes = c.mes)::text)
	AND NOT EXISTS (SELECT FROM auditoria a WHERE a.objeto = 'cierre/' || c.mes AND a.accion = 'certificar'))`

// AddManifiesto keeps a month's signed manifest, and says so in the audit. Where there is
// one, that one counts.
func (s *Store) AddManifiesto(ctx context.Context, m pa0580.Mes, f app.Firmado) error {
	return s.tx(ctx, "keep manifest", func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewRaw(addManifiestoSQL, m.String(), f.Orden, string(f.Contenido), f.Clave, f.At).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		sum := sha256.Sum256(f.Contenido)
		return writeAsiento(ctx, tx, asientoRow{
			At: f.At, Accion: "certificar", Objeto: objetoCierre(m), Detalle: map[string]string{"sha256": hex.EncodeToString(sum[:]), "clave": f.Clave},
		})
	})
}

// ParaManifiesto reads what a closed month's manifest says, but for the audit's seal,
// from what the close wrote.
func (s *Store) ParaManifiesto(ctx context.Context, m pa0580.Mes) (app.Manifiesto, int64, error) {
	var out app.Manifiesto
	var orden int64
	err := s.snapshot(ctx, "read what to prove", func(ctx context.Context, tx bun.Tx) (err error) {
		out, orden, err = readProbado(ctx, tx, m)
		return err
	})
	return out, orden, err
}

func readProbado(ctx context.Context, tx bun.Tx, m pa0580.Mes) (out app.Manifiesto, orden int64, err error) {
	out.Mes = m
	var c struct {
		CorteAt, CerradoAt time.Time
		Lineas             int64
		Huella             string
		Acta               []byte
	}
	err = tx.NewRaw(actaSQL, m.String()).Scan(ctx, &c)
	if errors.Is(err, sql.ErrNoRows) {
		err = pa0580.Refuse(0, pa0580.CodeNotFound, "mes", "El mes "+m.String()+" no está cerrado.")
	}
	if err != nil {
		return out, 0, err
	}
	out.Corte, out.CerradoAt, out.Lineas, out.Huella = pa0580.Local(c.CorteAt), pa0580.Local(c.CerradoAt), c.Lineas, c.Huella
	copy(out.Acta[:], c.Acta)
	if out.Anterior, orden, err = readAnterior(ctx, tx, m); err != nil {
		return out, 0, err
	}
	if out.Planillas, err = readPlanillasProbadas(ctx, tx, m); err != nil {
		return out, 0, err
	}
	out.Archivos, err = readProbados(ctx, tx, m)
	return out, orden, err
}

// actaSQL is a month's close, with a digest over who did what, when and why.
const actaSQL = `
SELECT corte_at, cerrado_at, lineas, huella, sha256(sal || convert_to(json_build_array(
	mes, corte_por, (extract(epoch FROM corte_at) * 1000000)::bigint, cerrado_por, (extract(epoch FROM cerrado_at) * 1000000)::bigint,
	huella, motivo, lineas, confirmado_por)::text, 'UTF8')) AS acta
FROM cierres WHERE mes = ? AND cerrado_at IS NOT NULL`

// planillasProbadasSQL are a month's planillas as its manifest names them. A planilla's
// commitment is over what stands in its heading, and over those of its rows.
const planillasProbadasSQL = `
SELECT p.numero, p.unidad_codigo AS codigo, (SELECT count(*) FROM planilla_lineas l WHERE l.planilla_id = p.id) AS lineas, p.huella,
	sha256(c.sal || convert_to(json_build_array(p.id, p.numero, p.mes, p.unidad_id, p.unidad_codigo, p.unidad_nombre, p.jefe, p.conforme, p.motivo,
		p.huella, (extract(epoch FROM p.cerrada_at) * 1000000)::bigint)::text, 'UTF8') || COALESCE((
		SELECT string_agg(uuid_send(f.funcionario_id) || convert_to(f.modo || ' ' || f.mes, 'UTF8') || f.compromiso, ''
			ORDER BY f.funcionario_id, f.modo, f.mes) FROM planilla_filas f WHERE f.planilla_id = p.id), '')) AS compromiso
FROM planillas p JOIN cierres c ON c.mes = p.mes WHERE p.mes = ? ORDER BY p.numero`

func readPlanillasProbadas(ctx context.Context, tx bun.Tx, m pa0580.Mes) ([]app.PlanillaProbada, error) {
	var rows []struct {
		Numero, Lineas int64
		Codigo, Huella string
		Compromiso     []byte
	}
	err := tx.NewRaw(planillasProbadasSQL, m.String()).Scan(ctx, &rows)
	out := make([]app.PlanillaProbada, len(rows))
	for i, r := range rows {
		out[i] = app.PlanillaProbada{Numero: r.Numero, Codigo: r.Codigo, Lineas: r.Lineas, Huella: r.Huella}
		copy(out[i].Compromiso[:], r.Compromiso)
	}
	return out, err
}

func readProbados(ctx context.Context, tx bun.Tx, m pa0580.Mes) ([]app.ArchivoProbado, error) {
	var rows []struct {
		Nombre string
		Sha256 []byte
	}
	err := tx.NewRaw(`SELECT nombre, sha256(contenido) AS sha256 FROM archivos WHERE mes = ? ORDER BY nombre COLLATE "C"`, m.String()).Scan(ctx, &rows)
	out := make([]app.ArchivoProbado, len(rows))
	for i, r := range rows {
		out[i].Nombre = r.Nombre
		copy(out[i].SHA256[:], r.Sha256)
	}
	return out, err
}

// readAnterior reads the manifest before a month's, and the month's place: of one that has
// none yet, the next.
func readAnterior(ctx context.Context, tx bun.Tx, m pa0580.Mes) (*app.ManifiestoAnterior, int64, error) {
	var rows []struct {
		Mes, Contenido string
		Orden          int64
	}
	err := tx.NewRaw(`
SELECT mes, contenido, orden FROM manifiestos
WHERE orden < COALESCE((SELECT orden FROM manifiestos WHERE mes = ?), 9223372036854775807) ORDER BY orden DESC LIMIT 1`, m.String()).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, 1, err
	}
	r := rows[0]
	return &app.ManifiestoAnterior{Mes: mes(r.Mes), SHA256: sha256.Sum256([]byte(r.Contenido))}, r.Orden + 1, nil
}
