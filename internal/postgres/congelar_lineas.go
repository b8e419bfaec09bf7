package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// The close's three statements over every line. UNIQUE (gestion_id) on
// planilla_lineas makes a second payment impossible, whatever is decided above.
const (
	insertLineasSQL = `
INSERT INTO planilla_lineas (gestion_id, planilla_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at, version, personal, compromiso)
SELECT l.id, p.id, l.agente_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.guardada_at, l.version, l.personal, sha256(c.sal || l.personal || l.contenido)
FROM (SELECT ` + lineaColumns + `, ` + personalSQL + ` AS personal, ` + contenidoSQL + ` AS contenido` + lineasFromSQL + `) AS l
JOIN planillas p ON p.mes = ?0 AND p.unidad_id = l.unidad_id
JOIN cierres c ON c.mes = p.mes`

	// Names and numbers are copied: the planilla tells who was paid as they were
	// called then.
	insertFilasSQL = `
INSERT INTO planilla_filas (planilla_id, funcionario_id, modo, mes, legajo, ci, nombre, ordinarias, extraordinarias, ajustes, tarifa_id, importe, compromiso)
SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, f.legajo, f.ci, f.nombre, ` + cuentasSQL + `, ` + importeSQL + `, ` + deFilaSQL + `
FROM planillas p JOIN (` + pagadoSQL + `) AS l ON l.planilla_id = p.id JOIN funcionarios f ON f.id = l.funcionario_id ` + conTarifaSQL + `
WHERE p.mes = ?0
GROUP BY l.planilla_id, l.funcionario_id, l.modo, l.mes, f.legajo, f.ci, f.nombre, t.id, t.compromiso`

	// Arguments: month, moment, actor.
	incluirSQL = `
WITH fila AS (
	UPDATE gestiones g SET estado = 'incluida', version = g.version + 1, planilla_id = p.id
	FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id
	WHERE p.mes = ?0 AND g.id = l.gestion_id AND g.estado = 'aprobada'
	RETURNING g.id, g.version, p.numero
)
INSERT INTO auditoria (at, actor_id, accion, gestion_id, version, detalle)
SELECT ?1, ?2, 'incluir', id, version,
	jsonb_build_object('de', 'aprobada', 'a', 'incluida', 'mes', ?0, 'planilla', numero::text)
FROM fila`
)

// close writes the month's planillas. cerrado_at comes last: from then on the
// month takes nothing more.
func (c *closing) close(ctx context.Context) error {
	m := c.orden.Mes.String()
	if err := c.number(ctx); err != nil {
		return fmt.Errorf("number planillas: %w", err)
	}
	var expected int64
	for _, h := range c.hojas {
		expected += h.Lineas
	}
	if err := reached("insert planilla lines", expected)(c.tx.NewRaw(insertLineasSQL, m, *c.cierre.CorteAt).Exec(ctx)); err != nil {
		return fmt.Errorf("insert lines: %w", err)
	}
	if err := c.adjust(ctx); err != nil {
		return fmt.Errorf("include ajustes: %w", err)
	}
	if _, err := c.tx.NewRaw(insertFilasSQL, m).Exec(ctx); err != nil {
		return fmt.Errorf("insert rows: %w", err)
	}
	if err := reached("include gestiones", expected)(c.tx.NewRaw(incluirSQL, m, c.at, c.orden.Actor).Exec(ctx)); err != nil {
		return fmt.Errorf("include gestiones: %w", err)
	}
	c.cierre.Lineas = expected
	err := writeAsiento(ctx, c.tx, asientoRow{
		At: c.at, ActorID: string(c.orden.Actor), Accion: "cerrar", Objeto: objetoCierre(c.orden.Mes),
		Detalle: map[string]string{
			"confirmada_por": string(c.orden.ConfirmadaPor), // empty: nobody had to
			"orden":          string(c.orden.ID), "huella": c.huella, "motivo": c.orden.Motivo,
			"lineas": strconv.FormatInt(expected, 10), "planillas": strconv.Itoa(len(c.hojas)),
			"sin_aplicar": strconv.Itoa(c.sinAplicar), // stored before the corte, and left out
			"identidad":   c.identidad.String(),
		},
	})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return reached("mark the month closed", 1)(c.tx.NewRaw(`
UPDATE cierres SET cerrado_at = ?, cerrado_por = ?, huella = ?, motivo = ?, lineas = ? WHERE mes = ?`,
		c.at, c.orden.Actor, c.huella, c.orden.Motivo, expected, m).Exec(ctx))
}

// adjust puts the approved ajustes into the planillas.
func (c *closing) adjust(ctx context.Context) error {
	var expected int64
	for _, h := range c.hojas {
		expected += h.Ajustes
	}
	if expected == 0 {
		return nil
	}
	m := c.orden.Mes.String()
	if err := reached("insert ajustes", expected)(c.tx.NewRaw(insertAjustesSQL, m, *c.cierre.CorteAt).Exec(ctx)); err != nil {
		return err
	}
	return reached("mark ajustes included", expected)(c.tx.NewRaw(incluirAjustesSQL, m, c.at, c.orden.Actor).Exec(ctx))
}

// number makes the planillas, in the order of the units' codes. Only a close
// gives numbers and closes come one after another: no gap.
func (c *closing) number(ctx context.Context) error {
	if len(c.hojas) == 0 {
		return nil
	}
	var last int64
	if err := c.tx.NewRaw("SELECT COALESCE(max(numero), 0) FROM planillas").Scan(ctx, &last); err != nil {
		return err
	}
	rows := make([]planillaRow, len(c.hojas))
	for i, h := range c.hojas {
		id, err := newID()
		if err != nil {
			return err
		}
		rows[i] = planillaRow{
			ID: id, Numero: last + int64(i) + 1, Mes: c.orden.Mes.String(), UnidadID: h.UnidadID,
			UnidadCodigo: h.Codigo, UnidadNombre: h.Nombre, Jefe: h.Jefe, Conforme: h.Conforme,
			Huella: h.Huella, CerradaAt: c.at,
		}
		if !h.Conforme || c.sinDecidir[h.UnidadID] {
			rows[i].Motivo = c.orden.Motivo // what the unit's planilla prints
		}
	}
	_, err := c.tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// reached makes sure that a statement reached as many rows as it had to: for
// lines, as many as the preview shows.
func reached(sought string, want int64) func(sql.Result, error) error {
	return func(res sql.Result, err error) error {
		if err != nil {
			return err
		}
		got, err := res.RowsAffected()
		if err == nil && got != want {
			err = &fault{sought: sought, cause: fmt.Errorf("%d rows where %d were expected", got, want)}
		}
		return err
	}
}
