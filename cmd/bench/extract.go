package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/bench"
)

type extractCmd struct {
	Rows int `default:"1000000" help:"Gestiones de la unidad."`

	programas
}

// maxGrowth is how much more memory, in bytes, ten times as many gestiones may take: the
// collector's slack, and less than a fifth of a file of a million.
const maxGrowth = 32 * mega

// Run fails where memory grows with what is extracted, or a client who goes leaves
// something behind.
func (c *extractCmd) Run(ctx context.Context) error {
	return c.in("extraccion", func(s bench.Stand) error {
		r, err := bench.Extract(ctx, bench.ExtractOptions{Stand: s, Rows: c.Rows})
		if err != nil {
			return err
		}
		c.print(r)
		return judgeExtract(r)
	})
}

func judgeExtract(r bench.ExtractReport) error {
	if growth := r.All.Peak - r.Tenth.Peak; growth > maxGrowth {
		return fmt.Errorf("la memoria crece con lo que se extrae: %.1f MB", float64(growth)/mega)
	}
	if r.Gone.How != "cortada" || r.Still.How != "cortada" || r.Down.How != "cortada" {
		return errors.New("la auditoría no dice que se cortó")
	}
	return nil
}

const mega = 1 << 20

func (c *extractCmd) print(r bench.ExtractReport) {
	fmt.Printf("Memoria pico de serve, antes:   %.1f MB\n", float64(r.Start)/mega)
	for _, x := range []struct {
		name string
		bench.Extracted
	}{{"CSV, una décima parte", r.Tenth}, {"CSV, todas", r.All}, {"CSV, una décima, después", r.After}, {"XLSX", r.Book}} {
		fmt.Printf(`%s
  filas:                        %d, %.1f MB
  primer byte, último:          %.2f s, %.1f s
  por segundo:                  %.0f filas
  memoria pico, desde el inicio: %.1f MB
`, x.name, x.Rows, float64(x.Bytes)/mega, x.First.Seconds(), x.Took.Seconds(), float64(x.Rows)/x.Took.Seconds(), float64(x.Peak)/mega)
	}
	for _, x := range []struct {
		name string
		bench.Cut
	}{{"Un cliente que se va", r.Gone}, {"Un cliente que deja de leer", r.Still}, {"serve se detiene", r.Down}} {
		fmt.Printf("%s:\n  la auditoría dice:            %s, con %d filas, %s después\n", x.name, x.How, x.Rows, x.Ended.Round(time.Millisecond))
	}
}
