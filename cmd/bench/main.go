// Command bench measures Gestiones and attacks its promises, each part in a
// process of its own. It is for whoever develops or operates it; production
// needs none of it.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker; see the Makefile.
var version = "dev"

type cli struct {
	Compare    compareCmd    `cmd:"" help:"Comparar las cifras de dos mediciones."`
	Extract    extractCmd    `cmd:"" help:"Extraer un millón de gestiones y medir la memoria, con clientes que se van o se detienen."`
	Measure    measureCmd    `cmd:"" help:"Medir cuánto cuesta cargar, decidir y cerrar, y cuánto se espera."`
	Kill       killCmd       `cmd:"" help:"Matar cada parte bajo carga y contar lo acusado: hallado, perdido, duplicado."`
	Month      monthCmd      `cmd:"" help:"Cerrar un mes de un millón de gestiones y medir tiempo y memoria."`
	Morning    morningCmd    `cmd:"" help:"Quitar Temporal durante la carga de una mañana y devolverlo."`
	LostEngine lostEngineCmd `cmd:"" help:"Borrar las bases de Temporal, terminar sus workflows y restaurar PostgreSQL, y contar las diferencias."`
	Privacy    privacyCmd    `cmd:"" help:"Buscar datos personales plantados en todo lo que el sistema deja fuera de PostgreSQL."`
	Soak       soakCmd       `cmd:"" help:"Atacar todo lo que está debajo y contrastar lo que se acusó con lo que hay."`
	Serve      serveCmd      `cmd:"" hidden:"" help:"Lo mismo que «gestiones serve», con el reloj corrido."`
	Work       workCmd       `cmd:"" hidden:"" help:"Lo mismo que «gestiones work», con el reloj corrido."`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c,
		kong.Name("bench"),
		kong.Description("Mide Gestiones y ataca lo que promete."),
		kong.ShortUsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	return k.Run(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}
