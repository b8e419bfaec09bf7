package postgres

import (
	"context"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// ensayadasSQL is what planillas of the last closed months pay each funcionario, and would
// by a tariff: of what was paid in guaraní, and apart from that of what was paid by counts
// alone. A complementaria is of the month that it corrects. Arguments: the tariff, how
// many months.
const ensayadasSQL = `
SELECT left(p.mes, 7) AS mes, f.funcionario_id, sum(r.lineas)::bigint AS lineas, COALESCE(sum(r.renglones) FILTER (WHERE f.importe IS NULL), 0)::bigint AS sin_importe,
	sum(f.importe)::bigint AS pagado, sum(r.seria) FILTER (WHERE f.importe IS NOT NULL)::bigint AS seria,
	sum(r.seria) FILTER (WHERE f.importe IS NULL)::bigint AS seria_sin_tarifa
FROM planillas p JOIN planilla_filas f ON f.planilla_id = p.id
JOIN (
	SELECT l.planilla_id, l.funcionario_id, l.modo, l.mes, sum(COALESCE(l.signo, 1)) AS lineas, count(*) AS renglones, ` + sumaSQL + ` AS seria
	FROM (` + pagadoSQL + `) AS l CROSS JOIN (SELECT montos FROM tarifas WHERE id = ?0) AS t
	WHERE l.planilla_id IN (SELECT id FROM planillas WHERE left(mes, 7) IN (SELECT mes FROM (` + ultimosSQL + `) AS u))
	GROUP BY 1, 2, 3, 4
) AS r ON r.planilla_id = f.planilla_id AND r.funcionario_id = f.funcionario_id AND r.modo = f.modo AND r.mes = f.mes
GROUP BY 1, 2`

// ultimosSQL are the last closed months. Argument: how many.
const ultimosSQL = "SELECT mes FROM cierres WHERE cerrado_at IS NOT NULL AND length(mes) = 7 ORDER BY mes DESC LIMIT ?1"

// ensayoSQL adds these up: by person and month, by person, by month and in all. Of the
// people it gives so many, the greatest difference first. Arguments: those of
// [ensayadasSQL], how many people.
const ensayoSQL = `
WITH x AS MATERIALIZED (` + ensayadasSQL + `), sumas AS (
	SELECT mes, funcionario_id, sum(lineas)::bigint AS lineas, sum(sin_importe)::bigint AS sin_importe, sum(pagado)::bigint AS pagado,
		sum(seria)::bigint AS seria, sum(seria_sin_tarifa)::bigint AS seria_sin_tarifa, (sum(seria) - sum(pagado))::bigint AS diferencia
	FROM x GROUP BY GROUPING SETS ((mes, funcionario_id), (mes), (funcionario_id), ())
), personas AS (
	SELECT s.funcionario_id, f.legajo, f.nombre, row_number() OVER (ORDER BY abs(COALESCE(s.diferencia, 0)) DESC, abs(COALESCE(s.seria, 0) + COALESCE(s.seria_sin_tarifa, 0)) DESC, f.legajo) AS puesto,
		count(*) OVER () AS personas, count(*) FILTER (WHERE s.diferencia > 0) OVER () AS ganan, count(*) FILTER (WHERE s.diferencia < 0) OVER () AS pierden
	FROM sumas s JOIN funcionarios f ON f.id = s.funcionario_id WHERE s.mes IS NULL
)
SELECT s.*, p.legajo, p.nombre, q.personas, q.ganan, q.pierden
FROM sumas s LEFT JOIN personas p ON p.funcionario_id = s.funcionario_id
LEFT JOIN personas q ON q.puesto = 1
WHERE s.lineas IS NOT NULL AND (s.funcionario_id IS NULL OR p.puesto <= ?2)
ORDER BY p.puesto NULLS FIRST, s.mes DESC NULLS FIRST`

type ensayadoRow struct {
	Mes            string
	FuncionarioID  string
	Lineas         int
	SinImporte     int
	Pagado         *int64
	Seria          *int64
	SeriaSinTarifa *int64
	Diferencia     *int64
	Legajo         string
	Nombre         string
	Personas       int
	Ganan          int
	Pierden        int
}

func (r ensayadoRow) ensayado() app.Ensayado {
	return app.Ensayado{Lineas: r.Lineas, SinImporte: r.SinImporte, Pagado: importe(r.Pagado), Seria: importe(r.Seria), SeriaSinTarifa: importe(r.SeriaSinTarifa), Diferencia: importe(r.Diferencia)}
}

// EnsayoTarifa is what the last closed months would have paid by a tariff, as of one
// instant, with so many people at most. Refuses with CodeNotFound.
func (s *Store) EnsayoTarifa(ctx context.Context, id pa0580.TarifaID, personas int) (app.EnsayoTarifa, error) {
	out := app.EnsayoTarifa{Tarifa: id}
	if !isID(id) {
		return out, pa0580.ErrNoTarifa()
	}
	err := s.snapshot(ctx, "rehearse a tariff", func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil { // ctx bounds it
			return err
		}
		found, err := readTarifas(ctx, tx, "t.id = ?", id)
		if err == nil && len(found) == 0 {
			err = pa0580.ErrNoTarifa()
		}
		if err != nil {
			return err
		}
		if out.Meses, err = ultimosMeses(ctx, tx); err != nil {
			return err
		}
		var rows []ensayadoRow
		if err := tx.NewRaw(ensayoSQL, id, app.MesesDeEnsayo, personas).Scan(ctx, &rows); err != nil {
			return err
		}
		fill(&out, rows)
		return nil
	})
	return out, err
}

// ultimosMeses are the months that are rehearsed, whether their planillas hold anything
// or not, newest first.
func ultimosMeses(ctx context.Context, tx bun.Tx) ([]app.MesEnsayado, error) {
	var months []string
	err := tx.NewRaw(ultimosSQL, nil, app.MesesDeEnsayo).Scan(ctx, &months)
	return each(months, func(m string) app.MesEnsayado { return app.MesEnsayado{Mes: mes(m)} }), err
}

// fill reads the sums in the order in which they come: in all, by month, and each
// person's, in all before by month.
func fill(out *app.EnsayoTarifa, rows []ensayadoRow) {
	for _, r := range rows {
		person := len(out.Gente) - 1
		switch of := (app.MesEnsayado{Mes: mes(r.Mes), Ensayado: r.ensayado()}); {
		case r.FuncionarioID == "" && r.Mes == "":
			out.Total, out.Personas, out.Ganan, out.Pierden = of.Ensayado, r.Personas, r.Ganan, r.Pierden
		case r.FuncionarioID == "":
			for i := range out.Meses {
				if out.Meses[i].Mes == of.Mes {
					out.Meses[i] = of
				}
			}
		case r.Mes == "":
			out.Gente = append(out.Gente, app.PersonaEnsayada{
				Funcionario: pa0580.FuncionarioID(r.FuncionarioID), Legajo: r.Legajo, Nombre: r.Nombre, Ensayado: of.Ensayado,
			})
		default:
			out.Gente[person].Meses = append(out.Gente[person].Meses, of)
		}
	}
}
