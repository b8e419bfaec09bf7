package postgres

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Who did what made a gestión's version, and the reason they gave, is sought for the
// page's rows only.
var paginaDeCuentaSQL = `
SELECT g.id, l.unidad_id, u.codigo, u.nombre, l.modo, g.documento, ` + citablesDe("g") + ` AS citables, g.referencia_tipo, g.referencia, l.tipo_gestion, l.jornada, g.guardada_at,
	l.situacion, l.ajuste, l.motivo, g.estado, g.sgc_existe IS TRUE AS existe, l.pasada, p.id AS planilla_id, p.numero, p.mes AS planilla_mes,
	razon.motivo AS razon_motivo, razon.nombre AS razon_nombre, razon.creado_at AS razon_at
FROM (?) AS l
JOIN gestiones g ON g.id = l.id
JOIN unidades u ON u.id = l.unidad_id
LEFT JOIN planillas p ON p.id = l.planilla_id
LEFT JOIN LATERAL (
	SELECT c.motivo, q.nombre, c.creado_at FROM comandos c JOIN funcionarios q ON q.id = c.actor_id
	WHERE c.gestion_id = g.id AND c.version = g.version AND c.accion IN ('aprobar', 'observar', 'rechazar', 'anular')
) AS razon ON true
ORDER BY ?`

type gestionDeCuentaRow struct {
	ID             string
	UnidadID       string
	Codigo         string
	Nombre         string
	Modo           string
	Documento      string
	Citables       string
	ReferenciaTipo string
	Referencia     string
	TipoGestion    int
	Jornada        string
	GuardadaAt     time.Time
	Situacion      string
	Ajuste         int
	Motivo         string
	Estado         string
	Existe         bool
	Pasada         string
	PlanillaID     string
	Numero         int64
	PlanillaMes    string
	RazonMotivo    string
	RazonNombre    string
	RazonAt        *time.Time
}

func (r gestionDeCuentaRow) gestion() app.GestionDeCuenta {
	g := app.GestionDeCuenta{
		ID: pa0580.GestionID(r.ID), Unidad: pa0580.Unidad{ID: pa0580.UnidadID(r.UnidadID), Codigo: r.Codigo, Nombre: r.Nombre}, Modo: pa0580.Modo(r.Modo),
		Documento: pa0580.MaskDocumento(r.Documento), Referencia: pa0580.Referencia{Tipo: pa0580.TipoReferencia(r.ReferenciaTipo), Numero: r.Referencia},
		Tipo: pa0580.TipoGestion(r.TipoGestion), Jornada: pa0580.Jornada(r.Jornada), GuardadaAt: pa0580.Local(r.GuardadaAt),
		Situacion: app.Situacion(r.Situacion), Estado: pa0580.Estado(r.Estado), Existe: r.Existe,
	}
	g.Ajuste, g.Motivo = pa0580.Signo(r.Ajuste), sinCitas(r.Motivo, r.Citables)
	if r.PlanillaID != "" {
		g.Planilla = &app.Planilla{ID: r.PlanillaID, Numero: r.Numero, Mes: mes(r.PlanillaMes)}
	}
	if r.RazonAt != nil { // people quote the document in what they write
		g.Razon = &app.Razon{Motivo: sinCitas(r.RazonMotivo, r.Citables), Nombre: r.RazonNombre, At: pa0580.Local(*r.RazonAt)}
	}
	return g
}

// gestiones are a page of the month's.
func (r lectorDeCuenta) gestiones(ctx context.Context) ([]app.GestionDeCuenta, error) {
	var more []condition
	if r.filtro.Tras != "" {
		more = append(more, r.tras)
	}
	order := "l.dia, l.id"
	if r.filtro.Reclamables {
		order = "array_position(ARRAY['no_contada', 'en_espera', 'contada'], l.situacion), " + order
	}
	q := r.tx.NewSelect().TableExpr("(?) AS l", r.cargadas(r.filtro.Mes, r.filtro.Mes, more...)).ColumnExpr("l.*").OrderExpr(order)
	if len(r.filtro.Situaciones) > 0 {
		q.Where("l.situacion IN (?)", bun.List(r.filtro.Situaciones))
	}
	if r.filtro.Limite > 0 {
		q.Limit(int64(r.filtro.Limite))
	}
	var rows []gestionDeCuentaRow
	err := r.tx.NewRaw(paginaDeCuentaSQL, q, bun.Safe(order)).Scan(ctx, &rows)
	return each(rows, func(row gestionDeCuentaRow) app.GestionDeCuenta {
		g := row.gestion()
		g.Espera = r.espera(row.Estado, row.Pasada)
		return g
	}), err
}
