package journeys

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres/crowd"
	"ande.gov.py/gestiones/internal/teststack"
)

// bodega is a world with as many gestiones as do not fit between a
// server and a client who does not read. U1 and U2 are below U0.
type bodega struct {
	*mundo
	sql *pgx.Conn
}

const enBodega, diasEnBodega = 60_000, 60

// traps are what a spreadsheet or a reader of CSV would stumble over.
var traps = []string{
	`UPDATE unidades SET padre_id = md5('u0')::uuid WHERE codigo IN ('U1', 'U2')`,
	`UPDATE gestiones SET jornada = 'extraordinaria', jornada_motivo = 'fuera_de_horario' WHERE clave::int % 4 = 0`,
	`UPDATE gestiones SET jornada_motivo = 'dia_no_laborable', feriado = 'Día; "patrio"' WHERE clave::int % 8 = 0`,
	`UPDATE gestiones SET observacion = CASE clave::int % 3 WHEN 0 THEN '=HYPERLINK("http://x")' WHEN 1 THEN E'primera; "línea"\nsegunda' ELSE '' END`,
	`UPDATE gestiones SET documento_tipo = 'RUC', documento = documento || '-9' WHERE clave::int % 7 = 0`,
	`UPDATE funcionarios SET nombre = '@SUM(A1)' WHERE legajo = 'F7'`,
	`UPDATE organizacion SET version = version + 1`,
}

func newBodega(t *testing.T) *bodega {
	t.Helper()
	m := newMundoAt(t, teststack.Temporal(t))
	m.must(crowd.Fill(t.Context(), m.config.URL, crowd.Size{Rows: enBodega, Days: diasEnBodega, Unidades: 3}))
	conn, err := pgx.Connect(t.Context(), m.config.URL)
	m.must(err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	b := &bodega{m, conn}
	for _, trap := range traps {
		_, err := conn.Exec(t.Context(), trap)
		m.must(err)
	}
	for i := range 3 {
		b.unidades[fmt.Sprint("U", i)] = pa0580.UnidadID(b.text("SELECT id::text FROM unidades WHERE codigo = $1", fmt.Sprint("U", i)))
	}
	b.persona("renata", app.RolResponsable)
	b.persona("ramon", app.RolResponsable)
	for legajo, units := range map[string][]string{"renata": {"U0", "U1", "U2"}, "ramon": {"U1"}} {
		for _, u := range units {
			b.post("root", api+"/unidades/"+string(b.unidades[u])+"/responsables", cuerpo{"funcionario": b.ids[legajo]}, http.StatusOK)
		}
	}
	return b
}

func (b *bodega) persona(legajo string, roles ...app.Rol) {
	b.Helper()
	id, err := b.system.Store.Save(b.Context(), "", *b.now.Load(), app.Clave{}, app.Cambio{Funcionario: &app.Funcionario{
		Legajo: strings.ToUpper(legajo), CI: fmt.Sprint(3_000_000 + len(b.ids)), Nombre: legajo, Roles: roles, Activo: true,
	}})
	b.must(err)
	b.ids[legajo] = pa0580.FuncionarioID(id)
	b.tokens[legajo], _, err = b.system.App.IssueToken(b.Context(), b.ids[legajo], "prueba", roles, time.Hour)
	b.must(err)
}

func (b *bodega) text(sql string, args ...any) (out string) {
	b.Helper()
	b.must(b.sql.QueryRow(b.Context(), sql, args...).Scan(&out))
	return out
}

// todo asks for everything below U0.
func (b *bodega) todo(changes ...cuerpo) cuerpo {
	out := cuerpo{"unidad": b.unidades["U0"], "subarbol": true, "desde": "2026-01-01", "hasta": "2026-12-31", "formato": "csv"}
	for _, c := range changes {
		for k, v := range c {
			out[k] = v
		}
	}
	return out
}

// empezar asks for an extraction and reads nothing of its file.
func (b *bodega) empezar(ctx context.Context, quien string, body cuerpo) *http.Response {
	b.Helper()
	res, err := b.enviar(ctx, llamada{quien: quien, metodo: http.MethodPost, ruta: api + "/extracciones", cuerpo: body})
	b.must(err)
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(res.Body)
		b.Fatalf("extracting as %s: %d %s", quien, res.StatusCode, raw)
	}
	b.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// bajar takes a whole extraction.
func (b *bodega) bajar(quien string, body cuerpo) (*http.Response, []byte) {
	b.Helper()
	res := b.empezar(b.Context(), quien, body)
	raw, err := io.ReadAll(res.Body)
	b.must(err)
	return res, raw
}
