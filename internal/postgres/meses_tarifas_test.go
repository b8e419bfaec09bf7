package postgres

import (
	"fmt"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// The histories of months in guaraní: tariffs of the model, in memory and in PostgreSQL.

type tarifaModelo struct {
	desde    pa0580.Mes
	base     int
	aprobada bool
}

// precio is what a gestión is paid by a tariff.
func precio(base, tipo int, apoyo, extra bool) int {
	n := base + 1_000*tipo
	if apoyo {
		n += 50_000
	}
	if extra {
		n += 200_000
	}
	return n
}

// open tells a month whose gestiones no close has valued yet.
func (m *modelo) open(mes pa0580.Mes) bool {
	return len(m.cerrados) == 0 || m.cerrados[len(m.cerrados)-1].Before(mes)
}

func (m *modelo) proponerTarifa(desde pa0580.Mes, base int) bool {
	if m.open(desde) {
		m.tarifas = append(m.tarifas, tarifaModelo{desde: desde, base: base})
	}
	return m.open(desde)
}

func (m *modelo) aprobarTarifa(i int) bool {
	t := &m.tarifas[i]
	if t.aprobada || !m.open(t.desde) {
		return false
	}
	t.aprobada, m.vigentes = true, append(m.vigentes, i)
	return true
}

// paga adds a line to a planilla, and what it is worth by then.
func (m *modelo) paga(g int, mes pa0580.Mes, signo int) {
	x := &m.gestiones[g]
	x.lineas = append(x.lineas, renglonDe{mes, signo})
	var by *tarifaModelo
	for _, i := range m.vigentes {
		if t := &m.tarifas[i]; !x.mes.Before(t.desde) && (by == nil || !t.desde.Before(by.desde)) {
			by = t
		}
	}
	if by != nil {
		m.pagos[mes] = m.pagos[mes].Mas(pa0580.EnGuaranies(pa0580.Guaranies(signo * precio(by.base, x.tipo, x.agente == 1, x.extra))))
	}
}

func (b *memoria) paga(i int, mes pa0580.Mes, signo int) {
	b.lineas[i] = append(b.lineas[i], renglonDe{mes, signo})
	g := b.gestiones[i]
	if t, ok := b.tarifas.DeMes(g.Mes); ok {
		b.pagos[mes] = b.pagos[mes].Mas(pa0580.EnGuaranies(pa0580.Guaranies(signo) * t.Montos.De(g.Tipo, g.Modo, g.Clasificacion.Jornada)))
	}
}

// montos are what a tariff of that base has.
func montos(base int) pa0580.Montos {
	all := pa0580.Montos{}.Lista()
	for i, m := range all {
		all[i].Guaranies = pa0580.Guaranies(precio(base, int(m.Tipo), m.Modo == pa0580.Apoyo, m.Jornada == pa0580.Extraordinaria))
	}
	slices.Reverse(all) // in any order
	out, err := pa0580.ParseMontos(all)
	if err != nil {
		panic(err)
	}
	return out
}

func (b *memoria) proponerTarifa(desde pa0580.Mes, base int, at time.Time) bool {
	if pa0580.CheckDesde(desde, b.ultimo, at) != nil {
		return false
	}
	b.tarifas = append(b.tarifas, pa0580.Tarifa{ID: pa0580.TarifaID(fmt.Sprint(len(b.tarifas))), Desde: desde, Norma: "Resolución", Montos: montos(base), Propone: "rut"})
	return true
}

func (b *memoria) aprobarTarifa(i int, at time.Time) bool {
	approved := int64(0)
	for _, t := range b.tarifas {
		approved = max(approved, t.Orden)
	}
	if b.tarifas[i].Approve(pa0580.Visto{Quien: "darío", At: at}, b.ultimo) != nil {
		return false
	}
	b.tarifas[i].Orden = approved + 1
	return true
}

func (b *memoria) dinero() map[pa0580.Mes]pa0580.Importe { return b.pagos }

func (b *enPostgres) proponerTarifa(desde pa0580.Mes, base int, at time.Time) bool {
	id, err := b.AddTarifa(b.t.Context(), pa0580.Tarifa{
		ID: pa0580.TarifaID(mustNewID()), Desde: desde, Norma: "Resolución", Montos: montos(base), Propone: b.admin, PropuestaAt: at,
	}, b.clave())
	if err != nil {
		b.ruled(err)
		return false
	}
	b.tarifas = append(b.tarifas, id)
	return true
}

func (b *enPostgres) aprobarTarifa(i int, at time.Time) bool {
	v, k := pa0580.Visto{Quien: b.admin2, At: at}, b.clave()
	approve := func(t *pa0580.Tarifa, ultimo pa0580.Mes) error { return t.Approve(v, ultimo) }
	err := b.DecideTarifa(b.t.Context(), b.tarifas[i], "aprobar_tarifa", v, k, approve)
	if err != nil {
		b.ruled(err)
		return false
	}
	if err := b.DecideTarifa(b.t.Context(), b.tarifas[i], "aprobar_tarifa", v, k, approve); err != nil {
		b.t.Errorf("approved twice: %v", err)
	}
	return true
}

func (b *enPostgres) dinero() map[pa0580.Mes]pa0580.Importe {
	out := map[pa0580.Mes]pa0580.Importe{}
	all, err := b.Planillas(b.t.Context(), app.Vision{Todo: true}, pa0580.Mes{})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, p := range all {
		for _, f := range p.Filas {
			if f.Importe.Hay {
				out[p.Mes] = out[p.Mes].Mas(f.Importe)
			}
		}
	}
	return out
}
