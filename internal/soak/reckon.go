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
func (m *mundo) reckon(ctx context.Context, mes pa0580.Mes) error {
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
	return m.judge(ctx, mes)
}

// settle reconciles until nothing waits; otherwise it says what does.
func (m *mundo) settle(ctx context.Context) (left string, err error) {
	for {
		m.clock.Forward(time.Minute, m.clock.Mes().End().Add(-time.Hour))
		if open := m.works[0].app(); open != nil {
			if _, err := open.App.Reconciliar(ctx); err != nil {
				m.figures.add("reconciliations that failed in calm", 1)
			}
		}
		left, err = m.waiting(context.WithoutCancel(ctx))
		if err != nil || left == "" || !rest(ctx, 100*time.Millisecond) {
			return left, err
		}
	}
}

// waiting is what was accepted and is not finished.
func (m *mundo) waiting(ctx context.Context) (string, error) {
	everything := m.clock.Now().AddDate(1, 0, 0)
	pending, err := m.plain.Pendings(ctx, everything, 5)
	if err != nil {
		return "", err
	}
	for _, p := range pending {
		return fmt.Sprintf("gestión %s, comando %q and %d more", p.Gestion, p.Comando, len(pending)-1), nil
	}
	orders, err := m.plain.OrdenesPendientes(ctx, everything)
	if err != nil {
		return "", err
	}
	for _, o := range orders {
		return fmt.Sprintf("order %s to close %s", o.ID, o.Mes), nil
	}
	months, err := m.plain.Cierres(ctx)
	for _, c := range months {
		if c.Avisadas < c.Lineas {
			return fmt.Sprintf("%d gestiones of %s not told", c.Lineas-c.Avisadas, c.Mes), err
		}
	}
	return "", err
}

// judge looks for everything that must never be.
func (m *mundo) judge(ctx context.Context, mes pa0580.Mes) error {
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
	if c, err := m.plain.Cierre(ctx, mes); err != nil || c.CerradoAt == nil {
		m.violation("%s is not closed: %v", mes, err)
	}
	return m.unchanged(ctx)
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
