package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// SGC asks OPEN SGC about a reference. A reference that does not exist is an
// answer; a *pa0580.Refusal says that OPEN SGC finds it malformed; any other
// error means that it could not be reached.
type SGC interface {
	Consultar(ctx context.Context, r pa0580.Referencia) (pa0580.Hallazgo, error)
}

// Flow sends messages to workflows, starting the workflow where it is missing.
// The command behind a message is stored before.
type Flow interface {
	// Aplicar waits until a stored command was applied.
	Aplicar(ctx context.Context, g pa0580.GestionID, c pa0580.ComandoID) (contract.Applied, error)
	// Arrancar starts a gestión's workflow where it is missing. It has the row
	// verified where OPEN SGC is still to be asked; see [App.Verificada].
	Arrancar(ctx context.Context, id pa0580.GestionID) error
	// Avisar tells that a stored command waits; it does not wait itself.
	Avisar(ctx context.Context, g pa0580.GestionID, c pa0580.ComandoID) error
	// Mirar has a gestión's workflow look at its row again; false where none runs.
	Mirar(ctx context.Context, id pa0580.GestionID) (bool, error)
	// Despertar has a workflow look at its row again, and starts it where it is
	// missing.
	Despertar(ctx context.Context, id pa0580.GestionID) error
	// AvisarReclamo has the workflow of a reclamo del funcionario look at its row, and
	// starts it where it is missing; it does not wait itself.
	AvisarReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID) error
	// Congelar carries out a stored order to close.
	Congelar(ctx context.Context, mes pa0580.Mes, orden contract.OrdenID) (contract.Congelada, error)
	// Encargar hands a stored order to close to the engine, which carries it out
	// whatever becomes of us.
	Encargar(ctx context.Context, mes pa0580.Mes, orden contract.OrdenID) error
	// Drenar tells the gestiones of a closed month, where that was left undone.
	Drenar(ctx context.Context, mes pa0580.Mes) error
	// Motor asks the engine for its epoch: its namespace's UUID. One that was
	// made anew, with nothing in it, has another.
	Motor(ctx context.Context) (string, error)
	// Eventos is the workflow's own history over all its runs, oldest first;
	// false where the engine does not know it.
	Eventos(ctx context.Context, id pa0580.GestionID) ([]Evento, bool, error)
}

// Store is PostgreSQL: the system of record. Every change is one transaction
// with its audit entry.
type Store interface {
	gestionStore
	comandoStore
	cierreStore
	organizacionStore
	extraccionStore
	accesoStore
	motorStore
	selloStore
	pruebaStore
	ajusteStore
	reclamoStore
	cuentaStore
	tarifaStore
}

// Clave makes a request repeatable: the same key with the same body gives what
// the first gave. The body's SHA-256 is kept, not the body.
type Clave struct {
	Clave  string
	Cuerpo []byte
}

type gestionStore interface {
	// AddGestion stores a new gestión, and gives it with nothing beside it. Where its agent used the key before it
	// returns that one and false; refuses with CodeIdempotency where the body
	// was another. Gives [ErrCalendario], and stores nothing, where the calendar that g
	// was classified by is not the current one.
	AddGestion(ctx context.Context, g pa0580.Gestion, k Clave) (Ficha, bool, error)
	// GestionPorClave finds what an agent loaded with a key; refuses with
	// CodeIdempotency where the body was another.
	GestionPorClave(ctx context.Context, agente pa0580.FuncionarioID, k Clave) (Ficha, bool, error)
	// AcceptGestion marks a recibida gestión as «told received»; where it has
	// moved meanwhile it changes nothing. Returns the row either way.
	AcceptGestion(ctx context.Context, id pa0580.GestionID) (Ficha, error)
	// Gestion finds one that v may see. Refuses with CodeNotFound, whether it
	// does not exist or is not theirs to see.
	Gestion(ctx context.Context, v Vision, id pa0580.GestionID) (Ficha, error)
	// Filas reads those of ids that v may see, with nothing beside them: what
	// commands are judged by.
	Filas(ctx context.Context, v Vision, ids []pa0580.GestionID) ([]pa0580.Gestion, error)
	// Gestiones lists what v may see, newest first.
	Gestiones(ctx context.Context, v Vision, f Filtro) ([]Ficha, error)
	// Auditoria is a gestión's audit, oldest first.
	Auditoria(ctx context.Context, id pa0580.GestionID) ([]Asiento, error)
	// Revelar gives a document in full and records who saw it.
	Revelar(ctx context.Context, quien pa0580.FuncionarioID, id pa0580.GestionID, at time.Time) (pa0580.Documento, error)
}

