package attacks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

// reconcileEvery is how often what was left undone is sent again: oftener than
// in production, so that a count need not wait long.
const reconcileEvery = "5s"

// start runs two of each program, with the clock in the middle of a month.
func start(ctx context.Context, o Options, mes pa0580.Mes) (*procs.Stack, error) {
	o.Say("Iniciando PostgreSQL, Temporal, dos serve y dos work…")
	return procs.Start(ctx, procs.Options{
		Local: o.Local, Gestiones: o.Gestiones, Bench: o.Bench,
		Dir: o.Dir, Serves: 2, Works: 2, Desfase: into(mes),
		Env: []string{"GESTIONES_RECONCILIAR_CADA=" + reconcileEvery},
	})
}

// into is how far a clock is off that shows the middle of a month.
func into(mes pa0580.Mes) time.Duration {
	return time.Until(mes.Start().AddDate(0, 0, 14).Add(10 * time.Hour)).Round(time.Second)
}

// kindOf is a process without its number.
func kindOf(p *procs.Process) string {
	kind, _, _ := strings.Cut(p.Name, "-")
	return kind
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

const closeIn = 5 * time.Minute

// closeMonth cuts a month off, previews and closes it, and waits until every
// gestión in its planillas knows.
func closeMonth(ctx context.Context, api *apiclient.Client, token string, mes pa0580.Mes) (apiclient.Cierre, error) {
	ctx, cancel := context.WithTimeout(ctx, closeIn)
	defer cancel()
	if _, err := api.Corte(ctx, token, uuid.NewString(), mes.String()); err != nil {
		return apiclient.Cierre{}, fmt.Errorf("corte: %w", err)
	}
	preview, err := api.VistaPrevia(ctx, token, "", mes.String(), "")
	if err != nil {
		return apiclient.Cierre{}, fmt.Errorf("preview: %w", err)
	}
	if _, _, err := api.Cerrar(ctx, token, uuid.NewString(), mes.String(), preview.Huella, sinConformidad); err != nil {
		return apiclient.Cierre{}, fmt.Errorf("close: %w", err)
	}
	return told(ctx, api, token, mes)
}

const sinConformidad = "Cierre de prueba, sin conformidades"

// told waits until every gestión in a month's planillas knows.
func told(ctx context.Context, api *apiclient.Client, token string, mes pa0580.Mes) (apiclient.Cierre, error) {
	var c apiclient.Cierre
	err := host.Await(ctx, func(ctx context.Context) (bool, error) {
		var err error
		if c, err = api.Cierre(ctx, token, mes.String()); err != nil {
			return false, err
		}
		if c.CerradoAt == "" || c.Avisadas < c.Lineas {
			return false, errors.New("it is not closed, or not all are told")
		}
		return true, nil
	})
	if err != nil {
		return c, fmt.Errorf("await the close of %s, %d of %d told: %w", mes, c.Avisadas, c.Lineas, err)
	}
	return c, nil
}
