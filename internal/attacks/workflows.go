package attacks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

const (
	// agreeIn is how long a workflow may take to start or to end after its row says
	// so: where a message was lost, a reconciliation under way ends first, and the next
	// one sends it again.
	agreeIn    = 4 * time.Minute
	agreeEvery = 200 * time.Millisecond
)

// astray counts the gestiones whose workflow is missing, or runs though they
// ended; only those that stay so are counted.
func astray(ctx context.Context, stack *procs.Stack, rows map[string]fila) (int, error) {
	for late := time.Now().Add(agreeIn); ; {
		wrong := map[string]fila{}
		var mu sync.Mutex
		err := eachWorkflow(ctx, stack, rows, func(ctx context.Context, c client.Client, workflow, id string, row fila) error {
			d, err := c.DescribeWorkflowExecution(ctx, workflow, "")
			var missing *serviceerror.NotFound
			if err != nil && !errors.As(err, &missing) {
				return err
			}
			runs := err == nil && d.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING
			if runs == row.estado.Ended() {
				mu.Lock()
				defer mu.Unlock()
				wrong[id] = row
			}
			return nil
		})
		if err != nil || len(wrong) == 0 || time.Now().After(late) {
			return len(wrong), err
		}
		rows = wrong
		if err := sleep(ctx, agreeEvery); err != nil {
			return len(wrong), err
		}
	}
}

// filas are all gestiones as they stand.
func filas(ctx context.Context, db *pgx.Conn) (map[string]fila, error) {
	rows, err := db.Query(ctx, "SELECT id::text, estado, version FROM gestiones")
	if err != nil {
		return nil, fmt.Errorf("read all rows: %w", err)
	}
	defer rows.Close()
	out := map[string]fila{}
	for rows.Next() {
		var id, estado string
		var version int64
		if err := rows.Scan(&id, &estado, &version); err != nil {
			return nil, fmt.Errorf("read all rows: %w", err)
		}
		out[id] = fila{pa0580.Estado(estado), version}
	}
	return out, rows.Err()
}

// eachWorkflow does something about every gestión's workflow.
func eachWorkflow(ctx context.Context, stack *procs.Stack, rows map[string]fila, do func(_ context.Context, _ client.Client, workflow, id string, _ fila) error) error {
	c, err := dial(stack)
	if err != nil {
		return err
	}
	defer c.Close()
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for id, row := range rows {
		group.Go(func() error { return do(ctx, c, contract.GestionWorkflowID(pa0580.GestionID(id)), id, row) })
	}
	return group.Wait()
}

func dial(stack *procs.Stack) (client.Client, error) {
	c, err := client.Dial(client.Options{
		HostPort: stack.TemporalAddress(), Namespace: procs.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal: %w", err)
	}
	return c, nil
}
