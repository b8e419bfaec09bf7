package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// mesesDeHistoria bounds a statement's history: two years of closed months. Older ones
// are asked for by month.
const mesesDeHistoria = 24

// EstadoDeCuenta reads, as of one instant, what v may see of a funcionario's month, and
// of their closed ones. Refuses with CodeNotFound where there is no such person.
func (s *Store) EstadoDeCuenta(ctx context.Context, v app.Vision, quien pa0580.FuncionarioID, f app.FiltroDeCuenta) (app.EstadoDeCuenta, error) {
	out := app.EstadoDeCuenta{Mes: f.Mes}
	if !isID(quien) {
		return out, noFuncionario()
	}
	r := lectorDeCuenta{vision: visible(v), deReclamos: reclamosVisibles(v), quien: quien, filtro: f}
	if f.Tras != "" {
		day, _, err := s.place(ctx, f.Tras)
		if err != nil {
			return out, err
		}
		r.tras = bun.SafeQuery("(g.dia, g.id) > (?, ?)", day, f.Tras)
	}
	err := s.snapshot(ctx, "read a statement", func(ctx context.Context, tx bun.Tx) (err error) {
		r.tx = tx
		if out.Funcionario, err = r.funcionario(ctx); err != nil {
			return err
		}
		closed, err := r.closed(ctx, &out)
		if err != nil {
			return err
		}
		var elsewhere []string
		if out.Grupos, elsewhere, err = r.grupos(ctx); err != nil {
			return err
		}
		pagos, err := r.pagos(ctx, append(slices.Clone(closed), f.Mes.String()), elsewhere)
		if err != nil {
			return err
		}
		for _, p := range pagos {
			if p.Planilla.Mes == f.Mes || p.Fila.Mes == f.Mes {
				out.Pagos = append(out.Pagos, p)
			}
		}
		if out.Historia, err = r.historia(ctx, closed, pagos); err != nil {
			return err
		}
		if out.Ajustes, err = r.ajustes(ctx); err != nil {
			return err
		}
		if out.Reclamos, err = r.reclamos(ctx); err != nil {
			return err
		}
		out.Gestiones, err = r.gestiones(ctx)
		return err
	})
	return out, err
}

func noFuncionario() error {
	return pa0580.Refuse(0, pa0580.CodeNotFound, "id", "No existe ese funcionario o no le corresponde.")
}

// lectorDeCuenta reads the parts of one statement in a transaction.
type lectorDeCuenta struct {
	tx     bun.Tx
	vision condition

	deReclamos condition // what it sees of them
	quien      pa0580.FuncionarioID
	filtro     app.FiltroDeCuenta
	tras       condition // where the page goes on; its zero is the beginning
}

func (r lectorDeCuenta) funcionario(ctx context.Context) (app.Funcionario, error) {
	var rows []funcionarioRow
	err := r.tx.NewSelect().Model(&rows).Where("f.id = ?", r.quien).Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = noFuncionario()
	}
	if err != nil {
		return app.Funcionario{}, err
	}
	return rows[0].funcionario(), nil
}

// closed lists the closed months of the history, newest first, and tells when the
// statement's own was.
func (r lectorDeCuenta) closed(ctx context.Context, e *app.EstadoDeCuenta) ([]string, error) {
	var rows []cierreRow
	err := r.tx.NewRaw(`
(SELECT mes, cerrado_at FROM cierres WHERE cerrado_at IS NOT NULL ORDER BY mes DESC LIMIT ?)
UNION SELECT mes, cerrado_at FROM cierres WHERE cerrado_at IS NOT NULL AND mes = ? ORDER BY mes DESC`,
		mesesDeHistoria, r.filtro.Mes.String()).Scan(ctx, &rows)
	var out []string
	for _, row := range rows {
		if row.Mes == r.filtro.Mes.String() {
			e.CerradoAt = local(row.CerradoAt)
		}
		out = append(out, row.Mes)
	}
	return out[:min(len(out), mesesDeHistoria)], err
}

// cargadas are what was loaded from a month to another, of which more may be asked.
func (r lectorDeCuenta) cargadas(from, to pa0580.Mes, more ...condition) condition {
	within, args := "?", []any{r.vision}
	for _, c := range more {
		within, args = within+" AND ?", append(args, c)
	}
	return bun.SafeQuery(cargadasSQL, r.quien, dia(pa0580.DiaOf(from.Start())), lastDay(to), bun.SafeQuery(within, args...))
}

