package flow

import (
	"context"
	"fmt"
	"slices"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Eventos is the history of the gestión's workflow, oldest first, over every
// run: a rejection taken back starts a new one. False: the engine does not know
// the workflow.
func (f *Flow) Eventos(ctx context.Context, id pa0580.GestionID) ([]app.Evento, bool, error) {
	runs, err := f.runs(ctx, contract.GestionWorkflowID(id))
	if isGone(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("runs of gestión %s: %w", id, err)
	}
	var out []app.Evento
	for _, run := range runs {
		events := f.client.GetWorkflowHistory(ctx, contract.GestionWorkflowID(id), run, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
		for events.HasNext() {
			e, err := events.Next()
			if isGone(err) {
				break // past its retention
			}
			if err != nil {
				return nil, false, fmt.Errorf("history of gestión %s: %w", id, err)
			}
			out = append(out, app.Evento{ID: e.GetEventId(), At: e.GetEventTime().AsTime(), Tipo: e.GetEventType().String(), Que: about(e)})
		}
	}
	return out, true, nil
}

// runs lists a workflow's runs, oldest first. The newest is asked of the engine
// itself; the visibility store, which may lag, knows the earlier ones.
func (f *Flow) runs(ctx context.Context, id string) ([]string, error) {
	if err := f.ready(ctx); err != nil {
		return nil, err
	}
	newest, err := f.client.DescribeWorkflowExecution(ctx, id, "")
	if err != nil {
		return nil, err
	}
	last := newest.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	found, err := f.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		PageSize: maxRuns, Query: fmt.Sprintf("WorkflowId = '%s'", id),
	})
	if err != nil {
		return nil, err
	}
	earlier := found.GetExecutions()
	slices.SortFunc(earlier, func(a, b *workflow.WorkflowExecutionInfo) int {
		return a.GetStartTime().AsTime().Compare(b.GetStartTime().AsTime())
	})
	var out []string
	for _, w := range earlier {
		if run := w.GetExecution().GetRunId(); run != last {
			out = append(out, run)
		}
	}
	return append(out, last), nil
}

// maxRuns is how many runs a timeline shows: each needs a rejection taken back.
const maxRuns = 50

// about names what an event is about; payloads are not opened.
func about(e *history.HistoryEvent) string {
	switch {
	case e.GetWorkflowExecutionUpdateAcceptedEventAttributes() != nil:
		return e.GetWorkflowExecutionUpdateAcceptedEventAttributes().GetAcceptedRequest().GetInput().GetName()
	case e.GetWorkflowExecutionSignaledEventAttributes() != nil:
		return e.GetWorkflowExecutionSignaledEventAttributes().GetSignalName()
	case e.GetActivityTaskScheduledEventAttributes() != nil:
		return e.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName()
	case e.GetMarkerRecordedEventAttributes() != nil:
		return e.GetMarkerRecordedEventAttributes().GetMarkerName()
	case e.GetWorkflowExecutionStartedEventAttributes() != nil:
		return e.GetWorkflowExecutionStartedEventAttributes().GetWorkflowType().GetName()
	}
	return ""
}
