package postgres

import (
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

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
