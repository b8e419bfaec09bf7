// Command local runs everything on one machine.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

type commands struct {
	Run       RunCmd       `cmd:"" default:"withargs" help:"Inicia todo: PostgreSQL, Temporal, la API, el trabajador y datos de demostración."`
	Histories HistoriesCmd `cmd:"" hidden:"" help:"Registra historias de workflows para la prueba de repetición."`
	Engines   EnginesCmd   `cmd:"" help:"Inicia PostgreSQL y Temporal, y ejecuta un programa que los usa."`
	Postgres  PostgresCmd  `cmd:"" hidden:"" help:"Inicia solo PostgreSQL."`
	Temporal  TemporalCmd  `cmd:"" hidden:"" help:"Inicia solo Temporal, sobre un PostgreSQL que ya está en marcha."`
}

func main() {
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
