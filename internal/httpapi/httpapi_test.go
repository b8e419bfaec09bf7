package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// secret is a token that [door] lets in.
const secret = "gst_un-token-de-prueba"

// door is a Store that only knows who holds [secret]; what else a handler asks of
// it is a mistake of the test.
type door struct {
	app.Store
	err error
}

func (d door) ActorByToken(_ context.Context, hash []byte, _ time.Time) (app.Actor, bool, error) {
	if d.err != nil {
		return app.Actor{}, false, d.err
	}
	if !bytes.Equal(hash, app.HashToken(secret)) {
		return app.Actor{}, false, nil
	}
	return app.Actor{ID: idAgente, Nombre: "Ana", Roles: []app.Rol{app.RolAgente, app.RolJefe}}, true, nil
}

type api struct {
	*testing.T
	engine *gin.Engine
	log    *bytes.Buffer
}

func newAPI(t *testing.T, o Options, store app.Store) api {
	t.Helper()
	a := api{T: t, log: &bytes.Buffer{}}
	o.Log = slog.New(slog.NewTextHandler(a.log, nil))
	a.engine = New(&app.App{
		Store: store, Reloj: time.Now, Config: app.DefaultConfig(), Log: slog.New(slog.DiscardHandler),
	}, o)
	return a
}

// ask sends a request as the holder of [secret]; headers come in pairs.
func (a api) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	a.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+secret)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res := httptest.NewRecorder()
	a.engine.ServeHTTP(res, req)
	return res
}

// problem reads an answer that must be one.
func (a api) problem(res *httptest.ResponseRecorder, status int, codigo string) problema {
	a.Helper()
	var p problema
	if err := json.Unmarshal(res.Body.Bytes(), &p); err != nil {
		a.Fatalf("not a problem: %v: %s", err, res.Body)
	}
	if res.Code != status || p.Status != status || p.Codigo != codigo {
		a.Errorf("answered %d %s, want %d %s: %s", res.Code, p.Codigo, status, codigo, res.Body)
	}
	if kind := res.Header().Get("Content-Type"); kind != "application/problem+json" {
		a.Errorf("content type %q", kind)
	}
	if p.Type != "urn:gestiones:problema:"+codigo || p.Title == "" || p.Detail == "" || p.Solicitud != res.Header().Get("X-Request-Id") {
		a.Errorf("an incomplete problem: %s", res.Body)
	}
	return p
}

func TestEveryNoIsAProblem(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{})
	long := `{"documento": {"tipo": "` + strings.Repeat("x", bodyLimit) + `"}}`
	tests := map[string]struct {
		res    *httptest.ResponseRecorder
		status int
		codigo string
	}{
		"an unknown route":           {a.ask("GET", "/api/v1/nada", ""), 404, "RUTA_INEXISTENTE"},
		"a trailing slash":           {a.ask("GET", "/api/v1/gestiones/", ""), 404, "RUTA_INEXISTENTE"},
		"an unknown method":          {a.ask("PATCH", "/api/v1/gestiones", ""), 405, "METODO"},
		"HEAD":                       {a.ask("HEAD", "/api/v1/gestiones", ""), 405, "METODO"},
		"no token":                   {a.ask("GET", "/api/v1/gestiones", "", "Authorization", ""), 401, "NO_AUTENTICADO"},
		"another scheme":             {a.ask("GET", "/api/v1/gestiones", "", "Authorization", "Basic YTpi"), 401, "NO_AUTENTICADO"},
		"an unknown token":           {a.ask("GET", "/api/v1/gestiones", "", "Authorization", "Bearer gst_otro"), 401, "NO_AUTENTICADO"},
		"no token, unreadable JSON":  {a.ask("POST", "/api/v1/gestiones", "{", "Authorization", ""), 401, "NO_AUTENTICADO"},
		"half an object":             {a.ask("POST", "/api/v1/gestiones", `{"documento": {`), 400, "JSON_ILEGIBLE"},
		"no body":                    {a.ask("POST", "/api/v1/gestiones", ""), 400, "JSON_ILEGIBLE"},
		"a list":                     {a.ask("POST", "/api/v1/gestiones", "[]"), 400, "JSON_ILEGIBLE"},
		"two objects":                {a.ask("POST", "/api/v1/gestiones", "{} {}"), 400, "JSON_ILEGIBLE"},
		"a body where none belongs":  {a.ask("POST", "/api/v1/comandos/"+idComando+"/visto", "[1]"), 400, "JSON_ILEGIBLE"},
		"a form":                     {a.ask("POST", "/api/v1/gestiones", "a=b", "Content-Type", "application/x-www-form-urlencoded"), 400, "JSON_ILEGIBLE"},
		"XML":                        {a.ask("POST", "/api/v1/gestiones", "<a/>", "Content-Type", "text/xml"), 415, "TIPO_DE_CONTENIDO"},
		"too long":                   {a.ask("POST", "/api/v1/gestiones", long), 413, "CUERPO_GRANDE"},
		"an id that is none":         {a.ask("GET", "/api/v1/gestiones/1234567", ""), 404, "NO_ENCONTRADO"},
		"an unknown parameter":       {a.ask("GET", "/api/v1/gestiones?documento=1", ""), 422, "CAMPO_AJENO"},
		"a parameter twice":          {a.ask("GET", "/api/v1/gestiones?mes=2026-10&mes=2026-11", ""), 422, "CAMPO"},
		"a month that is none":       {a.ask("GET", "/api/v1/gestiones?mes=10/2026", ""), 422, "CAMPO"},
		"an estado that is none":     {a.ask("GET", "/api/v1/gestiones?estado=pendiente,nueva", ""), 422, "CAMPO"},
		"a cursor of somewhere else": {a.ask("GET", "/api/v1/gestiones?cursor=MTIz", ""), 422, "CAMPO"},
		"a badly coded query":        {a.ask("GET", "/api/v1/gestiones?mes=%zz", ""), 422, "CAMPO"},
		"an action that is none":     {a.ask("POST", "/api/v1/gestiones/"+idGestion+"/decisiones", `{"accion": "corregir", "version": 1}`), 422, "CAMPO"},
		"a corte in no known form":   {a.ask("POST", "/api/v1/cierres/2026-10/corte", `{"momento": "mañana"}`), 422, "CAMPO"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := a
			a.T = t
			a.problem(tt.res, tt.status, tt.codigo)
		})
	}
	if allow := a.ask("PATCH", "/api/v1/gestiones", "").Header().Get("Allow"); !strings.Contains(allow, "POST") || !strings.Contains(allow, "GET") {
		t.Errorf("Allow: %q", allow)
	}
	if got := a.ask("GET", "/api/v1/yo", "", "Authorization", "").Header().Get("WWW-Authenticate"); !strings.HasPrefix(got, "Bearer") {
		t.Errorf("WWW-Authenticate: %q", got)
	}
}

