package attacks

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

// finish has every open gestión decided and, a month later, its month closed. It
// counts those that are not where that leads, and the workflows still running.
func (l *lost) finish(ctx context.Context) (int, error) {
	now := l.first.Next().Next()
	if err := l.stack.Move(ctx, into(now.Next()), opensgc.Normal); err != nil {
		return 0, err
	}
	db, err := pgx.Connect(ctx, l.stack.DatabaseURL())
	if err != nil {
		return 0, err
	}
	defer db.Close(ctx)
	if err := l.decide(ctx, db, l.standing(pa0580.Observada), pa0580.RetirarObservacion); err != nil {
		return 0, err
	}
	if err := l.decide(ctx, db, l.standing(pa0580.Pendiente), pa0580.Aprobar); err != nil {
		return 0, err
	}
	c, err := closeMonth(ctx, l.apis[0], l.people.RRHH[0].Token, now)
	if err != nil {
		return 0, err
	}
	approved := l.standing(pa0580.Aprobada)
	for _, g := range approved {
		l.want[g.id] = fila{pa0580.Incluida, l.want[g.id].version + 1}
	}
	if c.Lineas != int64(len(approved)) {
		return 0, fmt.Errorf("the last planillas have %d lines for %d approved gestiones", c.Lineas, len(approved))
	}
	wrong, err := different(ctx, db, l.want)
	if err != nil {
		return 0, err
	}
	left, err := disagreeing(ctx, l.stack, l.want)
	l.Say("Cierre de %s: %d líneas; sin terminar %d", now, c.Lineas, wrong+left)
	return wrong + left, errors.Join(err, consistent(ctx, db, len(l.want)))
}

// standing are the gestiones in an estado.
func (l *lost) standing(estado pa0580.Estado) []loaded {
	var out []loaded
	for id, row := range l.want {
		if row.estado == estado {
			out = append(out, loaded{id, l.agents[id]})
		}
	}
	return out
}
