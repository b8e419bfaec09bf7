package postgres

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	semillas     = flag.Int("semillas", 6, "random histories of months on PostgreSQL; in memory there are fifty times as many, 10000 at most")
	semillaMeses = flag.Uint64("semilla-meses", 0, "repeat the history of this seed alone")
)

// What the histories are made of.
const (
	mesesDe  = 3 // months that close, one after the other
	pasosDe  = 35
	primeraG = 4 // gestiones of each month to begin with
)

// libro keeps gestiones, months and ajustes by the rules: in memory, or in PostgreSQL.
// Gestiones and ajustes are known by their place. A false says that the rules refused.
type libro interface {
	cargar(agente int, at time.Time)
	decidir(g int, a pa0580.Accion, at time.Time) bool
	cortar(mes pa0580.Mes, at time.Time)
	levantar(mes pa0580.Mes, at time.Time)
	cerrar(mes pa0580.Mes, at time.Time) bool
	// complementar cuts the next complementaria of a closed month off and closes it.
	complementar(mes pa0580.Mes, at time.Time) bool
	pedirAjuste(g int, s pa0580.Signo, head bool, at time.Time) bool
	aprobarAjuste(x int, head bool, at time.Time) bool
	rechazarAjuste(x int, head bool, at time.Time) bool
	// proponerTarifa of amounts as precio has them; aprobarTarifa by somebody else.
	proponerTarifa(desde pa0580.Mes, base int, at time.Time) bool
	aprobarTarifa(t int, at time.Time) bool
	// pagado are the lines of each gestión, by the month of the planilla, and +1, or
	// the sign of the ajuste.
	pagado() map[int][]renglonDe
	// dinero is what the planillas of each close pay in guaraní.
	dinero() map[pa0580.Mes]pa0580.Importe
}

type renglonDe struct {
	mes   pa0580.Mes
	signo int
}

// modelo is the same as simple as it can be told: a word for each gestión.
type modelo struct {
	gestiones []gestionModelo
	ajustes   []ajusteModelo
	cortes    map[pa0580.Mes]time.Time
	cerrados  []pa0580.Mes
	tarifas   []tarifaModelo
	vigentes  []int // tariffs, as they were approved
	pagos     map[pa0580.Mes]pa0580.Importe
}

type gestionModelo struct {
	mes      pa0580.Mes
	agente   int
	tipo     int
	extra    bool
	estado   string
	decidida time.Time
	lineas   []renglonDe
}

func (g gestionModelo) neto() (n int) {
	for _, l := range g.lineas {
		n += l.signo
	}
	return n
}

type ajusteModelo struct {
	gestion    int
	corrige    pa0580.Mes
	signo      int
	jefe, rrhh bool
	aprobado   time.Time
	fin        string // "", rechazado, incluido
}

func (m *modelo) decidir(g int, a pa0580.Accion, at time.Time) bool {
	x := &m.gestiones[g]
	from := map[pa0580.Accion][]string{
		pa0580.Aprobar: {"pendiente"}, pa0580.Rechazar: {"pendiente", "observada"}, pa0580.Observar: {"pendiente"},
		pa0580.RetirarObservacion: {"observada"}, pa0580.RetirarDecision: {"aprobada", "rechazada"},
	}[a]
	if !slices.Contains(from, x.estado) {
		return false
	}
	if a == pa0580.RetirarDecision {
		for mes, c := range m.cortes {
			if !mes.Before(x.mes) && x.decidida.Before(c) && !at.Before(c) {
				return false
			}
		}
	}
	x.estado = map[pa0580.Accion]string{
		pa0580.Aprobar: "aprobada", pa0580.Rechazar: "rechazada", pa0580.Observar: "observada", pa0580.RetirarObservacion: "pendiente", pa0580.RetirarDecision: "pendiente",
	}[a]
	x.decidida = time.Time{}
	if x.estado == "aprobada" || x.estado == "rechazada" {
		x.decidida = at
	}
	return true
}

