package attacks

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/astray"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/flow"
	"ande.gov.py/gestiones/internal/pa0580"
)

// disagreeing counts the gestiones whose workflow stays in contradiction to their row.
func disagreeing(ctx context.Context, stack *procs.Stack, rows map[string]fila) (int, error) {
	c, err := dial(stack)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	estados := make(map[pa0580.GestionID]pa0580.Estado, len(rows))
	for id, row := range rows {
		estados[pa0580.GestionID(id)] = row.estado
	}
	differ, err := astray.Find(ctx, flow.New(c, procs.Namespace, contract.TaskQueue), estados, nil)
	return len(differ), err
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

func dial(stack *procs.Stack) (client.Client, error) {
	c, err := client.Dial(client.Options{
		HostPort: stack.TemporalAddress(), Namespace: procs.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("connect to Temporal: %w", err)
	}
	return c, nil
}
