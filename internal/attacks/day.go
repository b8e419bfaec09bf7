package attacks

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/pa0580"
)

// askAll asks something of every pendiente, all at version 2: what is legal by
// the row, and by what was stored before it maybe no longer.
func (d *day) askAll(ctx context.Context, gs []loaded) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(d.atOnce())
	for i, g := range gs {
		group.Go(func() error { return d.askFor(ctx, i, g) })
	}
	return group.Wait()
}

const seen = 2 // loaded, verified

func (d *day) askFor(ctx context.Context, i int, g loaded) error {
	agent, head, api := d.people.Agentes[g.agent], d.people.JefeDe(g.agent), d.apis[i%len(d.apis)]
	key := func(what string) string { return fmt.Sprintf("%s-%d", what, i) }
	decide := func(a pa0580.Accion, motivo string) (apiclient.Pedido, error) {
		return api.Decidir(ctx, head.Token, key("decision"), g.id, apiclient.Decision{Accion: a, Version: seen, Motivo: motivo})
	}
	approve := func() (apiclient.Pedido, error) { return decide(pa0580.Aprobar, "") }
	correct := func() (apiclient.Pedido, error) {
		return api.Corregir(ctx, agent.Token, key("correccion"), g.id, apiclient.Correccion{Version: seen, Observacion: "Con el número de expediente"})
	}
	withdraw := func() (apiclient.Pedido, error) {
		return api.Anular(ctx, agent.Token, key("anulacion"), g.id, seen, "Se cargó dos veces")
	}
	type request = func() (apiclient.Pedido, error)
	var requests []request
	var result fila
	illegal := 0
	switch i % 6 {
	case 0, 1:
		requests, result = []request{approve}, fila{pa0580.Aprobada, 3}
	case 2:
		requests, result = []request{func() (apiclient.Pedido, error) { return decide(pa0580.Observar, "Falta el expediente") }}, fila{pa0580.Observada, 3}
	case 3:
		requests, result = []request{func() (apiclient.Pedido, error) { return decide(pa0580.Rechazar, "No corresponde") }}, fila{pa0580.Rechazada, 3}
	case 4: // the head approves what the agent has changed meanwhile
		requests, result, illegal = []request{correct, approve}, fila{pa0580.Pendiente, 4}, 1 // corrected, verified again
	case 5: // or withdrawn
		requests, result, illegal = []request{withdraw, approve}, fila{pa0580.Anulada, 3}, 1
	}
	for _, ask := range requests {
		p, err := ask()
		if err != nil {
			return fmt.Errorf("ask of %s: %w", g.id, err)
		}
		if p.Comando == nil {
			return fmt.Errorf("ask of %s: applied without Temporal", g.id)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.want[g.id] = result
	d.report.Stored += len(requests)
	d.report.SinEfecto += illegal // expected; examine counts what came
	return nil
}

func (d *day) nothingApplied(ctx context.Context, db *pgx.Conn) error {
	var stored, applied int
	err := db.QueryRow(ctx, "SELECT count(*), count(resultado) FROM comandos").Scan(&stored, &applied)
	if err == nil && (stored != d.report.Stored || applied > 0) {
		err = fmt.Errorf("%d commands acknowledged, %d stored, %d applied", d.report.Stored, stored, applied)
	}
	return err
}

// examine compares the rows with what the order of storing makes of them.
func (d *day) examine(ctx context.Context, db *pgx.Conn) error {
	expected := d.report.SinEfecto
	err := db.QueryRow(ctx, `
SELECT count(*) FILTER (WHERE resultado = 'aplicado'), count(*) FILTER (WHERE resultado = 'sin_efecto' AND codigo = $1),
	count(*) FILTER (WHERE EXISTS (SELECT FROM comandos b WHERE b.gestion_id = a.gestion_id AND b.seq > a.seq
		AND (b.aplicado_at < a.aplicado_at OR b.version <= a.version)))
FROM comandos a`, pa0580.CodeStale).Scan(&d.report.Applied, &d.report.SinEfecto, &d.report.Disorder)
	if err != nil {
		return fmt.Errorf("examine commands: %w", err)
	}
	if d.report.Different, err = different(ctx, db, d.want); err != nil {
		return err
	}
	inboxes := 0
	for _, head := range d.people.Jefes {
		in, err := d.apis[0].SinEfecto(ctx, head.Token)
		if err != nil {
			return fmt.Errorf("inbox of what had no effect: %w", err)
		}
		inboxes += len(in)
	}
	var errs []error
	if d.report.SinEfecto != expected || inboxes != expected {
		errs = append(errs, fmt.Errorf("%d decisions had become illegal: %d ended sin_efecto, %d are in their authors' inboxes", expected, d.report.SinEfecto, inboxes))
	}
	if d.report.Applied+d.report.SinEfecto != d.report.Stored {
		errs = append(errs, fmt.Errorf("%d commands stored, %d applied, %d sin_efecto", d.report.Stored, d.report.Applied, d.report.SinEfecto))
	}
	return errors.Join(errs...)
}

// fila is how a row stands.
type fila struct {
	estado  pa0580.Estado
	version int64
}

// different counts the gestiones that do not stand as expected, are missing, or
// were expected by nobody.
func different(ctx context.Context, db *pgx.Conn, want map[string]fila) (int, error) {
	is, err := filas(ctx, db)
	n := 0
	for id, row := range is {
		if want[id] != row {
			n++
		}
	}
	for id := range want {
		if _, there := is[id]; !there {
			n++
		}
	}
	return n, err
}
