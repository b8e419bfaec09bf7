package attacks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

const (
	database = "gestiones"
	before   = "gestiones_antes" // a copy of it, as it was when the engine was lost
)

// engineDatabases are Temporal's own.
var engineDatabases = []string{"temporal", "temporal_visibility"}

// loseEngine deletes all that Temporal has and starts it again, empty.
func (l *lost) loseEngine(ctx context.Context) error {
	l.stack.Temporal.Kill()
	for _, name := range engineDatabases {
		if err := l.stack.Admin().DropDatabase(ctx, name); err != nil {
			return err
		}
	}
	if err := l.stack.Temporal.Start(ctx); err != nil {
		return err
	}
	return l.stack.EnsureNamespace(ctx)
}

// replaceEngine does it under serve and work that run on. Agents go on loading
// while it is away.
func (l *lost) replaceEngine(ctx context.Context) error {
	l.stack.Temporal.Kill()
	l.away = true
	if _, err := l.loadMany(ctx, l.share(5)); err != nil {
		return err
	}
	return l.loseEngine(ctx)
}

// snapshot copies the database; nobody may be connected to it meanwhile.
func (l *lost) snapshot(ctx context.Context) error {
	l.killGestiones()
	return l.alone(ctx, "CREATE DATABASE "+before+" TEMPLATE "+database)
}

// restore puts the copy in the database's place, beside an empty engine.
func (l *lost) restore(ctx context.Context) error {
	l.killGestiones()
	if err := l.stack.Admin().DropDatabase(ctx, database); err != nil {
		return err
	}
	if err := l.alone(ctx, "ALTER DATABASE "+before+" RENAME TO "+database); err != nil {
		return err
	}
	l.want = maps.Clone(l.settled)
	return l.loseEngine(ctx)
}

func (l *lost) killGestiones() {
	for _, p := range slices.Concat(l.stack.Serves, l.stack.Works) {
		p.Kill()
	}
}

// alone runs a statement that bears no sessions; those of the killed are ending.
func (l *lost) alone(ctx context.Context, statement string) error {
	db, err := pgx.Connect(ctx, l.stack.Admin().URL("postgres"))
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	ctx, cancel := context.WithTimeout(ctx, quietIn)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		_, err := db.Exec(ctx, statement)
		return err == nil, err
	})
}

// loadUnverified adds gestiones that OPEN SGC does not answer about.
func (l *lost) loadUnverified(ctx context.Context) error {
	if err := l.stack.Move(ctx, 0, opensgc.Caido); err != nil {
		return err
	}
	l.away = true
	_, err := l.loadMany(ctx, l.share(5))
	return err
}

// terminateAll ends every gestión's workflow, whatever its estado.
func (l *lost) terminateAll(ctx context.Context) error {
	c, err := dial(l.stack)
	if err != nil {
		return err
	}
	defer c.Close()
	var ended atomic.Int64
	group, ending := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for id := range l.want {
		group.Go(func() error {
			err := c.TerminateWorkflow(ending, contract.GestionWorkflowID(pa0580.GestionID(id)), "", "attack")
			var missing *serviceerror.NotFound
			if errors.As(err, &missing) { // it had ended
				return nil
			}
			ended.Add(1)
			return err
		})
	}
	err = group.Wait()
	l.Say("%d workflows terminados", ended.Load())
	return err
}

// driven waits until no open gestión is another engine's than the one that is
// there.
func (l *lost) driven(ctx context.Context) error {
	store, err := postgres.Open(ctx, l.stack.DatabaseURL(), postgres.Options{MaxConns: 1, Name: "attacks"})
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }() // it only read
	c, err := dial(l.stack)
	if err != nil {
		return err
	}
	defer c.Close()
	ns, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: procs.Namespace})
	if err != nil {
		return fmt.Errorf("ask the engine which one it is: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, quietIn)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		p, err := store.Pulso(ctx, ns.GetNamespaceInfo().GetId())
		if err == nil && p.Ajenas > 0 {
			err = fmt.Errorf("%d open gestiones are of no engine that is there", p.Ajenas)
		}
		return err == nil, err
	})
}

// askAgain is how long an operator waits before running a command again that
// says so.
const askAgain = 5 * time.Second

// reconcile runs the operator's command, again where messages did not arrive: an
// order to close waits its turn behind thousands of workflows that are starting.
func (l *lost) reconcile(ctx context.Context, args []string) error {
	ctx, cancel := context.WithTimeout(ctx, quietIn)
	defer cancel()
	for {
		cmd := exec.CommandContext(ctx, l.Gestiones, append([]string{"reconcile"}, args...)...)
		cmd.Env = append(os.Environ(), l.stack.Environment()...)
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		l.Say("gestiones reconcile: %v: %s", err, out)
		if sleep(ctx, askAgain) != nil {
			return fmt.Errorf("gestiones reconcile: %w: %s", err, out)
		}
	}
}