// grupos count the month, and give the planillas that hold something of it.
func (r lectorDeCuenta) grupos(ctx context.Context) ([]app.GrupoDeCuenta, []string, error) {
	var rows []struct {
		UnidadID        string
		Codigo          string
		Nombre          string
		Modo            string
		Situacion       string
		Estado          string
		Pasada          string
		PlanillaID      string
		Restada         bool
		Ordinarias      []int `bun:",array"`
		Extraordinarias []int `bun:",array"`
		Ajustes         int   // none: they are lines of planillas, not gestiones loaded
	}
	err := r.tx.NewRaw(`
SELECT l.unidad_id, u.codigo, u.nombre, l.modo, l.situacion, CASE l.situacion WHEN 'contada' THEN 'incluida' ELSE l.estado END AS estado,
	l.pasada, l.planilla_id, l.ajuste IS NOT DISTINCT FROM -1 AS restada, `+cuentasSQL+`
FROM (?) AS l JOIN unidades u ON u.id = l.unidad_id
GROUP BY l.unidad_id, u.codigo, u.nombre, l.modo, l.situacion, 6, l.pasada, l.planilla_id, 9
ORDER BY u.codigo, l.modo DESC, l.situacion, 6, l.pasada, l.planilla_id`, r.cargadas(r.filtro.Mes, r.filtro.Mes)).Scan(ctx, &rows)
	var planillas []string
	out := make([]app.GrupoDeCuenta, len(rows))
	for i, row := range rows {
		out[i] = app.GrupoDeCuenta{
			Unidad: pa0580.Unidad{ID: pa0580.UnidadID(row.UnidadID), Codigo: row.Codigo, Nombre: row.Nombre}, Modo: pa0580.Modo(row.Modo),
			Situacion: app.Situacion(row.Situacion), Estado: pa0580.Estado(row.Estado), Restada: row.Restada, Espera: r.espera(row.Estado, row.Pasada),
			Cuentas: cuentasOf(row.Ordinarias, row.Extraordinarias),
		}
		if row.PlanillaID != "" {
			planillas = append(planillas, row.PlanillaID)
		}
	}
	return out, planillas, err
}

// espera is the month whose planilla an approved gestión waits for.
func (r lectorDeCuenta) espera(estado, pasada string) pa0580.Mes {
	switch {
	case pa0580.Estado(estado) != pa0580.Aprobada:
		return pa0580.Mes{}
	case pasada == "":
		return r.filtro.Mes
	}
	return mes(pasada).Next()
}

func cuentasOf(ordinarias, extraordinarias []int) (c app.Cuentas) {
	copy(c.Ordinarias[:], ordinarias)
	copy(c.Extraordinarias[:], extraordinarias)
	return c
}

// pagos are rows of some months' planillas, and of others: newest month first.
func (r lectorDeCuenta) pagos(ctx context.Context, months, planillas []string) ([]app.Pago, error) {
	var rows []struct {
		ID              string
		Numero          int64
		Mes             string
		UnidadID        string
		UnidadCodigo    string
		UnidadNombre    string
		Conforme        bool
		Huella          string
		CerradaAt       time.Time
		Modo            string
		De              string
		Ordinarias      []int `bun:",array"`
		Extraordinarias []int `bun:",array"`
		Ajustes         int
		Importe         *int64
	}
	if len(planillas) == 0 {
		planillas = []string{string(r.quien)} // no planilla's id; IN takes no empty list
	}
	err := r.tx.NewRaw(`
SELECT id, numero, mes, unidad_id, unidad_codigo, unidad_nombre, conforme, huella, cerrada_at, modo, de, ordinarias, extraordinarias, ajustes, importe
FROM (?) AS g WHERE ? ORDER BY mes DESC, numero, modo DESC, de`,
		bun.SafeQuery(pagosSQL, r.quien, bun.List(months), bun.List(planillas)), r.vision).Scan(ctx, &rows)
	out := make([]app.Pago, len(rows))
	for i, row := range rows {
		out[i] = app.Pago{
			Planilla: app.Planilla{
				ID: row.ID, Numero: row.Numero, Mes: mes(row.Mes), Unidad: pa0580.UnidadID(row.UnidadID), Codigo: row.UnidadCodigo, Nombre: row.UnidadNombre,
				Conforme: row.Conforme, Huella: row.Huella, CerradaAt: pa0580.Local(row.CerradaAt),
			},
			Fila: app.Fila{Funcionario: r.quien, Modo: pa0580.Modo(row.Modo), Mes: mes(row.De), Cuentas: cuentasOf(row.Ordinarias, row.Extraordinarias)},
		}
		out[i].Fila.Ajustes, out[i].Fila.Importe = row.Ajustes, importe(row.Importe)
	}
	return out, err
}

// historia are the closed months in which there is anything.
func (r lectorDeCuenta) historia(ctx context.Context, closed []string, pagos []app.Pago) ([]app.MesDeCuenta, error) {
	if len(closed) == 0 {
		return nil, nil
	}
	byMonth, paid := map[string]*app.MesDeCuenta{}, map[pa0580.Mes]bool{}
	for _, m := range closed {
		byMonth[m] = &app.MesDeCuenta{Mes: mes(m)}
	}
	for _, p := range pagos {
		if m, ok := byMonth[p.Planilla.Mes.String()]; ok {
			m.Pagadas, m.Importe, paid[m.Mes] = m.Pagadas+p.Fila.Neto(), m.Importe.Mas(p.Fila.Importe), true
		}
	}
	var rows []struct {
		Mes                            string
		Contadas, EnEspera, NoContadas int
	}
	err := r.tx.NewRaw(`
SELECT l.mes, count(*) FILTER (WHERE l.situacion = 'contada') AS contadas,
	count(*) FILTER (WHERE l.situacion = 'en_espera') AS en_espera, count(*) FILTER (WHERE l.situacion = 'no_contada') AS no_contadas
FROM (?) AS l GROUP BY l.mes`, r.cargadas(mes(closed[len(closed)-1]), mes(closed[0]))).Scan(ctx, &rows)
	for _, row := range rows {
		if m, ok := byMonth[row.Mes]; ok {
			m.Contadas, m.EnEspera, m.NoContadas = row.Contadas, row.EnEspera, row.NoContadas
		}
	}
	var out []app.MesDeCuenta
	for _, name := range closed {
		if m := byMonth[name]; m.Cargadas() > 0 || paid[m.Mes] {
			out = append(out, *m)
		}
	}
	return out, err
}
