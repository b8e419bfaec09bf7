package postgres

import (
	"context"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// ajustes are those of gestiones of the month, and those that its planillas hold. People
// quote the document in what they write.
func (r lectorDeCuenta) ajustes(ctx context.Context) ([]app.AjusteDeCuenta, error) {
	var rows []ajusteRow
	mes := r.filtro.Mes.String()
	err := r.tx.NewRaw(fichasDeAjusteSQL+"g.agente_id = ? AND (g.mes = ? OR left(p.mes, 7) = ?) AND ? ORDER BY x.pedido_at, x.id",
		r.quien, mes, mes, r.vision).Scan(ctx, &rows)
	return each(rows, func(row ajusteRow) app.AjusteDeCuenta { return app.AjusteDeCuenta{AjusteFicha: row.masked()} }), err
}

// masked is the ajuste without the document that its texts may quote.
func (r ajusteRow) masked() app.AjusteFicha {
	r.Motivo, r.Rechazo = pa0580.HideDocumento(r.Motivo, r.Documento), pa0580.HideDocumento(r.Rechazo, r.Documento)
	return r.ficha()
}

// reclamos are those about the month.
func (r lectorDeCuenta) reclamos(ctx context.Context) ([]app.ReclamoDeCuenta, error) {
	all, err := reclamosDe(ctx, r.tx, "g.agente_id = ? AND g.mes = ? AND ? ORDER BY g.presentado_at, g.id", r.quien, r.filtro.Mes.String(), r.deReclamos)
	return each(all, func(read reclamoLeido) app.ReclamoDeCuenta { return app.ReclamoDeCuenta{ReclamoFicha: read.masked()} }), err
}

// masked is the reclamo without the document that its texts may quote: its gestión's, or
// that of the one by which it is mended.
func (r reclamoLeido) masked() app.ReclamoFicha {
	f := r.ReclamoFicha
	f.Motivo = pa0580.HideDocumento(f.Motivo, r.documento)
	if f.Respuesta != nil {
		x := *f.Respuesta
		x.Motivo = pa0580.HideDocumento(x.Motivo, r.documento)
		f.Respuesta = &x
	}
	if f.Ajuste != nil {
		x := *f.Ajuste
		x.Motivo, x.Rechazado = pa0580.HideDocumento(x.Motivo, r.documento), pa0580.HideDocumento(x.Rechazado, r.documento)
		f.Ajuste = &x
	}
	return f
}
