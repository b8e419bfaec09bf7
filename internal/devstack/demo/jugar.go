package demo

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/pa0580"
)

// atOnce is how many requests travel together.
const atOnce = 8

// player carries a plan out.
type player struct {
	Options
	*world
	plan
	api   *client
	reloj reloj

	unidadIDs map[pa0580.UnidadID]string      // the API's
	personIDs map[pa0580.FuncionarioID]string // the API's
	tokens    map[pa0580.FuncionarioID]string
	loaded    []string // the API's ids, by the gestión's number
	refused   atomic.Int64
}

func newPlayer(o Options, w *world, p plan) *player {
	return &player{
		Options: o, world: w, plan: p, api: newClient(o.URL), reloj: reloj{set: o.Clock},
		unidadIDs: map[pa0580.UnidadID]string{}, personIDs: map[pa0580.FuncionarioID]string{},
		tokens: map[pa0580.FuncionarioID]string{},
		loaded: make([]string, len(p.gestiones)),
	}
}

func (p *player) play(ctx context.Context) error {
	p.reloj.move(p.Inicio)
	if err := p.organize(ctx); err != nil {
		return fmt.Errorf("set up the organisation: %w", err)
	}
	if err := p.Import(ctx, p.espejo.csv()); err != nil {
		return fmt.Errorf("import OPEN SGC's mirror: %w", err)
	}
	p.Say("OPEN SGC de demostración: %d referencias.", len(p.espejo.todo))
	var mes pa0580.Mes
	for _, batch := range p.batches() {
		now := batch[0].At
		if m := pa0580.MesOf(now); m != mes {
			mes = m
			p.Say("Gestiones de demostración: %s…", mes)
		}
		p.reloj.move(now)
		if err := p.perform(ctx, batch); err != nil {
			return fmt.Errorf("play %s: %w", pa0580.Local(now).Format("2006-01-02 15:04"), err)
		}
	}
	p.Say("Demostración: %d gestiones, de ellas %d que OPEN SGC no tiene.", len(p.gestiones), p.refused.Load())
	return p.told(ctx)
}

// perform does what happens at one instant: agents and heads at once.
func (p *player) perform(ctx context.Context, batch []step) error {
	todo, ctx := errgroup.WithContext(ctx)
	todo.SetLimit(atOnce)
	rounds := map[pa0580.FuncionarioID][]step{}
	for _, s := range batch {
		switch {
		case s.Accion == cargar:
			todo.Go(func() error { return p.load(ctx, s) })
		case s.Accion == conformar:
			todo.Go(func() error { return p.signOff(ctx, s) })
		case s.Accion == cerrar:
			todo.Go(func() error { return p.closeMonth(ctx, s) })
		case s.Accion.Decides():
			g := p.gestiones[s.Gestion]
			jefe := p.decider(g.Unidad, g.Agente, pa0580.DiaOf(s.At))
			rounds[jefe] = append(rounds[jefe], s)
		default:
			todo.Go(func() error { return p.amend(ctx, s) })
		}
	}
	for jefe, steps := range rounds {
		todo.Go(func() error { return p.decide(ctx, jefe, steps) })
	}
	return todo.Wait()
}

// load is an agent saving a gestión. What OPEN SGC does not have is refused.
func (p *player) load(ctx context.Context, s step) error {
	g := p.gestiones[s.Gestion]
	body := g.contenido()
	if g.EnVarias {
		body.Unidad = p.unidadIDs[g.Unidad]
	}
	var out ficha
	err := p.api.post(ctx, p.tokens[g.Agente], "/gestiones", p.about(s), body, &out)
	var no *apiclient.Problem
	if g.Rehusada && errors.As(err, &no) && no.Codigo == string(pa0580.CodeReferenceUnknown) {
		p.refused.Add(1)
		return nil
	}
	p.loaded[s.Gestion] = out.ID
	if g.Rehusada && err == nil { // OPEN SGC was slow: the agent hears of it later
		p.refused.Add(1)
		return p.amend(ctx, step{At: s.At, Accion: pa0580.Anular, Gestion: s.Gestion, Motivo: "OPEN SGC no tiene la referencia."})
	}
	return err
}

// amend is an agent correcting or annulling their own.
func (p *player) amend(ctx context.Context, s step) error {
	g, token := p.gestiones[s.Gestion], p.tokens[p.gestiones[s.Gestion].Agente]
	seen, err := p.settled(ctx, token, p.loaded[s.Gestion])
	if err != nil {
		return err
	}
	if s.Accion == pa0580.Anular {
		return p.api.post(ctx, token, "/gestiones/"+seen.ID+"/anulacion", p.about(s), decision{Version: seen.Version, Motivo: s.Motivo}, nil)
	}
	body := g.Correccion.contenido()
	body.Version = seen.Version
	return p.api.post(ctx, token, "/gestiones/"+seen.ID+"/correccion", p.about(s), body, nil)
}

// about names a step for its Idempotency-Key.
func (p *player) about(s step) string {
	return fmt.Sprintf("%s %d %s %s %s", s.Accion, s.Gestion, s.Unidad, s.Mes, s.At.UTC().Format(time.RFC3339))
}

// reloj moves the clock, never backwards: it runs on while a batch is played.
type reloj struct {
	set  func(time.Time)
	to   time.Time
	when time.Time
}

func (r *reloj) move(to time.Time) {
	if !r.to.IsZero() && to.Before(r.to.Add(time.Since(r.when))) {
		return
	}
	r.set(to)
	r.to, r.when = to, time.Now()
}
