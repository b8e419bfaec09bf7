package postgres

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Any vision, any filter, any inbox: SQL lists exactly what a reader going
// through everything by hand would, page after page, in order.
func TestAVisionNeverLeaks(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	all := m.many(t, 120)
	units := []pa0580.UnidadID{m.gerencia, m.central, m.este}
	people := []pa0580.FuncionarioID{m.ana, m.beto, m.carla, m.jefa}
	scope := rapid.Custom(func(r *rapid.T) pa0580.Alcance {
		a := pa0580.Alcance{Unidad: rapid.SampledFrom(units).Draw(r, "unit")}
		if rapid.Bool().Draw(r, "solo") {
			a.Solo = rapid.SampledFrom(people).Draw(r, "agent")
		} else {
			a.Excepto = rapid.SliceOfNDistinct(rapid.SampledFrom(people), 0, 2, rapid.ID).Draw(r, "except")
		}
		return a
	})
	rapid.Check(t, func(r *rapid.T) {
		v := app.Vision{
			Todo:     rapid.IntRange(0, 9).Draw(r, "all") == 9, // small numbers are drawn more often
			Propias:  rapid.SampledFrom([]pa0580.FuncionarioID{"", "", "", m.ana, m.carla}).Draw(r, "own"),
			Unidades: rapid.SampledFrom([][]pa0580.UnidadID{nil, nil, {m.central}, {m.este, m.este}}).Draw(r, "units"),
			Bandeja:  rapid.SliceOfN(scope, 0, 3).Draw(r, "inbox"),
		}
		f := app.Filtro{
			Estados: rapid.SliceOfN(rapid.SampledFrom(pa0580.Estados()), 0, 3).Draw(r, "estados"),
			Unidad:  rapid.SampledFrom([]pa0580.UnidadID{"", "", "", m.central}).Draw(r, "unit"),
			Agente:  rapid.SampledFrom([]pa0580.FuncionarioID{"", "", "", m.ana}).Draw(r, "agent"),
			Mes:     rapid.SampledFrom([]pa0580.Mes{{}, {}, octubre}).Draw(r, "mes"),
			Tipo:    rapid.SampledFrom([]pa0580.TipoGestion{0, 0, 0, 3}).Draw(r, "tipo"),
			Jornada: rapid.SampledFrom([]pa0580.Jornada{"", "", pa0580.Extraordinaria}).Draw(r, "jornada"),
			Persona: rapid.SampledFrom([]string{"", "", "", "2000007"}).Draw(r, "person"),
			Limite:  rapid.IntRange(1, 40).Draw(r, "limit"),
		}
		if rapid.Bool().Draw(r, "as inbox") {
			f.Bandeja = append([]pa0580.Alcance{}, rapid.SliceOfN(scope, 0, 2).Draw(r, "of")...)
		}
		for _, f := range []app.Filtro{{Limite: 100}, f} {
			want := byHand(all, v, f)
			if got := m.pages(r, v, f); !slices.Equal(got, want) {
				r.Fatalf("%+v\n%+v\ngot  %v\nwant %v", v, f, got, want)
			}
		}
		one := rapid.SampledFrom(all).Draw(r, "one")
		_, err := m.Gestion(t.Context(), v, one.ID)
		if seen := err == nil; seen != sees(v, one) {
			r.Fatalf("%+v sees %s of %s in %s: %t", v, one.ID, one.Agente, one.Unidad, seen)
		}
		if rows, err := m.Filas(r.Context(), v, []pa0580.GestionID{one.ID}); err != nil || (len(rows) == 1) != sees(v, one) {
			r.Fatalf("%+v sees %d rows of %s in %s, %v", v, len(rows), one.Agente, one.Unidad, err)
		}
	})
}

// many are gestiones of every kind, over two months.
func (m *mundo) many(t *testing.T, n int) []app.Ficha {
	t.Helper()
	agents := []pa0580.FuncionarioID{m.ana, m.beto, m.carla}
	var out []app.Ficha
	for i := range n {
		at := manana.Add(time.Duration(i) * 7 * time.Hour)
		f := m.cargar(t, agents[(i+i/7)%3], contenido(i%40), at)
		if i%4 > 0 {
			m.verificar(t, f.ID, 1, i%4 > 1, at)
			f = m.leer(t, f.ID)
		}
		head := m.jefa
		if f.Unidad == m.este {
			head = m.jefe
		}
		if f.Estado == pa0580.Pendiente && i%3 > 0 {
			f = m.hacer(t, f, []pa0580.Accion{pa0580.Aprobar, pa0580.Rechazar, pa0580.Observar}[i%5%3], head, at)
		}
		out = append(out, f)
	}
	return out
}

// pages reads a whole list, page by page.
func (m *mundo) pages(r *rapid.T, v app.Vision, f app.Filtro) []pa0580.GestionID {
	var out []pa0580.GestionID
	for {
		page, err := m.Gestiones(r.Context(), v, f)
		if err != nil {
			r.Fatal(err)
		}
		for _, g := range page {
			out = append(out, g.ID)
		}
		if len(page) < f.Limite {
			return out
		}
		f.Tras = out[len(out)-1]
	}
}

