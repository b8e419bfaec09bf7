package httpapi

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// received is a request as it comes in; headers come in pairs.
func received(path, body string, headers ...string) *pedido {
	g, _ := gin.CreateTestContext(httptest.NewRecorder())
	g.Request = httptest.NewRequest("POST", path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		g.Request.Header.Add(headers[i], headers[i+1])
	}
	return &pedido{consulta: &consulta{}, g: g, cuerpo: []byte(body)}
}

// The same request is the same however it is spaced; anything else is another.
func TestClaveIsTiedToTheRequest(t *testing.T) {
	t.Parallel()
	const key = "Idempotency-Key"
	sum := func(p *pedido) []byte {
		if p.readClave(); p.clave.Clave != "una" || p.ajenos != nil {
			t.Fatalf("read %+v, refused %s", p.clave, told(p.ajenos))
		}
		return p.clave.Cuerpo
	}
	first := sum(received("/gestiones/1/anulacion", `{"version": 1}`, key, "una"))
	if !bytes.Equal(first, sum(received("/gestiones/1/anulacion", "{ \"version\":1 }\n", key, "una"))) {
		t.Error("spacing makes another request")
	}
	for name, p := range map[string]*pedido{
		"another gestión": received("/gestiones/2/anulacion", `{"version": 1}`, key, "una"),
		"another body":    received("/gestiones/1/anulacion", `{"version": 2}`, key, "una"),
		"another version": received("/gestiones/1/anulacion", `{"version": 1}`, key, "una", "If-Match", `"1"`),
	} {
		if bytes.Equal(first, sum(p)) {
			t.Errorf("%s is the same request", name)
		}
	}
}

func TestClave(t *testing.T) {
	t.Parallel()
	for clave, valid := range map[string]bool{
		"a": true, strings.Repeat("x", 200): true, "0b9f6f1e-5a0c-4a55-9a5f-2f1d2f6f7a11": true,
		"": false, strings.Repeat("x", 201): false, "dos palabras": false, "ñ": false, "a\tb": false,
	} {
		p := received("/", "{}", "Idempotency-Key", clave)
		if p.readClave(); (p.clave.Clave == clave && clave != "") != valid || (told(p.ajenos) == "") != valid {
			t.Errorf("%q: read %q, refused %s", clave, p.clave.Clave, told(p.ajenos))
		}
	}
	if p := received("/", "{}", "Idempotency-Key", "a", "Idempotency-Key", "b"); p.clave.Clave != "" {
		t.Error("two keys were taken")
	}
	missing := received("/", "{}")
	if missing.readClave(); missing.clave.Clave != "" || missing.ajenos != nil {
		t.Error("a missing key is the use cases' to refuse")
	}
}

func TestVersionFromBodyOrHeader(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header  string
		body    int64
		want    int64
		refused string
	}{
		"the body":      {"", 3, 3, ""},
		"the header":    {`"3"`, 0, 3, ""},
		"both":          {`"3"`, 3, 3, ""},
		"neither":       {"", 0, 0, ""},
		"they differ":   {`"4"`, 3, 4, "0 CAMPO version"},
		"no quotes":     {"3", 0, 0, "0 CAMPO If-Match"},
		"any":           {"*", 2, 2, "0 CAMPO If-Match"},
		"a weak one":    {`W/"3"`, 0, 0, "0 CAMPO If-Match"},
		"not a version": {`"0"`, 0, 0, "0 CAMPO If-Match"},
	}
	for name, tt := range tests {
		p := received("/", "{}", "If-Match", tt.header)
		if got := p.version(tt.body); got != tt.want || told(p.ajenos) != tt.refused {
			t.Errorf("%s: version %d, refused %s", name, got, told(p.ajenos))
		}
	}
}

func TestFiltro(t *testing.T) {
	t.Parallel()
	c := newConsulta("estado=pendiente,observada&estado=aprobada&unidad="+idUnidad+"&mes=2026-10&tipo=3&jornada=ordinaria&referencia=+exp-1%2F2026&limite=7&cursor="+*cursorOf(idGestion), deLista)
	f := c.filtro(c.criterios())
	if c.err() != nil || len(f.Estados) != 3 || f.Unidad != idUnidad || f.Mes != pa0580.NewMes(2026, 10) || f.Tipo != 3 ||
		f.Jornada != pa0580.Ordinaria || f.Referencia != "EXP-1/2026" || f.Limite != 7 || f.Tras != idGestion {
		t.Errorf("read %+v, refused %v", f, c.err())
	}
	if f := (&consulta{}).filtro(Criterios{}); f.Limite != pageSize || f.Tras != "" {
		t.Errorf("read %+v of nothing", f)
	}
	for query, want := range map[string]string{
		"limite=0": "0 CAMPO limite", "limite=201": "0 CAMPO limite", "tipo=6": "0 CAMPO tipo", "unidad=7": "0 CAMPO unidad", "agente=x": "0 CAMPO agente",
		"jornada=larga": "0 CAMPO jornada", "cursor=%21": "0 CAMPO cursor", "referencia=%00": "0 CAMPO referencia", "documento=1": "0 CAMPO_AJENO documento",
		"1234567=1": "0 CAMPO_AJENO (otro)",
	} {
		c := newConsulta(query, deLista)
		if c.filtro(c.criterios()); told(c.refusals) != want {
			t.Errorf("%s: refused %s, want %s", query, told(c.refusals), want)
		}
	}
}

// Who loaded it is warned of repetition, whoever decides of everything; neither
// sees a document in full.
func TestGestionAsPeopleSeeIt(t *testing.T) {
	t.Parallel()
	f := app.Ficha{Gestion: pa0580.Gestion{
		Agente: idAgente, GuardadaAt: pa0580.LocalTime(2026, 10, 15, 9, 41, 7).UTC(),
		Contenido: pa0580.Contenido{Documento: pa0580.Documento{Tipo: pa0580.CI, Entrada: "7.654.321", Normal: "7654321"}},
		Hallazgo:  &pa0580.Hallazgo{Existe: true, Titular: "80009735-1"},
	}, Advertencias: []pa0580.Advertencia{pa0580.Repetida, pa0580.OtroTitular}}
	own, head := gestionOf(f, app.Actor{ID: idAgente}), gestionOf(f, app.Actor{ID: idJefe})
	if len(own.Advertencias) != 1 || own.Advertencias[0] != "repetida" || len(head.Advertencias) != 2 {
		t.Errorf("warned of %v and %v", own.Advertencias, head.Advertencias)
	}
	if head.Documento.Numero != "•••4321" || head.Verificacion.Titular != "•••35-1" {
		t.Errorf("shown %s and %s", head.Documento.Numero, head.Verificacion.Titular)
	}
	if own.GuardadaAt != "2026-10-15T09:41:07-03:00" {
		t.Errorf("saved at %s", own.GuardadaAt)
	}
}