func (m *modelo) cerrar(mes pa0580.Mes) {
	c := m.cortes[mes]
	for i := range m.gestiones {
		if g := &m.gestiones[i]; g.estado == "aprobada" && !mes.Before(g.mes) && g.decidida.Before(c) {
			g.estado = "incluida"
			m.paga(i, mes, 1)
		}
	}
	for i := range m.ajustes {
		if x := &m.ajustes[i]; x.fin == "" && !x.aprobado.IsZero() && x.aprobado.Before(c) {
			x.fin = "incluido"
			m.paga(x.gestion, mes, x.signo)
		}
	}
	m.cerrados = append(m.cerrados, mes)
}

func (m *modelo) complementar(mes pa0580.Mes, at time.Time) bool {
	any := false
	for i := range m.ajustes {
		if x := &m.ajustes[i]; x.fin == "" && !x.aprobado.IsZero() && x.aprobado.Before(at) && x.corrige == mes.Propio() {
			x.fin, any = "incluido", true
			m.paga(x.gestion, mes, x.signo)
		}
	}
	return any
}

func (m *modelo) pedirAjuste(g int, s pa0580.Signo, head bool) bool {
	x := m.gestiones[g]
	for _, a := range m.ajustes {
		if a.gestion == g && a.fin == "" {
			return false // one at a time
		}
	}
	corrige := x.mes
	switch {
	case s == pa0580.Resta && x.neto() == 0, s == pa0580.Suma && x.neto() == 1:
		return false
	case len(x.lineas) == 0: // was it rejected, and did a closed month's corte pass over that?
		firm := slices.ContainsFunc(m.cerrados, func(c pa0580.Mes) bool { return !c.Before(x.mes) && x.decidida.Before(m.cortes[c]) })
		if x.estado != "rechazada" || !firm {
			return false
		}
	case x.estado == "incluida":
		corrige = x.lineas[0].mes.Propio()
	}
	m.ajustes = append(m.ajustes, ajusteModelo{gestion: g, corrige: corrige, signo: int(s), jefe: head, rrhh: !head})
	return true
}

func (m *modelo) aprobarAjuste(x int, head bool, at time.Time) bool {
	a := &m.ajustes[x]
	if a.fin != "" || !a.aprobado.IsZero() || head && a.jefe || !head && a.rrhh {
		return false
	}
	a.jefe, a.rrhh, a.aprobado = true, true, at
	return true
}

func (m *modelo) rechazarAjuste(x int) bool {
	a := &m.ajustes[x]
	if a.fin != "" {
		return false
	}
	a.fin = "rechazado"
	return true
}

func (m *modelo) pagado() map[int][]renglonDe {
	out := map[int][]renglonDe{}
	for i, g := range m.gestiones {
		if len(g.lineas) > 0 {
			out[i] = g.lineas
		}
	}
	return out
}

