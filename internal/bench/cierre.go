package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
)

// cerrar has HR close the month, through the API, and waits until every workflow
// was told.
func (m *measurement) cerrar(ctx context.Context) error {
	api := apiclient.New(m.stack.URL(1), 1) // there the month is over
	token, mes := m.people.RRHH[0].Token, m.mes.String()
	if _, err := api.Corte(ctx, token, "corte", mes); err != nil {
		return err
	}
	m.found.lines = int64(len(m.loaded))
	step, end := m.Progress("cierre", len(m.loaded))
	defer end()
	var err error
	m.found.close, err = m.during(ctx, len(m.loaded), func(ctx context.Context) error {
		begun := time.Now()
		preview, err := api.VistaPrevia(ctx, token, "vista", mes, "")
		if err != nil {
			return err
		}
		seen := time.Now()
		_, closed, err := api.Cerrar(ctx, token, "cerrar", mes, preview.Huella, "Medición: sin conformidades")
		if err != nil {
			return err
		}
		if !closed {
			return errors.New("the close was not carried out in time")
		}
		frozen := time.Now()
		m.found.preview, m.found.freeze = seen.Sub(begun), frozen.Sub(seen)
		if err := m.awaitTold(ctx, step); err != nil {
			return err
		}
		m.found.drain = time.Since(frozen)
		return nil
	})
	return err
}

// awaitTold waits for the drain. Each page of it is marked as a whole.
func (m *measurement) awaitTold(ctx context.Context, step func(int)) error {
	before := m.found.lines
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		left, err := m.number(ctx, "SELECT count(*) FROM gestiones WHERE estado = 'incluida' AND NOT avisada")
		step(int(before - left))
		before = left
		return err != nil || left == 0, err
	})
}

// checkClosed makes sure that what was measured is what was to be measured.
func (m *measurement) checkClosed(ctx context.Context) error {
	c, err := m.api.Cierre(ctx, m.people.RRHH[0].Token, m.mes.String())
	if err == nil && (c.Lineas != m.found.lines || c.Avisadas != m.found.lines) {
		err = fmt.Errorf("of %d gestiones %d are paid and %d told", m.found.lines, c.Lineas, c.Avisadas)
	}
	return err
}