// Whoever claims hears at once of all that is missing; and a gestión for no ajuste is said
// to be one too many.
func TestWhatAReclamoLacks(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{})
	var campos []string
	for _, e := range a.problem(a.ask("POST", "/api/v1/reclamos-funcionario", "{}"), 422, "CAMPO").Errores {
		campos = append(campos, e.Campo)
	}
	if !slices.Equal(campos, []string{"mes", "unidad", "motivo"}) {
		t.Errorf("an empty one lacks %v", campos)
	}
	extra := a.ask("POST", "/api/v1/reclamos-funcionario/"+idReclamo+"/responder", `{"resultado": "procede", "motivo": "Sí", "gestion": "`+idGestion+`"}`)
	if p := a.problem(extra, 422, "CAMPO"); p.Campo != "gestion" || len(p.Errores) > 0 {
		t.Errorf("a gestión without sign: %+v", p)
	}
}

// Step 10 speaks alone, also of what only the carrier can see.
func TestAnInvalidDocumentSpeaksAlone(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{})
	for body, codigo := range map[string]pa0580.Code{
		`{"documento": {"tipo": "RUC", "numero": "80009735-9"}, "color": 1, "tipo_gestion": "x"}`: pa0580.CodeCheckDigit,
		`{"documento": {"tipo": "CI", "numero": 1234567}, "referencia": 3}`:                       pa0580.CodeDocumentFormat,
		`{"documento": {"tipo": 1, "numero": 2}}`:                                                 pa0580.CodeDocumentType,
		`{"documento": "1234567", "guardada_at": "2020-01-01"}`:                                   pa0580.CodeDocumentFormat,
		`{"documento": null, "unidad": 7}`:                                                        pa0580.CodeDocumentType,
	} {
		for _, path := range []string{"/api/v1/gestiones", "/api/v1/gestiones/buscar"} {
			res := a.ask("POST", path, body)
			if p := a.problem(res, 422, string(codigo)); p.Paso != 10 || p.Errores != nil {
				t.Errorf("%s %s: %s", path, body, res.Body)
			}
			if strings.Contains(res.Body.String(), "1234567") || strings.Contains(res.Body.String(), "80009735") {
				t.Errorf("the answer quotes the document: %s", res.Body)
			}
		}
	}
}

