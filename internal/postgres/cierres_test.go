package postgres

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Twenty carry out one order, and five other orders of two people, at once.
func TestManyClosesAtOnceCloseOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const lines = 12
	for i := range lines {
		m.aprobada(t, []pa0580.FuncionarioID{m.ana, m.beto, m.carla}[i%3], contenido(i), manana.Add(time.Duration(i)*time.Minute))
	}
	m.cortar(t, octubre, noviembre)
	huella := m.vista(t, octubre).Huella
	orders := []contract.OrdenID{m.orden(t, octubre, m.rrhh, huella, "sin conformidad")}
	for range 5 {
		orders = append(orders, m.orden(t, octubre, m.rrhh2, huella, "sin conformidad"))
	}
	results := make([]contract.Congelada, 25)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() {
			var err error
			if results[i], err = m.Freeze(t.Context(), orders[max(0, i-19)], noviembre); err != nil {
				t.Errorf("freeze: %v", err)
			}
		})
	}
	group.Wait()
	c, err := m.Cierre(t.Context(), octubre)
	if err != nil || c.CerradoAt == nil || c.Lineas != lines || c.Planillas != 2 {
		t.Fatalf("month: %+v, %v", c, err)
	}
	won := contract.Congelada{Cerrado: true, Lineas: lines}
	told := contract.Congelada{Codigo: pa0580.CodeMonthClosed}
	if c.CerradoPor == "Raúl" { // then Rosa's one order was told
		won, told = told, won
	}
	for i, r := range results {
		if want := []contract.Congelada{won, told}[min(1, max(0, i-19))]; r != want {
			t.Errorf("caller %d: %+v, want %+v", i, r, want)
		}
	}
	if n := m.number(t, "SELECT count(*) FROM planilla_lineas"); n != lines {
		t.Errorf("%d lines for %d gestiones", n, lines)
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'cerrar'"); n != 1 {
		t.Errorf("closed %d times", n)
	}
}

