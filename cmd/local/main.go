// Command local runs everything on one machine.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run       RunCmd       `cmd:"" default:"withargs" help:"Inicia todo: PostgreSQL, Temporal, la API, el trabajador y datos de demostración."`
	Histories HistoriesCmd `cmd:"" hidden:"" help:"Registra historias de workflows para la prueba de repetición."`
	Engines   EnginesCmd   `cmd:"" help:"Inicia PostgreSQL y Temporal, y ejecuta un programa que los usa."`
	Postgres  PostgresCmd  `cmd:"" hidden:"" help:"Inicia solo PostgreSQL."`
	Temporal  TemporalCmd  `cmd:"" hidden:"" help:"Inicia solo Temporal, sobre un PostgreSQL que ya está en marcha."`
}

// gcPercent lets the heap grow to five times what lives in it before it is
// collected: a twentieth of the CPU of a whole life. GOGC says otherwise.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	parsed := kong.Parse(&commands{},
		kong.Name("local"),
		kong.Description("Gestiones en una sola máquina."),
		kong.UsageOnError(),
	)
	err := parsed.Run()
	var status exitStatus
	switch {
	case errors.As(err, &status):
		os.Exit(int(status))
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