func byHand(all []app.Ficha, v app.Vision, f app.Filtro) []pa0580.GestionID {
	kept := slices.DeleteFunc(slices.Clone(all), func(g app.Ficha) bool {
		return !sees(v, g) ||
			len(f.Estados) > 0 && !slices.Contains(f.Estados, g.Estado) ||
			f.Unidad != "" && g.Unidad != f.Unidad || f.Agente != "" && g.Agente != f.Agente ||
			!f.Mes.IsZero() && g.Mes != f.Mes || f.Tipo != 0 && g.Tipo != f.Tipo ||
			f.Jornada != "" && g.Clasificacion.Jornada != f.Jornada ||
			f.Persona != "" && g.Documento.Persona() != f.Persona ||
			f.Bandeja != nil && !slices.ContainsFunc(f.Bandeja, func(a pa0580.Alcance) bool { return within(a, g) })
	})
	slices.SortFunc(kept, func(a, b app.Ficha) int {
		if f.Bandeja != nil {
			return cmp.Or(a.GuardadaAt.Compare(b.GuardadaAt), cmp.Compare(a.ID, b.ID))
		}
		day := func(g app.Ficha) string { return pa0580.DiaOf(g.GuardadaAt).String() }
		return cmp.Or(cmp.Compare(day(b), day(a)), cmp.Compare(b.ID, a.ID))
	})
	var out []pa0580.GestionID
	for _, g := range kept {
		out = append(out, g.ID)
	}
	return out
}

func sees(v app.Vision, g app.Ficha) bool {
	return v.Todo || v.Propias == g.Agente || slices.Contains(v.Unidades, g.Unidad) ||
		slices.ContainsFunc(v.Bandeja, func(a pa0580.Alcance) bool { return within(a, g) })
}

func within(a pa0580.Alcance, g app.Ficha) bool {
	if a.Solo != "" {
		return a.Unidad == g.Unidad && a.Solo == g.Agente
	}
	return a.Unidad == g.Unidad && !slices.Contains(a.Excepto, g.Agente)
}

// The month's preparation counts what a reader would.
func TestAPreparacionCounts(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	all := m.many(t, 60)
	m.save(t, app.Cambio{Unidad: &pa0580.Unidad{Codigo: "ZZ", Nombre: "Cerrada", Padre: m.gerencia}})
	corte := octubre.End().Add(time.Hour)
	m.cortar(t, octubre, corte)
	units, err := m.Preparacion(t.Context(), app.Vision{Todo: true}, octubre, pa0580.DiaOf(noviembre))
	if err != nil || len(units) != 3 {
		t.Fatalf("%d units, %v", len(units), err)
	}
	for _, u := range units {
		want := app.UnidadEnMes{Unidad: u.Unidad, Codigo: u.Codigo, Nombre: u.Nombre, Huella: u.Huella} // its digest has a story of its own
		for _, g := range all {
			if g.Unidad == u.Unidad && !octubre.Before(g.Mes) {
				tally(&want, m.leer(t, g.ID), corte)
			}
		}
		if fmt.Sprintf("%+v", u) != fmt.Sprintf("%+v", want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", u.Nombre, u, want)
		}
		alone, err := m.Preparacion(t.Context(), app.Vision{Unidades: []pa0580.UnidadID{u.Unidad}}, octubre, pa0580.DiaOf(noviembre))
		if err != nil || len(alone) != 1 || fmt.Sprintf("%+v", alone[0]) != fmt.Sprintf("%+v", u) {
			t.Errorf("%s alone: %+v, %v", u.Nombre, alone, err)
		}
	}
}

func tally(u *app.UnidadEnMes, g app.Ficha, corte time.Time) {
	open := func(n *int) {
		*n++
		switch dias := int(pa0580.DiaOf(noviembre).Start().Sub(pa0580.DiaOf(g.GuardadaAt).Start()).Hours() / 24); {
		case dias <= 2:
			u.Edades.HastaDosDias++
		case dias <= 7:
			u.Edades.HastaUnaSemana++
		default:
			u.Edades.MasDeUnaSemana++
		}
		if u.MasAntigua == nil || g.GuardadaAt.Before(*u.MasAntigua) {
			u.MasAntigua = &g.GuardadaAt
		}
	}
	warned := len(g.Gestion.Advertencias(pa0580.Contexto{Iguales: g.Iguales})) > 0
	switch g.Estado {
	case pa0580.Recibida:
		open(&u.Recibidas)
	case pa0580.Pendiente:
		open(&u.Pendientes)
	case pa0580.Observada:
		open(&u.Observadas)
	case pa0580.Rechazada:
		if g.Mes == octubre {
			u.Rechazadas++
		}
		return
	case pa0580.Aprobada:
		if !g.Decision.At.Before(corte) {
			return
		}
		u.Aprobadas++
		switch g.Clasificacion.Motivo {
		case pa0580.FueraDeHorario:
			u.FueraDeHorario++
		case pa0580.DiaNoLaborable:
			u.DiaNoLaborable++
		default:
			u.Ordinarias++
		}
	default:
		return
	}
	if warned {
		u.Advertencias++
	}
}
