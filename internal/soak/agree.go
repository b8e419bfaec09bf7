package soak

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// agreeIn is how long a workflow may take to end after its row did: where a message
// was lost, a reconciliation under way ends first, and the next one sends it again.
const agreeIn = 4 * time.Minute

// agree holds rows and workflows against one another: where the row lives its
// workflow runs, where it ended none does.
func (m *mundo) agree(ctx context.Context, rows *rows) error {
	suspect := rows.byID
	for late := time.Now().Add(agreeIn); ; {
		differ := map[string]gestionRow{}
		why := map[string]string{}
		found := make(chan [2]string)
		var group errgroup.Group
		group.SetLimit(17)
		group.Go(func() error {
			for f := range found {
				differ[f[0]], why[f[0]] = suspect[f[0]], f[1]
			}
			return nil
		})
		var asking errgroup.Group
		asking.SetLimit(16)
		for id, row := range suspect {
			asking.Go(func() error {
				running, err := m.runs(ctx, id)
				if err == nil && running == pa0580.Estado(row.estado).Ended() {
					found <- [2]string{id, fmt.Sprintf("gestión %s is %s and its workflow runs: %t", id, row.estado, running)}
				}
				return err
			})
		}
		err := asking.Wait()
		close(found)
		_ = group.Wait() // it only collects
		if err != nil || len(differ) == 0 {
			return err
		}
		if time.Now().After(late) {
			for _, w := range why {
				m.violation("%s", w)
			}
			return nil
		}
		suspect = differ
		m.clock.Forward(time.Minute, m.clock.Mes().End().Add(-time.Hour))
		if !rest(ctx, 200*time.Millisecond) {
			return ctx.Err()
		}
	}
}

func (m *mundo) runs(ctx context.Context, id string) (bool, error) {
	d, err := m.temporal.DescribeWorkflowExecution(ctx, contract.GestionWorkflowID(pa0580.GestionID(id)), "")
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("describe workflow of gestión %s: %w", id, err)
	}
	return d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}
