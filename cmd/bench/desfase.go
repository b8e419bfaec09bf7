package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/opensgc"
)

// shifted is the production boot with a clock that is off, since a month closes
// only when it is over, and with OPEN SGC's fault switch.
type shifted struct {
	boot.PostgreSQL     `embed:""`
	boot.Temporal       `embed:""`
	boot.Reglas         `embed:""`
	boot.Reconciliacion `embed:""`
	Desfase             time.Duration `help:"Cuánto está corrido el reloj."`
	SGC                 opensgc.Falla `name:"sgc" default:"normal" help:"Cómo contesta OPEN SGC: normal, caido, cuelga…"`
}

// Validate checks each part; kong finds no method where several are embedded.
func (s shifted) Validate() error {
	return errors.Join(s.PostgreSQL.Validate(), s.Temporal.Validate(), s.Reglas.Validate(), s.Reconciliacion.Validate(), new(opensgc.Faulty).Switch(s.SGC, 0))
}

func (s shifted) open(ctx context.Context, log *slog.Logger) (*boot.System, error) {
	system, err := boot.Open(ctx, boot.Config{
		PostgreSQL: s.PostgreSQL, Temporal: s.Temporal, Reglas: s.Reglas, Reconciliacion: s.Reconciliacion, Log: log,
		Reloj: func() time.Time { return time.Now().Add(s.Desfase) },
		SGC: func(real app.SGC) app.SGC {
			faulty := &opensgc.Faulty{SGC: real}
			if err := faulty.Switch(s.SGC, 0); err != nil {
				log.Error("OPEN SGC's switch", "error", err) // Validate let it through
			}
			return faulty
		},
	})
	if err != nil {
		return nil, err
	}
	if err := system.Check(ctx); err != nil {
		system.Close()
		return nil, err
	}
	return system, nil
}

type serveCmd struct {
	shifted `embed:""`
	Listen  string `env:"GESTIONES_LISTEN" required:"" help:"Dirección donde atender."`
}

func (c *serveCmd) Run(ctx context.Context, log *slog.Logger) error {
	boot.SizeStickyCache()
	system, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer system.Close()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	return system.ServeAPI(ctx, l, system.Handler())
}

type workCmd struct {
	shifted `embed:""`
	Watch   string `env:"GESTIONES_WATCH" help:"Dirección donde mostrar /metrics; sin indicar, en ninguna."`
}

func (c *workCmd) Run(ctx context.Context, log *slog.Logger) error {
	boot.SizeStickyCache()
	system, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer system.Close()
	if err := system.Watch(ctx, c.Watch); err != nil {
		return err
	}
	return system.Work(ctx)
}
