package devstack

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/temporalio/ui-server/v2/server"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/server_options"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// ui is Temporal's own web interface.
type ui struct {
	address string
	server  *server.Server
}

// startUI serves it on host.Loopback and returns once it answers.
func startUI(ctx context.Context, temporal string, o Options) (*ui, error) {
	port, err := host.ChoosePort(o.UIPort, "la interfaz de Temporal")
	if err != nil {
		return nil, err
	}
	u := &ui{
		address: host.Address(port),
		server: server.NewServer(server_options.WithConfigProvider(&config.Config{
			TemporalGRPCAddress: temporal,
			Host:                host.Loopback,
			Port:                port,
			EnableUI:            true,
			DefaultNamespace:    o.UINamespace,
			CORS:                config.CORS{CookieInsecure: true}, // plain HTTP on host.Loopback
			DisableNewsFetch:    true,
			HideLogs:            true,
		})),
	}
	go u.server.Start()
	if err := u.awaitServing(ctx); err != nil {
		u.stop()
		return nil, fmt.Errorf("start temporal's web interface: %w", err)
	}
	return u, nil
}

func (u *ui) awaitServing(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+u.address+"/healthz", nil)
		if err != nil {
			return true, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false, err
		}
		return true, res.Body.Close()
	})
}

func (u *ui) stop() { u.server.Stop() }
