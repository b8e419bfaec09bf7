package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ande.gov.py/gestiones/activities"
	"ande.gov.py/gestiones/internal/contract"
	"ande.gov.py/gestiones/internal/pa0580"
)

// desk is one row and its commands in memory, judged by the real rules. The
// tests of package postgres hold the real store to the same.
type desk struct {
	mu       sync.Mutex
	row      pa0580.Gestion
	commands []pa0580.Comando
	results  map[pa0580.ComandoID]contract.Applied

	missing  bool // OPEN SGC does not have the reference
	accepted bool // the agent was told «received»
	stale    bool // commands are stored with a version nobody sees any more
	down     int  // questions that OPEN SGC will not answer
	away     int  // calls that PostgreSQL will not answer
	asked    int

	closing // see cierre_test.go

	reloj   func() time.Time          // what activities read; nil: the machine's
	reclamo pa0580.ReclamoFuncionario // see reclamo_test.go
	attends int                       // how often its row was looked at
}

const agent, head = pa0580.FuncionarioID("agente"), pa0580.FuncionarioID("jefe")

func (d *desk) open() *desk {
	d.row = pa0580.Gestion{ID: id, Agente: agent, Mes: pa0580.NewMes(2026, 10), Estado: pa0580.Recibida, Version: 1, Aceptada: d.accepted}
	d.results = map[pa0580.ComandoID]contract.Applied{}
	return d
}

func (d *desk) activities() *activities.Activities {
	if d.reloj == nil {
		d.reloj = time.Now
	}
	return &activities.Activities{
		Store: d, SGC: d, Messenger: d, Reconciler: d, Archive: d, Reloj: func() time.Time { return d.reloj() }, Motor: func() string { return "motor" },
		Log: slog.New(slog.DiscardHandler), PlazoSGC: time.Second, Paralelo: 4, Verificada: func(pa0580.GestionID) {},
	}
}

func (d *desk) state() contract.RowState {
	return contract.RowState{Estado: d.row.Estado, Version: d.row.Version}
}

func (d *desk) lost() error {
	if d.away > 0 {
		d.away--
		return errors.New("connection refused: password=secreta")
	}
	return nil
}

func (d *desk) store(accion pa0580.Accion) pa0580.ComandoID {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := pa0580.Comando{
		ID: pa0580.ComandoID(fmt.Sprintf("c%d", len(d.commands)+1)), Gestion: id, Accion: accion,
		Actor: head, Vista: d.row.Version, Motivo: "motivo", At: time.Now(),
	}
	if !accion.Decides() {
		c.Actor = agent
	}
	if accion == pa0580.Corregir {
		c.Correccion = &pa0580.Contenido{}
	}
	if d.stale {
		c.Vista--
	}
	d.commands = append(d.commands, c)
	return c.ID
}

func (d *desk) include() contract.RowState {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.row.Estado, d.row.Version = pa0580.Incluida, d.row.Version+1
	return d.state()
}

func (d *desk) Consultar(context.Context, pa0580.Referencia) (pa0580.Hallazgo, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
	if d.down > 0 {
		d.down--
		return pa0580.Hallazgo{}, errors.New("no route to host")
	}
	return pa0580.Hallazgo{Existe: !d.missing}, nil
}

func (d *desk) Attend(context.Context, pa0580.GestionID, string) (contract.RowState, pa0580.Referencia, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.state(), d.row.Referencia, d.lost()
}

func (d *desk) Adoptar(context.Context, []pa0580.GestionID, string) error { return nil }

func (d *desk) Reconciliar(context.Context) (contract.Reconciliada, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.lost(); err != nil {
		return contract.Reconciliada{}, err
	}
	return contract.Reconciliada{Comandos: len(d.commands)}, nil
}

func (d *desk) Verify(_ context.Context, _ pa0580.GestionID, version int64, h pa0580.Hallazgo, _ string) (contract.RowState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.row.Version == version && d.row.Estado == pa0580.Recibida {
		if err := d.row.Verify(h); err != nil {
			return d.state(), err
		}
	}
	return d.state(), nil
}

func (d *desk) ApplyUpTo(_ context.Context, id pa0580.ComandoID, _ time.Time) (contract.Applied, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.commands {
		if _, done := d.results[c.ID]; done {
			continue
		}
		applied := contract.Applied{Resultado: pa0580.Aplicado}
		if rs := pa0580.RefusalsIn(d.row.Apply(c, nil)); len(rs) > 0 {
			applied = contract.Applied{Resultado: pa0580.SinEfecto, Codigo: rs[0].Code}
		}
		applied.Row = d.state()
		d.results[c.ID] = applied
	}
	applied := d.results[id]
	applied.Row = d.state()
	return applied, nil
}
