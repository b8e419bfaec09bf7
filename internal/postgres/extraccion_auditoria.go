package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// How documents were given, in the audit.
const (
	enmascarados = "enmascarados"
	completos    = "completos"
)

// EmpezarExtraccion writes the first of an extraction's two entries in the audit.
func (s *Store) EmpezarExtraccion(ctx context.Context, e app.Extraccion) error {
	docs := enmascarados
	if e.Completos {
		docs = completos
	}
	codes := make([]string, len(e.Unidades))
	for i, u := range e.Unidades {
		codes[i] = u.Codigo
	}
	detail := map[string]string{
		"unidad": string(e.Unidad), "unidades": strings.Join(codes, " "), "desde": e.Desde.String(), "hasta": e.Hasta.String(),
		"formato": string(e.Formato), "documentos": docs,
	}
	if e.Subarbol {
		detail["subarbol"] = "sí"
	}
	for name, value := range map[string]string{"estado": joined(e.Estados), "tipo": number(e.Tipo), "jornada": string(e.Jornada), "motivo": e.Motivo} {
		if value != "" {
			detail[name] = value
		}
	}
	return seek("record an extraction", writeAsiento(ctx, s.db, asientoRow{
		At: e.At, ActorID: string(e.Actor), Accion: "extraer", Objeto: objetoExtraccion(e), Detalle: detail,
	}))
}

// TerminarExtraccion writes the second.
func (s *Store) TerminarExtraccion(ctx context.Context, e app.Extraccion, at time.Time, filas int64, fin app.FinDeExtraccion) error {
	return seek("record the end of an extraction", writeAsiento(ctx, s.db, asientoRow{
		At: at, ActorID: string(e.Actor), Accion: "terminar_extraccion", Objeto: objetoExtraccion(e),
		Detalle: map[string]string{"filas": strconv.FormatInt(filas, 10), "fin": string(fin)},
	}))
}

func objetoExtraccion(e app.Extraccion) string { return "extraccion/" + e.ID }

func joined(estados []pa0580.Estado) string {
	out := make([]string, len(estados))
	for i, e := range estados {
		out[i] = string(e)
	}
	return strings.Join(out, " ")
}

func number(t pa0580.TipoGestion) string {
	if t == 0 {
		return ""
	}
	return strconv.Itoa(int(t))
}

// extraccionRow is both entries of an extraction.
type extraccionRow struct {
	ID       int64
	At       time.Time
	ActorID  string
	Nombre   string
	Objeto   string
	Detalle  map[string]string
	Codigo   string // of the unit asked for
	Fin      string
	FinAt    *time.Time
	FinFilas int64
}

func (r extraccionRow) hecha() app.ExtraccionHecha {
	d := r.Detalle
	tipo, _ := strconv.Atoi(d["tipo"]) // as it was written
	out := app.ExtraccionHecha{
		Extraccion: app.Extraccion{
			ID: strings.TrimPrefix(r.Objeto, objetoExtraccion(app.Extraccion{})), Actor: pa0580.FuncionarioID(r.ActorID), At: pa0580.Local(r.At),
			Unidad: pa0580.UnidadID(d["unidad"]), Codigo: r.Codigo, Subarbol: d["subarbol"] != "",
			Tipo: pa0580.TipoGestion(tipo), Jornada: pa0580.Jornada(d["jornada"]),
			Formato: app.Formato(d["formato"]), Completos: d["documentos"] == completos, Motivo: d["motivo"],
		},
		Asiento: r.ID, Nombre: r.Nombre, Filas: r.FinFilas, Fin: app.FinDeExtraccion(r.Fin), TerminadaAt: local(r.FinAt),
	}
	_ = out.Desde.UnmarshalText([]byte(d["desde"]))
	_ = out.Hasta.UnmarshalText([]byte(d["hasta"]))
	for code := range strings.FieldsSeq(d["unidades"]) {
		out.Unidades = append(out.Unidades, pa0580.Unidad{Codigo: code})
	}
	for e := range strings.FieldsSeq(d["estado"]) {
		out.Estados = append(out.Estados, pa0580.Estado(e))
	}
	return out
}

// Extracciones reads the audit.
func (s *Store) Extracciones(ctx context.Context, quien pa0580.FuncionarioID, antes int64, limite int) ([]app.ExtraccionHecha, error) {
	q := s.db.NewSelect().TableExpr("auditoria AS a").
		ColumnExpr("a.id, a.at, a.actor_id, f.nombre, a.objeto, a.detalle, u.codigo").
		ColumnExpr("z.at AS fin_at, (z.detalle->>'filas')::bigint AS fin_filas, z.detalle->>'fin' AS fin").
		Join("JOIN funcionarios AS f ON f.id = a.actor_id").
		Join("JOIN unidades AS u ON u.id = (a.detalle->>'unidad')::uuid").
		Join("LEFT JOIN auditoria AS z ON z.objeto = a.objeto AND z.accion = 'terminar_extraccion'").
		Where("a.accion = 'extraer'").OrderExpr("a.id DESC").Limit(int64(limite))
	if quien != "" {
		q.Where("a.actor_id = ?", quien)
	}
	if antes != 0 {
		q.Where("a.id < ?", antes)
	}
	var rows []extraccionRow
	err := q.Scan(ctx, &rows)
	return each(rows, extraccionRow.hecha), seek("list extractions", err)
}
