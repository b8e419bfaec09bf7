package soak

import (
	"context"
	"fmt"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// reckon waits until all that was accepted is finished, and holds what is there
// against what was promised.
func (m *mundo) reckon(ctx context.Context) error {
	patience, cancel := context.WithTimeout(ctx, m.o.Episode.Calm)
	defer cancel()
	begun := time.Now()
	left, err := m.settle(patience)
	if err != nil {
		return err
	}
	if left != "" {
		m.violation("still not finished after %s of calm: %s", m.o.Episode.Calm, left)
		return nil
	}
	m.figures.add("seconds to settle", int(time.Since(begun).Seconds()))
	return m.judge(ctx)
}

// settle lets the works' own reconciliations finish what was left undone; what
// they do not finish it says.
func (m *mundo) settle(ctx context.Context) (left string, err error) {
	for {
		m.clock.Forward(time.Minute, m.clock.Mes().End().Add(-time.Hour))
		left, err = m.waiting(context.WithoutCancel(ctx))
		if err != nil || left == "" || !rest(ctx, 100*time.Millisecond) {
			return left, err
		}
	}
}

// waiting is what was accepted and is not finished.
func (m *mundo) waiting(ctx context.Context) (string, error) {
	motor := ""
	if open := m.works[0].app(); open != nil {
		var err error
		if motor, err = open.App.Flow.Motor(ctx); err != nil {
			return fmt.Sprintf("the engine: %v", err), nil
		}
	}
	p, err := m.plain.Pulso(ctx, motor)
	if err != nil {
		return "", err
	}
	reclamos, err := m.plain.ReclamosPorAvisar(ctx, motor, m.clock.Now(), "", 1000)
	if err != nil || p.SinAplicar+p.Recibidas+p.Ordenes+p.SinAvisar+p.Ajenas+len(reclamos) == 0 {
		return "", err
	}
	return fmt.Sprintf("commands %d, verifications %d, orders to close %d, workflows not told %d, rows of no engine %d, reclamos to look at %d",
		p.SinAplicar, p.Recibidas, p.Ordenes, p.SinAvisar, p.Ajenas, len(reclamos)), nil
}

// judge looks for everything that must never be.
func (m *mundo) judge(ctx context.Context) error {
	found, err := m.plain.Inconsistencias(ctx)
	if err != nil {
		return err
	}
	for _, f := range found {
		m.violation("%s", f)
	}
	rows, err := m.readRows(ctx)
	if err != nil {
		return err
	}
	for _, a := range m.model.told() {
		if wrong := rows.contradict(a); wrong != "" {
			m.violation("%s of %s answered %d %s, key %s: %s", a.what, a.path, a.status, a.body.Codigo, a.key, wrong)
		}
	}
	m.doubled(rows)
	if err := m.agree(ctx, rows); err != nil {
		return err
	}
	if err := m.claimed(ctx); err != nil {
		return err
	}
	if err := m.sealed(ctx); err != nil {
		return err
	}
	return m.unchanged(ctx)
}

// sealed holds the audit against its chain, and that against what it was; and every
// planilla against its gestiones.
func (m *mundo) sealed(ctx context.Context) error {
	var named []app.Sello
	if m.sello.Bloque > 0 {
		named = append(named, m.sello)
	}
	v, err := m.plain.VerifySellos(ctx, func(a app.Alteracion) { m.violation("%s", a) }, named...)
	if err == nil && v.Bloques == 0 {
		m.violation("nobody sealed the audit: %d entries", v.SinSellar)
	}
	m.sello = v.Ultimo
	if err != nil {
		return err
	}
	_, err = m.plain.VerifyPlanillas(ctx, func(a app.Adulteracion) { m.violation("%s", a) })
	return err
}

// doubled finds more people's requests in the rows than people asked.
func (m *mundo) doubled(rows *rows) {
	asked := map[string]bool{}
	for _, a := range m.model.told() {
		asked[key(string(a.who.ID), a.key)] = true
	}
	for k := range rows.gestiones {
		if !asked[k] {
			m.violation("a gestión that nobody loaded: %s", k)
		}
	}
	for k, c := range rows.comandos {
		if c.lote == "" && !asked[k] {
			m.violation("a command that nobody asked: %s", k)
		}
		if c.resultado == "" {
			m.violation("command %s has no result", k)
		}
	}
}

// unchanged holds the planillas of closed months against what they were when
// first seen closed.
func (m *mundo) unchanged(ctx context.Context) error {
	all, err := m.plain.Planillas(ctx, app.Vision{Todo: true}, pa0580.Mes{})
	if err != nil {
		return err
	}
	now := map[string]string{}
	for _, p := range all {
		whole, err := m.plain.Planilla(ctx, app.Vision{Todo: true}, p.ID)
		if err != nil {
			return err
		}
		now[p.ID] = fmt.Sprintf("%+v", whole)
	}
	for id, was := range m.closed {
		if now[id] != was {
			m.violation("planilla %s of a closed month changed", id)
		}
	}
	m.closed = now
	return nil
}
