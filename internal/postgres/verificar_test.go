package postgres

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// sinPrueba are the columns of what a close wrote that nothing proves, since they say
// nothing of who is paid for what: keys of requests, and what the engine was told.
var sinPrueba = map[string]bool{
	"gestiones.clave": true, "gestiones.cuerpo": true, "gestiones.aceptada": true, "gestiones.avisada": true, "gestiones.motor": true,
	"comandos.clave": true, "comandos.cuerpo": true, "comandos.lote_id": true, "comandos.visto_at": true, "comandos.seq": true,
	"comandos.vista": true, "comandos.codigo": true, "comandos.correccion": true, // of no approval, or no matter once it was applied
	"cierres.sellado":       true,                                                        // of every closed month, by a constraint
	"tarifas.motivo":        true,                                                        // of a rejection: of none that is in force
	"ajustes.rechazado_por": true, "ajustes.rechazado_at": true, "ajustes.rechazo": true, // of none that was included
	"reclamos_funcionario.motor": true, "reclamos_funcionario.avisado": true,
}

// Whoever owns the database changes any column of any row that a close wrote, or puts a
// row in, or takes one out: each is found.
func TestWhatACloseWroteIsProved(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	b := &enPostgres{mundo: m, t: t}
	if !b.proponerTarifa(octubre, 100, manana) || !b.aprobarTarifa(0, manana) {
		t.Fatal("no tariff")
	}
	for i := range 8 {
		m.aprobada(t, []pa0580.FuncionarioID{m.ana, m.beto, m.carla}[i%3], contenido(i), manana.Add(time.Duration(i)*2*time.Hour))
	}
	rejected := m.hacer(t, m.pendiente(t, m.ana, contenido(30), manana), pa0580.Rechazar, m.jefa, manana.Add(time.Hour))
	if _, err := m.SetConformidad(t.Context(), m.firmable(t, octubre, m.central, m.jefa, noviembre)); err != nil {
		t.Fatal(err)
	}
	m.cerrar(t, octubre, noviembre)
	paid := m.planillas(t, octubre)[0]
	full, err := m.Planilla(t.Context(), app.Vision{Todo: true}, paid.ID)
	if err != nil {
		t.Fatal(err)
	}
	m.ajustar(t, full.Anexo[0].Gestion, pa0580.Resta, noviembre.Add(time.Hour))
	m.ajustar(t, rejected.ID, pa0580.Suma, noviembre.Add(2*time.Hour))
	m.terminados(t, full.Anexo[1].Gestion, noviembre.Add(3*time.Hour))
	m.aprobada(t, m.ana, contenido(20), octubre.Next().Start().Add(30*time.Hour))
	m.cerrar(t, octubre.Next(), octubre.Next().End().Add(10*time.Hour))
	later := m.aprobada(t, m.ana, contenido(21), octubre.Next().End().Add(11*time.Hour)) // in no planilla yet
	var closed []app.Manifiesto
	for _, mes := range []pa0580.Mes{octubre, octubre.Next()} {
		for _, p := range append(m.planillas(t, mes), app.Planilla{}) {
			content, nombre := []byte("archivo de "+p.ID), fmt.Sprintf("planilla-%d-x.csv", p.Numero)
			if p.ID == "" {
				nombre = "planilla-consolidada-x.csv"
			}
			if err := m.AddArchivos(t.Context(), mes, p.ID, []app.Archivo{{Nombre: nombre, Formato: app.CSV, Contenido: content, SHA256: sha256.Sum256(content)}}); err != nil {
				t.Fatal(err)
			}
		}
		what, _, err := m.ParaManifiesto(t.Context(), mes)
		if err != nil {
			t.Fatal(err)
		}
		closed = append(closed, what)
	}
	if closed[0].Lineas != 8 || len(closed[0].Planillas) != 2 || len(closed[0].Archivos) != 3 || closed[1].Lineas != 1 || m.number(t, "SELECT count(*) FROM planilla_ajustes") != 2 {
		t.Fatalf("what is to be proved: %+v", closed)
	}
	if found := m.forgeries(t, closed, nil); len(found) > 0 {
		t.Fatalf("nothing was touched, and found is %v", found)
	}
	columns := m.columns(t, "cierres", "planillas", "planilla_filas", "planilla_lineas", "planilla_ajustes", "ajustes", "gestiones", "archivos", "conformidades", "comandos", "tarifas", "reclamos_funcionario")
	tried := 0
	for _, c := range columns {
		if sinPrueba[c.table+"."+c.name] {
			continue
		}
		tried++
		found := m.forgeries(t, closed, []string{fmt.Sprintf("UPDATE %s SET %s = %s WHERE ctid = (SELECT ctid FROM %s WHERE %s LIMIT 1)",
			c.table, c.name, c.other(), c.table, c.closed())})
		if len(found) == 0 {
			t.Errorf("%s.%s was changed, and nobody noticed", c.table, c.name)
		}
	}
	if tried < 105 {
		t.Errorf("%d columns: the test looks for too few", tried)
	}
	for name, statements := range map[string][]string{
		"a line taken out":       {"DELETE FROM planilla_lineas WHERE ctid = (SELECT ctid FROM planilla_lineas LIMIT 1)"},
		"a row taken out":        {"DELETE FROM planilla_filas WHERE ctid = (SELECT ctid FROM planilla_filas LIMIT 1)"},
		"a planilla":             {"DELETE FROM planillas WHERE numero = 2"},
		"a file taken out":       {"DELETE FROM archivos WHERE ctid = (SELECT ctid FROM archivos LIMIT 1)"},
		"a gestión":              {"DELETE FROM gestiones WHERE ctid = (SELECT ctid FROM gestiones WHERE estado = 'incluida' LIMIT 1)"},
		"a line put in":          {"INSERT INTO planilla_lineas SELECT '" + string(later.ID) + "', planilla_id, funcionario_id, modo, mes, tipo_gestion, jornada, guardada_at, version, personal, compromiso FROM planilla_lineas LIMIT 1"},
		"an ajuste taken out":    {"DELETE FROM planilla_ajustes WHERE signo = -1", "UPDATE ajustes SET planilla_id = NULL WHERE signo = -1"},
		"files exchanged":        {"UPDATE archivos a SET planilla_id = p.otra FROM (SELECT min(id::text)::uuid AS una, max(id::text)::uuid AS otra FROM planillas WHERE mes = '2026-10') AS p WHERE a.planilla_id = p.una"},
		"a salt taken away":      {"UPDATE gestiones SET sal = NULL, decidida_por = agente_id WHERE estado = 'incluida'"},
		"a salt alone":           {"UPDATE gestiones SET sal = NULL WHERE estado = 'incluida'"},
		"a month taken out":      {"UPDATE cierres SET cerrado_at = NULL, huella = NULL WHERE mes = '2026-11'"},
		"an approval unheard":    {"DELETE FROM auditoria WHERE accion = 'aprobar'"},
		"a line taken back":      {"DELETE FROM planilla_lineas WHERE gestion_id = (SELECT min(gestion_id::text)::uuid FROM planilla_lineas)", "UPDATE cierres SET lineas = lineas - 1"},
		"one line doubled":       {"UPDATE planilla_filas SET ordinarias[1] = ordinarias[1] + 1, extraordinarias[1] = extraordinarias[1] - 1"},
		"another's salt":         {"UPDATE gestiones SET sal = gen_random_uuid() WHERE estado = 'incluida'"},
		"another document":       {"UPDATE gestiones SET documento = '9999999' WHERE estado = 'incluida'"},
		"a signature taken away": {"DELETE FROM conformidades"},
		"a signature put in":     {"INSERT INTO conformidades SELECT mes, '" + string(m.este) + "', actor_id, cargo, at, huella FROM conformidades"},
		"another amount":         {"UPDATE tarifas SET montos[1] = montos[1] + 1"},
		"a tariff moved":         {"UPDATE tarifas SET desde = '2026-11'"},
		"a tariff taken out":     {"DELETE FROM tarifas", "UPDATE planilla_filas SET tarifa_id = NULL, importe = NULL"},
		"a tariff put in":        {"INSERT INTO tarifas SELECT gen_random_uuid(), desde, norma, montos, estado, propuesta_por, propuesta_at, decidida_por, decidida_at, motivo, 2, compromiso FROM tarifas"},
		"a row paid more":        {"UPDATE planilla_filas SET importe = importe + 1 WHERE ctid = (SELECT ctid FROM planilla_filas LIMIT 1)"},
		"a row by no tariff":     {"UPDATE planilla_filas SET tarifa_id = NULL, importe = NULL WHERE ctid = (SELECT ctid FROM planilla_filas LIMIT 1)"},
		"an answer turned":       {"UPDATE reclamos_funcionario SET procede = false, ajuste_id = NULL WHERE procede"},
		"an answer taken back":   {"UPDATE reclamos_funcionario SET retirado_at = respondido_at, respondido_por = NULL, respondido_at = NULL, procede = NULL, ajuste_id = NULL WHERE procede"},
		"an answer taken out":    {"DELETE FROM reclamos_funcionario WHERE procede"},
		"an answer put in":       {"INSERT INTO reclamos_funcionario SELECT gen_random_uuid(), agente_id, gestion_id, contra, unidad_id, mes, motivo, presentado_at, vence, vencido_at, retirado_at, respondido_por, respondido_cargo, respondido_unidad, respondido_at, procede, respuesta FROM reclamos_funcionario WHERE procede"},
		"an answer unheard":      {"DELETE FROM auditoria WHERE accion = 'responder_reclamo'"},
		"another answer":         {"UPDATE reclamos_funcionario SET respuesta = 'no es así' WHERE procede"},
		"another withdrawal":     {"UPDATE reclamos_funcionario SET retirado_at = presentado_at WHERE retirado_at IS NOT NULL"},
		"all made to fit it":     {"UPDATE gestiones g SET tipo_gestion = 1 WHERE estado = 'incluida'", "UPDATE planilla_lineas SET tipo_gestion = 1"},
	} {
		if found := m.forgeries(t, closed, statements); len(found) == 0 {
			t.Errorf("%s, and nobody noticed", name)
		}
	}
	// A document that was erased by law, with its salt, leaves the proof whole.
	erased := []string{"UPDATE gestiones SET documento = '', documento_entrada = '', persona = '', observacion = '', sgc_titular = NULL, sal = NULL WHERE estado = 'incluida'"}
	if found := m.forgeries(t, closed, erased); len(found) > 0 {
		t.Errorf("erased by law, and found is %v", found)
	}
}