// jugarMeses plays one random history of months on a libro and on the model, and tells
// where they part. What it does depends on the seed alone.
func jugarMeses(seed uint64, l libro) error {
	random := rand.New(rand.NewPCG(seed, 7))
	m := &modelo{cortes: map[pa0580.Mes]time.Time{}, pagos: map[pa0580.Mes]pa0580.Importe{}}
	mes, sheets := octubre, map[pa0580.Mes]pa0580.Mes{} // of each closed month, its last complementaria
	now := mes.Start().Add(9 * time.Hour)
	cargar := func(at time.Time) {
		agente := random.IntN(3)
		l.cargar(agente, at)
		local := pa0580.Local(at)
		m.gestiones = append(m.gestiones, gestionModelo{mes: pa0580.MesOf(at), agente: agente, estado: "pendiente", tipo: len(m.gestiones)%5 + 1,
			extra: local.Hour() < 7 || local.Hour() > 14 || local.Weekday() == time.Saturday || local.Weekday() == time.Sunday})
	}
	same := func(what string, got, want bool) error {
		if got != want {
			return fmt.Errorf("%s: %t, the model says %t", what, got, want)
		}
		return nil
	}
	acciones := []pa0580.Accion{pa0580.Aprobar, pa0580.Aprobar, pa0580.Aprobar, pa0580.Rechazar, pa0580.Observar, pa0580.RetirarObservacion, pa0580.RetirarDecision, pa0580.RetirarDecision}
	for range mesesDe {
		for range primeraG {
			now = now.Add(time.Duration(1+random.IntN(90)) * time.Minute)
			cargar(now)
		}
		for step := range pasosDe {
			now = now.Add(time.Duration(1+random.IntN(180)) * time.Minute)
			if step == pasosDe/2 { // the month is over
				now = latest(now, mes.End().Add(9*time.Hour))
			}
			var err error
			switch k := random.IntN(23); {
			case k == 20:
				desde := []pa0580.Mes{mes.Prev(), mes, mes, mes.Next()}[random.IntN(4)]
				base := random.IntN(900)
				err = same(fmt.Sprintf("tariff from %s on", desde), l.proponerTarifa(desde, base, now), m.proponerTarifa(desde, base))
			case k > 20 && len(m.tarifas) > 0:
				i := random.IntN(len(m.tarifas))
				err = same(fmt.Sprintf("approve tariff %d", i), l.aprobarTarifa(i, now), m.aprobarTarifa(i))
			case k > 20:
			case k < 2:
				cargar(now)
			case k < 11:
				g, a := random.IntN(len(m.gestiones)), acciones[random.IntN(len(acciones))]
				err = same(fmt.Sprintf("%s %d", a, g), l.decidir(g, a, now), m.decidir(g, a, now))
			case k < 13 && !now.Before(mes.End()):
				if _, cut := m.cortes[mes]; cut {
					delete(m.cortes, mes)
					l.levantar(mes, now)
				} else {
					m.cortes[mes] = now
					l.cortar(mes, now)
				}
			case k < 17:
				g, s, head := random.IntN(len(m.gestiones)), pa0580.Signo(1-2*random.IntN(2)), random.IntN(2) == 0
				err = same(fmt.Sprintf("ajuste %+d of %d", s, g), l.pedirAjuste(g, s, head, now), m.pedirAjuste(g, s, head))
			case k < 19 && len(m.ajustes) > 0:
				x, head := random.IntN(len(m.ajustes)), random.IntN(2) == 0
				err = same(fmt.Sprintf("approve ajuste %d", x), l.aprobarAjuste(x, head, now), m.aprobarAjuste(x, head, now))
			case k < 20 && len(m.cerrados) > 0 && random.IntN(2) == 0:
				of := m.cerrados[random.IntN(len(m.cerrados))]
				next := latestOf(sheets[of], of).Siguiente()
				was := l.complementar(next, now)
				if err = same("close "+next.String(), was, m.complementar(next, now)); was {
					sheets[of] = next
				}
			case k < 20 && len(m.ajustes) > 0:
				x, head := random.IntN(len(m.ajustes)), random.IntN(2) == 0
				err = same(fmt.Sprintf("reject ajuste %d", x), l.rechazarAjuste(x, head, now), m.rechazarAjuste(x))
			}
			if err != nil {
				return fmt.Errorf("%s, step %d: %w", mes, step, err)
			}
		}
		now = now.Add(time.Hour)
		if _, cut := m.cortes[mes]; !cut {
			m.cortes[mes] = now
			l.cortar(mes, now)
		}
		now = now.Add(time.Minute)
		if !l.cerrar(mes, now) {
			return fmt.Errorf("%s did not close", mes)
		}
		m.cerrar(mes)
		if got, want := l.pagado(), m.pagado(); fmt.Sprint(got) != fmt.Sprint(want) {
			return fmt.Errorf("%s paid %v\nthe model  %v", mes, got, want)
		}
		if got, want := l.dinero(), m.pagos; !maps.Equal(got, want) {
			return fmt.Errorf("%s, in guaraní: %v\nthe model  %v", mes, got, want)
		}
		mes = mes.Next()
		now = latest(now, mes.Start().Add(9*time.Hour))
	}
	for i, g := range m.gestiones { // what the model is held to itself
		if n := g.neto(); n != 0 && n != 1 || (g.estado == "incluida") != (len(g.lineas) > 0) && g.estado != "rechazada" {
			return fmt.Errorf("gestión %d, %s, is paid %d times: %v", i, g.estado, n, g.lineas)
		}
	}
	return nil
}

