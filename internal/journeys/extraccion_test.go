package journeys

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// oracle is what the file should hold, worked out by PostgreSQL: $1 units, $2 and $3
// days, $4 estados, $5 type, $6 jornada, $7 whether documents are in full.
const oracle = `
SELECT ARRAY[g.id::text, u.codigo, g.unidad_nombre, to_char(l.at, 'DD/MM/YYYY'), to_char(l.at, 'HH24:MI:SS'),
	f.legajo, regexp_replace(f.nombre, '^([=+@-])', '''\1'), g.modo, g.documento_tipo,
	CASE WHEN $7 THEN g.documento ELSE '•••' || right(g.documento, least(4, length(g.documento) - 3)) END,
	g.referencia_tipo, g.referencia, g.tipo_gestion::text,
	(ARRAY['GRANDES_CLIENTES', 'PREFERENCIAL', 'FRACCIONAMIENTO_DEUDA', 'SOLICITUDES', 'RECLAMOS_CONSULTAS'])[g.tipo_gestion],
	g.jornada, g.jornada_motivo, g.feriado, g.estado, coalesce(regexp_replace(d.nombre, '^([=+@-])', '''\1'), ''),
	coalesce(to_char(g.decidida_at AT TIME ZONE INTERVAL '-3 hours', 'DD/MM/YYYY HH24:MI:SS'), ''), coalesce(p.numero::text, ''),
	(SELECT coalesce(sum(a.signo), 0) FROM planilla_ajustes a WHERE a.gestion_id = g.id)::text]
	|| CASE WHEN $7 THEN ARRAY[regexp_replace(g.observacion, '^([=+@-])', '''\1')] ELSE '{}' END
FROM gestiones g CROSS JOIN LATERAL (SELECT g.guardada_at AT TIME ZONE INTERVAL '-3 hours' AS at) l
JOIN unidades u ON u.id = g.unidad_id JOIN funcionarios f ON f.id = g.agente_id
LEFT JOIN funcionarios d ON d.id = g.decidida_por LEFT JOIN planillas p ON p.id = g.planilla_id
WHERE u.codigo = ANY ($1) AND l.at::date BETWEEN $2::text::date AND $3::text::date AND (cardinality($4::text[]) = 0 OR g.estado = ANY ($4))
	AND ($5::int = 0 OR g.tipo_gestion = $5) AND ($6::text = '' OR g.jornada = $6)
ORDER BY u.codigo, l.at::date, g.id`

// Whatever is asked for, the file holds what the rows say, of those units and days
// and nothing else; and a workbook the same as a CSV.
func TestAnExtractionHoldsWhatTheRowsSay(t *testing.T) {
	t.Parallel()
	b := newBodega(t)
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	const rounds = 20
	given := 0
	for round := range rounds {
		ask, units, args := b.alguna(r)
		if round == 0 { // many at once, decided and not
			ask, units, args = b.todo(), []string{"U0", "U1", "U2"}, []any{"2026-01-01", "2026-12-31", []string{}, 0, "", false}
		}
		book := round%5 == 1
		if book {
			ask["documentos"], args[5] = "enmascarados", false
		}
		res, raw := b.bajar("renata", ask)
		got := leerCSV(t, raw)
		var want [][]string
		rows, err := b.sql.Query(t.Context(), oracle, append([]any{units}, args...)...)
		b.must(err)
		want, err = pgx.CollectRows(rows, pgx.RowTo[[]string])
		b.must(err)
		if !slices.EqualFunc(got[1:], want, slices.Equal[[]string]) {
			t.Fatalf("seed %d, round %d, %v: %d rows, want %d; the first that differs: %s", seed, round, ask, len(got)-1, len(want), difference(got[1:], want))
		}
		if n := res.Trailer.Get("Extraccion-Filas"); n != fmt.Sprint(len(want)) {
			t.Errorf("the trailer says %q of %d rows", n, len(want))
		}
		if given += len(want); book {
			ask["formato"] = "xlsx"
			b.sameWorkbook(ask, got)
		}
	}
	if given <= enBodega {
		t.Errorf("only %d rows were compared", given)
	}
}