// column is one of a table that a close wrote.
type column struct{ table, name, kind string }

// closed tells the rows that the close of October wrote.
func (c column) closed() string {
	switch c.table {
	case "cierres":
		return "cerrado_at IS NOT NULL"
	case "gestiones":
		return "estado = 'incluida' AND sgc_existe"
	case "ajustes":
		return "planilla_id IS NOT NULL"
	case "comandos":
		return "id IN (SELECT g.decision_id FROM gestiones g JOIN planilla_lineas l ON l.gestion_id = g.id)"
	case "tarifas":
		return "estado = 'aprobada'"
	case "reclamos_funcionario":
		return "procede"
	}
	return "true"
}

// other gives another value of the column's type.
func (c column) other() string {
	switch c.kind {
	case "uuid":
		return "gen_random_uuid()"
	case "text":
		return "COALESCE(" + c.name + ", '') || 'x'"
	case "boolean":
		return "NOT COALESCE(" + c.name + ", false)"
	case "bytea":
		return "sha256('otra')"
	case "timestamp with time zone":
		return "COALESCE(" + c.name + ", '2020-01-01') + interval '1 microsecond'"
	case "date":
		return c.name + " + 1"
	case "ARRAY":
		return c.name + "[2:] || ARRAY[" + c.name + "[1] + 1]"
	}
	return "COALESCE(" + c.name + ", 0) + 1"
}