// Three months, with refused closes between them: numbers have no gap, a late
// approval is paid under its own month, and what a refusal wrote is its code.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	var late app.Ficha
	var at time.Time
	for i := range 3 {
		mes := pa0580.NewMes(2026, time.October+time.Month(i))
		day := mes.Start().Add(100 * time.Hour)
		m.aprobada(t, m.ana, contenido(10*i), day)
		m.aprobada(t, m.carla, contenido(10*i+1), day)
		if i == 0 {
			late = m.pendiente(t, m.ana, contenido(5), day)
		}
		at = mes.End().Add(48 * time.Hour)
		m.cortar(t, mes, at)
		for code, o := range map[pa0580.Code]contract.OrdenID{
			pa0580.CodeDigest:        m.orden(t, mes, m.rrhh, "otra cosa", "x"),
			pa0580.CodeReasonMissing: m.orden(t, mes, m.rrhh, m.vista(t, mes).Huella, ""),
			pa0580.CodeMonthNotOver:  m.orden(t, pa0580.MesOf(at), m.rrhh, "h", "x"),
		} {
			for range 2 {
				if got := m.congelar(t, o, at); got.Cerrado || got.Codigo != code {
					t.Errorf("got %+v, want %s", got, code)
				}
			}
		}
		m.congelar(t, m.orden(t, mes, m.rrhh, m.vista(t, mes).Huella, "falta conformidad"), at)
		if i == 0 {
			m.hacer(t, late, pa0580.Aprobar, m.jefa, at.Add(time.Hour))
		}
	}
	var numbers []int64
	planillas, err := m.Planillas(t.Context(), app.Vision{Todo: true}, pa0580.Mes{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range planillas {
		numbers = append(numbers, p.Numero)
	}
	slices.Sort(numbers)
	if !slices.Equal(numbers, []int64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("numbers %v", numbers)
	}
	p, err := m.Planilla(t.Context(), app.Vision{Unidades: []pa0580.UnidadID{m.central}}, m.leer(t, late.ID).Planilla)
	if err != nil || p.Mes != octubre.Next() || len(p.Filas) != 2 || p.Filas[0].Mes != octubre || p.Filas[0].Total() != 1 {
		t.Errorf("the late one: %+v, %v", p, err)
	}
	if len(p.Anexo) != 2 || p.Anexo[0].Gestion != late.ID || p.Anexo[0].Documento != pa0580.MaskDocumento("2000005") || p.Anexo[0].Legajo != p.Filas[0].Legajo {
		t.Errorf("annex: %+v", p.Anexo)
	}
	_, err = m.Planilla(t.Context(), app.Vision{Unidades: []pa0580.UnidadID{m.este}, Propias: m.ana}, p.ID)
	refused(t, err, pa0580.CodeNotFound)
}

// The preview shows what the planillas hold, digit by digit.
func TestThePreviewIsThePlanilla(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	for i := range 9 {
		at := manana.Add(time.Duration(i) * 90 * time.Minute) // the afternoon ones are overtime
		m.aprobada(t, []pa0580.FuncionarioID{m.ana, m.beto, m.carla}[i%3], contenido(i), at)
	}
	m.pendiente(t, m.carla, contenido(20), manana) // left behind in Agencia Este
	later := m.pendiente(t, m.ana, contenido(21), manana)
	if _, err := m.SetConformidad(t.Context(), m.firmable(t, octubre, m.central, m.jefa, noviembre)); err != nil {
		t.Fatal(err)
	}
	m.cortar(t, octubre, noviembre)
	m.hacer(t, later, pa0580.Aprobar, m.jefa, noviembre) // decided at the corte: not before it, and as undecided as its head saw it
	seen := m.vista(t, octubre)
	if again := m.vista(t, octubre); fmt.Sprint(again) != fmt.Sprint(seen) || seen.Lineas != 9 {
		t.Fatalf("two previews differ, or of %d lines", seen.Lineas)
	}
	m.congelar(t, m.orden(t, octubre, m.rrhh, seen.Huella, "Carla estuvo de licencia"), noviembre)
	closed, err := m.Planillas(t.Context(), app.Vision{Todo: true}, octubre)
	if err != nil || len(closed) != len(seen.Unidades) {
		t.Fatalf("%d planillas, %v", len(closed), err)
	}
	extra := 0
	for i, p := range closed {
		before := seen.Unidades[i]
		for j := range before.Filas {
			before.Filas[j].Prueba = ""
		}
		if p.Numero != int64(i)+1 || p.Huella != before.Huella || p.Jefe != before.Jefe || fmt.Sprint(p.Filas) != fmt.Sprint(before.Filas) {
			t.Errorf("planilla %+v\npreviewed %+v", p, before)
		}
		if p.Motivo != map[bool]string{true: "", false: "Carla estuvo de licencia"}[p.Unidad == m.central] || p.Conforme != (p.Unidad == m.central) {
			t.Errorf("%s prints %q, conforme %t", p.Nombre, p.Motivo, p.Conforme)
		}
		for _, f := range p.Filas {
			for _, n := range f.Extraordinarias {
				extra += n
			}
		}
	}
	if extra == 0 {
		t.Error("no overtime among the rows: the test shows less than it should")
	}
	_, err = m.VistaPrevia(t.Context(), octubre, noviembre)
	refused(t, err, pa0580.CodeMonthClosed)
	if v, err := m.VistaPrevia(t.Context(), octubre.Next(), noviembre.Add(time.Minute)); err != nil || v.Cortada || v.Huella != "" || v.Lineas != 1 {
		t.Errorf("a month without corte, rehearsed: %+v, %v", v, err)
	}
}

// What HR saw is kept as it was, and is found by its digest, or as the last that
// showed something else.
func TestWhatHRSawIsKept(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	for i := range 5 {
		m.aprobada(t, []pa0580.FuncionarioID{m.ana, m.carla}[i%2], contenido(i), manana.Add(time.Duration(i)*2*time.Hour))
	}
	var seen []app.VistaPrevia
	for i := range 2 {
		at := noviembre.Add(time.Duration(i) * time.Hour)
		m.cortar(t, octubre, at)
		seen = append(seen, m.vista(t, octubre))
		for range 2 {
			if err := m.AddPrevia(t.Context(), seen[i], m.rrhh, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, at, m.clave()); err != nil {
			t.Fatal(err)
		}
		m.aprobada(t, m.beto, contenido(10+i), manana)
	}
	for name, tt := range map[string]struct {
		huella string
		other  bool
		want   *app.VistaPrevia
	}{
		"the first by its digest":       {seen[0].Huella, false, &seen[0]},
		"the last that was another one": {seen[1].Huella, true, &seen[0]},
		"the last of all":               {"", true, &seen[1]},
		"one that nobody saw":           {"otra", false, nil},
	} {
		got, err := m.Previa(t.Context(), octubre, tt.huella, tt.other)
		if err != nil || (got == nil) != (tt.want == nil) {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		if got == nil {
			continue
		}
		if got.Huella != tt.want.Huella || got.Por != "Rosa" || len(got.Unidades) != len(tt.want.Unidades) {
			t.Errorf("%s: %+v", name, got)
		}
		for i, p := range got.Unidades {
			want := tt.want.Unidades[i]
			for j := range want.Filas {
				want.Filas[j].CI = "" // nobody compares it: it is not kept
			}
			if p.Huella != want.Huella || p.Codigo != want.Codigo || fmt.Sprint(p.Filas) != fmt.Sprint(want.Filas) {
				t.Errorf("%s: unit %+v\nwant %+v", name, p, want)
			}
		}
	}
}

// What moves between preview and close is noticed, whatever it is.
func TestAStalePreviewDoesNotClose(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	other := m.pendiente(t, m.ana, contenido(2), manana)
	before := m.pedir(t, m.comando(other, pa0580.Aprobar, m.jefa, manana)) // stored in time, applied late
	m.cortar(t, octubre, noviembre)
	seen := m.vista(t, octubre).Huella
	if got := m.congelar(t, m.orden(t, octubre, m.rrhh, seen, ""), noviembre); got.Codigo != pa0580.CodeUnapplied {
		t.Errorf("with an unapplied command: %+v", got)
	}
	if n, err := m.SinAplicar(t.Context(), octubre); err != nil || n != 1 {
		t.Errorf("%d unapplied, %v", n, err)
	}
	if cs, err := m.Unapplied(t.Context(), octubre, 10); err != nil || len(cs) != 1 || cs[0].ID != before.ID {
		t.Errorf("unapplied: %+v, %v", cs, err)
	}
	m.aplicar(t, before.ID, noviembre)
	if got := m.congelar(t, m.orden(t, octubre, m.rrhh, seen, "x"), noviembre); got.Codigo != pa0580.CodeDigest {
		t.Errorf("one more line: %+v", got)
	}
	back := m.pedir(t, m.comando(f, pa0580.RetirarDecision, m.jefa, noviembre))
	if got := m.aplicar(t, back.ID, noviembre); got.Codigo != pa0580.CodeCorte {
		t.Errorf("taken back after the corte: %+v", got)
	}
	if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, noviembre, m.clave()); err != nil {
		t.Fatal(err)
	}
	if got := m.congelar(t, m.orden(t, octubre, m.rrhh, seen, "x"), noviembre); got.Codigo != pa0580.CodeCorte {
		t.Errorf("without corte: %+v", got)
	}
	m.cortar(t, octubre, noviembre)
	seen = m.vista(t, octubre).Huella
	if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, noviembre, m.clave()); err != nil {
		t.Fatal(err)
	}
	m.hacer(t, m.hacer(t, m.leer(t, f.ID), pa0580.RetirarDecision, m.jefa, noviembre), pa0580.Aprobar, m.suplente, noviembre.Add(-time.Minute))
	m.cortar(t, octubre, noviembre)
	if got := m.congelar(t, m.orden(t, octubre, m.rrhh, seen, "x"), noviembre); got.Codigo != pa0580.CodeDigest {
		t.Errorf("decided anew: %+v", got)
	}
}

func TestAClosedMonthTakesNothingMore(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.aprobada(t, m.ana, contenido(1), manana)
	m.cerrar(t, octubre, noviembre)
	later := m.aprobada(t, m.ana, contenido(2), manana)
	planilla := m.leer(t, f.ID).Planilla
	for name, statement := range map[string]string{
		"a line": `INSERT INTO planilla_lineas SELECT '` + string(later.ID) + `', planilla_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at FROM planilla_lineas`,
		"a row": `INSERT INTO planilla_filas SELECT planilla_id, funcionario_id, 'apoyo', mes, legajo, ci, nombre, ordinarias, extraordinarias
			FROM planilla_filas`,
		"a planilla": `INSERT INTO planillas SELECT gen_random_uuid(), 2, mes, '` + string(m.este) + `', 'X', 'X', '', true, '', '', cerrada_at FROM planillas`,
		"an edit":    `UPDATE planilla_filas SET ordinarias = '{9,9,9,9,9}'`,
		"an erasure": `DELETE FROM planilla_lineas WHERE planilla_id = '` + planilla + `'`,
		"an opening": `UPDATE cierres SET cerrado_at = NULL, huella = NULL`,
	} {
		if err := m.raw(t.Context(), statement); err == nil {
			t.Errorf("%s went into a closed month", name)
		}
	}
	at := noviembre.Add(time.Hour)
	refused(t, m.SetCorte(t.Context(), octubre, &at, m.rrhh, at, m.clave()), pa0580.CodeMonthClosed)
	refused(t, m.SetCorte(t.Context(), octubre, nil, m.rrhh, at, m.clave()), pa0580.CodeMonthClosed)
	_, err := m.SetConformidad(t.Context(), app.Conformidad{
		Mes: octubre, Unidad: m.central, Actor: m.jefa, Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe}, At: at,
	})
	refused(t, err, pa0580.CodeMonthClosed)
}

