package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
)

const deFuncionario = "/reclamos-funcionario"

// claim is an agent who is not content with what became of a gestión, or misses one of a
// closed month, and at times thinks better of it. Half the time the rules say no.
func (m *mundo) claim(ctx context.Context, random *rand.Rand, who procs.Persona) {
	body := map[string]any{"motivo": "No es lo que corresponde", "unidad": who.Unidad, "mes": m.clock.Mes().Prev().String()}
	if random.IntN(3) > 0 {
		settled := m.some(ctx, random, who, "/gestiones?limite=30&estado=rechazada&estado=incluida", 1)
		if len(settled) == 0 {
			return
		}
		body = map[string]any{"motivo": "No es lo que corresponde", "gestion": settled[0].ID}
	}
	a, ok := m.ask(ctx, random, request{what: reclamo, who: who, path: deFuncionario, body: body})
	if ok && a.ok() && random.IntN(3) == 0 {
		m.ask(ctx, random, request{what: reclamo, who: who, path: deFuncionario + "/" + a.body.ID + "/retirar"})
	}
	m.read(ctx, random, who, "/yo"+deFuncionario, nil)
}

// answer is a head who answers what is claimed, or HR that looks on.
func (m *mundo) answer(ctx context.Context, random *rand.Rand, who procs.Persona) {
	var open struct{ Reclamos []struct{ ID string } }
	if !m.read(ctx, random, who, deFuncionario+"?"+url.Values{"estado": {"abierto"}}.Encode(), &open) || len(open.Reclamos) == 0 {
		return
	}
	id := open.Reclamos[random.IntN(len(open.Reclamos))].ID
	body := map[string]any{"resultado": "sin_lugar", "motivo": "Está bien como está"}
	if random.IntN(2) == 0 {
		body = map[string]any{"resultado": "procede", "motivo": "Corresponde", "signo": []string{"resta", "suma"}[random.IntN(2)]}
	}
	m.ask(ctx, random, request{what: reclamo, who: who, path: deFuncionario + "/" + id + "/responder", body: body})
	m.read(ctx, random, m.people.RRHH[0], deFuncionario+"/"+id, nil)
}

// claimed finds reclamos that ended and whose workflow goes on, and those of which it is
// not recorded that nobody answered in time.
func (m *mundo) claimed(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, m.url)
	if err != nil {
		return fmt.Errorf("read the reclamos: %w", err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT id::text, respondido_at IS NOT NULL OR retirado_at IS NOT NULL, vence < $1 AND vencido_at IS NULL FROM reclamos_funcionario", pa0580.DiaOf(m.clock.Now()).String())
	if err != nil {
		return fmt.Errorf("read the reclamos: %w", err)
	}
	var id string
	var ended, overdue bool
	var all []string
	if _, err := pgx.ForEachRow(rows, []any{&id, &ended, &overdue}, func() error {
		if overdue && !ended {
			m.violation("reclamo %s is overdue and nobody recorded it", id)
		}
		if ended {
			all = append(all, id)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("read the reclamos: %w", err)
	}
	m.figures.add("reclamos ended", len(all))
	for _, id := range all {
		if m.goesOn(ctx, pa0580.ReclamoFuncionarioID(id)) {
			m.violation("reclamo %s ended and its workflow goes on", id)
		}
	}
	return nil
}

// goesOn tells a workflow that still runs a while after its row ended.
func (m *mundo) goesOn(ctx context.Context, id pa0580.ReclamoFuncionarioID) bool {
	for late := time.Now().Add(time.Minute); ; {
		found, err := m.temporal.DescribeWorkflowExecution(ctx, contract.ReclamoWorkflowID(id), "")
		var missing *serviceerror.NotFound
		if errors.As(err, &missing) || err == nil && found.GetWorkflowExecutionInfo().GetStatus() != enums.WORKFLOW_EXECUTION_STATUS_RUNNING {
			return false
		}
		if time.Now().After(late) || !rest(ctx, 200*time.Millisecond) {
			return true
		}
	}
}