func (m *mundo) columns(t *testing.T, tables ...string) []column {
	t.Helper()
	var rows []struct{ TableName, ColumnName, DataType string }
	err := m.db.NewRaw(`
SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN (?) ORDER BY 1, 2`,
		bun.List(tables)).Scan(t.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	return each(rows, func(r struct{ TableName, ColumnName, DataType string }) column {
		return column{r.TableName, r.ColumnName, r.DataType}
	})
}

func (m *mundo) planillas(t *testing.T, mes pa0580.Mes) []app.Planilla {
	t.Helper()
	all, err := m.Planillas(t.Context(), app.Vision{Todo: true}, mes)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// forgeries has the database's owner do something, without its triggers and
// constraints, and gives what a verification finds; then it is undone.
func (m *mundo) forgeries(t *testing.T, closed []app.Manifiesto, statements []string) []string {
	t.Helper()
	ctx := t.Context()
	var found []string
	tx, err := m.db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	forge := append([]string{"SET LOCAL session_replication_role = replica"}, m.unconstrained(t)...)
	for _, s := range append(forge, statements...) {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if _, err := verifyPlanillas(ctx, tx, func(a app.Adulteracion) { found = append(found, a.String()) }); err != nil {
		t.Fatalf("%s: %v", strings.Join(statements, "; "), err)
	}
	for _, was := range closed {
		now, _, err := readProbado(ctx, tx, was.Mes)
		if err != nil { // it is not closed any more: the audit says that it was
			continue
		}
		found = append(found, was.Contra(now)...)
	}
	return found
}

// terminados has one about g proceed once it lapsed, and another withdrawn.
func (m *mundo) terminados(t *testing.T, g pa0580.GestionID, at time.Time) {
	t.Helper()
	f, err := m.Gestion(t.Context(), app.Vision{Todo: true}, g)
	if err != nil {
		t.Fatal(err)
	}
	end := at.Add(30 * 24 * time.Hour)
	id := m.reclamo(t, f.Agente, f.Unidad, g, at)
	if _, err := m.AttendReclamo(t.Context(), id, "uno", end); err != nil {
		t.Fatal(err)
	}
	m.responder(t, id, g, end)
	err = m.DecideReclamo(t.Context(), app.PasoDeReclamo{
		ID: m.reclamo(t, f.Agente, f.Unidad, "", at), Accion: "retirar_reclamo", Quien: f.Agente, At: end,
		Decide: func(r *pa0580.ReclamoFuncionario, _ pa0580.Estado) error { return r.Withdraw(end) },
	}, m.clave())
	if err != nil {
		t.Fatal(err)
	}
}

// ajustar has both parts approve an ajuste.
func (m *mundo) ajustar(t *testing.T, g pa0580.GestionID, s pa0580.Signo, at time.Time) {
	t.Helper()
	b := &enPostgres{mundo: m, t: t, gestiones: []pa0580.GestionID{g}}
	if !b.pedirAjuste(0, s, false, at) || !b.aprobarAjuste(0, true, at.Add(time.Minute)) {
		t.Fatalf("no ajuste of %s", g)
	}
}

// unconstrained takes away what would keep an owner from writing nonsense.
func (m *mundo) unconstrained(t *testing.T) []string {
	t.Helper()
	var out []string
	err := m.db.NewRaw(`
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname) FROM pg_constraint
WHERE contype IN ('c', 'u', 'f') AND conrelid::regclass::text IN ('cierres', 'planillas', 'planilla_filas', 'planilla_lineas', 'planilla_ajustes', 'ajustes', 'gestiones', 'archivos', 'auditoria', 'conformidades', 'comandos', 'tarifas', 'reclamos_funcionario')`).Scan(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
