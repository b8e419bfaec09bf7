package app

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Peticion is what somebody asks of a gestión after loading.
type Peticion struct {
	Gestion    pa0580.GestionID
	Accion     pa0580.Accion
	Version    int64 // the one they saw
	Motivo     string
	Correccion *Correccion
	Ajenos     pa0580.Refusals // what the carrier refused on its own
}

// Correccion is what an agent types anew; a nil field stays as it was. Document
// and reference change as a whole.
type Correccion struct {
	Documento   *[2]string // type and number
	Referencia  *[2]string
	TipoGestion *int
	Observacion *string
}

// plazoSGC bounds the question whether a corrected reference is known not to exist.
const plazoSGC = 1200 * time.Millisecond

// Pedir stores a command, has it applied and waits shortly for its result. The
// Pedido comes back without Resultado where that takes longer: it is stored and
// will be applied. Refuses what the rules refuse; a command that became illegal
// between storing and applying is refused with its recorded code.
func (a *App) Pedir(ctx context.Context, actor Actor, p Peticion, k Clave) (Pedido, Ficha, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Pedido{}, Ficha{}, err
	}
	c, err := a.prepare(ctx, actor, v, p, k)
	if err != nil {
		// Repeated after it was applied, the same command would look stale.
		if k.Clave == "" {
			return Pedido{}, Ficha{}, err
		}
		before, found, lookErr := a.Store.ComandoPorClave(ctx, actor.ID, k)
		switch {
		case lookErr != nil:
			return Pedido{}, Ficha{}, lookErr
		case !found:
			return Pedido{}, Ficha{}, err
		}
		return a.finish(ctx, v, before)
	}
	pedido, _, err := a.Store.AddComando(ctx, c, k)
	if err != nil {
		return Pedido{}, Ficha{}, err
	}
	return a.finish(ctx, v, pedido)
}

// reglas is what commands are judged by at one moment.
type reglas struct {
	org    *pa0580.Organizacion
	cortes pa0580.Cortes
	now    time.Time
}

func (a *App) reglas(ctx context.Context) (reglas, error) {
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return reglas{}, err
	}
	cortes, err := a.Store.Cortes(ctx)
	return reglas{org: org, cortes: cortes, now: a.Reloj()}, err
}

// prepare judges a petition before it is stored: authority, form, and what the
// row would say to it now.
func (a *App) prepare(ctx context.Context, actor Actor, v Vision, p Peticion, k Clave) (pa0580.Comando, error) {
	rows, err := a.Store.Filas(ctx, v, []pa0580.GestionID{p.Gestion})
	if err != nil {
		return pa0580.Comando{}, err
	}
	if len(rows) == 0 {
		return pa0580.Comando{}, pa0580.ErrNoGestion()
	}
	g := rows[0]
	rules, err := a.reglas(ctx)
	if err != nil {
		return pa0580.Comando{}, err
	}
	c, err := a.comando(rules, actor, g, p)
	if err != nil {
		return pa0580.Comando{}, err
	}
	if k.Clave == "" {
		return pa0580.Comando{}, sinClave()
	}
	if p.Correccion != nil && c.Correccion.Referencia != g.Referencia {
		err = a.refuseInexistente(ctx, c.Correccion.Referencia)
	}
	return c, err
}

