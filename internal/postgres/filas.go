package postgres

import (
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// gestionRow is a row of gestiones without the columns of its plumbing.
type gestionRow struct {
	bun.BaseModel `bun:"table:gestiones,alias:g"`

	ID               string `bun:",pk"`
	AgenteID         string
	UnidadID         string
	UnidadNombre     string
	AsignacionID     string
	Modo             string
	DocumentoTipo    string
	DocumentoEntrada string
	Documento        string
	ReferenciaTipo   string
	Referencia       string
	TipoGestion      int
	Observacion      string
	GuardadaAt       time.Time
	Mes              string
	Jornada          string
	JornadaMotivo    string
	Feriado          string
	Calendario       int
	Estado           string
	Version          int64
	Aceptada         bool
	SgcExiste        *bool
	SgcTension       string `bun:",nullzero"`
	SgcTitular       string `bun:",nullzero"`
	SgcAt            *time.Time
	DecisionID       string `bun:",nullzero"`
	DecididaPor      string `bun:",nullzero"`
	DecididaAt       *time.Time
}

// gestionColumns are gestionRow's, of a row called g.
const gestionColumns = `g.id, g.agente_id, g.unidad_id, g.unidad_nombre, g.asignacion_id, g.modo,
	g.documento_tipo, g.documento_entrada, g.documento, g.referencia_tipo, g.referencia, g.tipo_gestion, g.observacion,
	g.guardada_at, g.mes, g.jornada, g.jornada_motivo, g.feriado, g.calendario,
	g.estado, g.version, g.aceptada, g.sgc_existe, g.sgc_tension, g.sgc_titular, g.sgc_at,
	g.decision_id, g.decidida_por, g.decidida_at`

func rowOf(g pa0580.Gestion) gestionRow {
	r := gestionRow{
		ID: string(g.ID), AgenteID: string(g.Agente), UnidadID: string(g.Unidad), UnidadNombre: g.UnidadNombre,
		AsignacionID: g.Asignacion, Modo: string(g.Modo),
		DocumentoTipo: string(g.Documento.Tipo), DocumentoEntrada: g.Documento.Entrada, Documento: g.Documento.Normal,
		ReferenciaTipo: string(g.Referencia.Tipo), Referencia: g.Referencia.Numero,
		TipoGestion: int(g.Tipo), Observacion: g.Observacion,
		GuardadaAt: g.GuardadaAt, Mes: g.Mes.String(),
		Jornada: string(g.Clasificacion.Jornada), JornadaMotivo: string(g.Clasificacion.Motivo),
		Feriado: g.Clasificacion.Feriado, Calendario: g.Clasificacion.Calendario,
		Estado: string(g.Estado), Version: g.Version, Aceptada: g.Aceptada,
	}
	if h := g.Hallazgo; h != nil {
		r.SgcExiste, r.SgcTension, r.SgcTitular, r.SgcAt = &h.Existe, string(h.Tension), h.Titular, &h.At
	}
	if d := g.Decision; d != nil {
		r.DecisionID, r.DecididaPor, r.DecididaAt = string(d.Comando), string(d.Actor), &d.At
	}
	return r
}

func (r gestionRow) gestion() pa0580.Gestion {
	g := pa0580.Gestion{
		ID: pa0580.GestionID(r.ID), Agente: pa0580.FuncionarioID(r.AgenteID), Unidad: pa0580.UnidadID(r.UnidadID),
		UnidadNombre: r.UnidadNombre, Asignacion: r.AsignacionID, Modo: pa0580.Modo(r.Modo),
		Contenido: pa0580.Contenido{
			Documento: pa0580.Documento{
				Tipo: pa0580.TipoDocumento(r.DocumentoTipo), Entrada: r.DocumentoEntrada, Normal: r.Documento,
			},
			Referencia:  pa0580.Referencia{Tipo: pa0580.TipoReferencia(r.ReferenciaTipo), Numero: r.Referencia},
			Tipo:        pa0580.TipoGestion(r.TipoGestion),
			Observacion: r.Observacion,
		},
		GuardadaAt: pa0580.Local(r.GuardadaAt), Mes: mes(r.Mes),
		Clasificacion: pa0580.Clasificacion{
			Jornada: pa0580.Jornada(r.Jornada), Motivo: pa0580.MotivoExtra(r.JornadaMotivo),
			Feriado: r.Feriado, Calendario: r.Calendario,
		},
		Estado: pa0580.Estado(r.Estado), Version: r.Version, Aceptada: r.Aceptada,
	}
	if r.SgcExiste != nil {
		g.Hallazgo = &pa0580.Hallazgo{Existe: *r.SgcExiste, Tension: pa0580.Tension(r.SgcTension), Titular: r.SgcTitular}
		if r.SgcAt != nil {
			g.Hallazgo.At = pa0580.Local(*r.SgcAt)
		}
	}
	if r.DecididaAt != nil {
		g.Decision = &pa0580.Decision{
			Comando: pa0580.ComandoID(r.DecisionID), Actor: pa0580.FuncionarioID(r.DecididaPor), At: pa0580.Local(*r.DecididaAt),
		}
	}
	return g
}

// fichaRow is a gestión with what people read beside it.
type fichaRow struct {
	gestionRow

	AgenteNombre string
	PlanillaID   string
	PlanillaNro  int64
	DelDia       int
	Iguales      int
	SinAplicar   int
	RazonMotivo  string
	RazonNombre  string
	RazonAt      *time.Time
}

func (r fichaRow) ficha() app.Ficha {
	f := app.Ficha{
		Gestion: r.gestion(), AgenteNombre: r.AgenteNombre, Planilla: r.PlanillaID, PlanillaNro: r.PlanillaNro,
		DelDia: r.DelDia, Iguales: r.Iguales, SinAplicar: r.SinAplicar,
	}
	if r.RazonAt != nil {
		f.Razon = &app.Razon{Motivo: r.RazonMotivo, Nombre: r.RazonNombre, At: pa0580.Local(*r.RazonAt)}
	}
	return f
}

// fichasSQL reads the page that a subquery names by id, in an order. What stands
// beside each gestión is sought for the page's rows only, by index.
const fichasSQL = fichaSQL + `(?)` + besideSQL + ` ORDER BY ?`

const fichaSQL = `
SELECT ` + gestionColumns + `,
	f.nombre AS agente_nombre, g.planilla_id, p.numero AS planilla_nro,
	dias.n AS del_dia, igual.n AS iguales, espera.n AS sin_aplicar,
	razon.motivo AS razon_motivo, razon.nombre AS razon_nombre, razon.creado_at AS razon_at
FROM `

const besideSQL = ` AS pagina
JOIN gestiones g ON g.id = pagina.id
JOIN funcionarios f ON f.id = g.agente_id
LEFT JOIN planillas p ON p.id = g.planilla_id
CROSS JOIN LATERAL (
	SELECT count(*) AS n FROM gestiones x
	WHERE x.agente_id = g.agente_id AND x.dia = g.dia AND x.estado NOT IN ('anulada', 'invalida')
) AS dias
CROSS JOIN LATERAL (` + igualesSQL + ` AND x.id <> g.id) AS igual
CROSS JOIN LATERAL (
	SELECT count(*) AS n FROM comandos c WHERE c.gestion_id = g.id AND c.resultado IS NULL
) AS espera
LEFT JOIN LATERAL ( -- of the command that left it so, where it owed a reason
	SELECT c.motivo, q.nombre, c.creado_at FROM comandos c JOIN funcionarios q ON q.id = c.actor_id
	WHERE c.gestion_id = g.id AND g.estado IN ('observada', 'rechazada', 'anulada')
		AND c.version = (SELECT max(a.version) FROM auditoria a WHERE a.gestion_id = g.id AND a.accion <> 'reclasificar')
) AS razon ON true`

// igualesSQL counts the gestiones in force of g's person, reference, type and day.
const igualesSQL = `
	SELECT count(*) AS n FROM gestiones x
	WHERE x.persona = g.persona AND x.dia = g.dia AND x.referencia = g.referencia
		AND x.referencia_tipo = g.referencia_tipo AND x.tipo_gestion = g.tipo_gestion
		AND x.estado NOT IN ('anulada', 'invalida', 'rechazada')`
