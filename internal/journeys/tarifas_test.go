package journeys

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// montos are 20 amounts: so many guaraní, and 1.000 more for each type after the first;
// half as much again for overtime.
func montos(base int) (out []cuerpo) {
	for _, modo := range []string{"permanente", "apoyo"} {
		for i, jornada := range []string{"ordinaria", "extraordinaria"} {
			for tipo := 1; tipo <= 5; tipo++ {
				n := base + 1_000*(tipo-1)
				out = append(out, cuerpo{"tipo": tipo, "modo": modo, "jornada": jornada, "guaranies": n + n/2*i})
			}
		}
	}
	return out
}

// One administrator enters a tariff and another approves it: from then on planillas show
// guaraní. A second one is rehearsed before it takes effect; what was paid by the first is
// taken back by the first, and whoever alters an amount is found.
func TestPlanillasPayByATariff(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	m.at(2026, time.October, 5, 9, 0)
	body := func(desde string, base int) cuerpo {
		return cuerpo{"desde": desde, "norma": "Resolución P/N° 12345/2026", "montos": montos(base)}
	}
	m.post("hugo", api+"/tarifas", body("2026-10", 5_000), http.StatusForbidden)
	short := body("2026-10", 5_000)
	short["montos"] = montos(5_000)[1:]
	if p := m.post("root", api+"/tarifas", short, 422); !strings.Contains(p.texto("detail"), "tipo 1 permanente ordinaria") {
		t.Errorf("19 amounts: %v", p)
	}
	short["montos"] = append(montos(5_000)[1:], cuerpo{"tipo": 1, "modo": "permanente", "jornada": "ordinaria"})
	m.problema(m.post("root", api+"/tarifas", short, 422), string(pa0580.CodeField), 0) // left out is not 0
	l := llamada{quien: "root", metodo: http.MethodPost, ruta: api + "/tarifas", clave: "tarifa-1", cuerpo: body("2026-10", 5_000)}
	first := m.espera(l, http.StatusCreated)
	if again := m.espera(l, http.StatusCreated); again.texto("id") != first.texto("id") || len(first.lista("montos")) != 20 || first.texto("estado") != "propuesta" {
		t.Errorf("proposed twice with one key: %v", again)
	}
	path := api + "/tarifas/" + first.texto("id")
	m.problema(m.post("root", path+"/aprobar", nil, http.StatusForbidden), string(pa0580.CodeForbidden), 0)
	m.post("hugo", path+"/aprobar", nil, http.StatusForbidden)
	m.get("ana", api+"/tarifas", http.StatusForbidden)
	if ok := m.post("dario", path+"/aprobar", nil, http.StatusOK); ok.texto("vigencia") != "vigente" || ok.texto("aprobacion.actor.nombre") != "Darío Administración" || len(ok.texto("huella")) != 64 {
		t.Errorf("approved: %v", ok)
	}
	m.problema(m.post("dario", path+"/rechazar", cuerpo{"motivo": "tarde"}, http.StatusConflict), string(pa0580.CodeWrongEstado), 0)

	m.at(2026, time.October, 15, 9, 0)
	day, other := m.cargar("ana", nis(1)), m.cargar("ana", nis(2), cuerpo{"tipo_gestion": 2})
	m.at(2026, time.October, 15, 16, 0)
	evening := m.cargar("ana", nis(3))
	for _, g := range []cuerpo{day, other, evening} {
		m.decidir("jimena", g, "aprobar", "", http.StatusOK)
	}
	m.at(2026, time.November, 3, 9, 0)
	m.post("hugo", api+"/cierres/2026-10/corte", cuerpo{}, http.StatusOK)
	m.cerrar("2026-10", 3)
	const paid = 9_000 + 6_000 + 13_500
	m.sheetPays("2026-10", paid, map[string]int{day.texto("id"): 9_000, other.texto("id"): 6_000, evening.texto("id"): 13_500})
	mine := m.get("ana", api+"/yo/estado?mes=2026-10", http.StatusOK)
	if mine.numero("en_planilla_del_mes.importe") != paid || mine.lista("planillas")[0].numero("importe") != paid || mine.lista("meses_cerrados")[0].numero("importe") != paid {
		t.Errorf("her statement: %v", mine)
	}

	// A closed month is not paid otherwise; the next is, and who gains is told before.
	m.problema(m.post("root", api+"/tarifas", body("2026-10", 6_000), http.StatusConflict), string(pa0580.CodeMonthClosed), 0)
	second := m.post("root", api+"/tarifas", body("2026-11", 6_000), http.StatusCreated)
	path = api + "/tarifas/" + second.texto("id")
	m.get("ana", path+"/ensayo", http.StatusForbidden)
	said := m.get("hugo", path+"/ensayo", http.StatusOK)
	if people := said.lista("funcionarios"); len(said.lista("meses")) != 1 || said.numero("ganan") != 1 || said.numero("total.pagado") != paid || said.numero("total.seria") != paid+3_500 ||
		len(people) != 1 || people[0].texto("funcionario.legajo") != "ANA" || people[0].numero("diferencia") != 3_500 || people[0].lista("meses")[0].texto("mes") != "2026-10" {
		t.Errorf("rehearsed: %v", said)
	}
	m.at(2026, time.November, 10, 9, 0)
	fresh := m.cargar("ana", nis(4))
	m.decidir("jimena", fresh, "aprobar", "", http.StatusOK)
	back := m.post("jimena", api+"/ajustes", cuerpo{"gestion": evening.texto("id"), "signo": "resta", "motivo": "Se cargó dos veces"}, http.StatusCreated)
	m.post("hugo", api+"/ajustes/"+back.texto("id")+"/aprobar", nil, http.StatusOK)
	m.at(2026, time.December, 1, 9, 0)
	m.post("hugo", api+"/cierres/2026-11/corte", cuerpo{}, http.StatusOK)
	m.firmar("jimena", "2026-11", "A")
	stale := m.get("hugo", api+"/cierres/2026-11/vista-previa", http.StatusOK)
	m.post("dario", path+"/aprobar", nil, http.StatusOK)
	no := m.post("hugo", api+"/cierres/2026-11/cerrar", cuerpo{"huella": stale.texto("huella"), "motivo": "x"}, http.StatusConflict)
	m.problema(no, string(pa0580.CodeDigest), 0)
	if !strings.Contains(no.texto("detail"), "de ₲ 9.000 a ₲ 10.000") {
		t.Errorf("what moved: %v", no)
	}
	now := m.get("hugo", api+"/cierres/2026-11/vista-previa", http.StatusOK)
	if now.numero("identidad.importe") != 10_000-13_500 || now.en("identidad.cuadra") != true || now.lista("unidades")[0].en("conforme") != true || len(now.lista("unidades")[0].lista("tarifas")) != 2 {
		t.Errorf("previewed: %v", now)
	}
	m.cerrar("2026-11", 1)
	m.sheetPays("2026-11", 10_000-13_500, map[string]int{fresh.texto("id"): 10_000, evening.texto("id"): -13_500})
	if story := m.get("ana", api+"/gestiones/"+evening.texto("id")+"/linaje", http.StatusOK).lista("renglones"); len(story) != 2 ||
		story[0].numero("importe") != 13_500 || story[1].numero("importe") != -13_500 || story[1].texto("norma") == "" {
		t.Errorf("what became of it: %v", story)
	}
	vigencias := map[string]string{}
	for _, x := range m.get("aldo", api+"/tarifas", http.StatusOK).lista("tarifas") {
		vigencias[x.texto("desde")] = x.texto("vigencia")
	}
	if vigencias["2026-10"] != "reemplazada" || vigencias["2026-11"] != "vigente" {
		t.Errorf("in force: %v", vigencias)
	}
	m.eventually("the manifests", porSellar, func() bool { return m.get("hugo", api+"/cierres/2026-11", http.StatusOK).en("probado") == true })
	if found := m.verified(); len(found) > 0 {
		t.Errorf("where all is well: %v", found)
	}
	m.alter("UPDATE planilla_filas SET importe = importe + 1 WHERE importe = 10000")
	if found := strings.Join(m.verified(), " "); !strings.Contains(found, "la fila de Ana Agente no es la de sus líneas y su tarifa") {
		t.Errorf("an amount was altered: %s", found)
	}
}

