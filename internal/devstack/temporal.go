package devstack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/metrics"
	_ "go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql" // registers postgres12_pgx
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"

	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/pgcluster"
)

const (
	servingTimeout      = 60 * time.Second
	temporalStopTimeout = 4 * time.Second // its services give each other two seconds to drain
)

// Temporal is a server's four services inside this process.
type Temporal struct {
	address string
	server  temporal.Server
	log     *os.File
	logger  *serverLog
}

// StartTemporal prepares the server's databases in pg, which may be of another
// process, and returns once the frontend serves. Of the options it takes Dir,
// for the log, TemporalPort and Say. What [Start] says of the process holds.
func StartTemporal(ctx context.Context, pg pgcluster.Admin, o Options) (*Temporal, error) {
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	file, err := host.OpenLog(o.Dir, "temporal.log")
	if err != nil {
		return nil, err
	}
	t := &Temporal{log: file, logger: newServerLog(file)}
	if err := t.start(ctx, pg, o); err != nil {
		return nil, errors.Join(err, t.Stop(context.WithoutCancel(ctx)))
	}
	return t, nil
}

func (t *Temporal) start(ctx context.Context, pg pgcluster.Admin, o Options) error {
	for _, s := range []store{executions, visibility} {
		if err := s.prepare(ctx, pg, t.logger, o); err != nil {
			return err
		}
	}
	at, err := choosePorts(o.TemporalPort)
	if err != nil {
		return err
	}
	t.address = host.Address(at.frontend)
	o.Say("Iniciando Temporal…")
	if err := t.launch(pg, at); err != nil {
		return fmt.Errorf("start temporal: %w; its log is %s", err, t.log.Name())
	}
	if err := t.awaitServing(ctx); err != nil {
		return fmt.Errorf("start temporal: %w; its log is %s", err, t.log.Name())
	}
	t.logger.serving.Store(true)
	return nil
}

func choosePorts(frontend int) (ports, error) {
	frontend, err := host.ChoosePort(frontend, "Temporal")
	if err != nil {
		return ports{}, err
	}
	others, err := host.FreePorts(4) // one to spare, should the frontend's be among them
	if err != nil {
		return ports{}, err
	}
	others = slices.DeleteFunc(others, func(port int) bool { return port == frontend })
	return ports{frontend: frontend, history: others[0], matching: others[1], worker: others[2]}, nil
}

// launch builds and starts the server in a goroutine of its own, which a fatal
// log entry ends.
func (t *Temporal) launch(pg pgcluster.Admin, at ports) error {
	result := make(chan error, 1)
	go func() {
		err := errGaveUp
		defer func() { result <- err }()
		t.server, err = temporal.NewServer(
			temporal.ForServices(temporal.DefaultServices),
			temporal.WithConfig(serverConfig(pg, at)),
			temporal.WithStaticHosts(at.hosts()),
			temporal.WithDynamicConfigClient(dynamicConfig()),
			temporal.WithLogger(t.logger.Logger),
			temporal.WithCustomMetricsHandler(metrics.NoopMetricsHandler),
			temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
			temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
				return authorization.NewNoopClaimMapper()
			}),
		)
		if err != nil {
			return
		}
		err = errGaveUp // unless Start returns
		err = t.server.Start()
	}()
	return t.explain(<-result)
}

// awaitServing polls the frontend's health: stopping a server that never served
// hangs, and a client would only see refused connections.
func (t *Temporal) awaitServing(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, servingTimeout)
	defer cancel()
	conn, err := grpc.NewClient(t.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	health := grpc_health_v1.NewHealthClient(conn)
	frontend := &grpc_health_v1.HealthCheckRequest{Service: workflowservice.WorkflowService_ServiceDesc.ServiceName}

	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		if t.logger.fatal.Load() != nil {
			return true, t.explain(errGaveUp)
		}
		res, err := health.Check(ctx, frontend)
		if err == nil && res.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
			err = fmt.Errorf("the frontend is %s", res.GetStatus())
		}
		return err == nil, err
	})
}

var errGaveUp = errors.New("the server gave up")

// explain adds what the server said before it gave up.
func (t *Temporal) explain(err error) error {
	if fatal := t.logger.fatal.Load(); err != nil && fatal != nil {
		return fmt.Errorf("%w: %s", err, *fatal)
	}
	return err
}

// Address is host:port of the frontend.
func (t *Temporal) Address() string { return t.address }

// Stop waits for the server as long as it may; what it leaves running ends with
// the process, and PostgreSQL keeps what it acknowledged.
func (t *Temporal) Stop(ctx context.Context) error {
	defer t.log.Close()
	served := t.logger.serving.Load()
	t.logger.hush()
	if !served {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, temporalStopTimeout)
	defer cancel()
	stopped := make(chan error, 1)
	go func() { stopped <- t.server.Stop() }()
	select {
	case err := <-stopped:
		if err != nil {
			return fmt.Errorf("stop temporal: %w", err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop temporal: %w", ctx.Err())
	}
}
