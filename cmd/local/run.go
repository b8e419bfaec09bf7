package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/devstack"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/postgres"
)

const (
	database  = "gestiones"
	nspace    = "gestiones"
	retention = 30 * 24 * time.Hour // how long Temporal keeps what has ended
)

// RunCmd is everything on one machine: engines, API, worker and demo data.
type RunCmd struct {
	Data         string `default:".gestiones" type:"path" placeholder:"CARPETA" help:"Carpeta de datos."`
	Fresh        bool   `help:"Borra la carpeta de datos y empieza de nuevo."`
	Listen       string `default:"127.0.0.1:8080" placeholder:"DIRECCIÓN" help:"Dirección de la API; solo la propia máquina."`
	TemporalPort int    `default:"7233" placeholder:"PUERTO" help:"Puerto de Temporal; 0: uno libre."`
	UIPort       int    `name:"ui-port" default:"8233" placeholder:"PUERTO" help:"Puerto de la interfaz de Temporal; 0: uno libre."`
	PostgresPort int    `placeholder:"PUERTO" help:"Puerto de PostgreSQL; 0: uno libre."`
	Demo         bool   `default:"true" negatable:"" help:"Carga datos de demostración en el primer arranque."`
}

// stack is what runs, in the order it started.
type stack struct {
	engines *devstack.Engines
	system  *boot.System
	clock   *clock
	sgc     *opensgc.Faulty
}

// Run stays until a signal.
func (c *RunCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	say := progress(os.Stdout)
	if err := c.clean(say); err != nil {
		return err
	}
	// A port that is taken is said before anything starts.
	listener, err := c.listen()
	if err != nil {
		return err
	}
	defer listener.Close()

	boot.SizeStickyCache()
	s, err := c.start(ctx, say)
	if err != nil {
		return err
	}
	serveErr := c.serve(ctx, s, listener, say)
	return errors.Join(serveErr, s.stop(say))
}

func (c *RunCmd) listen() (net.Listener, error) {
	host, _, err := net.SplitHostPort(c.Listen)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: el modo local atiende solo a la propia máquina, por ejemplo 127.0.0.1:8080", c.Listen)
	}
	l, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("el puerto de %s está ocupado: detenga el otro programa o use otro, por ejemplo make run ARGS=--listen=127.0.0.1:8081", c.Listen)
	}
	return l, err
}

// clean begins anew where that was asked for, or where the demonstration of a
// first start was cut short: nobody was told of what it holds.
func (c *RunCmd) clean(say func(string, ...any)) error {
	if !c.Fresh {
		if !exists(c.file("demo.empezada")) || exists(c.file("demo.json")) {
			return nil
		}
		say("La demostración anterior quedó a medias: se empieza de nuevo.")
	}
	if err := devstack.Remove(c.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func (c *RunCmd) file(name string) string { return filepath.Join(c.Data, name) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (c *RunCmd) start(ctx context.Context, say func(string, ...any)) (*stack, error) {
	s := &stack{clock: &clock{}}
	var err error
	s.engines, err = devstack.Start(ctx, devstack.Options{
		Dir: c.Data, PostgresPort: c.PostgresPort, TemporalPort: c.TemporalPort, UIPort: c.UIPort,
		UI: true, UINamespace: nspace, Say: say,
	})
	if err != nil {
		return nil, err
	}
	if err := s.open(ctx, c.file("logs"), say); err != nil {
		return nil, errors.Join(err, s.stop(say))
	}
	if err := os.WriteFile(c.file("motor.env"), []byte(s.env()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("write motor.env: %w", err), s.stop(say))
	}
	return s, nil
}

// env is where the engines are, for «gestiones doctor» and the other commands of
// an operator's.
func (s *stack) env() string {
	return fmt.Sprintf("export GESTIONES_DATABASE_URL='%s'\nexport GESTIONES_TEMPORAL_ADDRESS='%s'\nexport GESTIONES_TEMPORAL_NAMESPACE='%s'\n",
		s.engines.PostgresURL(database), s.engines.TemporalAddress(), nspace)
}

func (s *stack) open(ctx context.Context, logs string, say func(string, ...any)) error {
	if err := s.engines.CreateDatabase(ctx, database); err != nil {
		return err
	}
	url := s.engines.PostgresURL(database)
	say("Base de datos: migraciones…")
	if err := postgres.Migrate(ctx, url); err != nil {
		return err
	}
	if err := s.engines.EnsureNamespace(ctx, nspace, retention); err != nil {
		return err
	}
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return fmt.Errorf("log folder: %w", err)
	}
	out, err := os.OpenFile(filepath.Join(logs, "gestiones.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("log file: %w", err)
	}
	key, err := signingKey(filepath.Dir(logs))
	if err != nil {
		return err
	}
	s.system, err = boot.Open(ctx, boot.Config{
		Firma:      boot.Firma{KeyFile: key},
		PostgreSQL: boot.PostgreSQL{URL: url},
		Temporal:   boot.Temporal{Address: s.engines.TemporalAddress(), Namespace: nspace},
		Reglas:     boot.DefaultReglas(),
		Log:        slog.New(slog.NewJSONHandler(out, nil)),
		Reloj:      s.clock.Now,
		EnProceso:  true,
		SGC: func(real app.SGC) app.SGC {
			s.sgc = &opensgc.Faulty{SGC: real}
			return s.sgc
		},
	})
	return err
}

// signingKey is the file of the key that this machine's closes are signed with, made
// the first time; beside it lies the public one.
func signingKey(dir string) (string, error) {
	private, public := filepath.Join(dir, "firma.clave"), filepath.Join(dir, "firma.pub")
	if _, err := os.Stat(private); err == nil {
		return private, nil
	}
	key, err := manifiesto.NewClave("gestiones.local", private)
	if err != nil {
		return "", fmt.Errorf("make signing key: %w", err)
	}
	return private, os.WriteFile(public, []byte(key+"\n"), 0o600)
}

// serve answers until ctx ends: first the requests stop, then the worker.
func (c *RunCmd) serve(ctx context.Context, s *stack, l net.Listener, say func(string, ...any)) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	serving, stopServe := context.WithCancel(ctx)
	defer stopServe()
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() { worked <- s.system.Work(working) }()
	go func() { served <- s.system.Serve(serving, l, s.handler()) }()

	err := c.demo(serving, s, "http://"+l.Addr().String(), say)
	if err == nil {
		select {
		case <-ctx.Done():
		case <-s.engines.PostgresLost():
			err = errPostgresLost
		case err = <-worked:
			worked <- nil
		case err = <-served:
			served <- nil
		}
	}
	if ctx.Err() != nil {
		err = nil // stopped on purpose, maybe in the middle of the demonstration
	}
	say("Deteniendo…")
	stopServe()
	err = errors.Join(err, <-served)
	stopWork()
	return errors.Join(err, <-worked)
}

func (s *stack) stop(say func(string, ...any)) error {
	if s.system != nil {
		s.system.Close()
	}
	err := s.engines.Stop(context.Background())
	say("Detenido.")
	return err
}
