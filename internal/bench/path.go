package bench

import (
	"context"
	"fmt"

	"ande.gov.py/gestiones/internal/bench/loadgen"
	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

const maxLote = 400 // decisions in one bulk request

// loaded is a gestión as its agent was told of it.
type loaded struct {
	id      string
	version int64
	agent   int
}

// load is agent number `agent` saving their gestión number i; what makes a
// number one of a kind is the name of the part it belongs to.
func (m *measurement) load(ctx context.Context, part string, agent, i int) (loaded, error) {
	in := apiclient.Carga{
		Documento:   apiclient.Numerado{Tipo: "CI", Numero: procs.CI(i)},
		Referencia:  apiclient.Numerado{Tipo: "NIS", Numero: procs.NIS(i % references)},
		TipoGestion: i%4 + 2, // any but the first, which is for supplies in media tensión
	}
	g, _, err := m.api.Cargar(ctx, m.people.Agentes[agent].Token, fmt.Sprintf("%s-%d", part, i), in)
	return loaded{g.ID, g.Version, agent}, err
}

// decide is a head approving one and waiting until that was applied. Where that
// takes too long the head is told that it is stored, as agents are.
func (m *measurement) decide(ctx context.Context, g loaded) error {
	p, err := m.api.Decidir(ctx, m.people.JefeDe(g.agent).Token, "aprobar-"+g.id, g.id, apiclient.Decision{Accion: pa0580.Aprobar, Version: g.version})
	if err == nil && p.Gestion == nil {
		m.found.late.Add(1)
	}
	return err
}

// applied waits until every stored command was.
func (m *measurement) applied(ctx context.Context) error {
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		waiting, err := m.number(ctx, "SELECT count(*) FROM comandos WHERE resultado IS NULL")
		return err != nil || waiting == 0, err
	})
}

// settle waits for what OPEN SGC's answer came too late for: its agent was told
// «recibida».
func (m *measurement) settle(ctx context.Context, gs []loaded) error {
	for i := range gs {
		if gs[i].version >= verified {
			continue
		}
		m.found.late.Add(1)
		err := host.Await(ctx, func(ctx context.Context) (bool, error) {
			now, err := m.api.Gestion(ctx, m.people.Agentes[gs[i].agent].Token, gs[i].id)
			gs[i].version = now.Version
			return err != nil || now.Estado == pa0580.Pendiente, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// verified is the version of a gestión that OPEN SGC's answer made.
const verified = 2

// path loads N gestiones and decides on them: every other one by itself, the
// rest in bulk.
func (m *measurement) path(ctx context.Context) error {
	fresh := make([]loaded, m.N)
	var err error
	loads := m.loop("cargas", m.N, func(ctx context.Context, client, i int) (err error) {
		fresh[i], err = m.load(ctx, "carga", client, i)
		return err
	})
	m.found.load, err = m.during(ctx, m.N, func(ctx context.Context) error {
		if err := loads(ctx); err != nil {
			return err
		}
		return m.settle(ctx, fresh) // what was answered before it was verified is work too
	})
	if err != nil {
		return err
	}
	m.loaded = append(m.loaded, fresh...)
	var single, bulk []loaded
	for i, g := range fresh {
		if i%2 == 0 {
			single = append(single, g)
		} else {
			bulk = append(bulk, g)
		}
	}
	m.found.single, err = m.during(ctx, len(single), m.loop("decisiones de a una", len(single), func(ctx context.Context, _, i int) error {
		return m.decide(ctx, single[i])
	}))
	if err != nil {
		return err
	}
	m.found.bulk, err = m.during(ctx, len(bulk), func(ctx context.Context) error { return m.decideInBulk(ctx, bulk) })
	return err
}

// loop is a closed loop of all clients, with its progress shown.
func (m *measurement) loop(name string, n int, task loadgen.Task) func(context.Context) error {
	return func(ctx context.Context) error {
		step, end := m.Progress(name, n)
		defer end()
		_, err := loadgen.Closed(ctx, clients, n, func() { step(1) }, task)
		return err
	}
}

// decideInBulk has every head send their decisions, and waits until all are
// applied.
func (m *measurement) decideInBulk(ctx context.Context, gs []loaded) error {
	_, end := m.Progress("decisiones en lotes", len(gs))
	defer end()
	byHead := map[string][]apiclient.Decision{}
	for _, g := range gs {
		head := m.people.JefeDe(g.agent).Token
		byHead[head] = append(byHead[head], apiclient.Decision{Gestion: g.id, Accion: pa0580.Aprobar, Version: g.version})
	}
	type lote struct {
		head  string
		items []apiclient.Decision
	}
	var lotes []lote
	for head, all := range byHead {
		for len(all) > 0 {
			n := min(maxLote, len(all))
			lotes = append(lotes, lote{head, all[:n]})
			all = all[n:]
		}
	}
	_, err := loadgen.Closed(ctx, units, len(lotes), nil, func(ctx context.Context, _, i int) error {
		var out apiclient.Lote
		err := m.api.Post(ctx, apiclient.Call{
			Token: lotes[i].head, Path: "/lotes", Key: "lote-" + lotes[i].items[0].Gestion, Body: map[string]any{"comandos": lotes[i].items},
		}, &out)
		if err == nil && out.Guardados != len(lotes[i].items) {
			err = fmt.Errorf("of %d decisions %d were stored", len(lotes[i].items), out.Guardados)
		}
		return err
	})
	if err != nil {
		return err
	}
	return m.applied(ctx)
}

// number reads one number of Gestiones' database: cheaper than asking the API,
// whose work is measured.
func (m *measurement) number(ctx context.Context, query string) (n int64, err error) {
	if err = m.sql.QueryRow(ctx, query).Scan(&n); err != nil {
		err = fmt.Errorf("ask PostgreSQL: %w", err)
	}
	return n, err
}
