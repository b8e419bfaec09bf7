package journeys

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/interceptor"
	"google.golang.org/grpc"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/faults"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

const (
	porCerrar = "2026-10" // the month to close
	hr        = api + "/cierres/" + porCerrar
	aprobadas = 30 // gestiones that its planillas hold
)

// cortado is when HR cut the month off, in the template.
var cortado = pa0580.LocalTime(2026, time.November, 3, 9, 0, 0)

// mesPorCerrar names the template of a month that waits for its close: decided,
// some left undecided, cut off. Every copy has the same rows, corte and salt, so
// the same planillas are due.
func mesPorCerrar(t *testing.T) string {
	t.Helper()
	return teststack.Template(t, "por_cerrar_"+schema(), func(url string) error {
		if err := poblar(url); err != nil {
			return err
		}
		ctx := context.Background()
		store, err := postgres.Open(ctx, url, postgres.Options{})
		if err != nil {
			return err
		}
		defer store.Close()
		return vivirMes(ctx, store)
	})
}

func vivirMes(ctx context.Context, store *postgres.Store) error {
	people, err := store.Funcionarios(ctx, app.FiltroPersonas{Limite: 100})
	if err != nil {
		return err
	}
	who := map[string]pa0580.FuncionarioID{}
	for _, p := range people {
		who[strings.ToLower(p.Legajo)] = p.ID
	}
	org, err := store.Organizacion(ctx)
	if err != nil {
		return err
	}
	heads := map[string]string{"ana": "jimena", "beto": "jimena", "carla": "julio"}
	for i, agent := range strings.Fields(strings.Repeat("ana beto carla ", (aprobadas+6)/3)) {
		at := pa0580.LocalTime(2026, time.October, 1+i%28, 6+i%12, i, 0)
		roster, err := store.Asignaciones(ctx, who[agent], pa0580.DiaOf(at))
		if err != nil {
			return err
		}
		doc, err := pa0580.ParseDocumento("CI", fmt.Sprint(1_500_000+i))
		if err != nil {
			return err
		}
		g := pa0580.New(pa0580.GestionID(uuid.NewString()), roster[0], "Sección", pa0580.Contenido{
			Documento: doc, Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: nis(i)}, Tipo: pa0580.TiposGestion()[i%5],
		}, at, org.Calendario.Clasificar(at, org.Camino(roster[0].Unidad)))
		if _, _, err = store.AddGestion(ctx, g, clave(i)); err != nil {
			return err
		}
		row, err := store.Verify(ctx, g.ID, 1, pa0580.Hallazgo{Existe: true, Tension: pa0580.BT, At: at}, "")
		if err != nil || i >= aprobadas {
			if err != nil {
				return err
			}
			continue // left undecided
		}
		c := pa0580.Comando{
			ID: pa0580.ComandoID(uuid.NewString()), Gestion: g.ID, Accion: pa0580.Aprobar, Actor: who[heads[agent]],
			Autoridad: pa0580.Autoridad{Cargo: pa0580.CargoJefe, Unidad: g.Unidad}, Vista: row.Version, At: at.Add(time.Hour),
		}
		if _, _, err := store.AddComando(ctx, c, clave(i)); err != nil {
			return err
		}
		if _, err := store.ApplyUpTo(ctx, c.ID, at.Add(time.Hour)); err != nil {
			return err
		}
	}
	return store.SetCorte(ctx, pa0580.NewMes(2026, time.October), &cortado, who["hugo"], cortado, clave(0))
}

func clave(i int) app.Clave { return app.Clave{Clave: fmt.Sprint("mes-", i), Cuerpo: []byte{byte(i)}} }

// newCierre is a copy of the month to close, with faults under everything and
// a worker.
func newCierre(t *testing.T, changes ...func(*boot.Config)) (*mundo, *faults.Injector) {
	t.Helper()
	in := faults.New(1, faults.Registered(), nil)
	m := newMundoOf(t, teststack.Temporal(t), mesPorCerrar(t), func(c *boot.Config) {
		c.Connector, c.Messages = in.Connector, []grpc.DialOption{in.Messages()}
		c.Activities = []interceptor.WorkerInterceptor{in.Activities()}
		c.Log = silencio
		for _, change := range changes {
			change(c)
		}
	})
	m.at(2026, time.November, 3, 10, 0)
	m.work()
	t.Cleanup(func() { m.stopWork() })
	m.eventually("every workflow to run", 2*time.Minute, func() bool {
		open, missed, err := m.system.App.Rearrancar(t.Context(), func(int) {})
		return err == nil && open > 0 && missed == 0
	})
	return m, in
}

// planillas is all that a close wrote, in words that do not depend on the ids it
// made up.
func planillas(t *testing.T, url string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var out strings.Builder
	for _, q := range []string{
		"SELECT concat_ws('|', mes, huella, lineas, motivo, cerrado_at, cerrado_por) FROM cierres ORDER BY 1",
		"SELECT concat_ws('|', numero, mes, unidad_codigo, unidad_nombre, jefe, conforme, motivo, huella, cerrada_at) FROM planillas ORDER BY 1",
		"SELECT concat_ws('|', p.numero, f.legajo, f.ci, f.nombre, f.modo, f.mes, f.ordinarias, f.extraordinarias) FROM planilla_filas f JOIN planillas p ON p.id = f.planilla_id ORDER BY 1",
		"SELECT concat_ws('|', p.numero, l.gestion_id, l.funcionario_id, l.modo, l.mes, l.tipo_gestion, l.jornada, l.guardada_at) FROM planilla_lineas l JOIN planillas p ON p.id = l.planilla_id ORDER BY 1",
		"SELECT concat_ws('|', g.id, g.estado, g.version, g.avisada, p.numero) FROM gestiones g LEFT JOIN planillas p ON p.id = g.planilla_id ORDER BY 1",
		"SELECT concat_ws('|', gestion_id, version, accion, detalle, at) FROM auditoria WHERE gestion_id IS NOT NULL ORDER BY 1",
		"SELECT 'cierres contados: ' || count(*) FROM auditoria WHERE accion = 'cerrar'",
	} {
		rows, err := conn.Query(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, strings.Join(lines, "\n"))
	}
	return out.String()
}

// same holds what a close wrote against an undisturbed one's, and the rows
// against one another.
func (m *mundo) same(want string) {
	m.Helper()
	m.eventually("every workflow to be told", 3*time.Minute, func() bool {
		c := m.get("hugo", hr, http.StatusOK)
		return c.numero("lineas") == aprobadas && c.numero("avisadas") == aprobadas
	})
	if got := planillas(m.T, m.config.URL); got != want {
		m.Errorf("other planillas than undisturbed:\n%s", diff(want, got))
	}
	m.sound()
}

func (m *mundo) sound() {
	m.Helper()
	found, err := m.system.Store.Inconsistencias(m.Context())
	m.must(err)
	if len(found) > 0 {
		m.Errorf("the rows contradict one another: %v", found)
	}
}

// diff are the lines that only one of two texts has.
func diff(want, got string) string {
	only := func(sign, a, b string) (out string) {
		for line := range strings.Lines(a) {
			if !strings.Contains(b, line) {
				out += sign + line
			}
		}
		return out
	}
	return only("-", want, got) + only("+", got, want)
}