// sheetPays wants a month's only planilla to pay so much, line by line, in every format
// that is read here.
func (m *mundo) sheetPays(mes string, want int, lines map[string]int) {
	m.Helper()
	all := m.get("hugo", api+"/planillas?mes="+mes, http.StatusOK).lista("planillas")
	if len(all) != 1 {
		m.Fatalf("%d planillas of %s", len(all), mes)
	}
	path := api + "/planillas/" + all[0].texto("id")
	sheet := m.get("hugo", path, http.StatusOK)
	if sheet.numero("totales.importe") != want || len(sheet.lista("anexo")) != len(lines) || len(sheet.lista("tarifas")) == 0 {
		m.Errorf("%s pays %v", mes, sheet)
	}
	for _, l := range sheet.lista("anexo") {
		if l.numero("importe") != lines[l.texto("gestion")] {
			m.Errorf("%s: a line pays %v", mes, l)
		}
	}
	var file struct{ Totales map[string]int }
	m.must(json.Unmarshal(m.archivo("hugo", path+"/json"), &file))
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(m.archivo("hugo", path+"/csv")), "\uFEFF")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	m.must(err)
	last := rows[len(rows)-1]
	if file.Totales["importe"] != want || rows[0][len(last)-1] != "importe" || last[len(last)-1] != strconv.Itoa(want) {
		m.Errorf("%s: JSON pays %d, CSV %v", mes, file.Totales["importe"], last)
	}
}

// verified are the findings of a verification of the whole database.
func (m *mundo) verified() (found []string) {
	m.Helper()
	_, err := app.Verificar(m.Context(), m.system.Store, manifiesto.Abrir, []string{m.publica}, nil, func(text string) { found = append(found, text) })
	m.must(err)
	return found
}

// alter changes rows as only the database's owner can.
func (m *mundo) alter(statement string) {
	m.Helper()
	conn, err := pgx.Connect(m.Context(), m.config.URL)
	m.must(err)
	defer conn.Close(m.Context())
	_, err = conn.Exec(m.Context(), "SET session_replication_role = replica; "+statement)
	m.must(err)
}
