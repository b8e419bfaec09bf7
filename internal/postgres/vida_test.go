package postgres

import (
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// An agent loads, is told «received», OPEN SGC lacks the reference, they correct
// it, the head approves, HR closes, the workflow is told.
func TestAWholeLife(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	if f.Estado != pa0580.Recibida || f.Version != 1 || f.AgenteNombre != "Ana" || f.Iguales != 0 {
		t.Fatalf("loaded: %+v", f)
	}
	if got := m.leer(t, f.ID); !slices.Equal(texts(got), texts(f)) {
		t.Errorf("read back %v, want %v", texts(got), texts(f))
	}
	row, ref, err := m.Attend(t.Context(), f.ID, "motor-1")
	if err != nil || row.Estado != pa0580.Recibida || ref != f.Referencia {
		t.Fatalf("attend: %v %v %v", row, ref, err)
	}
	if f, err = m.AcceptGestion(t.Context(), f.ID); err != nil || !f.Aceptada || f.Version != 1 {
		t.Fatalf("accept: %+v, %v", f.Gestion, err)
	}
	if row := m.verificar(t, f.ID, 1, false, manana); row.Estado != pa0580.Observada || row.Version != 2 {
		t.Fatalf("not found after «received»: %+v", row)
	}
	if row := m.verificar(t, f.ID, 1, true, manana); row.Estado != pa0580.Observada || row.Version != 2 {
		t.Fatalf("an answer about an old version moved the row: %+v", row)
	}
	f = m.leer(t, f.ID)
	c := m.comando(f, pa0580.Corregir, m.ana, manana.Add(time.Hour))
	nuevo := contenido(2)
	c.Correccion = &nuevo
	if got := m.aplicar(t, m.pedir(t, c).ID, c.At); got.Row.Estado != pa0580.Recibida || got.Row.Version != 3 {
		t.Fatalf("corrected: %+v", got)
	}
	m.verificar(t, f.ID, 3, true, manana)
	f = m.hacer(t, m.leer(t, f.ID), pa0580.Aprobar, m.jefa, manana.Add(2*time.Hour))
	if f.Documento.Normal != nuevo.Documento.Normal || f.Referencia != nuevo.Referencia || f.Decision.Actor != m.jefa {
		t.Fatalf("approved: %+v", f.Gestion)
	}
	if n := m.number(t, "SELECT count(*) FROM gestion_versiones WHERE gestion_id = ? AND version = 2 AND documento = ?",
		f.ID, contenido(1).Documento.Normal); n != 1 {
		t.Error("what the correction replaced is lost")
	}
	if c := m.cerrar(t, octubre, noviembre); c.Lineas != 1 {
		t.Fatalf("closed with %d lines", c.Lineas)
	}
	f = m.leer(t, f.ID)
	if f.Estado != pa0580.Incluida || f.PlanillaNro != 1 || f.Planilla == "" || f.Version != 6 {
		t.Fatalf("included: %+v", f)
	}
	m.drained(t, f)
	m.audited(t, f.ID, "cargar", "devolver", "corregir", "verificar", "aprobar", "incluir")
}

// texts is a ficha in words, for comparison.
func texts(f app.Ficha) []string {
	return []string{
		string(f.ID), string(f.Agente), string(f.Unidad), f.UnidadNombre, f.Asignacion, string(f.Modo), f.Documento.Entrada,
		f.Documento.Normal, f.Referencia.Numero, f.Tipo.String(), f.Observacion, f.GuardadaAt.String(), f.Mes.String(),
		string(f.Clasificacion.Jornada), string(f.Clasificacion.Motivo), string(f.Estado), f.AgenteNombre,
	}
}

// drained tells the one frozen gestión.
func (m *mundo) drained(t *testing.T, f app.Ficha) {
	t.Helper()
	page, err := m.Untold(t.Context(), octubre, "", 10)
	if err != nil || len(page) != 1 || page[0].ID != f.ID || page[0].Row.Version != f.Version {
		t.Fatalf("untold: %+v, %v", page, err)
	}
	for range 2 {
		if err := m.MarkTold(t.Context(), []pa0580.GestionID{f.ID}); err != nil {
			t.Fatal(err)
		}
	}
	if page, err = m.Untold(t.Context(), octubre, "", 10); err != nil || len(page) != 0 {
		t.Errorf("still untold: %+v, %v", page, err)
	}
	c, err := m.Cierre(t.Context(), octubre)
	if err != nil || c.Lineas != 1 || c.Avisadas != 1 || c.Planillas != 1 || c.CerradoPor != "Rosa" {
		t.Errorf("month: %+v, %v", c, err)
	}
}

// audited wants these actions, a version each, and nothing personal in them.
func (m *mundo) audited(t *testing.T, id pa0580.GestionID, want ...string) {
	t.Helper()
	entries, err := m.Auditoria(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, e := range entries {
		got = append(got, e.Accion)
		if e.Version != int64(i)+1 {
			t.Errorf("entry %d made version %d", i, e.Version)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("audit tells %v, want %v", got, want)
	}
	const personal = "detalle::text ~ '200000[0-9]|cliente'"
	if m.number(t, "SELECT count(*) FROM gestiones g WHERE g.documento || g.observacion ~ '200000[0-9]|cliente'") == 0 {
		t.Fatal("the canary is not where it is looked for")
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE "+personal); n != 0 {
		t.Errorf("%d audit entries quote a document or a remark", n)
	}
}

func TestTheDocumentInFullIsRecorded(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	f := m.cargar(t, m.ana, contenido(1), manana)
	doc, err := m.Revelar(t.Context(), m.jefa, f.ID, manana)
	if err != nil || doc != f.Documento {
		t.Fatalf("revealed %+v, %v", doc, err)
	}
	entries, err := m.Auditoria(t.Context(), f.ID)
	if err != nil || len(entries) != 2 || entries[1].Accion != "revelar" || entries[1].Nombre != "Josefa" || entries[1].Version != 0 {
		t.Errorf("audit: %+v, %v", entries, err)
	}
	_, err = m.Revelar(t.Context(), m.jefa, pa0580.GestionID(mustNewID()), manana)
	refused(t, err, pa0580.CodeNotFound)
}

func TestTheSameKeyLoadsOnce(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	k := m.clave()
	first, fresh, err := m.AddGestion(t.Context(), m.nueva(t, m.ana, contenido(1), manana), k)
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	again, fresh, err := m.AddGestion(t.Context(), m.nueva(t, m.ana, contenido(1), manana.Add(time.Minute)), k)
	if want := texts(m.leer(t, first.ID)); err != nil || fresh || !slices.Equal(texts(again), want) {
		t.Errorf("again: fresh %t, %v: %v, want %v", fresh, err, texts(again), want)
	}
	_, _, err = m.AddGestion(t.Context(), m.nueva(t, m.ana, contenido(2), manana), app.Clave{Clave: k.Clave, Cuerpo: cuerpo("otro")})
	refused(t, err, pa0580.CodeIdempotency)
	if _, fresh, err = m.AddGestion(t.Context(), m.nueva(t, m.beto, contenido(2), manana), k); err != nil || !fresh {
		t.Errorf("another agent's key is another key: fresh %t, %v", fresh, err)
	}
	if n := m.number(t, "SELECT count(*) FROM auditoria WHERE accion = 'cargar'"); n != 2 {
		t.Errorf("%d entries for two gestiones", n)
	}
}

func TestWhatStandsBesideAGestion(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	same := contenido(1)
	first := m.pendiente(t, m.ana, same, manana)
	ruc := same
	ruc.Documento = pa0580.Documento{Tipo: pa0580.RUC, Entrada: "2000001-0", Normal: "2000001-0"} // the same person
	second := m.cargar(t, m.beto, ruc, manana.Add(time.Minute))
	m.cargar(t, m.ana, contenido(7), manana.Add(24*time.Hour)) // another day
	if second.Iguales != 1 {
		t.Errorf("loaded beside %d equal ones", second.Iguales)
	}
	m.pedir(t, m.comando(first, pa0580.Observar, m.jefa, manana))
	if f := m.leer(t, first.ID); f.Iguales != 1 || f.DelDia != 1 || f.SinAplicar != 1 {
		t.Errorf("iguales %d, del día %d, sin aplicar %d", f.Iguales, f.DelDia, f.SinAplicar)
	}
	m.hacer(t, m.leer(t, second.ID), pa0580.Anular, m.beto, manana)
	if f := m.leer(t, first.ID); f.Iguales != 0 {
		t.Errorf("an annulled one still counts: %d", f.Iguales)
	}
	if third := m.cargar(t, m.beto, ruc, manana.Add(time.Minute)); third.Iguales != 1 {
		t.Errorf("one loaded after it has %d equal ones", third.Iguales)
	}
}
