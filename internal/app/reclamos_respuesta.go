package app

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// ResponderReclamo answers one: nothing changes, or an ajuste that the actor asks for and
// approves with that, as whoever decides on the gestión; human resources is still to. Past
// its due date those above may answer too. Refuses with CodeForbidden, CodeOwnGestion, and
// as [pa0580.ReclamoFuncionario.Mends], its Answer and [pa0580.NewAjuste] do.
func (a *App) ResponderReclamo(ctx context.Context, actor Actor, id pa0580.ReclamoFuncionarioID, x RespuestaDeReclamo, k Clave) (ReclamoFicha, error) {
	if before, repeated, err := a.repeatedReclamo(ctx, actor, k); err != nil || repeated {
		return before, err
	}
	motivo, err := pa0580.ParseMotivo(x.Motivo)
	if err != nil {
		return ReclamoFicha{}, err
	}
	r, err := a.ReclamoFuncionario(ctx, actor, id)
	if err != nil {
		return ReclamoFicha{}, err
	}
	word, err := a.vistoDeReclamo(ctx, actor, r)
	if err != nil {
		return ReclamoFicha{}, err
	}
	answer := pa0580.Respuesta{Visto: word, Procede: x.Procede, Motivo: motivo}
	step := PasoDeReclamo{ID: id, Accion: "responder_reclamo", Quien: actor.ID, At: word.At}
	if x.Signo != 0 {
		if step.Ajuste, err = a.ajusteDeReclamo(ctx, r, word, x, motivo); err != nil {
			return ReclamoFicha{}, err
		}
		answer.Ajuste = step.Ajuste.ID
	}
	step.Decide = func(r *pa0580.ReclamoFuncionario, g pa0580.Estado) error { return r.Answer(answer, g) }
	return a.decideReclamo(ctx, actor, step, k)
}

// vistoDeReclamo is an actor's word on a reclamo, by the right they have today.
func (a *App) vistoDeReclamo(ctx context.Context, actor Actor, r ReclamoFicha) (pa0580.Visto, error) {
	if actor.ID == r.Agente {
		return pa0580.Visto{}, pa0580.Refuse(0, pa0580.CodeOwnGestion, "actor", "Nadie responde su propio reclamo: le corresponde a la jefatura superior.")
	}
	org, err := a.Store.Organizacion(ctx)
	if err != nil {
		return pa0580.Visto{}, err
	}
	now := a.Reloj()
	right, ok := answering(org, r.ReclamoFuncionario, pa0580.DiaOf(now))[actor.ID]
	if !ok || !actor.Es(RolJefe) {
		return pa0580.Visto{}, pa0580.Refuse(0, pa0580.CodeForbidden, "actor", "Lo responde quien decide sobre las gestiones de ese funcionario y, una vez vencido, también su jefatura superior.")
	}
	return pa0580.Visto{Quien: actor.ID, Autoridad: right, At: now}, nil
}

// answering are those who may answer a reclamo on a day, each with the right they act by.
func answering(org *pa0580.Organizacion, r pa0580.ReclamoFuncionario, on pa0580.Dia) map[pa0580.FuncionarioID]pa0580.Autoridad {
	out := map[pa0580.FuncionarioID]pa0580.Autoridad{}
	if r.VencidoAt != nil {
		out = org.Superiores(r.Unidad, r.Agente, on)
	}
	maps.Copy(out, org.Deciders(r.Unidad, r.Agente, on))
	return out
}

// ajusteDeReclamo is the ajuste by which a reclamo is mended, approved by whoever answers.
func (a *App) ajusteDeReclamo(ctx context.Context, r ReclamoFicha, word pa0580.Visto, x RespuestaDeReclamo, motivo string) (*pa0580.Ajuste, error) {
	of := cmp.Or(x.Gestion, r.Gestion)
	if of == "" {
		return nil, pa0580.Refuse(0, pa0580.CodeField, "gestion", "Falta la gestión que se suma: una de ese funcionario, de esa unidad y de "+r.Mes.String()+".")
	}
	g, err := a.Store.Gestion(ctx, Vision{Propias: r.Agente}, of)
	if err != nil && len(pa0580.RefusalsIn(err)) == 0 {
		return nil, err
	}
	if err := r.Mends(g.Gestion, x.Signo); err != nil { // g is the zero one where it is not that agent's
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("make id: %w", err)
	}
	out := &pa0580.Ajuste{ID: pa0580.AjusteID(id.String()), Gestion: of, Signo: x.Signo, Motivo: motivo, Pide: word.Quien, PedidoAt: word.At}
	return out, out.Approve(word)
}
