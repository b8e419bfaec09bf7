package attacks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	answerIn  = 3 * time.Minute        // a client gives up after trying for so long
	tryAgain  = 100 * time.Millisecond // after no answer
	thinkTime = 100 * time.Millisecond // of a person, mean
	loteSize  = 20
	upTo      = 12 // decisions of a head between two looks at the inbox
)

// crew is agents and heads at work, through several serves. A client whose
// answer is lost asks the next serve under the same key.
type crew struct {
	apis   []*apiclient.Client
	people procs.People
	refs   int // supplies of the mirror
	ledger *ledger
	last   atomic.Int64 // number of the last key
	quick  bool         // people who do not think
}

func newCrew(s *procs.Stack, people procs.People, w procs.World) *crew {
	c := &crew{people: people, refs: w.Referencias, ledger: newLedger()}
	for i := range s.Serves {
		c.apis = append(c.apis, apiclient.New(s.URL(i), len(people.Agentes)+len(people.Jefes)))
	}
	return c
}

// work goes on until ctx ends; then everybody finishes what they asked.
func (c *crew) work(ctx context.Context, seed uint64) error {
	var group sync.WaitGroup
	errs := make(chan error, len(c.people.Agentes)+len(c.people.Jefes))
	for i, p := range c.people.Agentes {
		group.Go(func() { errs <- c.attend(ctx, p, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
	for i, p := range c.people.Jefes {
		group.Go(func() { errs <- c.control(ctx, p, rand.New(rand.NewPCG(seed, uint64(1000+i)))) })
	}
	group.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (c *crew) key(what string) string {
	key, _ := c.next(what)
	return key
}

// next is a key nobody used yet, and its number.
func (c *crew) next(what string) (string, int) {
	n := int(c.last.Add(1))
	return fmt.Sprintf("%s-%d", what, n), n
}

// pause is a person thinking; false once ctx ended.
func (c *crew) pause(ctx context.Context, r *rand.Rand) bool {
	if c.quick {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(r.Int64N(int64(2 * thinkTime)))):
		return true
	}
}

// insist asks until there is an answer, of any serve. False: it was refused.
func (c *crew) insist(ctx context.Context, r *rand.Rand, ask func(context.Context, *apiclient.Client) error) (bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerIn)
	defer cancel()
	for i := r.IntN(len(c.apis)); ; i++ {
		err := ask(ctx, c.apis[i%len(c.apis)])
		switch {
		case err == nil:
			return true, nil
		case apiclient.Refused(err):
			return false, err
		case ctx.Err() != nil:
			return false, fmt.Errorf("no answer in %s: %w", answerIn, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(tryAgain):
		}
	}
}

// attend is an agent: loads, and now and then corrects or withdraws.
func (c *crew) attend(ctx context.Context, p procs.Persona, r *rand.Rand) error {
	var mine []apiclient.Gestion
	for c.pause(ctx, r) {
		if len(mine) > 0 && r.IntN(8) == 0 {
			if err := c.amend(ctx, p, r, mine[r.IntN(len(mine))]); err != nil {
				return err
			}
			continue
		}
		g, err := c.load(ctx, p, r)
		if err != nil {
			return err
		}
		if mine = append(mine, g); len(mine) > upTo {
			mine = mine[1:]
		}
	}
	return nil
}

func (c *crew) load(ctx context.Context, p procs.Persona, r *rand.Rand) (apiclient.Gestion, error) {
	key, n := c.next("carga")
	in := c.carga(n)
	var g apiclient.Gestion
	_, err := c.insist(ctx, r, func(ctx context.Context, api *apiclient.Client) (err error) {
		g, _, err = api.Cargar(ctx, p.Token, key, in)
		return err
	})
	if err != nil {
		return g, fmt.Errorf("load %s: %w", key, err)
	}
	c.ledger.loaded(p.ID, key, g.ID)
	return g, nil
}

// carga is what load number n asks for.
func (c *crew) carga(n int) apiclient.Carga {
	return apiclient.Carga{
		Documento:  apiclient.Numerado{Tipo: "CI", Numero: procs.CI(n)},
		Referencia: apiclient.Numerado{Tipo: "NIS", Numero: procs.NIS(n % c.refs)}, TipoGestion: 1 + n%5,
	}
}

// amend corrects or withdraws the newest version; a refusal is an answer.
func (c *crew) amend(ctx context.Context, p procs.Persona, r *rand.Rand, g apiclient.Gestion) error {
	id := g.ID
	if _, err := c.insist(ctx, r, func(ctx context.Context, api *apiclient.Client) (err error) {
		g, err = api.Gestion(ctx, p.Token, id)
		return err
	}); err != nil {
		return fmt.Errorf("read %s: %w", id, err)
	}
	key, withdraw := c.key("enmienda"), r.IntN(3) == 0
	return c.ask(ctx, p, r, key, func(ctx context.Context, api *apiclient.Client) (apiclient.Pedido, error) {
		if withdraw {
			return api.Anular(ctx, p.Token, key, id, g.Version, "Se cargó dos veces")
		}
		return api.Corregir(ctx, p.Token, key, id, apiclient.Correccion{Version: g.Version, Observacion: key})
	})
}

// ask sends a command and writes down what the answer says.
func (c *crew) ask(ctx context.Context, p procs.Persona, r *rand.Rand, key string, send func(context.Context, *apiclient.Client) (apiclient.Pedido, error)) error {
	var stored apiclient.Pedido
	done, err := c.insist(ctx, r, func(ctx context.Context, api *apiclient.Client) (err error) {
		stored, err = send(ctx, api)
		return err
	})
	switch {
	case done && stored.Comando != nil:
		c.ledger.ordered(p.ID, key, stored.Comando.ID)
	case done:
		c.ledger.applied(p.ID, key)
	case apiclient.Refused(err):
		c.ledger.denied(p.ID, key)
	default:
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// control is a head: looks at the inbox, decides one by one or many at once.
func (c *crew) control(ctx context.Context, p procs.Persona, r *rand.Rand) error {
	for c.pause(ctx, r) {
		var page apiclient.Pagina
		if _, err := c.insist(ctx, r, func(ctx context.Context, api *apiclient.Client) (err error) {
			page, err = api.Bandeja(ctx, p.Token, "")
			return err
		}); err != nil {
			return fmt.Errorf("inbox: %w", err)
		}
		if n := min(loteSize, len(page.Gestiones)); n > 0 && r.IntN(4) == 0 {
			if err := c.decideLote(ctx, p, r, page.Gestiones[:n]); err != nil {
				return err
			}
			continue
		}
		for _, g := range page.Gestiones[:min(upTo, len(page.Gestiones))] {
			if !c.pause(ctx, r) {
				return nil
			}
			key, d := c.key("decision"), decision(r, g)
			if err := c.ask(ctx, p, r, key, func(ctx context.Context, api *apiclient.Client) (apiclient.Pedido, error) {
				return api.Decidir(ctx, p.Token, key, g.ID, d)
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

func decision(r *rand.Rand, g apiclient.Gestion) apiclient.Decision {
	d := apiclient.Decision{Accion: pa0580.Aprobar, Version: g.Version}
	switch r.IntN(10) {
	case 0:
		d.Accion, d.Motivo = pa0580.Observar, "Falta el número de expediente"
	case 1:
		d.Accion, d.Motivo = pa0580.Rechazar, "No corresponde"
	}
	return d
}

func (c *crew) decideLote(ctx context.Context, p procs.Persona, r *rand.Rand, gs []apiclient.Gestion) error {
	key := c.key("lote")
	var ds []apiclient.Decision
	for _, g := range gs {
		d := decision(r, g)
		d.Gestion = g.ID
		ds = append(ds, d)
	}
	var l apiclient.Lote
	if _, err := c.insist(ctx, r, func(ctx context.Context, api *apiclient.Client) (err error) {
		l, err = api.PedirLote(ctx, p.Token, key, ds)
		return err
	}); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	for _, item := range l.Comandos {
		c.ledger.ordered(p.ID, "", item.ID)
	}
	return nil
}