// alguna is any extraction, with what the oracle has to know of it.
func (b *bodega) alguna(r *rand.Rand) (ask cuerpo, units []string, args []any) {
	first := r.IntN(diasEnBodega)
	desde := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, first)
	hasta := desde.AddDate(0, 0, r.IntN(12))
	estados := []string{}
	for _, e := range pa0580.Estados() {
		if r.IntN(3) == 0 {
			estados = append(estados, string(e))
		}
	}
	if r.IntN(2) == 0 {
		estados = []string{}
	}
	tipo, jornada := max(0, r.IntN(10)-4), []string{"", "", "ordinaria", "extraordinaria"}[r.IntN(4)]
	root := fmt.Sprint("U", r.IntN(3))
	units, below := []string{root}, r.IntN(2) == 0
	if below && root == "U0" {
		units = []string{"U0", "U1", "U2"}
	}
	full := r.IntN(2) == 0
	documentos := map[bool]string{false: "enmascarados", true: "completos"}[full]
	ask = cuerpo{
		"unidad": b.unidades[root], "subarbol": below, "desde": desde.Format(time.DateOnly), "hasta": hasta.Format(time.DateOnly),
		"estado": estados, "tipo": tipo, "jornada": jornada, "formato": "csv", "documentos": documentos, "motivo": "Control de la unidad",
	}
	return ask, units, []any{ask["desde"], ask["hasta"], estados, tipo, jornada, full}
}

// leerCSV reads a file back, headings and all.
func leerCSV(t *testing.T, raw []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(raw, []byte("\uFEFF"))
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || !marked || len(rows) == 0 {
		t.Fatalf("no CSV, marked %t: %v", marked, err)
	}
	return rows
}

func difference(got, want [][]string) string {
	for i := range min(len(got), len(want)) {
		if !slices.Equal(got[i], want[i]) {
			return fmt.Sprintf("%q, want %q", got[i], want[i])
		}
	}
	return "none, one is longer"
}

// sameWorkbook compares a workbook with the CSV of the same question. A text has no
// apostrophe there: its cell says that it is one.
func (b *bodega) sameWorkbook(ask cuerpo, want [][]string) {
	b.Helper()
	res, raw := b.bajar("renata", ask)
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	b.must(err)
	defer book.Close()
	rows, err := book.GetRows("Gestiones")
	b.must(err)
	if len(rows) != len(want) || res.Trailer.Get("Extraccion-Filas") != fmt.Sprint(len(want)-1) {
		b.Fatalf("the workbook has %d rows, the CSV %d", len(rows), len(want))
	}
	for i := range rows[1:] {
		got := append(rows[i+1], make([]string, len(want[0])-len(rows[i+1]))...)
		for col, text := range want[i+1] {
			if got[col] != strings.TrimPrefix(text, "'") {
				b.Fatalf("row %d, %s: the workbook says %q, the CSV %q", i+1, want[0][col], got[col], text)
			}
		}
	}
}

