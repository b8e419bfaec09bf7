package main

import (
	"os"

	"ande.gov.py/gestiones/internal/bench/report"
)

type compareCmd struct {
	Antes   string `arg:"" type:"existingfile" help:"Cifras de antes, como las guarda «bench measure --json»."`
	Despues string `arg:"" type:"existingfile" help:"Cifras de después."`
}

func (c *compareCmd) Run() error {
	before, err := report.Read(c.Antes)
	if err != nil {
		return err
	}
	after, err := report.Read(c.Despues)
	if err != nil {
		return err
	}
	report.WriteChanges(os.Stdout, before, after)
	return nil
}
