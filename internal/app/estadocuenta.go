package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Situacion is what a gestión came to for whoever loaded it.
type Situacion string

// Every gestión is in one of these.
const (
	Contada   Situacion = "contada"    // a closed planilla has it
	EnEspera  Situacion = "en_espera"  // of a planilla, a decision, a correction or OPEN SGC
	NoContada Situacion = "no_contada" // rejected, annulled or invalid
)

// Situaciones lists them, in the order of a statement.
func Situaciones() []Situacion { return []Situacion{Contada, EnEspera, NoContada} }

// EstadoDeCuenta is what a funcionario's gestiones of a month came to, as of a moment:
// nothing of it is kept.
type EstadoDeCuenta struct {
	Funcionario Funcionario // id, legajo and name
	Mes         pa0580.Mes
	At          time.Time
	CerradoAt   *time.Time // nil while the month is open
	Parcial     bool       // only what the reader may see of it
	Grupos      []GrupoDeCuenta
	Pagos       []Pago            // of the month's planillas, and of later ones that hold gestiones of the month
	Gestiones   []GestionDeCuenta // a page
	Mas         bool              // there are more gestiones than these
	Ajustes     []AjusteDeCuenta  // of gestiones of the month, and in its planillas
	Reclamos    []ReclamoDeCuenta // about the month
	Historia    []MesDeCuenta     // closed months, newest first
}

// GrupoDeCuenta counts the gestiones of a unit and an attendance mode that are in the
// same situation for the same cause.
type GrupoDeCuenta struct {
	Unidad    pa0580.Unidad // id, code and name
	Modo      pa0580.Modo
	Situacion Situacion
	Estado    pa0580.Estado
	Restada   bool       // a planilla counted it, and another took it back
	Espera    pa0580.Mes // of an approved one: whose planilla it waits for
	De        []Mando    // whom an undecided one waits for
	Porque    string     // in one sentence; empty for what is counted
	Cuentas
}

// Pago is a row of a closed planilla.
type Pago struct {
	Planilla Planilla // without rows and annex
	Fila     Fila     // of what month its gestiones are, and their counts
}

// GestionDeCuenta is a gestión as its statement tells it: without its remark, its
// document masked.
type GestionDeCuenta struct {
	ID         pa0580.GestionID
	Unidad     pa0580.Unidad // id, code and name
	Modo       pa0580.Modo
	Documento  string // masked
	Referencia pa0580.Referencia
	Tipo       pa0580.TipoGestion
	Jornada    pa0580.Jornada
	GuardadaAt time.Time
	Situacion  Situacion
	Estado     pa0580.Estado
	Existe     bool         // OPEN SGC has its reference
	Planilla   *Planilla    // where counted, or taken back: id, number and month
	Ajuste     pa0580.Signo // by which it is counted, or taken back; zero where a line counts it
	Motivo     string       // of that
	Espera     pa0580.Mes   // of an approved one: whose planilla it waits for
	De         []Mando      // whom an undecided one waits for
	Razon      *Razon       // who approved, sent back, rejected or annulled it, and the reason given
	Porque     string       // in one sentence
}

// MesDeCuenta is a closed month of somebody's.
type MesDeCuenta struct {
	Mes                            pa0580.Mes
	Contadas, EnEspera, NoContadas int // of what was loaded in it
	Pagadas                        int // by its planillas, also of earlier months, with their ajustes
	Importe                        pa0580.Importe
}

// Cargadas is everything loaded in the month.
func (m MesDeCuenta) Cargadas() int { return m.Contadas + m.EnEspera + m.NoContadas }

// FiltroDeCuenta is the month of a statement and the page of its gestiones: oldest
// first or, where Reclamables is true, those that are not counted first.
type FiltroDeCuenta struct {
	Mes         pa0580.Mes // zero: the current one
	Situaciones []Situacion
	Reclamables bool
	Tras        pa0580.GestionID // cursor: the last one of the page before
	Limite      int
}

// MiEstado is the actor's own statement, whatever their roles are today.
func (a *App) MiEstado(ctx context.Context, actor Actor, f FiltroDeCuenta) (EstadoDeCuenta, error) {
	return a.estado(ctx, Vision{Propias: actor.ID}, actor.ID, f)
}

// EstadoDe is somebody's statement: whole for HR and auditors, and for themself; else
// what is of the units that the actor sees. Refuses with CodeForbidden, or with
// CodeNotFound where that is nothing.
func (a *App) EstadoDe(ctx context.Context, actor Actor, quien pa0580.FuncionarioID, f FiltroDeCuenta) (EstadoDeCuenta, error) {
	if actor.ID == quien {
		return a.MiEstado(ctx, actor, f)
	}
	if err := actor.must(RolRRHH, RolAuditor, RolJefe, RolResponsable); err != nil {
		return EstadoDeCuenta{}, err
	}
	v, err := a.visionDeReclamos(ctx, actor)
	if err != nil {
		return EstadoDeCuenta{}, err
	}
	e, err := a.estado(ctx, v, quien, f)
	if err != nil {
		return EstadoDeCuenta{}, err
	}
	e.Parcial = !v.Todo
	if e.Parcial && len(e.Grupos)+len(e.Pagos)+len(e.Historia) == 0 {
		return EstadoDeCuenta{}, pa0580.Refuse(0, pa0580.CodeNotFound, "id", "No hay gestiones de esa persona en las unidades que usted puede ver.")
	}
	return e, nil
}

// estado reads a statement and says of each thing why, and whom it waits for.
func (a *App) estado(ctx context.Context, v Vision, quien pa0580.FuncionarioID, f FiltroDeCuenta) (EstadoDeCuenta, error) {
	now := a.Reloj()
	if f.Mes.IsZero() {
		f.Mes = pa0580.MesOf(now)
	}
	limit := f.Limite
	f.Limite++
	e, err := a.Store.EstadoDeCuenta(ctx, v, quien, f)
	if err != nil {
		return EstadoDeCuenta{}, err
	}
	e.At = now
	if e.Mas = len(e.Gestiones) > limit; e.Mas {
		e.Gestiones = e.Gestiones[:limit]
	}
	heads, err := a.mandos(ctx)
	if err != nil {
		return EstadoDeCuenta{}, err
	}
	heads.explain(&e)
	heads.explainAjustes(&e)
	return e, nil
}

// lineasDeEstado is how many gestiones a statement on paper lists: some 30 pages.
const lineasDeEstado = 1000

// MiEstadoImpreso is the actor's own statement on paper.
func (a *App) MiEstadoImpreso(ctx context.Context, actor Actor, mes pa0580.Mes) (Archivo, error) {
	e, err := a.MiEstado(ctx, actor, onPaper(mes))
	if err != nil {
		return Archivo{}, err
	}
	return a.Imprenta.Estado(ctx, e)
}

// EstadoImpresoDe is somebody's statement on paper; see [App.EstadoDe].
func (a *App) EstadoImpresoDe(ctx context.Context, actor Actor, quien pa0580.FuncionarioID, mes pa0580.Mes) (Archivo, error) {
	e, err := a.EstadoDe(ctx, actor, quien, onPaper(mes))
	if err != nil {
		return Archivo{}, err
	}
	return a.Imprenta.Estado(ctx, e)
}

func onPaper(mes pa0580.Mes) FiltroDeCuenta {
	return FiltroDeCuenta{Mes: mes, Reclamables: true, Limite: lineasDeEstado}
}