func latestOf(a, b pa0580.Mes) pa0580.Mes {
	if a.IsZero() {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// memoria is a libro of the rules alone.
type memoria struct {
	gestiones []*pa0580.Gestion
	planilla  map[int]pa0580.Mes
	ajustes   []*ajusteEnMemoria
	cortes    pa0580.Cortes
	lineas    map[int][]renglonDe
	tarifas   pa0580.Tarifas
	ultimo    pa0580.Mes
	pagos     map[pa0580.Mes]pa0580.Importe
}

type ajusteEnMemoria struct {
	pa0580.Ajuste
	gestion  int
	aprobado time.Time
}

func (b *memoria) cargar(agente int, at time.Time) {
	g := pa0580.New(pa0580.GestionID(fmt.Sprint(len(b.gestiones))), pa0580.Asignacion{
		Funcionario: pa0580.FuncionarioID(fmt.Sprint("agente", agente)), Unidad: "u", Modo: []pa0580.Modo{pa0580.Permanente, pa0580.Apoyo, pa0580.Permanente}[agente],
	},
		"Unidad", contenido(len(b.gestiones)), at, pa0580.NewCalendario(1, nil).Clasificar(at, nil))
	if err := g.Verify(pa0580.Hallazgo{Existe: true, At: at}); err != nil {
		panic(err)
	}
	b.gestiones = append(b.gestiones, &g)
}

func (b *memoria) decidir(i int, a pa0580.Accion, at time.Time) bool {
	g := b.gestiones[i]
	return g.Apply(pa0580.Comando{
		ID: pa0580.ComandoID(fmt.Sprint(at.UnixNano())), Gestion: g.ID, Accion: a, Actor: "jefa",
		Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: "u"}, Vista: g.Version, Motivo: "porque sí", At: at,
	}, b.cortes) == nil
}

func (b *memoria) cortar(mes pa0580.Mes, at time.Time) {
	b.cortes = append(b.cortes, pa0580.Corte{Mes: mes, At: at})
}

func (b *memoria) levantar(mes pa0580.Mes, _ time.Time) {
	b.cortes = slices.DeleteFunc(b.cortes, func(c pa0580.Corte) bool { return c.Mes == mes })
}

func (b *memoria) cerrar(mes pa0580.Mes, _ time.Time) bool {
	i := slices.IndexFunc(b.cortes, func(c pa0580.Corte) bool { return c.Mes == mes })
	b.cortes[i].Cerrado = true
	corte := b.cortes[i].At
	for i, g := range b.gestiones {
		if g.Estado == pa0580.Aprobada && !mes.Before(g.Mes) && g.Decision.At.Before(corte) {
			g.Estado, g.Version = pa0580.Incluida, g.Version+1
			b.planilla[i] = mes
			b.paga(i, mes, 1)
		}
	}
	for _, x := range b.ajustes {
		if x.Estado() == pa0580.AjusteAprobado && x.aprobado.Before(corte) {
			x.Incluido = true
			b.paga(x.gestion, mes, int(x.Signo))
		}
	}
	b.ultimo = mes
	return true
}

func (b *memoria) complementar(mes pa0580.Mes, at time.Time) bool {
	any := false
	for _, x := range b.ajustes {
		if x.Estado() == pa0580.AjusteAprobado && x.aprobado.Before(at) && x.Mes == mes.Propio() {
			x.Incluido, any = true, true
			b.paga(x.gestion, mes, int(x.Signo))
		}
	}
	return any
}

func (b *memoria) pedirAjuste(i int, s pa0580.Signo, head bool, at time.Time) bool {
	g := b.gestiones[i]
	p := pa0580.Pagada{Estado: g.Estado, Mes: g.Mes, Linea: b.planilla[i], Existe: true}
	for _, x := range b.ajustes {
		switch {
		case x.gestion != i:
		case x.Incluido:
			p.Ajustes += int(x.Signo)
		case x.Rechazo == nil:
			p.Abierto = true
		}
	}
	for _, c := range b.cortes {
		if c.Cerrado && g.Estado == pa0580.Rechazada && !c.Mes.Before(g.Mes) && g.Decision.At.Before(c.At) {
			p.Firme = c.At
		}
	}
	mes, err := pa0580.NewAjuste(p, s, "un error")
	if err != nil {
		return false
	}
	x := &ajusteEnMemoria{gestion: i, Ajuste: pa0580.Ajuste{Gestion: g.ID, Mes: mes, Signo: s, Motivo: "un error", PedidoAt: at}}
	b.ajustes = append(b.ajustes, x)
	return x.Approve(palabra(head, at)) == nil
}

func palabra(head bool, at time.Time) pa0580.Visto {
	if head {
		return pa0580.Visto{Quien: "jefa", Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: "u"}, At: at}
	}
	return pa0580.Visto{Quien: "rosa", At: at}
}

