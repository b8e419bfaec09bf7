package main

import (
	"context"
	"errors"
	"fmt"

	"ande.gov.py/gestiones/internal/attacks"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

type morningCmd struct {
	attack    `embed:""`
	Gestiones int `default:"1000" help:"Cuántas se cargan sin Temporal; otras tantas esperaban ya."`
}

// Run fails where something was applied out of order or ended otherwise than it
// should.
func (c *morningCmd) Run(ctx context.Context) error {
	var r attacks.MorningReport
	err := c.in(func(o attacks.Options) (err error) {
		r, err = attacks.Morning(ctx, attacks.MorningOptions{
			Options: o, Gestiones: c.Gestiones, World: procs.World{Unidades: 8, Agentes: 8, Referencias: 20_000},
		})
		if err == nil && r.Wrong() {
			err = errors.New("hubo diferencias")
		}
		return err
	})
	fmt.Printf(`Pendientes al irse Temporal:   %d
Sin Temporal durante:          %.1f s
  cargas atendidas (202):      %d, la más lenta en %.2f s
  pedidos guardados (202):     %d
En reposo tras su vuelta:      %.1f s
  aplicados:                   %d
  sin efecto, en su bandeja:   %d
  fuera de orden:              %d
  gestiones distintas:         %d
`, r.Waiting, r.Out.Seconds(), r.Loaded, r.Slowest.Seconds(), r.Stored, r.Rest.Seconds(), r.Applied, r.SinEfecto, r.Disorder, r.Different)
	return err
}