// Commands are stored all the time while HR sets a corte at this moment: none
// that comes before it is missing from what the sealed corte sees.
func TestNothingSlipsInBeforeACorte(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const writers, each = 8, 12
	var rows [writers * each]app.Ficha
	for i := range rows {
		rows[i] = m.cargar(t, m.ana, contenido(i), manana)
	}
	start := time.Now()
	clock := func() time.Time { return noviembre.Add(time.Since(start)) } // one reading per command, before it is stored
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for _, f := range rows[w*each : (w+1)*each] {
				if _, _, err := m.AddComando(t.Context(), m.comando(f, pa0580.Rechazar, m.jefa, clock()), m.clave()); err != nil {
					t.Errorf("store: %v", err)
				}
			}
		})
	}
	for range 10 {
		corte := clock()
		if err := m.SetCorte(t.Context(), octubre, &corte, m.rrhh, corte, m.clave()); err != nil {
			t.Fatal(err)
		}
		const before = "SELECT count(*) FROM comandos WHERE creado_at < ?"
		seen := m.number(t, before, corte)
		for range 3 {
			if now := m.number(t, before, corte); now != seen {
				t.Fatalf("%d commands before a sealed corte, %d a moment later", seen, now)
			}
		}
		if err := m.SetCorte(t.Context(), octubre, nil, m.rrhh, corte, m.clave()); err != nil {
			t.Fatal(err)
		}
	}
	group.Wait()
	if n := m.number(t, "SELECT count(DISTINCT creado_at) FROM comandos"); n < 2 {
		t.Errorf("%d moments: the race did not happen", n)
	}
}

