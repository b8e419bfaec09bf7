package attacks

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// fill brings gestiones into every estado, and leaves commands and an order to
// close stored and unapplied, with neither work nor Temporal running.
func (l *lost) fill(ctx context.Context) error {
	db, err := pgx.Connect(ctx, l.stack.DatabaseURL())
	if err != nil {
		return err
	}
	defer db.Close(ctx)
	second := l.first.Next()
	l.Say("Gestiones de %s: aprobadas…", l.first)
	paid, err := l.loadAtRest(ctx, db, l.share(20))
	if err == nil {
		err = l.decide(ctx, db, paid, pa0580.Aprobar)
	}
	if err != nil {
		return err
	}
	if err := l.stack.Move(ctx, into(second), opensgc.Normal); err != nil {
		return err
	}
	l.Say("Gestiones de %s: en cada estado…", second)
	all, err := l.loadAtRest(ctx, db, l.share(65))
	if err != nil {
		return err
	}
	take := func(percent int) []loaded {
		part := all[:min(l.share(percent), len(all))]
		all = all[len(part):]
		return part
	}
	ordered := take(20)
	for _, part := range []struct {
		gs     []loaded
		accion pa0580.Accion
	}{{ordered, pa0580.Aprobar}, {take(10), pa0580.Observar}, {take(5), pa0580.Rechazar}} {
		if err := l.decide(ctx, db, part.gs, part.accion); err != nil {
			return err
		}
	}
	if err := l.withdraw(ctx, db, take(5)); err != nil {
		return err
	}
	pending := take(15)
	if err := l.refused(ctx, db, max(1, l.share(1))); err != nil {
		return err
	}
	if err := l.stack.Move(ctx, 0, opensgc.Normal); err != nil {
		return err
	}
	approved, err := l.loadAtRest(ctx, db, l.share(5))
	if err == nil {
		err = l.decide(ctx, db, approved, pa0580.Aprobar)
	}
	if err != nil {
		return err
	}
	if err := l.closeUntold(ctx, db, paid); err != nil {
		return err
	}
	l.Say("Sin work: recibidas; sin Temporal: pedidos sin aplicar y una orden de cierre…")
	if err := l.storeUnapplied(ctx, all, ordered); err != nil {
		return err
	}
	l.Say("%d gestiones: %d pendientes, %d pedidos sin aplicar", len(l.want), len(pending), l.report.Stored)
	return nil
}

func (l *lost) share(percent int) int { return l.Total * percent / 100 }

// loadAtRest loads and waits until OPEN SGC answered about all.
func (l *lost) loadAtRest(ctx context.Context, db *pgx.Conn, n int) ([]loaded, error) {
	l.away = false
	gs, err := l.loadMany(ctx, n)
	if err == nil {
		err = quiet(ctx, db)
	}
	return gs, err
}

const lote = 500

// decide has the heads decide on all, in lotes, and waits until that is applied.
func (l *lost) decide(ctx context.Context, db *pgx.Conn, gs []loaded, accion pa0580.Accion) error {
	next := map[pa0580.Accion]pa0580.Estado{
		pa0580.Aprobar: pa0580.Aprobada, pa0580.Observar: pa0580.Observada, pa0580.Rechazar: pa0580.Rechazada,
		pa0580.RetirarObservacion: pa0580.Pendiente,
	}[accion]
	byHead := map[string][]apiclient.Decision{}
	for _, g := range gs {
		row := l.want[g.id]
		d := apiclient.Decision{Gestion: g.id, Accion: accion, Version: row.version}
		if accion.NeedsMotivo() {
			d.Motivo = "Falta el número de expediente"
		}
		token := l.people.JefeDe(g.agent).Token
		byHead[token] = append(byHead[token], d)
		l.want[g.id] = fila{next, row.version + 1}
	}
	for token, ds := range byHead {
		for part := range slices.Chunk(ds, lote) {
			out, err := l.apis[0].PedirLote(ctx, token, uuid.NewString(), part)
			if err != nil {
				return fmt.Errorf("lote of %d: %w", len(part), err)
			}
			if out.Guardados != len(part) {
				return fmt.Errorf("lote of %d: %d stored, the first refusal: %v", len(part), out.Guardados, out.Rechazos[:1])
			}
		}
	}
	return quiet(ctx, db)
}

// withdraw has each one's agent annul it.
func (l *lost) withdraw(ctx context.Context, db *pgx.Conn, gs []loaded) error {
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(together)
	for i, g := range gs {
		group.Go(func() error {
			_, err := l.apis[i%len(l.apis)].Anular(asking, l.people.Agentes[g.agent].Token, uuid.NewString(), g.id, seen, "Se cargó dos veces")
			return err
		})
		l.want[g.id] = fila{pa0580.Anulada, seen + 1}
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("annul: %w", err)
	}
	return quiet(ctx, db)
}

