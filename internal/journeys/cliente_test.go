package journeys

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// cuerpo is a JSON object.
type cuerpo map[string]any

// en follows a path of names and gives what is there, nil where nothing is.
func (c cuerpo) en(path string) any {
	var at any = map[string]any(c)
	for name := range strings.SplitSeq(path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = object[name]
	}
	return at
}

func (c cuerpo) texto(path string) string { s, _ := c.en(path).(string); return s }

func (c cuerpo) numero(path string) int { n, _ := c.en(path).(float64); return int(n) }

func (c cuerpo) lista(path string) []cuerpo {
	items, _ := c.en(path).([]any)
	out := make([]cuerpo, 0, len(items))
	for _, item := range items {
		if object, ok := item.(map[string]any); ok {
			out = append(out, object)
		}
	}
	return out
}

// llamada is one request.
type llamada struct {
	quien, metodo, ruta string
	clave               string // Idempotency-Key; empty: one of its own
	cuerpo              any    // a string goes as it is
}

// hacer sends a request and gives status and answer; a body that is not a JSON
// object comes under "texto".
func (m *mundo) hacer(ctx context.Context, l llamada) (int, cuerpo) {
	m.Helper()
	res, err := m.enviar(ctx, l)
	if err != nil {
		m.Errorf("%s %s: %v", l.metodo, l.ruta, err)
		return 0, nil
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		m.Errorf("%s %s: %v", l.metodo, l.ruta, err)
		return 0, nil
	}
	var out cuerpo
	if json.Unmarshal(raw, &out) != nil {
		out = cuerpo{"texto": string(raw)}
	}
	return res.StatusCode, out
}

// archivo downloads a file, whose ETag is its SHA-256.
func (m *mundo) archivo(quien, ruta string) []byte {
	m.Helper()
	res, err := m.enviar(m.Context(), llamada{quien: quien, metodo: http.MethodGet, ruta: ruta})
	m.must(err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	m.must(err)
	if etag := fmt.Sprintf("\"%x\"", sha256.Sum256(raw)); res.StatusCode != http.StatusOK || res.Header.Get("ETag") != etag {
		m.Errorf("%s: %d, ETag %s, want %s", ruta, res.StatusCode, res.Header.Get("ETag"), etag)
	}
	if kind, name := res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"); kind == "" || !strings.HasPrefix(name, `attachment; filename="planilla-`) && !strings.HasPrefix(name, `attachment; filename="estado-`) && !strings.HasSuffix(name, `.manifiesto"`) {
		m.Errorf("%s comes as %q, %q", ruta, kind, name)
	}
	return raw
}

// vanish sends a request as a client that is gone when ctx ends, and hears
// nothing.
func (m *mundo) vanish(ctx context.Context, l llamada) {
	m.Helper()
	if res, err := m.enviar(ctx, l); err == nil {
		res.Body.Close()
	}
}

func (m *mundo) enviar(ctx context.Context, l llamada) (*http.Response, error) {
	m.Helper()
	var body io.Reader
	switch b := l.cuerpo.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		m.must(err)
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, l.metodo, m.url+l.ruta, body)
	m.must(err)
	if l.quien != "" {
		req.Header.Set("Authorization", "Bearer "+m.tokens[l.quien])
	}
	if l.metodo != http.MethodGet {
		if l.clave == "" {
			l.clave = uuid.NewString()
		}
		req.Header.Set("Idempotency-Key", l.clave)
		req.Header.Set("Content-Type", "application/json")
	}
	return http.DefaultClient.Do(req)
}

// post and get send a request as somebody and check the status.
func (m *mundo) post(quien, ruta string, body any, want int) cuerpo {
	m.Helper()
	return m.espera(llamada{quien: quien, metodo: http.MethodPost, ruta: ruta, cuerpo: body}, want)
}

func (m *mundo) get(quien, ruta string, want int) cuerpo {
	m.Helper()
	return m.espera(llamada{quien: quien, metodo: http.MethodGet, ruta: ruta}, want)
}

func (m *mundo) espera(l llamada, want int) cuerpo {
	m.Helper()
	status, out := m.hacer(m.Context(), l)
	if status != want {
		m.Fatalf("%s %s as %s: %d, want %d: %v", l.metodo, l.ruta, l.quien, status, want, out)
	}
	return out
}

const api = "/api/v1"

// carga is a body that loads; with changes on top, nil dropping a field.
func carga(nis string, changes ...cuerpo) cuerpo {
	out := cuerpo{
		"documento":    cuerpo{"tipo": "CI", "numero": "1.234.567"},
		"referencia":   cuerpo{"tipo": "NIS", "numero": nis},
		"tipo_gestion": 5,
	}
	for _, c := range changes {
		for k, v := range c {
			if v == nil {
				delete(out, k)
				continue
			}
			out[k] = v
		}
	}
	return out
}

// cargar loads one that OPEN SGC knows and gives it back pendiente. On a busy
// machine the agent may be told «received» first.
func (m *mundo) cargar(quien, nis string, changes ...cuerpo) cuerpo {
	m.Helper()
	status, g := m.hacer(m.Context(), llamada{quien: quien, metodo: http.MethodPost, ruta: api + "/gestiones", cuerpo: carga(nis, changes...)})
	if status != http.StatusCreated && status != http.StatusAccepted {
		m.Fatalf("loading as %s: %d %v", quien, status, g)
	}
	if status == http.StatusAccepted {
		m.eventually("the verification", time.Minute, func() bool {
			g = m.leer(quien, g)
			return g.texto("estado") == "pendiente"
		})
	}
	return g
}

// decidir asks for a decision on the version given.
func (m *mundo) decidir(quien string, g cuerpo, accion, motivo string, want int) cuerpo {
	m.Helper()
	return m.post(quien, api+"/gestiones/"+g.texto("id")+"/decisiones",
		cuerpo{"accion": accion, "version": g.numero("version"), "motivo": motivo}, want)
}

// leer reads a gestión again.
func (m *mundo) leer(quien string, g cuerpo) cuerpo {
	m.Helper()
	return m.get(quien, api+"/gestiones/"+g.texto("id"), http.StatusOK)
}

// problema checks a refusal's code and step.
func (m *mundo) problema(p cuerpo, codigo string, paso int) {
	m.Helper()
	if p.texto("codigo") != codigo || p.numero("paso") != paso {
		m.Errorf("refused with %s at step %d, want %s at %d: %v", p.texto("codigo"), p.numero("paso"), codigo, paso, p)
	}
	if p.texto("detail") == "" {
		m.Errorf("a refusal without a sentence: %v", p)
	}
}
