package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Carga is what an agent asks to save, as typed. Ajenos are the refusals its
// carrier found on its own: unknown fields, a text where a number belongs.
type Carga struct {
	TipoDocumento  string
	Documento      string
	TipoReferencia string
	Referencia     string
	TipoGestion    int
	Observacion    string
	Unidad         pa0580.UnidadID
	Ajenos         pa0580.Refusals
}

// Cargar saves a gestión (PA0580, steps 10–50) and waits shortly for OPEN SGC.
// The Ficha comes back pendiente, or recibida where OPEN SGC did not answer in
// time and the agent is told «received». Refuses step 10 alone, then everything
// else together; a reference that OPEN SGC does not have is refused with
// CodeReferenceUnknown. The same key with the same body gives the same gestión.
func (a *App) Cargar(ctx context.Context, actor Actor, c Carga, k Clave) (Ficha, error) {
	if err := actor.must(RolAgente); err != nil {
		return Ficha{}, err
	}
	deadline, cancel := a.atCounter(ctx)
	defer cancel()
	ficha, err := a.save(ctx, actor, c, k, a.Reloj())
	if err != nil {
		if before, found, lookErr := a.repeated(ctx, actor, k, err); found || lookErr != nil {
			return before, lookErr
		}
		return Ficha{}, err
	}
	return a.answer(ctx, deadline, ficha)
}

// saveTries bounds how often a load is judged again because the calendar changed
// between judging and saving it.
const saveTries = 4

// save judges a load and stores it as judged: by the calendar that is current then.
func (a *App) save(ctx context.Context, actor Actor, c Carga, k Clave, now time.Time) (f Ficha, err error) {
	for range saveTries {
		var g pa0580.Gestion
		if g, err = a.judge(ctx, actor, c, k, now); err != nil {
			return Ficha{}, err
		}
		if f, _, err = a.Store.AddGestion(ctx, g, k); !errors.Is(err, ErrCalendario) {
			return f, err
		}
	}
	return Ficha{}, err
}

// repeated finds what the same key already loaded, where the rules refuse
// today what they accepted then: a roster that ended must not hide it.
func (a *App) repeated(ctx context.Context, actor Actor, k Clave, refused error) (Ficha, bool, error) {
	if k.Clave == "" || len(pa0580.RefusalsIn(refused)) == 0 {
		return Ficha{}, false, nil
	}
	f, found, err := a.Store.GestionPorClave(ctx, actor.ID, k)
	if err != nil || !found {
		return Ficha{}, false, err
	}
	deadline, cancel := a.atCounter(ctx)
	defer cancel()
	f, err = a.answer(ctx, deadline, f)
	return f, true, err
}

// atCounter is how long a customer at the counter waits for OPEN SGC. A client that
// is gone before was told nothing: its next try is to hear what this one would have.
func (a *App) atCounter(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), a.Config.Espera)
}

// judge applies the rules in DOMAIN's order.
func (a *App) judge(ctx context.Context, actor Actor, c Carga, k Clave, now time.Time) (pa0580.Gestion, error) {
	doc, err := pa0580.ParseDocumento(c.TipoDocumento, c.Documento)
	if err != nil {
		return pa0580.Gestion{}, err
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return pa0580.Gestion{}, err
	}
	refusals := slices.Clone(c.Ajenos)
	if k.Clave == "" {
		refusals = append(refusals, sinClave())
	}
	roster, refusal, err := a.roster(ctx, actor, c.Unidad, pa0580.DiaOf(now), org)
	if err != nil {
		return pa0580.Gestion{}, err
	}
	if refusal != nil {
		refusals = append(refusals, refusal)
	}
	contenido, more := a.contenido(c)
	contenido.Documento = doc
	if refusals = append(refusals, more...); len(refusals) > 0 {
		return pa0580.Gestion{}, refusals
	}
	id, err := uuid.NewV7()
	if err != nil {
		return pa0580.Gestion{}, fmt.Errorf("make id: %w", err)
	}
	unit, _ := org.Unidad(roster.Unidad)
	return pa0580.New(pa0580.GestionID(id.String()), roster, unit.Nombre, contenido, now,
		org.Calendario.Clasificar(now, org.Camino(roster.Unidad))), nil
}

// contenido reads steps 20–40 and gathers every refusal, leaving out the fields
// that the carrier refused already.
func (a *App) contenido(c Carga) (pa0580.Contenido, pa0580.Refusals) {
	var out pa0580.Contenido
	var refusals pa0580.Refusals
	gather := func(campo string, err error) {
		known := slices.ContainsFunc(c.Ajenos, func(r *pa0580.Refusal) bool { return strings.HasPrefix(r.Campo, campo) })
		if err != nil && !known {
			refusals = append(refusals, pa0580.RefusalsIn(err)...)
		}
	}
	var err error
	out.Referencia, err = a.Config.Patrones.Parse(c.TipoReferencia, c.Referencia)
	gather("referencia", err)
	out.Tipo, err = pa0580.ParseTipoGestion(c.TipoGestion)
	gather("tipo_gestion", err)
	out.Observacion, err = pa0580.ParseObservacion(c.Observacion)
	gather("observacion", err)
	return out, refusals
}