// Two of HR set a corte at once: one is set, and nobody moves it under whoever was told so.
func TestOneCorteIsSet(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.aprobada(t, m.ana, contenido(1), manana)
	const many = 8
	told := make(chan time.Time, many)
	var group sync.WaitGroup
	for i := range many {
		at := noviembre.Add(time.Duration(i) * time.Hour)
		group.Go(func() {
			err := m.SetCorte(t.Context(), octubre, &at, m.rrhh, noviembre, m.clave())
			if err == nil {
				told <- at
				return
			}
			refused(t, err, pa0580.CodeCorte)
		})
	}
	group.Wait()
	close(told)
	c, err := m.Cierre(t.Context(), octubre)
	if at := <-told; err != nil || c.Corte == nil || !c.Corte.At.Equal(at) || len(told) > 0 {
		t.Errorf("set at %v, and told %v; %d more were told so: %v", c.Corte, at, len(told), err)
	}
}

// A corte ahead is not sealed: SealCorte makes it so once it has passed.
func TestACorteAheadIsSealedWhenItPasses(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	corte, k := noviembre.Add(time.Hour), m.clave()
	for range 2 {
		if err := m.SetCorte(t.Context(), octubre, &corte, m.rrhh, noviembre, k); err != nil {
			t.Fatal(err)
		}
	}
	k.Cuerpo = cuerpo("otro")
	refused(t, m.SetCorte(t.Context(), octubre, &corte, m.rrhh, noviembre, k), pa0580.CodeIdempotency)
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE objeto = 'cierre/2026-10'"); n != 1 {
		t.Errorf("set %d times by one request", n)
	}
	sealed := func(at time.Time) bool {
		if err := m.SealCorte(t.Context(), octubre, at); err != nil {
			t.Fatal(err)
		}
		c, err := m.Cierre(t.Context(), octubre)
		if err != nil || c.Corte == nil || !c.Corte.At.Equal(corte) || c.CortePor != "Rosa" {
			t.Fatalf("%+v, %v", c, err)
		}
		return c.Sellado
	}
	if sealed(noviembre) || !sealed(corte) {
		t.Error("sealed too early, or not at all")
	}
	if p := m.pedir(t, m.comando(f, pa0580.Rechazar, m.jefa, noviembre)); !p.At.Equal(corte) {
		t.Errorf("stored after the seal as of %v", p.At)
	}
	if cs, err := m.Cortes(t.Context()); err != nil || len(cs) != 1 || cs[0].Mes != octubre || cs[0].Cerrado {
		t.Errorf("cortes: %+v, %v", cs, err)
	}
}