// Whoever answers for a unit, heads it or sees everything takes its gestiones; nobody
// else does, nor is anything given without what it owes.
func TestWhoTakesAnExtraction(t *testing.T) {
	t.Parallel()
	b := newBodega(t)
	b.cambiarJefe("U1", "julio")
	one := func(unit string, changes ...cuerpo) cuerpo {
		return b.todo(append([]cuerpo{{"unidad": b.unidades[unit], "subarbol": false, "hasta": "2026-09-04"}}, changes...)...)
	}
	for name, tt := range map[string]struct {
		quien  string
		body   cuerpo
		status int
		codigo string
	}{
		"its responsable":                      {"ramon", one("U1"), 200, ""},
		"its head":                             {"julio", one("U1"), 200, ""},
		"human resources":                      {"hugo", one("U1"), 200, ""},
		"an auditor":                           {"aldo", one("U1"), 200, ""},
		"a responsable of another unit":        {"ramon", one("U2"), 403, "SIN_PERMISO"},
		"a responsable of what is above":       {"ramon", one("U0"), 403, "SIN_PERMISO"},
		"a head of another unit":               {"jimena", one("U1"), 403, "SIN_PERMISO"},
		"an agent":                             {"ana", one("A"), 403, "SIN_PERMISO"},
		"an administrator":                     {"root", one("U1"), 403, "SIN_PERMISO"},
		"no unit":                              {"hugo", one("U1", cuerpo{"unidad": "019a4f2e-7c1b-7d3e-9a41-3f6f0c2b1a02"}), 404, "NO_ENCONTRADO"},
		"days the wrong way":                   {"hugo", one("U1", cuerpo{"desde": "2026-09-05"}), 422, "CAMPO"},
		"no days":                              {"hugo", one("U1", cuerpo{"desde": ""}), 422, "CAMPO"},
		"no such format":                       {"hugo", one("U1", cuerpo{"formato": "pdf"}), 422, "CAMPO"},
		"full documents without a reason":      {"hugo", one("U1", cuerpo{"documentos": "completos", "motivo": "  "}), 422, "MOTIVO"},
		"full documents in a file on our disk": {"hugo", one("U1", cuerpo{"documentos": "completos", "motivo": "x", "formato": "xlsx"}), 422, "CAMPO"},
	} {
		status, answer := b.hacer(t.Context(), llamada{quien: tt.quien, metodo: http.MethodPost, ruta: api + "/extracciones", cuerpo: tt.body})
		if status != tt.status || answer.texto("codigo") != tt.codigo {
			t.Errorf("%s: %d %s, want %d %s: %.200v", name, status, answer.texto("codigo"), tt.status, tt.codigo, answer)
		}
	}
	// Below what is not theirs they take what is.
	_, raw := b.bajar("ramon", b.todo(cuerpo{"hasta": "2026-09-04"}))
	rows := leerCSV(t, raw)
	if len(rows) < 2 || slices.ContainsFunc(rows[1:], func(r []string) bool { return r[1] != "U1" }) {
		t.Errorf("%d rows, not all of U1", len(rows))
	}
	b.whoTookWhat()
}

// whoTookWhat reads back the five extractions that were given, and none that was refused.
func (b *bodega) whoTookWhat() {
	b.Helper()
	took := func(quien string) (names []string) {
		path := "/extracciones?limite=2"
		for pages := 0; ; pages++ {
			page := b.get(quien, api+path, http.StatusOK)
			for _, e := range page.lista("extracciones") {
				names = append(names, strings.ToLower(e.texto("actor.nombre")))
				if e.texto("fin") != "completa" || e.numero("filas") == 0 || e.texto("documentos") != "enmascarados" || e.texto("hasta") != "2026-09-04" ||
					len(e.en("unidades").([]any)) != 1 || e.texto("desde") != "2026-01-01" {
					b.Errorf("as the audit has it: %v", e)
				}
			}
			next := page.texto("siguiente")
			if next == "" || pages > 10 {
				return names
			}
			path = "/extracciones?limite=2&cursor=" + next
		}
	}
	all := took("aldo")
	if all[0] != "ramon" || !slices.Equal(slices.Sorted(slices.Values(all)), []string{"aldo auditor", "hugo humanos", "julio jefe", "ramon", "ramon"}) {
		b.Errorf("in the audit: %v", all)
	}
	if own := took("julio"); !slices.Equal(own, []string{"julio jefe"}) {
		b.Errorf("a head sees %v", own)
	}
	b.get("ana", api+"/extracciones", http.StatusForbidden)
}

func (b *bodega) cambiarJefe(unit, legajo string) {
	b.Helper()
	_, err := b.system.Store.Save(b.Context(), "", *b.now.Load(), app.Clave{}, app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{
		Unidad: b.unidades[unit], Jefe: b.ids[legajo], Desde: pa0580.Dia{Year: 2026, Month: time.January, Day: 1},
	}}})
	b.must(err)
}
