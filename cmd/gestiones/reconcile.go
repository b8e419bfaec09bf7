package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"ande.gov.py/gestiones/internal/boot"
)

type reconcileCmd struct {
	engine `embed:""`
	Todas  bool `help:"Además, poner en marcha el workflow de toda gestión abierta donde falte: después de que alguien los terminó."`
}

// Run reconciles once, and says what that sent.
func (c *reconcileCmd) Run(ctx context.Context, log *slog.Logger) error {
	system, err := c.open(ctx, boot.API{}, boot.Firma{}, log)
	if err != nil {
		return err
	}
	defer system.Close()
	found, failed := system.App.Reconciliar(ctx)
	if failed != nil {
		failed = fmt.Errorf("no se pudo reconciliar todo: %w", failed)
	}
	fmt.Printf("Pedidos vueltos a mandar: %d\nGestiones movidas:        %d\nGestiones de otro motor:  %d\nVerificaciones:           %d\nÓrdenes de cierre:        %d\nCierres por avisar:       %d\nReclamos por avisar:      %d\nFallaron:                 %d\nAsientos sellados:        %d\n",
		found.Comandos, found.Movidas, found.Ajenas, found.Verificaciones, found.Ordenes, found.Cierres, found.Reclamos, found.Fallas, found.Selladas)
	if found.Cortada != "" {
		fmt.Printf("Cortada en:               %s; repita\n", found.Cortada)
	}
	missed := found.Fallas
	if c.Todas { // whatever failed before: these are others
		open, out, err := system.App.Rearrancar(ctx, func(n int) { fmt.Fprintf(os.Stderr, "\r%d gestiones abiertas…", n) })
		fmt.Fprintln(os.Stderr)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("no se pudieron recorrer las gestiones abiertas: %w", err))
		}
		fmt.Printf("Gestiones abiertas con su workflow en marcha: %d de %d\n", open-out, open)
		missed += out
	}
	if missed > 0 {
		failed = errors.Join(failed, errors.New("algunos mensajes no llegaron a Temporal: repita; «gestiones doctor» dice qué pasa"))
	}
	return failed
}