type comandoStore interface {
	// AddComando stores what somebody asked. Repeated, it returns the first one
	// and false.
	AddComando(ctx context.Context, c pa0580.Comando, k Clave) (Pedido, bool, error)
	// ComandoPorClave finds what an actor asked with a key; refuses with
	// CodeIdempotency where the body was another.
	ComandoPorClave(ctx context.Context, actor pa0580.FuncionarioID, k Clave) (Pedido, bool, error)
	// AddLote stores many at once with what was refused at the door. Repeated,
	// it returns the first one and false.
	AddLote(ctx context.Context, l Lote, cs []pa0580.Comando, k Clave) (Lote, bool, error)
	// Comando finds one of actor's own commands.
	Comando(ctx context.Context, actor pa0580.FuncionarioID, id pa0580.ComandoID) (Pedido, error)
	// Lote is one of actor's own bulk requests with each item's result.
	Lote(ctx context.Context, actor pa0580.FuncionarioID, id string) (Lote, error)
	// SinEfecto lists actor's commands that ended so and were not seen yet.
	SinEfecto(ctx context.Context, actor pa0580.FuncionarioID) ([]Pedido, error)
	// MarkVisto takes one of them out of that list.
	MarkVisto(ctx context.Context, actor pa0580.FuncionarioID, id pa0580.ComandoID, at time.Time) error
}

type cierreStore interface {
	// Turno is what decides whether it is the turn of mes to close.
	Turno(ctx context.Context, mes pa0580.Mes) (pa0580.Turno, error)
	// Cortes are those set and not lifted, of open and closed months.
	Cortes(ctx context.Context) (pa0580.Cortes, error)
	Cierre(ctx context.Context, mes pa0580.Mes) (Cierre, error)
	Cierres(ctx context.Context) ([]Cierre, error)
	// Repetido tells what actor's key was used for before, by the same request; false
	// where it was not. Refuses with CodeIdempotency where it was another.
	Repetido(ctx context.Context, actor pa0580.FuncionarioID, k Clave) (objeto string, again bool, err error)
	// SetCorte sets a month's corte, as [pa0580.CheckCorte] judges it, or lifts it where
	// at is nil. It waits for every command being stored, so that none slips in before
	// the moment.
	SetCorte(ctx context.Context, mes pa0580.Mes, at *time.Time, actor pa0580.FuncionarioID, now time.Time, k Clave) error
	// SealCorte makes a corte that has passed final for what is stored next.
	SealCorte(ctx context.Context, mes pa0580.Mes, now time.Time) error
	// Preparacion is the month's state per unit that v holds whole, as of a day.
	Preparacion(ctx context.Context, v Vision, mes pa0580.Mes, hoy pa0580.Dia) ([]UnidadEnMes, error)
	// SinDecidir counts the undecided gestiones of mes, or earlier, loaded by
	// somebody who was ever one of their unit's mandos.
	SinDecidir(ctx context.Context, mes pa0580.Mes) ([]Autoria, error)
	// SinAplicar counts the commands from before the month's corte that are not
	// applied yet.
	SinAplicar(ctx context.Context, mes pa0580.Mes) (int, error)
	// VistaPrevia is what the planillas would hold at the corte, with a digest;
	// where none is set, at a moment and without one. Refuses with CodeMonthClosed.
	VistaPrevia(ctx context.Context, mes pa0580.Mes, at time.Time) (VistaPrevia, error)
	// AddPrevia keeps what HR saw.
	AddPrevia(ctx context.Context, v VistaPrevia, quien pa0580.FuncionarioID, at time.Time) error
	// Previa is the last that HR saw of a month, of all with that digest or, where
	// other is true, with another; nil where there is none.
	Previa(ctx context.Context, mes pa0580.Mes, huella string, other bool) (*Previa, error)
	// AddOrden stores an order to close; one of its month that waits for its second
	// person is superseded. Repeated, it returns the first one.
	AddOrden(ctx context.Context, o Orden, k Clave) (Orden, error)
	// ConfirmarOrden has an order confirmed, as [pa0580.Orden.Confirmar] judges it.
	// Repeated, it returns the order as it is. Refuses with CodeNotFound, too.
	ConfirmarOrden(ctx context.Context, mes pa0580.Mes, id contract.OrdenID, quien pa0580.FuncionarioID, at time.Time, k Clave) (Orden, error)
	// RetirarOrden has an order withdrawn, as [pa0580.Orden.Retirar] judges it.
	// Refuses with CodeNotFound, too.
	RetirarOrden(ctx context.Context, mes pa0580.Mes, id contract.OrdenID, quien pa0580.FuncionarioID, at time.Time, k Clave) (Orden, error)
	// OrdenesPendientes lists the orders stored, and confirmed where they need it,
	// before a moment and not carried out yet, oldest first.
	OrdenesPendientes(ctx context.Context, before time.Time) ([]Orden, error)
	// UltimaOrden is a month's newest order, nil where there is none.
	UltimaOrden(ctx context.Context, mes pa0580.Mes) (*Orden, error)
	// SetConformidad signs a unit's month off, as [pa0580.CheckSigning] judges it; the same
	// signature again changes nothing. Refuses with CodeDigest where the unit is not as
	// c's digest says.
	SetConformidad(ctx context.Context, c Conformidad) (Conformidad, error)

	Planillas(ctx context.Context, v Vision, mes pa0580.Mes) ([]Planilla, error)
	// Planilla is one planilla with rows and annex. Refuses with CodeNotFound.
	Planilla(ctx context.Context, v Vision, id string) (Planilla, error)
	// ArchivoDePlanilla is a planilla's file; false where it was not written yet.
	// Refuses with CodeNotFound.
	ArchivoDePlanilla(ctx context.Context, v Vision, id string, f Formato) (Archivo, bool, error)
	// ArchivoDeMes is a month's; false where it was not written yet.
	ArchivoDeMes(ctx context.Context, mes pa0580.Mes, f Formato) (Archivo, bool, error)
	// SinArchivos lists the planillas of a closed month that lack a file, by number; an
	// empty id, the last, is the month's consolidated one. None where it is open.
	SinArchivos(ctx context.Context, mes pa0580.Mes) ([]string, error)
	// AddArchivos keeps files of a closed month, all or none: a planilla's or, with an
	// empty id, the whole month's. Where there is one already, that one counts.
	AddArchivos(ctx context.Context, mes pa0580.Mes, planilla string, as []Archivo) error
}

