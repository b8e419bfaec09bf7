package postgres

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// procedimiento is what docs/operations.md has an operator do about a customer.
func procedimiento(t *testing.T, persona string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)## Borrar los datos de un cliente\n.*?```sql\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatal("docs/operations.md does not say how")
	}
	return strings.ReplaceAll(string(found[1]), ":'persona'", "'"+persona+"'")
}

// A customer's data are erased as operations say, by nobody but the database's owner and
// past no trigger: no table has their document any more, all that was closed is proved as
// before, and their paid gestión can still be taken back.
func TestErasedByLaw(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	const doc, other = "2000001", "2000009"
	quoting := func(f app.Ficha, a pa0580.Accion, who pa0580.FuncionarioID, at time.Time, change *pa0580.Contenido) app.Ficha {
		c := m.comando(f, a, who, at)
		c.Motivo, c.Correccion = "es la C.I. "+doc+" y no otra", change
		m.aplicar(t, m.pedir(t, c).ID, at)
		return m.leer(t, f.ID)
	}
	whose := contenido(1)
	whose.Observacion = "vino con su C.I. " + doc
	paid := quoting(m.pendiente(t, m.ana, whose, manana), pa0580.Aprobar, m.jefa, manana.Add(time.Hour), nil)
	rejected := quoting(m.pendiente(t, m.ana, whose, manana.Add(2*time.Hour)), pa0580.Rechazar, m.jefa, manana.Add(3*time.Hour), nil)
	// Another's, which was theirs until it was corrected.
	wrong := quoting(m.pendiente(t, m.beto, whose, manana), pa0580.Observar, m.jefa, manana.Add(time.Hour), nil)
	now := contenido(9)
	corrected := quoting(wrong, pa0580.Corregir, m.beto, manana.Add(2*time.Hour), &now)
	m.verificar(t, corrected.ID, corrected.Version, true, manana.Add(2*time.Hour))
	m.hacer(t, m.leer(t, corrected.ID), pa0580.Aprobar, m.jefa, manana.Add(3*time.Hour))
	m.cerrar(t, octubre, noviembre)
	waiting := quoting(m.pendiente(t, m.ana, whose, noviembre.Add(time.Minute)), pa0580.Rechazar, m.jefa, noviembre.Add(2*time.Minute), nil)
	claim, err := m.AddReclamo(t.Context(), pa0580.ReclamoFuncionario{
		ID: pa0580.ReclamoFuncionarioID(mustNewID()), Agente: m.ana, Gestion: paid.ID, Unidad: m.central, Mes: octubre, Motivo: "no era la C.I. " + doc,
		PresentadoAt: noviembre, Vence: pa0580.DiaOf(noviembre.Add(72 * time.Hour)),
	}, m.clave())
	if err != nil {
		t.Fatal(err)
	}
	m.responderPor(t, claim, paid.ID, noviembre.Add(time.Hour), "era la C.I. "+doc)
	var ajuste pa0580.AjusteID
	if err := m.db.NewRaw("SELECT id FROM ajustes").Scan(t.Context(), &ajuste); err != nil {
		t.Fatal(err)
	}
	word := pa0580.Visto{Quien: m.rrhh, At: noviembre.Add(90 * time.Minute)}
	if err := m.DecideAjuste(t.Context(), ajuste, "aprobar_ajuste", word, m.clave(), func(x *pa0580.Ajuste) error { return x.Approve(word) }); err != nil {
		t.Fatal(err)
	}
	holding := func() (out []string) {
		for _, c := range m.columns(t, m.tables(t)...) {
			if n := m.number(t, "SELECT count(*) FROM "+c.table+" x WHERE x."+c.name+"::text LIKE '%"+doc+"%' AND x::text NOT LIKE '%"+string(waiting.ID)+"%'"); n > 0 && !strings.HasPrefix(c.table, "sgc_") {
				out = append(out, c.table+"."+c.name)
			}
		}
		return out
	}
	if before := holding(); len(before) < 6 {
		t.Fatalf("only %v hold the document", before)
	}

	conn, err := pgx.Connect(t.Context(), m.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	if _, err := conn.PgConn().Exec(t.Context(), procedimiento(t, doc)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	if left := holding(); !slices.Equal(left, []string{"ajustes.motivo"}) { // which the proof covers
		t.Errorf("%v hold the document still", left)
	}
	if n := m.number(t, "SELECT count(*) FROM gestiones WHERE cuerpo <> '' AND documento = ''") + m.number(t, "SELECT count(*) FROM comandos WHERE cuerpo <> '' AND motivo = ?", pa0580.Borrado); n > 0 {
		t.Errorf("%d digests of what was asked are there to be guessed", n)
	}
	if g := m.leer(t, waiting.ID); g.Documento.Normal != doc {
		t.Errorf("one that can still be decided was erased: %+v", g)
	}
	if g := m.leer(t, corrected.ID); g.Documento.Normal != other || g.Estado != pa0580.Incluida {
		t.Errorf("another's gestión: %+v", g)
	}
	shown, err := m.Ajustes(t.Context(), app.Vision{Todo: true}, app.FiltroAjustes{Limite: 10})
	if err != nil || len(shown) != 1 || shown[0].Motivo != pa0580.Borrado {
		t.Errorf("shown of the ajuste: %+v, %v", shown, err)
	}
	m.ajustar(t, rejected.ID, pa0580.Suma, noviembre.Add(2*time.Hour))
	m.cerrar(t, octubre.Next(), octubre.Next().End().Add(10*time.Hour))
	lines, err := m.VerifyPlanillas(t.Context(), func(a app.Adulteracion) { t.Errorf("verified: %s", a) })
	if err != nil || lines != 2 || m.number(t, "SELECT count(*) FROM planilla_ajustes") != 2 {
		t.Errorf("%d lines, %v", lines, err)
	}
	for _, rewritten := range []string{
		"UPDATE comandos SET motivo = 'otra cosa'", "UPDATE reclamos_funcionario SET motivo = 'otra cosa'", "UPDATE reclamos_funcionario SET sal = gen_random_uuid(), respuesta = 'x'", "UPDATE comandos SET actor_id = '" + string(m.beto) + "'", "DELETE FROM comandos",
	} {
		if err := m.raw(t.Context(), rewritten); err == nil {
			t.Errorf("%s was carried out", rewritten)
		}
	}
}

func (m *mundo) tables(t *testing.T) (out []string) {
	t.Helper()
	err := m.db.NewRaw("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'goose%'").Scan(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
