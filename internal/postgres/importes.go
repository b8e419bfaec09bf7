package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// What lines and ajustes pay. Preview, close, verification and annex read it here and
// nowhere else; [valued] tells it by the rules, without any of this.
const (
	// conTarifaSQL gives lines, called l, the tariff in force in their month, called t;
	// empty where there is none. Months are those that have gestiones; that each is there
	// once (DISTINCT) tells the planner that lines, which are many, need no sorting.
	conTarifaSQL = `LEFT JOIN (
	SELECT m.mes, t.* FROM (
		SELECT DISTINCT to_char(d, 'YYYY-MM') AS mes FROM generate_series(
			date_trunc('month', (SELECT min(dia) FROM gestiones)::timestamp), (SELECT max(dia) FROM gestiones)::timestamp, '1 month') AS d
	) AS m CROSS JOIN LATERAL (
		SELECT v.id, v.montos, v.compromiso FROM tarifas v WHERE v.estado = 'aprobada' AND v.desde <= m.mes ORDER BY v.desde DESC, v.orden DESC LIMIT 1
	) AS t
) AS t ON t.mes = l.mes`

	// montoSQL is what one line pays by its tariff, and an ajuste takes back or adds.
	montoSQL = `(t.montos[CASE l.modo WHEN 'apoyo' THEN 10 ELSE 0 END + CASE l.jornada WHEN 'extraordinaria' THEN 5 ELSE 0 END + l.tipo_gestion] * COALESCE(l.signo, 1))`

	// sumaSQL is what a row's lines and ajustes pay together.
	sumaSQL = "sum(" + montoSQL + ")::bigint"

	// importeSQL is a row's tariff and what it pays; both are empty where there is none.
	importeSQL = "t.id AS tarifa_id, " + sumaSQL + " AS importe"

	// impresoSQL is what a planilla's digest covers of a row's money, of rows called f
	// with their tariff's commitment: where there is none, nothing.
	impresoSQL = "CASE WHEN f.tarifa_id IS NULL THEN '[]' ELSE jsonb_build_array(encode(f.tarifa, 'hex'), f.importe) END"
)

func importe(n *int64) pa0580.Importe {
	if n == nil {
		return pa0580.Importe{}
	}
	return pa0580.EnGuaranies(pa0580.Guaranies(*n))
}

// valued is what a month's lines and ajustes pay as the rules value them, each by the
// tariff of its own month. Where there is no tariff it reads no lines.
func valued(ctx context.Context, tx bun.Tx, m pa0580.Mes, corte time.Time) (out pa0580.Importe, err error) {
	fichas, err := readTarifas(ctx, tx, "t.estado = 'aprobada'")
	if err != nil || len(fichas) == 0 {
		return out, err
	}
	var rows []struct {
		Mes, Modo, Jornada string
		TipoGestion        int
		N                  int64
	}
	err = tx.NewRaw("SELECT l.mes, l.modo, l.jornada, l.tipo_gestion, sum(COALESCE(l.signo, 1))::bigint AS n FROM ("+renglonesSQL+") AS l GROUP BY 1, 2, 3, 4",
		m.String(), corte).Scan(ctx, &rows)
	tarifas := pa0580.Tarifas(each(fichas, func(t app.TarifaFicha) pa0580.Tarifa { return t.Tarifa }))
	for _, r := range rows {
		if t, ok := tarifas.DeMes(mes(r.Mes)); ok {
			monto := t.Montos.De(pa0580.TipoGestion(r.TipoGestion), pa0580.Modo(r.Modo), pa0580.Jornada(r.Jornada))
			out = out.Mas(pa0580.EnGuaranies(monto * pa0580.Guaranies(r.N)))
		}
	}
	return out, err
}

// addTarifas gives planillas the tariffs that their rows are paid by.
func addTarifas(ctx context.Context, tx bun.Tx, all []app.Planilla) error {
	if !slices.ContainsFunc(all, func(p app.Planilla) bool {
		return slices.ContainsFunc(p.Filas, func(f app.Fila) bool { return f.Tarifa != "" })
	}) {
		return nil
	}
	fichas, err := readTarifas(ctx, tx, "t.estado = 'aprobada'")
	for i, p := range all {
		for _, t := range fichas {
			if slices.ContainsFunc(p.Filas, func(f app.Fila) bool { return f.Tarifa == t.ID }) {
				all[i].Tarifas = append(all[i].Tarifas, app.TarifaDePlanilla{ID: t.ID, Desde: t.Desde, Norma: t.Norma})
			}
		}
	}
	return err
}
