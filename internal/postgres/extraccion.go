package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// fetched is how many rows an extraction holds at a time.
const fetched = 1000

// extractQuietly lets a transaction say nothing while whoever takes its rows is slow.
// The caller's ctx ends it before.
const extractQuietly = "SET LOCAL idle_in_transaction_session_timeout = '20min'"

// extraidaRow is a gestión as it is taken away.
type extraidaRow struct {
	ID             string
	Codigo         string
	UnidadNombre   string
	GuardadaAt     time.Time
	Legajo         string
	Nombre         string
	Modo           string
	DocumentoTipo  string
	Documento      string
	ReferenciaTipo string
	Referencia     string
	TipoGestion    int
	Jornada        string
	JornadaMotivo  string
	Feriado        string
	Estado         string
	DecididaPor    string
	DecididaAt     *time.Time
	PlanillaNro    int64
	Ajustes        int
	Observacion    string
}

func (r *extraidaRow) extraida(full bool) app.Extraida {
	out := app.Extraida{
		Gestion: pa0580.GestionID(r.ID), Unidad: r.Codigo, UnidadNombre: r.UnidadNombre, GuardadaAt: pa0580.Local(r.GuardadaAt),
		Legajo: r.Legajo, Nombre: r.Nombre, Modo: pa0580.Modo(r.Modo),
		Documento:  pa0580.Documento{Tipo: pa0580.TipoDocumento(r.DocumentoTipo), Normal: r.Documento},
		Referencia: pa0580.Referencia{Tipo: pa0580.TipoReferencia(r.ReferenciaTipo), Numero: r.Referencia},
		Tipo:       pa0580.TipoGestion(r.TipoGestion),
		Clasificacion: pa0580.Clasificacion{
			Jornada: pa0580.Jornada(r.Jornada), Motivo: pa0580.MotivoExtra(r.JornadaMotivo), Feriado: r.Feriado,
		},
		Estado: pa0580.Estado(r.Estado), DecididaPor: r.DecididaPor, DecididaAt: local(r.DecididaAt),
		Planilla: r.PlanillaNro, Ajustes: r.Ajustes, Observacion: r.Observacion,
	}
	if !full {
		out.Documento.Normal, out.Observacion = pa0580.MaskDocumento(r.Documento), ""
	}
	return out
}

// Extraer reads by unit, each along its index, through a cursor: a statement fetches
// some rows and is done before they are sent, however slow whoever takes them. The
// rows are of one instant, which PostgreSQL keeps for as long as this takes: the
// caller's ctx has an end.
func (s *Store) Extraer(ctx context.Context, e app.Extraccion, each func(app.Extraida) error) error {
	return s.snapshot(ctx, "extract gestiones", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, extractQuietly); err != nil {
			return err
		}
		for _, u := range e.Unidades {
			if err := extractUnit(ctx, tx, e, u.ID, each); err != nil {
				return err
			}
		}
		return nil
	})
}

func extractUnit(ctx context.Context, tx bun.Tx, e app.Extraccion, u pa0580.UnidadID, each func(app.Extraida) error) error {
	if _, err := tx.NewRaw("DECLARE extraccion NO SCROLL CURSOR FOR ?", extracted(tx, e, u)).Exec(ctx); err != nil {
		return seek("begin to extract", err)
	}
	rows := make([]extraidaRow, 0, fetched)
	for {
		clear(rows) // a row keeps nothing of the one that was there before
		rows = rows[:0]
		if err := tx.NewRaw("FETCH FORWARD ? FROM extraccion", fetched).Scan(ctx, &rows); err != nil {
			return seek("extract gestiones", err)
		}
		for i := range rows {
			if err := each(rows[i].extraida(e.Completos)); err != nil {
				return err
			}
		}
		if len(rows) < fetched {
			_, err := tx.NewRaw("CLOSE extraccion").Exec(ctx)
			return seek("end extracting", err)
		}
	}
}

// extracted is a unit's part, in the order of its index.
func extracted(db bun.IDB, e app.Extraccion, u pa0580.UnidadID) *bun.SelectQuery {
	return taken(db, e).
		ColumnExpr(`g.id, u.codigo, g.unidad_nombre, g.guardada_at, f.legajo, f.nombre, g.modo, g.documento_tipo, g.documento,
	g.referencia_tipo, g.referencia, g.tipo_gestion, g.jornada, g.jornada_motivo, g.feriado, g.estado,
	d.nombre AS decidida_por, g.decidida_at, p.numero AS planilla_nro, x.ajustes, g.observacion`).
		Join("JOIN unidades AS u ON u.id = g.unidad_id").
		Join("JOIN funcionarios AS f ON f.id = g.agente_id").
		Join("LEFT JOIN funcionarios AS d ON d.id = g.decidida_por").
		Join("LEFT JOIN planillas AS p ON p.id = g.planilla_id").
		Join("LEFT JOIN (SELECT gestion_id, sum(signo) AS ajustes FROM planilla_ajustes GROUP BY gestion_id) AS x ON x.gestion_id = g.id").
		Where("g.unidad_id = ?", u).OrderExpr("g.dia, g.id")
}

// taken are the gestiones that an extraction asks for, of any unit.
func taken(db bun.IDB, e app.Extraccion) *bun.SelectQuery {
	q := db.NewSelect().TableExpr("gestiones AS g").Where("g.dia BETWEEN ? AND ?", dia(e.Desde), dia(e.Hasta))
	narrow(q, app.Filtro{Estados: e.Estados, Tipo: e.Tipo, Jornada: e.Jornada})
	return q
}

// ExtraccionPasa counts no further than it must.
func (s *Store) ExtraccionPasa(ctx context.Context, e app.Extraccion, filas int64) (bool, error) {
	some := taken(s.db, e).ColumnExpr("g.id").Where("g.unidad_id IN (?)", bun.List(unitIDs(e))).Limit(filas + 1)
	var n int64
	err := s.db.NewSelect().TableExpr("(?) AS algunas", some).ColumnExpr("count(*)").Scan(ctx, &n)
	return n > filas, seek("count an extraction", err)
}

func unitIDs(e app.Extraccion) []pa0580.UnidadID {
	out := make([]pa0580.UnidadID, len(e.Unidades))
	for i, u := range e.Unidades {
		out[i] = u.ID
	}
	return out
}