type organizacionStore interface {
	// Organizacion is the current units, heads, substitutes and calendar.
	Organizacion(ctx context.Context) (*pa0580.Organizacion, error)
	// Asignaciones lists a funcionario's roster on a day.
	Asignaciones(ctx context.Context, f pa0580.FuncionarioID, on pa0580.Dia) ([]pa0580.Asignacion, error)
	// ResponsableDe lists the units somebody answers for.
	ResponsableDe(ctx context.Context, f pa0580.FuncionarioID) ([]pa0580.UnidadID, error)

	Unidades(ctx context.Context) ([]pa0580.Unidad, error)
	Funcionarios(ctx context.Context, f FiltroPersonas) ([]Funcionario, error)
	Roster(ctx context.Context, f FiltroRoster) ([]AsignacionFicha, error)
	Jefaturas(ctx context.Context) ([]JefaturaFicha, error)
	Subrogancias(ctx context.Context) ([]SubroganciaFicha, error)
	// Feriados lists a year's holidays in a version of the calendar, zero for the
	// current one, and which version that is. Refuses with CodeNotFound.
	Feriados(ctx context.Context, year, version int) (of int, fs []FeriadoFicha, err error)
	// EnsayoCalendario is what a change of the calendar would do, as of one instant.
	// Refuses what Save would refuse of it.
	EnsayoCalendario(ctx context.Context, c Cambio) (EnsayoCalendario, error)

	// Save writes one change of the organisation with its audit entry and
	// raises the organisation's version. Repeated with the same key it changes
	// nothing and returns the first one's id. Refuses with CodeConflict or
	// CodeNotFound what the data contradict. A change of the calendar classifies the
	// gestiones of open months anew, each audited, all or none; it is refused with
	// CodeConflict where there are any and it was not rehearsed against this version.
	Save(ctx context.Context, quien pa0580.FuncionarioID, at time.Time, k Clave, c Cambio) (id string, err error)
}

// extraccionStore reads many gestiones at once, for whoever takes them away.
type extraccionStore interface {
	// ExtraccionPasa tells whether there are more gestiones than so many.
	ExtraccionPasa(ctx context.Context, e Extraccion, filas int64) (bool, error)
	// EmpezarExtraccion records who takes what.
	EmpezarExtraccion(ctx context.Context, e Extraccion) error
	// Extraer gives each gestión, by unit, day and id, all as of one instant. It
	// holds some of them at a time, and ends with what each returns.
	Extraer(ctx context.Context, e Extraccion, each func(Extraida) error) error
	// TerminarExtraccion records how it ended, and with how many gestiones.
	TerminarExtraccion(ctx context.Context, e Extraccion, at time.Time, filas int64, fin FinDeExtraccion) error
	// Extracciones lists what somebody took, or everybody, newest first, from before
	// an entry of the audit where that is not zero.
	Extracciones(ctx context.Context, quien pa0580.FuncionarioID, antes int64, limite int) ([]ExtraccionHecha, error)
}

type accesoStore interface {
	AddToken(ctx context.Context, t Token) error
	Tokens(ctx context.Context, f pa0580.FuncionarioID) ([]Token, error)
	RevokeToken(ctx context.Context, id string, at time.Time) error
	ActorByToken(ctx context.Context, hash []byte, at time.Time) (Actor, bool, error)
}
