package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"go.temporal.io/api/enums/v1"

	"ande.gov.py/gestiones/internal/bench/report"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// sample is how many histories are read.
const sample = 500

// DESIGN's budgets of one life.
const (
	budgetTasks  = 3
	budgetEvents = 20
	budgetWrites = 6
	budgetCPU    = 15 // seconds per 1,000
)

// histories counts what the lives of a sample left behind, in the engine's own
// record.
func (m *measurement) histories(ctx context.Context) error {
	if err := m.checkClosed(ctx); err != nil {
		return err
	}
	chosen := rand.New(rand.NewPCG(m.Seed, 1)).Perm(len(m.loaded))[:min(sample, len(m.loaded))]
	tasks, events := make([]int, len(chosen)), make([]int, len(chosen))
	err := m.loop("historias", len(chosen), func(ctx context.Context, _, i int) (err error) {
		tasks[i], events[i], err = m.history(ctx, m.loaded[chosen[i]].id)
		return err
	})(ctx)
	if err != nil {
		return err
	}
	m.found.counts = append(m.found.counts, perLife("tareas", "tareas de flujo", tasks, budgetTasks)...)
	m.found.counts = append(m.found.counts, perLife("eventos", "eventos de historia", events, budgetEvents)...)
	return nil
}

func (m *measurement) history(ctx context.Context, id string) (tasks, events int, err error) {
	name := contract.GestionWorkflowID(pa0580.GestionID(id))
	all := m.engine.GetWorkflowHistory(ctx, name, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	ended := false
	for all.HasNext() {
		e, err := all.Next()
		if err != nil {
			return 0, 0, fmt.Errorf("history of %s: %w", id, err)
		}
		events++
		switch e.GetEventType() {
		case enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, enums.EVENT_TYPE_WORKFLOW_TASK_FAILED, enums.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT:
			tasks++
		case enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED:
			ended = true
		}
	}
	if !ended {
		return 0, 0, fmt.Errorf("workflow of %s has not ended", id)
	}
	return tasks, events, nil
}

// perLife is the budget's figure for the life in the middle, with the mean
// beside it.
func perLife(id, name string, counts []int, budget float64) []report.Figure {
	sorted := slices.Sorted(slices.Values(counts))
	sum := 0
	for _, n := range sorted {
		sum += n
	}
	figure := func(suffix, label string, v, limit float64) report.Figure {
		return report.Figure{ID: "cuenta." + id + suffix, Group: "Por gestión", Name: name + label, Kind: report.Count, Value: v, Budget: limit}
	}
	return []report.Figure{
		figure("", "", float64(sorted[len(sorted)/2]), budget),
		figure(".media", ", en promedio", float64(sum)/float64(len(sorted)), 0),
	}
}
