package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

const floorCopy = "bench_suelo"

// floor is what PostgreSQL alone costs: the commits of a load, its verification,
// a decision and its application, with no API, no engine and no rules between.
func (m *measurement) floor(ctx context.Context) error {
	if err := clone(ctx, m.stack.Admin(), m.sql, floorCopy); err != nil {
		return err
	}
	store, err := postgres.Open(ctx, m.stack.Admin().URL(floorCopy), postgres.Options{})
	if err != nil {
		return err
	}
	defer done(store)
	rosters := make([]pa0580.Asignacion, clients)
	day := pa0580.DiaOf(m.mes.End().Add(-time.Hour))
	for i := range rosters {
		found, err := store.Asignaciones(ctx, m.people.Agentes[i].ID, day)
		if err != nil || len(found) != 1 {
			return fmt.Errorf("%d rosters of agent %d: %w", len(found), i, err)
		}
		rosters[i] = found[0]
	}
	org, err := store.Organizacion(ctx)
	if err != nil {
		return err
	}
	n := m.N / 2
	m.found.floor, err = m.during(ctx, n, m.loop("suelo SQL", n, func(ctx context.Context, client, i int) error {
		return m.commits(ctx, store, rosters[client], m.people.JefeDe(client).ID, org.Calendario.Version, i)
	}))
	return err
}

func (m *measurement) commits(ctx context.Context, store *postgres.Store, roster pa0580.Asignacion, head pa0580.FuncionarioID, calendario, i int) error {
	at := m.mes.End().Add(-time.Hour)
	ci := fmt.Sprint(2_000_000 + i)
	g := pa0580.New(pa0580.GestionID(newID()), roster, "Unidad", pa0580.Contenido{
		Documento:  pa0580.Documento{Tipo: pa0580.CI, Entrada: ci, Normal: ci},
		Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: fmt.Sprint(1_000_000 + i)}, Tipo: pa0580.TiposGestion()[1],
	}, at, pa0580.Clasificacion{Jornada: pa0580.Ordinaria, Calendario: calendario})
	if _, _, err := store.AddGestion(ctx, g, aKey()); err != nil {
		return err
	}
	row, err := store.Verify(ctx, g.ID, g.Version, pa0580.Hallazgo{Existe: true, Tension: pa0580.BT, At: at}, "motor")
	if err != nil {
		return err
	}
	c := pa0580.Comando{
		ID: pa0580.ComandoID(newID()), Gestion: g.ID, Accion: pa0580.Aprobar, Actor: head,
		Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: roster.Unidad}, Vista: row.Version, At: at,
	}
	if _, _, err := store.AddComando(ctx, c, aKey()); err != nil {
		return err
	}
	applied, err := store.ApplyUpTo(ctx, c.ID, at)
	if err == nil && applied.Resultado != pa0580.Aplicado {
		err = fmt.Errorf("decision on %s: %+v", g.ID, applied)
	}
	return err
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