// comando builds the command and tries it on a copy of the row.
func (a *App) comando(r reglas, actor Actor, g pa0580.Gestion, p Peticion) (pa0580.Comando, error) {
	role := RolAgente
	if p.Accion.Decides() {
		role = RolJefe
	}
	if err := actor.must(role); err != nil {
		return pa0580.Comando{}, err
	}
	aut, err := r.org.Authorize(p.Accion, actor.ID, g.Unidad, g.Agente, pa0580.DiaOf(r.now))
	if err != nil {
		return pa0580.Comando{}, err
	}
	contenido, err := a.corrected(g, p)
	if err != nil {
		return pa0580.Comando{}, err
	}
	motivo, err := pa0580.ParseMotivo(p.Motivo)
	if err != nil {
		return pa0580.Comando{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return pa0580.Comando{}, fmt.Errorf("make id: %w", err)
	}
	c := pa0580.Comando{
		ID: pa0580.ComandoID(id.String()), Gestion: g.ID, Accion: p.Accion, Actor: actor.ID, Autoridad: aut,
		Vista: p.Version, Motivo: motivo, Correccion: contenido, At: r.now,
	}
	if err := c.Check(); err != nil {
		return pa0580.Comando{}, err
	}
	return c, g.Apply(c, r.cortes)
}

// corrected is the whole content after a correction: step 10 speaks first and
// alone, then everything else together.
func (a *App) corrected(g pa0580.Gestion, p Peticion) (*pa0580.Contenido, error) {
	if p.Correccion == nil {
		if len(p.Ajenos) > 0 {
			return nil, p.Ajenos
		}
		return nil, nil
	}
	out, doc := g.Contenido, [2]string{string(g.Documento.Tipo), g.Documento.Entrada}
	ref := [2]string{string(g.Referencia.Tipo), g.Referencia.Numero}
	c := Carga{TipoGestion: int(out.Tipo), Observacion: out.Observacion, Ajenos: p.Ajenos}
	if p.Correccion.Documento != nil {
		doc = *p.Correccion.Documento
	}
	if p.Correccion.Referencia != nil {
		ref = *p.Correccion.Referencia
	}
	if p.Correccion.TipoGestion != nil {
		c.TipoGestion = *p.Correccion.TipoGestion
	}
	if p.Correccion.Observacion != nil {
		c.Observacion = *p.Correccion.Observacion
	}
	parsed, err := pa0580.ParseDocumento(doc[0], doc[1])
	if err != nil {
		return nil, err
	}
	c.TipoReferencia, c.Referencia = ref[0], ref[1]
	out, refusals := a.contenido(c)
	out.Documento = parsed
	if refusals = append(refusals, p.Ajenos...); len(refusals) > 0 {
		return nil, refusals
	}
	if out == g.Contenido {
		return nil, pa0580.Refuse(0, pa0580.CodeField, "version", "La corrección no cambia nada: corrija lo observado, o anule la gestión.")
	}
	return &out, nil
}

// refuseInexistente refuses a reference that OPEN SGC is known not to have.
// Where it does not answer, the correction is accepted and verified later.
func (a *App) refuseInexistente(ctx context.Context, r pa0580.Referencia) error {
	ask, cancel := context.WithTimeout(ctx, plazoSGC)
	defer cancel()
	h, err := a.SGC.Consultar(ask, r)
	if len(pa0580.RefusalsIn(err)) > 0 || err == nil && !h.Existe {
		return pa0580.ErrInexistente(r)
	}
	return nil
}

// apply has a stored command applied, in its turn, by whatever workflow there is.
// Where it gives an error the workflow is told later.
func (a *App) apply(ctx context.Context, c pa0580.Comando) (contract.Applied, error) {
	applied, err := a.applyNow(ctx, c)
	if err != nil {
		a.later(ctx, func(ctx context.Context) error { return a.tell(ctx, c) })
	}
	return applied, err
}

func (a *App) applyNow(ctx context.Context, c pa0580.Comando) (contract.Applied, error) {
	back, err := a.turn(ctx)
	if err != nil {
		return contract.Applied{}, err
	}
	defer back()
	return a.Flow.Aplicar(ctx, c.Gestion, c.ID)
}

// finish has a stored command applied and reads the row after it.
func (a *App) finish(ctx context.Context, v Vision, p Pedido) (Pedido, Ficha, error) {
	deadline, cancel := context.WithTimeout(ctx, a.Config.Espera)
	defer cancel()
	if p.Resultado == "" {
		applied, err := a.apply(deadline, p.Comando)
		if err != nil {
			a.Log.InfoContext(ctx, "command stored, not applied yet", "comando", p.ID, "error", err)
		} else {
			p.Resultado, p.Codigo, p.Estado = applied.Resultado, applied.Codigo, applied.Row.Estado
			p.Version = applied.Row.Version
		}
	}
	if p.Resultado == pa0580.SinEfecto {
		return p, Ficha{}, pa0580.Recorded(p.Codigo)
	}
	settle, cancelSettle := a.settling(ctx)
	defer cancelSettle()
	f, err := a.Store.Gestion(settle, v, p.Gestion)
	if len(pa0580.RefusalsIn(err)) > 0 {
		// Repeated after a jefatura or subrogancia ended: whoever decided on it
		// sees what their own command made of it.
		f, err = a.Store.Gestion(settle, Vision{Todo: true}, p.Gestion)
	}
	if err == nil && p.Accion == pa0580.Corregir && p.Resultado == pa0580.Aplicado && f.Estado == pa0580.Recibida {
		// The agent waits at the counter here too. Mostly the workflow that applied the
		// correction has verified it by now.
		runs := func(context.Context, pa0580.GestionID) error { return nil }
		if verified, err := a.awaitVerified(settle, deadline, p.Gestion, runs); err == nil {
			f = verified
		} else {
			a.Log.InfoContext(ctx, "gestión corrected, not verified yet", "gestion", p.Gestion, "error", err)
		}
	}
	return p, a.warn(f), err
}

// SinEfecto lists the actor's commands that ended without effect, until seen.
func (a *App) SinEfecto(ctx context.Context, actor Actor) ([]Pedido, error) {
	return a.Store.SinEfecto(ctx, actor.ID)
}

// Visto takes one of them out of that list.
func (a *App) Visto(ctx context.Context, actor Actor, id pa0580.ComandoID) error {
	return a.Store.MarkVisto(ctx, actor.ID, id, a.Reloj())
}

// Comando reads one of the actor's own commands.
func (a *App) Comando(ctx context.Context, actor Actor, id pa0580.ComandoID) (Pedido, error) {
	return a.Store.Comando(ctx, actor.ID, id)
}
