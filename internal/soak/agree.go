package soak

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/devstack/astray"
	"ande.gov.py/gestiones/internal/flow"
	"ande.gov.py/gestiones/internal/pa0580"
)

// agree holds rows and workflows against one another: where the row lives its
// workflow runs, where it ended none does.
func (m *mundo) agree(ctx context.Context, rows *rows) error {
	estados := make(map[pa0580.GestionID]pa0580.Estado, len(rows.byID))
	for id, row := range rows.byID {
		estados[pa0580.GestionID(id)] = pa0580.Estado(row.estado)
	}
	differ, err := astray.Find(ctx, flow.New(m.temporal, m.space, contract.TaskQueue), estados, func() {
		m.clock.Forward(time.Minute, m.clock.Mes().End().Add(-time.Hour))
	})
	if err != nil {
		return err
	}
	for id, runs := range differ {
		m.violation("gestión %s is %s and its workflow runs: %t", id, estados[id], runs)
	}
	return nil
}
