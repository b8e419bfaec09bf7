package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/postgres"
)

// shown is how many rejected lines are printed; the report file has them all.
const shown = 20

type importSGCCmd struct {
	boot.PostgreSQL `embed:""`
	boot.Reglas     `embed:""`
	Archivos        []string `arg:"" type:"existingfile" help:"Archivos CSV con columnas tipo, numero, tension y titular."`
	Saltar          bool     `name:"saltar-rechazados" help:"Importar las líneas buenas aunque otras se rechacen."`
	Reemplazar      bool     `help:"Dejar en el espejo solo lo que traen estos archivos."`
	Informe         string   `type:"path" help:"Archivo donde escribir cada línea rechazada con su motivo."`
}

// Validate checks each part; kong finds no method where several are embedded.
func (c *importSGCCmd) Validate() error {
	return errors.Join(c.PostgreSQL.Validate(), c.Reglas.Validate())
}

func (c *importSGCCmd) Run(ctx context.Context) error {
	patterns, err := c.Patrones()
	if err != nil {
		return err
	}
	store, err := postgres.Open(ctx, c.URL, postgres.Options{})
	if err != nil {
		return err
	}
	summary, err := opensgc.Import(ctx, opensgc.Pedido{
		Archivos: c.Archivos, Patrones: patterns, Saltar: c.Saltar, Reemplazar: c.Reemplazar,
		Informe: c.Informe, Mostrar: shown, Progreso: opensgc.NewProgreso(os.Stderr),
	}, store.ImportReferencias)
	fmt.Print(summary)
	return errors.Join(err, store.Close())
}
