package postgres

import (
	"context"

	"ande.gov.py/gestiones/internal/app"
)

// ajustes are those of gestiones of the month, and those that its planillas hold.
func (r lectorDeCuenta) ajustes(ctx context.Context) ([]app.AjusteDeCuenta, error) {
	var rows []ajusteRow
	mes := r.filtro.Mes.String()
	err := r.tx.NewRaw(fichasDeAjusteSQL+"g.agente_id = ? AND (g.mes = ? OR left(p.mes, 7) = ?) AND ? ORDER BY x.pedido_at, x.id",
		r.quien, mes, mes, r.vision).Scan(ctx, &rows)
	return each(rows, func(row ajusteRow) app.AjusteDeCuenta { return app.AjusteDeCuenta{AjusteFicha: row.ficha()} }), err
}

// reclamos are those about the month.
func (r lectorDeCuenta) reclamos(ctx context.Context) ([]app.ReclamoDeCuenta, error) {
	all, err := reclamosDe(ctx, r.tx, "g.agente_id = ? AND g.mes = ? AND ? ORDER BY g.presentado_at, g.id", r.quien, r.filtro.Mes.String(), r.deReclamos)
	return each(all, func(f app.ReclamoFicha) app.ReclamoDeCuenta { return app.ReclamoDeCuenta{ReclamoFicha: f} }), err
}
