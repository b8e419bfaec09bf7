package flow

import (
	"context"
	"fmt"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Eventos is the history of the gestión's last run, oldest first; none where
// the engine no longer knows the workflow.
func (f *Flow) Eventos(ctx context.Context, id pa0580.GestionID) ([]app.Evento, error) {
	var out []app.Evento
	events := f.client.GetWorkflowHistory(ctx, contract.GestionWorkflowID(id), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if isGone(err) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("history of gestión %s: %w", id, err)
		}
		out = append(out, app.Evento{ID: e.GetEventId(), At: e.GetEventTime().AsTime(), Tipo: e.GetEventType().String(), Que: about(e)})
	}
	return out, nil
}

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
