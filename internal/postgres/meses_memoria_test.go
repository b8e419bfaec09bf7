package postgres

import (
	"fmt"
	"slices"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

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
