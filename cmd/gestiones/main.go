// Command gestiones is the production binary: the API, the Temporal worker and
// what an operator needs. It is configured by environment variables; each
// subcommand's --help lists them.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

var version = "dev" // set by the linker

type cli struct {
	Serve     serveCmd     `cmd:"" help:"Atender la API HTTP, y dar los primeros pasos de lo que recibe."`
	Work      workCmd      `cmd:"" help:"Trabajar los workflows de Temporal y todo lo que tarda."`
	Migrate   migrateCmd   `cmd:"" help:"Llevar la base de datos a la última versión."`
	Ready     readyCmd     `cmd:"" help:"Preguntar a un «serve» o «work» en marcha si puede atender: 0 sí, 1 no."`
	Reconcile reconcileCmd `cmd:"" help:"Volver a mandar lo que quedó sin hacer, ahora."`
	Doctor    doctorCmd    `cmd:"" help:"Decir cómo está todo y qué hacer: 0 bien, 1 avisos, 2 grave, 3 no se pudo mirar."`
	Verify    verifyCmd    `cmd:"" help:"Decir si unos archivos, o toda la base, son lo que se cerró: 0 sí, 2 no, 1 no se pudo mirar."`
	Key       struct {
		New keyNewCmd `cmd:"" help:"Hacer las claves con que se firma cada cierre."`
	} `cmd:"" help:"Claves de firma."`
	Import struct {
		SGC importSGCCmd `cmd:"" name:"sgc" help:"Cargar el espejo de OPEN SGC desde CSV."`
	} `cmd:"" help:"Cargar datos desde archivos."`
	User struct {
		Add     userAddCmd     `cmd:"" help:"Dar de alta a un funcionario."`
		List    userListCmd    `cmd:"" help:"Listar funcionarios."`
		Disable userDisableCmd `cmd:"" help:"Quitar el acceso a un funcionario."`
	} `cmd:"" help:"Funcionarios con acceso."`
	Token struct {
		Create tokenCreateCmd `cmd:"" help:"Emitir un token; se muestra una sola vez."`
		List   tokenListCmd   `cmd:"" help:"Listar los tokens de un funcionario."`
		Revoke tokenRevokeCmd `cmd:"" help:"Revocar un token."`
	} `cmd:"" help:"Tokens de acceso a la API."`
	Version kong.VersionFlag `help:"Mostrar la versión."`
}

func main() {
	err := run()
	var s status
	if errors.As(err, &s) {
		os.Exit(int(s))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gestiones:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c,
		kong.Name("gestiones"),
		kong.Description("Gestiones: carga, control y planilla de las gestiones de atención al cliente (PA0580)."),
		kong.Vars{"version": version},
		kong.ShortUsageOnError(),
		kong.Exit(func(code int) { os.Exit(refused(os.Args[1:], code)) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	return k.Run(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
}

// refused is the exit status of a command line that was not run: monitors know no other
// than the doctor's, and whoever verifies no other than «it could not look».
func refused(args []string, code int) int {
	if code == 0 || len(args) == 0 {
		return code
	}
	switch args[0] {
	case "doctor":
		return int(unknown)
	case "verify":
		return int(unread)
	}
	return code
}
