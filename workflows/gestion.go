// Package workflows drives gestiones, monthly closings and the claims of funcionarios
// through Temporal. The rows in PostgreSQL know; the workflows wait, retry and send. A
// workflow computes no transition and may be terminated and started again in any estado.
package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

type gestion struct {
	id      pa0580.GestionID
	row     contract.RowState // as the last activity returned it; only a higher version replaces it
	looked  int64             // version that had its short attempt at OPEN SGC
	serving int               // signals being served: AllHandlersFinished does not count them
	signals []workflow.ReceiveChannel
}

// Gestion carries one gestión from the counter to its planilla: look at the
// row's estado, do what it asks, wait for what moves it. It returns the row as
// it ended: invalida, anulada, rechazada or incluida.
func Gestion(ctx workflow.Context, id pa0580.GestionID) (contract.RowState, error) {
	g := &gestion{id: id}
	if err := g.listen(ctx); err != nil { // before anything blocks
		return g.row, err
	}
	err := g.look(ctx)
	for err == nil && !g.done(ctx) {
		if g.row.Estado == pa0580.Recibida {
			err = g.verify(ctx) // until OPEN SGC answers or a command moves the row
			continue
		}
		seen := g.row.Version
		err = workflow.Await(ctx, func() bool { return g.row.Version != seen || g.done(ctx) })
	}
	return g.row, err
}

// done is one condition on purpose: a command served while ending may bring the
// row back.
func (g *gestion) done(ctx workflow.Context) bool {
	return g.row.Estado.Ended() && g.serving == 0 && g.queued() == 0 && workflow.AllHandlersFinished(ctx)
}

func (g *gestion) listen(ctx workflow.Context) error {
	serveSignals(ctx, g, contract.Aplicar, g.apply)
	serveSignals(ctx, g, contract.Incluir, g.include)
	serveSignals(ctx, g, contract.Mirar, g.lookAgain)
	return errors.Join(
		workflow.SetUpdateHandler(ctx, contract.Verificar, g.awaitVerified),
		workflow.SetUpdateHandler(ctx, contract.Aplicar, g.apply),
		workflow.SetUpdateHandler(ctx, contract.Incluir, g.include),
	)
}

// look reads the row, with one short attempt at OPEN SGC where it waits for it.
func (g *gestion) look(ctx workflow.Context) error {
	row, err := quick[contract.RowState](ctx, acts.Look, g.id)
	if err != nil {
		return fmt.Errorf("look at gestión: %w", err)
	}
	g.take(row)
	g.looked = row.Version
	return nil
}

// verify waits for OPEN SGC, or for a command that moves the row meanwhile. A
// row just corrected has its short attempt first.
func (g *gestion) verify(ctx workflow.Context) error {
	seen := g.row.Version
	if g.looked != seen {
		if err := g.look(ctx); err != nil || g.row.Version != seen {
			return err
		}
	}
	patient, cancel := workflow.WithCancel(patiently(ctx, verifyPolicy))
	defer cancel()
	answer := workflow.ExecuteActivity(patient, acts.VerifyUntilAnswered, g.id)
	if err := workflow.Await(ctx, func() bool { return answer.IsReady() || g.row.Version != seen }); err != nil {
		return err
	}
	if !answer.IsReady() {
		return nil
	}
	var row contract.RowState
	if err := answer.Get(ctx, &row); err != nil {
		return fmt.Errorf("verify gestión: %w", err)
	}
	g.take(row)
	return nil
}

// awaitVerified answers once OPEN SGC has. Processes from before send it.
func (g *gestion) awaitVerified(ctx workflow.Context) (contract.RowState, error) {
	err := workflow.Await(ctx, func() bool { return g.row.Version > 0 && g.row.Estado != pa0580.Recibida })
	return g.row, err
}

// apply has a stored command applied, and those stored before it.
func (g *gestion) apply(ctx workflow.Context, c contract.Aplicacion) (contract.Applied, error) {
	applied, err := quick[contract.Applied](ctx, acts.ApplyUpTo, c)
	if err == nil {
		g.take(applied.Row)
	}
	return applied, err
}

// include hears that the freeze made the gestión a line of a planilla.
func (g *gestion) include(_ workflow.Context, row contract.RowState) (contract.RowState, error) {
	g.take(row)
	return g.row, nil
}

// lookAgain hears that the row may have moved: an update's result is in the
// history only once its task completed, and what the update did to the row
// stands though a worker and its client died before that.
func (g *gestion) lookAgain(ctx workflow.Context, _ struct{}) (contract.RowState, error) {
	err := g.look(ctx)
	return g.row, err
}

func (g *gestion) take(row contract.RowState) {
	if row.Version > g.row.Version {
		g.row = row
	}
}

func (g *gestion) queued() int {
	n := 0
	for _, ch := range g.signals {
		n += ch.Len()
	}
	return n
}

// serveSignals hands every signal called name to the handler that serves the
// update of that name.
func serveSignals[In, Out any](ctx workflow.Context, g *gestion, name string, handle func(workflow.Context, In) (Out, error)) {
	ch := workflow.GetSignalChannel(ctx, name)
	g.signals = append(g.signals, ch)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var in In
			if !ch.Receive(ctx, &in) {
				return
			}
			g.serving++
			if _, err := handle(ctx, in); err != nil {
				workflow.GetLogger(ctx).Warn("signal not served", "signal", name, "error", err)
			}
			g.serving--
		}
	})
}
