package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"ande.gov.py/gestiones/internal/devstack"
)

// EnginesCmd runs a program against PostgreSQL and Temporal, or leaves them
// running for programs started elsewhere.
type EnginesCmd struct {
	Data         string   `help:"Carpeta de datos. Sin ella: una temporal, que se borra al terminar." placeholder:"CARPETA" type:"path"`
	PostgresPort int      `help:"Puerto de PostgreSQL; 0: uno libre." placeholder:"PUERTO"`
	TemporalPort int      `help:"Puerto de Temporal; 0: uno libre." placeholder:"PUERTO"`
	UI           bool     `name:"ui" help:"Sirve también la interfaz web de Temporal."`
	UIPort       int      `name:"ui-port" help:"Puerto de esa interfaz; 0: uno libre." placeholder:"PUERTO"`
	UntilEOF     bool     `name:"until-eof" hidden:"" help:"Termina también cuando se cierra la entrada estándar."`
	Command      []string `arg:"" optional:"" passthrough:"" help:"Programa y argumentos, después de «--». Sin él: escribe las variables y espera una señal."`
}

// What programs read to find the engines.
const (
	envPostgres = "GESTIONES_TEST_POSTGRES" // URL of the database postgres, as superuser
	envTemporal = "GESTIONES_TEST_TEMPORAL" // host:port of the frontend
)

// Run returns the command's own exit status as an exitStatus.
func (c *EnginesCmd) Run() (err error) {
	signals := notified()

	dir, discard, err := c.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, discard()) }()

	say := progress(os.Stderr)
	engines, err := started(signals, func(ctx context.Context) (*devstack.Engines, error) {
		return devstack.Start(ctx, devstack.Options{
			Dir:          dir,
			PostgresPort: c.PostgresPort,
			TemporalPort: c.TemporalPort,
			UI:           c.UI,
			UIPort:       c.UIPort,
			Say:          say,
		})
	})
	if err != nil {
		return err
	}
	defer func() {
		say("Deteniendo…")
		if stopErr := engines.Stop(context.Background()); stopErr != nil {
			say("No se detuvo bien: %v", stopErr)
			err = errors.Join(err, stopErr)
		}
		say("Detenido.")
	}()
	variables := []string{
		envPostgres + "=" + engines.PostgresURL("postgres"),
		envTemporal + "=" + engines.TemporalAddress(),
	}
	if address := engines.UIAddress(); address != "" {
		say("Interfaz de Temporal: http://%s", address)
	}
	say("Listo.")
	if command := afterDashes(c.Command); len(command) > 0 {
		return runCommand(command, variables, signals, engines.PostgresLost())
	}
	for _, v := range variables {
		fmt.Println(v)
	}
	return wait(signals, c.UntilEOF, engines.PostgresLost())
}

// started may be interrupted by any of the signals.
func started[T any](signals <-chan os.Signal, start func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-signals:
			cancel()
		case <-done:
		}
	}()
	return start(ctx)
}

// folder returns the data folder and what to do with it in the end.
func (c *EnginesCmd) folder() (dir string, discard func() error, err error) {
	if c.Data != "" {
		return c.Data, func() error { return nil }, nil
	}
	if dir, err = os.MkdirTemp("", "gestiones-"); err != nil {
		return "", nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil { // PostgreSQL's user must get through
		return "", nil, err
	}
	return dir, func() error { return devstack.Remove(dir) }, nil
}

// wait stays until a signal, the end of the input where that counts, or the loss
// of PostgreSQL, which may be nil.
func wait(signals <-chan os.Signal, untilEOF bool, lost <-chan struct{}) error {
	eof := make(chan struct{})
	if untilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			close(eof)
		}()
	}
	select {
	case <-signals:
	case <-eof:
	case <-lost:
		return errPostgresLost
	}
	return nil
}

var errPostgresLost = errors.New("PostgreSQL terminó por su cuenta; vea logs/postgres.log en la carpeta de datos")

type sayer = func(format string, args ...any)

// progress writes lines with the seconds since the beginning.
func progress(w io.Writer) sayer {
	begin := time.Now()
	return func(format string, args ...any) {
		fmt.Fprintf(w, "%6.1f s  %s\n", time.Since(begin).Seconds(), fmt.Sprintf(format, args...))
	}
}
