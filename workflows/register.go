package workflows

import (
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
)

// Register gives a worker, or a replayer, everything it serves. Activities may
// be nil where only histories are replayed.
func Register(r worker.WorkflowRegistry, a worker.ActivityRegistry, with *activities.Activities) {
	r.RegisterWorkflowWithOptions(Gestion, workflow.RegisterOptions{Name: contract.WorkflowGestion})
	r.RegisterWorkflowWithOptions(Cierre, workflow.RegisterOptions{Name: contract.WorkflowCierre})
	r.RegisterWorkflowWithOptions(Reconciliacion, workflow.RegisterOptions{Name: contract.WorkflowReconciliacion})
	r.RegisterWorkflowWithOptions(ReclamoFuncionario, workflow.RegisterOptions{Name: contract.WorkflowReclamoFuncionario})
	if a != nil {
		a.RegisterActivity(with)
	}
}