// roster finds the asignación an agent loads under: the only one, or the one in
// the unit they name.
func (a *App) roster(ctx context.Context, actor Actor, unit pa0580.UnidadID, on pa0580.Dia, org *pa0580.Organizacion) (pa0580.Asignacion, *pa0580.Refusal, error) {
	all, err := a.Store.Asignaciones(ctx, actor.ID, on)
	if err != nil {
		return pa0580.Asignacion{}, nil, err
	}
	all = slices.DeleteFunc(all, func(x pa0580.Asignacion) bool {
		u, _ := org.Unidad(x.Unidad)
		return !u.Activa || unit != "" && x.Unidad != unit
	})
	switch {
	case len(all) == 1:
		return all[0], nil, nil
	case len(all) > 1:
		return pa0580.Asignacion{}, pa0580.Refuse(0, pa0580.CodeUnit, "unidad", "Usted atiende hoy en varias unidades: indique en cuál."), nil
	case unit != "":
		return pa0580.Asignacion{}, pa0580.Refuse(0, pa0580.CodeNotRostered, "unidad", "Usted no tiene asignación hoy en esa unidad: pida que lo incluyan en la nómina."), nil
	}
	return pa0580.Asignacion{}, pa0580.Refuse(0, pa0580.CodeNotRostered, "unidad", "Usted no tiene asignación hoy en ninguna unidad: pida que lo incluyan en la nómina."), nil
}

// settling is for what is done though the client may be gone: to read and write
// the rows of what it asked.
func (a *App) settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), a.Config.Espera+5*time.Second)
}

// answer waits for OPEN SGC until the deadline, then tells the agent «received».
func (a *App) answer(ctx, deadline context.Context, f Ficha) (Ficha, error) {
	if f.Estado == pa0580.Recibida && !f.Aceptada {
		settle, cancel := a.settling(ctx)
		defer cancel()
		id := f.ID
		var err error
		if f, err = a.awaitVerified(settle, deadline, id, a.start); err != nil {
			a.Log.InfoContext(ctx, "gestión saved, not verified yet", "gestion", id, "error", err)
			if f, err = a.Store.AcceptGestion(settle, id); err != nil {
				return Ficha{}, err
			}
		}
	}
	if f.Estado == pa0580.Invalida {
		return f, pa0580.ErrInexistente(f.Referencia)
	}
	return a.warn(f), nil
}

// Gestion reads one that the actor may see.
func (a *App) Gestion(ctx context.Context, actor Actor, id pa0580.GestionID) (Ficha, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Ficha{}, err
	}
	f, err := a.Store.Gestion(ctx, v, id)
	return a.warn(f), err
}

// Gestiones lists those the actor may see; more tells that there is a next page.
func (a *App) Gestiones(ctx context.Context, actor Actor, f Filtro) (page []Ficha, more bool, err error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return nil, false, err
	}
	return a.page(ctx, v, f)
}

// Bandeja lists what waits for the actor's decision, oldest first.
func (a *App) Bandeja(ctx context.Context, actor Actor, f Filtro) (page []Ficha, more bool, err error) {
	if err := actor.must(RolJefe); err != nil {
		return nil, false, err
	}
	v, err := a.vision(ctx, actor)
	if err != nil {
		return nil, false, err
	}
	if len(f.Estados) == 0 {
		f.Estados = []pa0580.Estado{pa0580.Pendiente}
	}
	f.Bandeja = append([]pa0580.Alcance{}, v.Bandeja...)
	return a.page(ctx, v, f)
}

// Buscar lists the gestiones of the person behind a document.
func (a *App) Buscar(ctx context.Context, actor Actor, tipo, numero string, f Filtro) (page []Ficha, more bool, err error) {
	doc, err := pa0580.ParseDocumento(tipo, numero)
	if err != nil {
		return nil, false, err
	}
	f.Persona = doc.Persona()
	return a.Gestiones(ctx, actor, f)
}

func (a *App) page(ctx context.Context, v Vision, f Filtro) ([]Ficha, bool, error) {
	limit := f.Limite
	f.Limite++
	rows, err := a.Store.Gestiones(ctx, v, f)
	if err != nil {
		return nil, false, err
	}
	more := len(rows) > limit
	if more {
		rows = rows[:limit]
	}
	for i := range rows {
		rows[i] = a.warn(rows[i])
	}
	return rows, more, nil
}

// Historia is a gestión's one timeline: the audit of its rows and its
// workflow's own events.
type Historia struct {
	Asientos []Asiento
	Eventos  []Evento
	Motor    bool // the engine answered and knows the workflow; false: its events are missing here
}

// Historia reads a gestión's timeline.
func (a *App) Historia(ctx context.Context, actor Actor, id pa0580.GestionID) (Historia, error) {
	if _, err := a.Gestion(ctx, actor, id); err != nil {
		return Historia{}, err
	}
	asientos, err := a.Store.Auditoria(ctx, id)
	if err != nil {
		return Historia{}, err
	}
	soon, cancel := context.WithTimeout(ctx, a.Config.Espera)
	defer cancel()
	eventos, known, err := a.Flow.Eventos(soon, id)
	if err != nil {
		a.Log.WarnContext(ctx, "workflow history not available", "gestion", id, "error", err)
	}
	return Historia{Asientos: asientos, Eventos: eventos, Motor: known}, nil
}

// Revelar gives a gestión's document in full, and the audit keeps who asked.
func (a *App) Revelar(ctx context.Context, actor Actor, id pa0580.GestionID) (pa0580.Documento, error) {
	if _, err := a.Gestion(ctx, actor, id); err != nil {
		return pa0580.Documento{}, err
	}
	return a.Store.Revelar(ctx, actor.ID, id, a.Reloj())
}

func (a *App) warn(f Ficha) Ficha {
	f.Advertencias = f.Gestion.Advertencias(pa0580.Contexto{Iguales: f.Iguales, DelDia: f.DelDia, Inusual: a.Config.InusualPorDia})
	return f
}

func sinClave() *pa0580.Refusal {
	return pa0580.Refuse(0, pa0580.CodeField, "Idempotency-Key", "Falta la cabecera Idempotency-Key: envíe un valor propio de este pedido y repítalo si reintenta.")
}
