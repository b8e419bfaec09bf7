// Package flow sends Gestiones' messages over a Temporal client. Every message
// stands for a row stored before it, so sending twice is harmless, and a
// workflow that is missing is started by the message that misses it.
package flow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Flow implements app.Flow and activities.Messenger.
type Flow struct {
	client    client.Client
	namespace string
	queue     string
	motor     atomic.Pointer[string] // as last heard
	knows     atomic.Bool            // the client knows what its engine can do
	asking    chan struct{}          // held by whoever makes it know
}

// New sends over c, which speaks to a namespace, to the workers of queue.
func New(c client.Client, namespace, queue string) *Flow {
	return &Flow{client: c, namespace: namespace, queue: queue, asking: make(chan struct{}, 1)}
}

// ready has the client learn what its engine can do, before its first message. The
// SDK (1.50.0) does that by itself, once for each of those that come first at once;
// but an eager start reads what it learned without the lock under which another one
// may be writing it.
func (f *Flow) ready(ctx context.Context) error {
	if f.knows.Load() {
		return nil
	}
	select {
	case f.asking <- struct{}{}:
		defer func() { <-f.asking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if f.knows.Load() {
		return nil
	}
	if _, err := f.client.CheckHealth(ctx, &client.CheckHealthRequest{}); unreached(err) {
		return fmt.Errorf("reach Temporal: %w", err)
	}
	f.knows.Store(true)
	return nil
}

// unreached tells a client that could not learn what its engine can do from one
// that learned it, whatever its engine says of its own health: a proxy may refuse
// that question alone. The SDK tells them apart only in its text.
func unreached(err error) bool {
	return err != nil && strings.HasPrefix(err.Error(), "failed reaching server")
}

// Aplicar has a stored command applied and waits for its result. The workflow
// is normally there: only where it is not does the message start it.
func (f *Flow) Aplicar(ctx context.Context, g pa0580.GestionID, c pa0580.ComandoID) (contract.Applied, error) {
	return updateOrStart[contract.Applied](ctx, f, f.gestion(g), client.UpdateWorkflowOptions{
		UpdateID: contract.AplicarUpdateID(c), UpdateName: contract.Aplicar,
		Args: []any{contract.Aplicacion{Comando: c}},
	})
}

// Arrancar starts a gestión's workflow where it is missing. Where this process has
// a worker, the engine hands it the first task with its answer.
func (f *Flow) Arrancar(ctx context.Context, id pa0580.GestionID) error {
	if err := f.ready(ctx); err != nil {
		return err
	}
	s := f.gestion(id)
	s.options.EnableEagerStart = true
	if _, err := f.client.ExecuteWorkflow(ctx, s.options, s.kind, s.arg); err != nil {
		return fmt.Errorf("start gestión %s: %w", id, err)
	}
	return nil
}

// Avisar tells that a stored command waits, without waiting itself.
func (f *Flow) Avisar(ctx context.Context, g pa0580.GestionID, c pa0580.ComandoID) error {
	if err := f.ready(ctx); err != nil {
		return err
	}
	start := f.gestion(g)
	_, err := f.client.SignalWithStartWorkflow(ctx, start.options.ID, contract.Aplicar,
		contract.Aplicacion{Comando: c}, start.options, start.kind, start.arg)
	if err != nil {
		return fmt.Errorf("signal gestión %s: %w", g, err)
	}
	return nil
}

// Despertar has a workflow look at its gestión's row again, and starts it where
// it is missing.
func (f *Flow) Despertar(ctx context.Context, id pa0580.GestionID) error {
	if err := f.ready(ctx); err != nil {
		return err
	}
	s := f.gestion(id)
	if _, err := f.client.SignalWithStartWorkflow(ctx, s.options.ID, contract.Mirar, struct{}{}, s.options, s.kind, s.arg); err != nil {
		return fmt.Errorf("wake gestión %s: %w", id, err)
	}
	return nil
}

// Mirar has a workflow look at its gestión's row again; false where none runs.
func (f *Flow) Mirar(ctx context.Context, id pa0580.GestionID) (bool, error) {
	if err := f.ready(ctx); err != nil {
		return false, err
	}
	err := f.client.SignalWorkflow(ctx, contract.GestionWorkflowID(id), "", contract.Mirar, struct{}{})
	if isGone(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("signal gestión %s: %w", id, err)
	}
	return true, nil
}

// AvisarReclamo has a reclamo's workflow look at its row, and starts it where it is
// missing.
func (f *Flow) AvisarReclamo(ctx context.Context, id pa0580.ReclamoFuncionarioID) error {
	if err := f.ready(ctx); err != nil {
		return err
	}
	s := f.start(contract.ReclamoWorkflowID(id), contract.WorkflowReclamoFuncionario, id)
	if _, err := f.client.SignalWithStartWorkflow(ctx, s.options.ID, contract.Mirar, struct{}{}, s.options, s.kind, s.arg); err != nil {
		return fmt.Errorf("signal reclamo %s: %w", id, err)
	}
	return nil
}

// Incluir tells a workflow that its gestión is in a planilla and waits until it
// heard. SQL says incluida, so a workflow that is gone needs no telling.
func (f *Flow) Incluir(ctx context.Context, id pa0580.GestionID, row contract.RowState) error {
	_, err := update[contract.RowState](ctx, f, client.UpdateWorkflowOptions{
		WorkflowID: contract.GestionWorkflowID(id),
		UpdateID:   contract.IncluirUpdateID, UpdateName: contract.Incluir,
		Args: []any{row}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if isGone(err) {
		return nil
	}
	return err
}

// Congelar carries out a stored order to close a month.
func (f *Flow) Congelar(ctx context.Context, mes pa0580.Mes, orden contract.OrdenID) (contract.Congelada, error) {
	return updateWithStart[contract.Congelada](ctx, f, f.cierre(mes, false), congelar(orden))
}

// Encargar hands a stored order to close to the engine, which carries it out
// whatever becomes of us.
func (f *Flow) Encargar(ctx context.Context, mes pa0580.Mes, orden contract.OrdenID) error {
	_, err := f.begin(ctx, f.cierre(mes, false), congelar(orden), client.WorkflowUpdateStageAccepted)
	return err
}

func congelar(orden contract.OrdenID) client.UpdateWorkflowOptions {
	return client.UpdateWorkflowOptions{
		UpdateID: contract.CongelarUpdateID(orden), UpdateName: contract.Congelar,
		Args: []any{contract.Congelacion{Orden: orden}},
	}
}

// Drenar starts the telling of a closed month's gestiones, unless it goes on already.
func (f *Flow) Drenar(ctx context.Context, mes pa0580.Mes) error {
	if err := f.ready(ctx); err != nil {
		return err
	}
	start := f.cierre(mes, true)
	if _, err := f.client.ExecuteWorkflow(ctx, start.options, start.kind, start.arg); err != nil {
		return fmt.Errorf("drain %s: %w", mes, err)
	}
	return nil
}

// start is a workflow to be started where it is missing.
type start struct {
	options client.StartWorkflowOptions
	kind    string
	arg     any
}

func (f *Flow) gestion(id pa0580.GestionID) start {
	return f.start(contract.GestionWorkflowID(id), contract.WorkflowGestion, id)
}

func (f *Flow) cierre(mes pa0580.Mes, drenar bool) start {
	return f.start(contract.CierreWorkflowID(mes), contract.WorkflowCierre, contract.CierreInput{Mes: mes.String(), Drenar: drenar})
}

func (f *Flow) start(id, kind string, arg any) start {
	return start{kind: kind, arg: arg, options: client.StartWorkflowOptions{
		ID: id, TaskQueue: f.queue,
		WorkflowIDConflictPolicy: enums.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}}
}

// begin sends an update, starting its workflow where it is missing, and waits
// until it got that far.
func (f *Flow) begin(ctx context.Context, s start, o client.UpdateWorkflowOptions, stage client.WorkflowUpdateStage) (client.WorkflowUpdateHandle, error) {
	if err := f.ready(ctx); err != nil {
		return nil, err
	}
	o.WorkflowID, o.WaitForStage = s.options.ID, stage
	handle, err := f.client.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: f.client.NewWithStartWorkflowOperation(s.options, s.kind, s.arg),
		UpdateOptions:          o,
	})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", o.UpdateName, o.WorkflowID, err)
	}
	return handle, nil
}

func updateWithStart[Out any](ctx context.Context, f *Flow, s start, o client.UpdateWorkflowOptions) (Out, error) {
	var out Out
	handle, err := f.begin(ctx, s, o, client.WorkflowUpdateStageCompleted)
	if err != nil {
		return out, err
	}
	if err := handle.Get(ctx, &out); err != nil {
		return out, fmt.Errorf("%s %s: %w", o.UpdateName, s.options.ID, err)
	}
	return out, nil
}

func updateOrStart[Out any](ctx context.Context, f *Flow, s start, o client.UpdateWorkflowOptions) (Out, error) {
	o.WorkflowID, o.WaitForStage = s.options.ID, client.WorkflowUpdateStageCompleted
	out, err := update[Out](ctx, f, o)
	if isGone(err) {
		return updateWithStart[Out](ctx, f, s, o)
	}
	return out, err
}

func update[Out any](ctx context.Context, f *Flow, o client.UpdateWorkflowOptions) (Out, error) {
	var out Out
	if err := f.ready(ctx); err != nil {
		return out, err
	}
	handle, err := f.client.UpdateWorkflow(ctx, o)
	if err == nil {
		err = handle.Get(ctx, &out)
	}
	if err != nil {
		return out, fmt.Errorf("%s %s: %w", o.UpdateName, o.WorkflowID, err)
	}
	return out, nil
}

// isGone tells a workflow that ended or that the engine never knew.
func isGone(err error) bool {
	var missing *serviceerror.NotFound
	return errors.As(err, &missing)
}