// refused loads what OPEN SGC does not have: each agent is told so at the counter.
// One who was told «recibida», since OPEN SGC's answer came late, gets it back and
// annuls it.
func (l *lost) refused(ctx context.Context, db *pgx.Conn, n int) error {
	var late []loaded
	for i := range n {
		agent := i % len(l.people.Agentes)
		k := l.last.Add(1)
		in := l.carga(int(k))
		in.Referencia.Numero = procs.NIS(l.refs + i)
		g, _, err := l.apis[i%len(l.apis)].Cargar(ctx, l.people.Agentes[agent].Token, fmt.Sprint("carga-", k), in)
		var no *apiclient.Problem
		switch {
		case errors.As(err, &no) && no.Codigo == string(pa0580.CodeReferenceUnknown):
		case err != nil:
			return fmt.Errorf("load %d: %w", k, err)
		default:
			late = append(late, loaded{id: g.ID, agent: agent})
		}
	}
	if err := quiet(ctx, db); err != nil {
		return err
	}
	rows, err := filas(ctx, db)
	if err != nil {
		return err
	}
	invalid := 0
	for id, row := range rows {
		if row.estado == pa0580.Invalida {
			l.want[id] = fila{pa0580.Invalida, seen}
			invalid++
		}
	}
	if invalid+len(late) != n {
		return fmt.Errorf("of %d references that OPEN SGC does not have %d were refused and %d came late", n, invalid, len(late))
	}
	return l.withdraw(ctx, db, late)
}

const (
	// While this stands, telling gestiones that they are in a planilla goes on and
	// is never recorded.
	refuseToldSQL = `
CREATE FUNCTION nadie_avisado() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''attack''; END';
CREATE TRIGGER nadie_avisado BEFORE UPDATE OF avisada ON gestiones EXECUTE FUNCTION nadie_avisado()`
	allowToldSQL = "DROP FUNCTION nadie_avisado() CASCADE"
	sessionsSQL  = `
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`
)

// closeUntold closes the first month and kills the workers in the middle of
// telling the gestiones in it. However fast they are, PostgreSQL takes no word of
// it, nor what the dead may still have sent.
func (l *lost) closeUntold(ctx context.Context, db *pgx.Conn, paid []loaded) error {
	if _, err := db.Exec(ctx, refuseToldSQL); err != nil {
		return fmt.Errorf("refuse to mark gestiones as told: %w", err)
	}
	if err := l.closeAndKill(ctx, paid); err != nil {
		return err
	}
	if err := sessionsGone(ctx, db); err != nil {
		return err
	}
	if _, err := db.Exec(ctx, allowToldSQL); err != nil {
		return fmt.Errorf("allow to mark gestiones as told: %w", err)
	}
	if err := l.stack.MoveOnly(ctx, l.stack.Serves, 0, opensgc.Caido); err != nil { // starts them
		return err
	}
	c, err := l.apis[0].Cierre(ctx, l.people.RRHH[0].Token, l.first.String())
	if err == nil && (c.Lineas == 0 || c.Avisadas > 0) {
		err = fmt.Errorf("nothing left to lose: %d lines, %d told", c.Lineas, c.Avisadas)
	}
	l.Say("Cierre de %s: %d líneas, %d avisadas", l.first, c.Lineas, c.Avisadas)
	return err
}

// sessionsGone waits until nobody else is connected.
func sessionsGone(ctx context.Context, db *pgx.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, quietIn)
	defer cancel()
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		var others int
		err := db.QueryRow(ctx, sessionsSQL).Scan(&others)
		if err == nil && others > 0 {
			err = fmt.Errorf("%d sessions of the killed are left", others)
		}
		return err == nil, err
	})
}

// closeAndKill closes the first month and kills every serve and work.
func (l *lost) closeAndKill(ctx context.Context, paid []loaded) error {
	token, mes := l.people.RRHH[0].Token, l.first.String()
	if _, err := l.apis[0].Corte(ctx, token, uuid.NewString(), mes); err != nil {
		return fmt.Errorf("corte: %w", err)
	}
	preview, err := l.apis[0].VistaPrevia(ctx, token, "", mes, "")
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	_, closed, err := l.apis[0].Cerrar(ctx, token, uuid.NewString(), mes, preview.Huella, sinConformidad)
	l.killGestiones()
	if err != nil || !closed {
		return errors.Join(err, fmt.Errorf("closed: %v", closed))
	}
	for _, g := range paid {
		l.want[g.id] = fila{pa0580.Incluida, l.want[g.id].version + 1}
	}
	return nil
}

// storeUnapplied stores what nobody works on: gestiones whose workflows wait for
// OPEN SGC, then, with the engine away, commands, and an order to close the second
// month, whose corte lies before these commands.
func (l *lost) storeUnapplied(ctx context.Context, asked, ordered []loaded) error {
	token, mes := l.people.RRHH[0].Token, l.first.Next().String()
	if _, err := l.apis[0].Corte(ctx, token, uuid.NewString(), mes); err != nil {
		return fmt.Errorf("corte: %w", err)
	}
	l.away = true
	if _, err := l.loadMany(ctx, l.share(10)); err != nil {
		return err
	}
	l.stack.Temporal.Kill()
	if err := l.askAll(ctx, asked); err != nil {
		return err
	}
	preview, err := l.apis[0].VistaPrevia(ctx, token, "", mes, "")
	if err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	if _, closed, err := l.apis[0].Cerrar(ctx, token, uuid.NewString(), mes, preview.Huella, sinConformidad); err != nil || closed {
		return errors.Join(err, fmt.Errorf("closed without Temporal: %v", closed))
	}
	for _, g := range ordered {
		l.want[g.id] = fila{pa0580.Incluida, l.want[g.id].version + 1}
	}
	return nil
}