func TestFaultsTellNothing(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{err: errors.New("seek actor: SQLSTATE 42P01")})
	res := a.ask("GET", "/api/v1/yo", "")
	a.problem(res, 500, "FALLA")
	if strings.Contains(res.Body.String(), "SQLSTATE") || !strings.Contains(a.log.String(), "SQLSTATE") {
		t.Errorf("answered %s, logged %s", res.Body, a.log)
	}
	for name, tt := range map[string]struct {
		o     Options
		store door
	}{
		"time ran out":               {Options{}, door{err: context.DeadlineExceeded}},
		"PostgreSQL does not answer": {Options{Listo: func(context.Context) error { return errors.New("down") }}, door{err: errors.New("no connection")}},
	} {
		a := newAPI(t, tt.o, tt.store)
		res := a.ask("GET", "/api/v1/yo", "")
		if a.problem(res, 503, "NO_DISPONIBLE"); res.Header().Get("Retry-After") != "5" {
			t.Errorf("%s: Retry-After %q", name, res.Header().Get("Retry-After"))
		}
	}
	down := newAPI(t, Options{Listo: func(context.Context) error { return errors.New("down") }}, door{})
	down.problem(down.ask("GET", "/readyz", ""), 503, "NO_DISPONIBLE")
	if alive := down.ask("GET", "/healthz", ""); alive.Code != 200 {
		t.Errorf("alive: %d", alive.Code)
	}
}

func TestAPanicIsAProblem(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{})
	a.engine.GET("/mal", func(*gin.Context) { panic("el documento 7654321 no anda") })
	a.problem(a.ask("GET", "/mal", ""), 500, "FALLA")
	if strings.Contains(a.log.String(), "7654321") || !strings.Contains(a.log.String(), "httpapi_test.go") {
		t.Errorf("logged %s", a.log)
	}
}

// Whatever a client puts into path, query or headers, the log keeps the route.
func TestTheLogHoldsNoData(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{}, door{})
	a.ask("GET", "/api/v1/gestiones/7654321?documento=7654321", "", "X-Request-Id", "7654321", "User-Agent", "7654321")
	a.ask("GET", "/7654321", "")
	a.ask("7654321", "/api/v1/gestiones", "")
	a.ask("POST", "/api/v1/gestiones", `{"documento": {"tipo": "CI", "numero": "0765432 1 7654321"}, "7654321": 1}`)
	got := a.log.String()
	if strings.Contains(got, "7654321") {
		t.Errorf("logged %s", got)
	}
	for _, want := range []string{"route=/api/v1/gestiones/:id", "route=none", "method=other", "status=422", "actor=" + idAgente} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %s: %s", want, got)
		}
	}
	const trace = "0af7651916cd43dd8448eb211c80319c"
	if id := a.ask("GET", "/healthz", "", "X-Request-Id", trace).Header().Get("X-Request-Id"); id != trace {
		t.Errorf("request id %q", id)
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	a := newAPI(t, Options{Ritmo: Ritmo{PorSegundo: 0.001, Rafaga: 3}}, door{})
	for range 3 {
		a.problem(a.ask("GET", "/api/v1/gestiones/x", ""), 404, "NO_ENCONTRADO")
	}
	res := a.ask("GET", "/api/v1/gestiones/x", "")
	if a.problem(res, 429, "DEMASIADAS_SOLICITUDES"); res.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// guess sends tokens that are none until it is held back, and tells whether it was.
func (a api) guess(headers ...string) bool {
	a.Helper()
	for range 3 * fallos.Rafaga {
		if a.ask("GET", "/api/v1/yo", "", append(headers, "Authorization", "Bearer gst_mal")...).Code == http.StatusTooManyRequests {
			return true
		}
	}
	return false
}

// Whoever tries tokens is held back; who holds a good one behind the same
// address is not, also where it was never seen before.
func TestGuessingIsHeldBack(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]bool{"a token seen before": true, "a token first seen after": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, Options{}, door{})
			if first {
				a.problem(a.ask("GET", "/api/v1/gestiones/x", ""), 404, "NO_ENCONTRADO")
			}
			if !a.guess() {
				t.Error("never held back")
			}
			a.problem(a.ask("GET", "/api/v1/gestiones/x", ""), 404, "NO_ENCONTRADO")
		})
	}
}

// Behind a proxy of ours each client fails for itself; what anybody else says of
// where they come from is not believed.
func TestWhoseForwardingIsBelieved(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		proxies []netip.Prefix
		held    bool // whether one client's failures hold another back
	}{
		"nobody's":       {nil, true},
		"another's":      {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, true},
		"our proxy's":    {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.0/24")}, false},
		"our own host's": {[]netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI(t, Options{Proxies: tt.proxies}, door{})
			if !a.guess("X-Forwarded-For", "203.0.113.7") {
				t.Fatal("never held back")
			}
			res := a.ask("GET", "/api/v1/yo", "", "Authorization", "Bearer gst_mal", "X-Forwarded-For", "203.0.113.8")
			if held := res.Code == http.StatusTooManyRequests; held != tt.held {
				t.Errorf("answered %d, want held back %t", res.Code, tt.held)
			}
		})
	}
}
