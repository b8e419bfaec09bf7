package postgres

import (
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

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