func (b *memoria) aprobarAjuste(i int, head bool, at time.Time) bool {
	x := b.ajustes[i]
	if x.Approve(palabra(head, at)) != nil {
		return false
	}
	x.aprobado = at
	return true
}

func (b *memoria) rechazarAjuste(i int, head bool, at time.Time) bool {
	return b.ajustes[i].Reject(palabra(head, at), "no corresponde") == nil
}

func (b *memoria) pagado() map[int][]renglonDe { return b.lineas }

// Random months, judged by the rules in memory: loads, decisions, take-backs, cortes,
// closes, late approvals and ajustes. Every approved gestión is paid exactly once.
func TestMonthsInMemory(t *testing.T) {
	t.Parallel()
	seeds := min(*semillas*50, 10_000)
	for i := range seeds {
		seed := uint64(i) + 1
		if *semillaMeses != 0 {
			seed = *semillaMeses
		}
		if err := jugarMeses(seed, &memoria{planilla: map[int]pa0580.Mes{}, lineas: map[int][]renglonDe{}, pagos: map[pa0580.Mes]pa0580.Importe{}}); err != nil {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
	}
	t.Logf("%d histories", seeds)
}

// enPostgres is a libro of the real store.
type enPostgres struct {
	*mundo
	t         *testing.T
	gestiones []pa0580.GestionID
	ajustes   []pa0580.AjusteID
	tarifas   []pa0580.TarifaID
}

func (b *enPostgres) agente(i int) pa0580.FuncionarioID {
	return []pa0580.FuncionarioID{b.ana, b.beto, b.carla}[i]
}

func (b *enPostgres) jefaDe(g pa0580.GestionID) pa0580.FuncionarioID {
	if b.leer(b.t, g).Unidad == b.este {
		return b.jefe
	}
	return b.jefa
}

func (b *enPostgres) cargar(agente int, at time.Time) {
	b.gestiones = append(b.gestiones, b.pendiente(b.t, b.agente(agente), contenido(len(b.gestiones)), at).ID)
}

func (b *enPostgres) decidir(i int, a pa0580.Accion, at time.Time) bool {
	id := b.gestiones[i]
	c := b.comando(b.leer(b.t, id), a, b.jefaDe(id), at)
	return b.aplicar(b.t, b.pedir(b.t, c).ID, at).Resultado == pa0580.Aplicado
}

func (b *enPostgres) cortar(mes pa0580.Mes, at time.Time) { b.mundo.cortar(b.t, mes, at) }

func (b *enPostgres) levantar(mes pa0580.Mes, at time.Time) {
	if err := b.SetCorte(b.t.Context(), mes, nil, b.rrhh, at, b.clave()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *enPostgres) cerrar(mes pa0580.Mes, at time.Time) bool {
	seen := b.vista(b.t, mes)
	if !seen.Identidad.Cuadra() {
		b.t.Errorf("%s does not add up: %+v", mes, seen.Identidad)
	}
	neto := 0
	for _, p := range seen.Unidades {
		for _, f := range p.Filas {
			neto += f.Neto()
		}
	}
	if int64(neto) != seen.Identidad.Neto() {
		b.t.Errorf("%s: rows pay %d, the identity %s", mes, neto, seen.Identidad)
	}
	return b.congelar(b.t, b.orden(b.t, mes, b.rrhh, seen.Huella, "se cierra igual"), at).Cerrado
}

func (b *enPostgres) complementar(mes pa0580.Mes, at time.Time) bool {
	b.cortar(mes, at)
	closed := b.cerrar(mes, at)
	if !closed { // it holds nothing
		b.levantar(mes, at)
	}
	return closed
}

func (b *enPostgres) palabra(g pa0580.GestionID, head bool, at time.Time) pa0580.Visto {
	if !head {
		return pa0580.Visto{Quien: b.rrhh, At: at}
	}
	return pa0580.Visto{Quien: b.jefaDe(g), Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: b.leer(b.t, g).Unidad}, At: at}
}

func (b *enPostgres) pedirAjuste(i int, s pa0580.Signo, head bool, at time.Time) bool {
	g := b.gestiones[i]
	x := pa0580.Ajuste{ID: pa0580.AjusteID(mustNewID()), Gestion: g, Signo: s, Motivo: "un error", PedidoAt: at}
	word := b.palabra(g, head, at)
	x.Pide = word.Quien
	if err := x.Approve(word); err != nil {
		b.t.Fatal(err)
	}
	k := b.clave()
	id, err := b.AddAjuste(b.t.Context(), x, k)
	if err != nil {
		b.ruled(err)
		return false
	}
	if again, err := b.AddAjuste(b.t.Context(), x, k); err != nil || again != id {
		b.t.Errorf("asked twice: %s, then %s, %v", id, again, err)
	}
	b.ajustes = append(b.ajustes, id)
	return true
}

// ruled wants the rules' word, not a fault.
func (b *enPostgres) ruled(err error) {
	b.t.Helper()
	if len(pa0580.RefusalsIn(err)) == 0 {
		b.t.Errorf("a fault: %v", err)
	}
}

func (b *enPostgres) decidirAjuste(i int, head bool, at time.Time, decide func(*pa0580.Ajuste, pa0580.Visto) error) bool {
	word := b.palabra(b.deAjuste(i), head, at)
	err := b.DecideAjuste(b.t.Context(), b.ajustes[i], "aprobar_ajuste", word, b.clave(), func(x *pa0580.Ajuste) error { return decide(x, word) })
	if err != nil {
		b.ruled(err)
	}
	return err == nil
}

func (b *enPostgres) deAjuste(i int) (g pa0580.GestionID) {
	if err := b.db.NewRaw("SELECT gestion_id FROM ajustes WHERE id = ?", b.ajustes[i]).Scan(b.t.Context(), &g); err != nil {
		b.t.Fatal(err)
	}
	return g
}

func (b *enPostgres) aprobarAjuste(i int, head bool, at time.Time) bool {
	return b.decidirAjuste(i, head, at, func(x *pa0580.Ajuste, v pa0580.Visto) error { return x.Approve(v) })
}

func (b *enPostgres) rechazarAjuste(i int, head bool, at time.Time) bool {
	return b.decidirAjuste(i, head, at, func(x *pa0580.Ajuste, v pa0580.Visto) error { return x.Reject(v, "no corresponde") })
}

func (b *enPostgres) pagado() map[int][]renglonDe {
	out := map[int][]renglonDe{}
	for i, id := range b.gestiones {
		lines, err := b.Renglones(b.t.Context(), id)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, r := range lines {
			signo := int(r.Signo)
			if r.Ajuste == "" {
				signo = 1
			}
			out[i] = append(out[i], renglonDe{r.Mes, signo})
		}
	}
	return out
}

func (b *enPostgres) altered(a app.Adulteracion) { b.t.Errorf("verified: %s", a) }

// The same on PostgreSQL: and the digests verify, down to each gestión.
func TestMonthsOnPostgreSQL(t *testing.T) {
	t.Parallel()
	total, adjusted, priced := 0, 0, 0
	for i := range *semillas {
		seed := uint64(i) + 1
		if *semillaMeses != 0 {
			seed = *semillaMeses
		}
		b := &enPostgres{mundo: newMundo(t), t: t}
		if err := jugarMeses(seed, b); err != nil {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
		found, err := b.VerifyPlanillas(t.Context(), b.altered)
		if err != nil || t.Failed() {
			t.Fatalf("-semilla-meses=%d: %v", seed, err)
		}
		total += int(found)
		adjusted += b.number(t, "SELECT count(*) FROM planilla_ajustes")
		priced += b.number(t, "SELECT count(*) FROM planilla_filas WHERE importe IS NOT NULL")
		if *semillaMeses != 0 {
			break
		}
	}
	t.Logf("%d histories, %d lines, %d ajustes, %d rows with an amount", *semillas, total, adjusted, priced)
	if total == 0 || adjusted == 0 || priced == 0 {
		t.Error("the histories pay or adjust nothing, or not in guaraní")
	}
}
