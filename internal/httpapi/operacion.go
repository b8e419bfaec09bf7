package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"ande.gov.py/gestiones/internal/pa0580"
)

// operacion is one route, declared once: how it is reached, what it answers, and
// what it may refuse. The documentation is made of it.
type operacion struct {
	id, tag      string
	method, path string // the path is below [base], unless raiz
	resumen      string // in Spanish, like everything that the documentation shows
	texto        string
	query        []parametro
	salidas      []salida
	niega        []pa0580.Code // refusals beyond those of form
	problemas    []*problema   // of its own, that are no refusals
	raiz         bool          // not below base
	publica      bool          // asks for no token
	repetible    bool          // a POST that changes nothing, or nothing twice: no key needed
	conVersion   bool          // takes If-Match
	vacio        bool          // the body may be left out
	limite       int64         // of the body, in bytes
	plazo        time.Duration
}

// salida is one way to answer well. The example gives the schema.
type salida struct {
	status  int
	texto   string
	ejemplo any               // nil: no body
	tipo    string            // content type; empty: JSON
	headers map[string]string // name and description
}

// parametro is a query parameter.
type parametro struct {
	nombre, texto string
	schema        huma.Schema
	ejemplo       any
	repetible     bool
}

type handler func(*pedido) error

// handle registers an operation that takes no body.
func (s *server) handle(op operacion, h handler) {
	s.register(op, reflect.Value{}, h)
}

// handleBody registers an operation that takes a body; example documents it and
// gives its type. The handler judges the refusals of the form together with its
// own.
func handleBody[T any](s *server, op operacion, example T, h func(*pedido, T, pa0580.Refusals) error) {
	s.register(op, reflect.ValueOf(example), func(p *pedido) error {
		raw := p.cuerpo
		if len(raw) == 0 {
			if raw = []byte("{}"); !op.vacio {
				return unreadable("Falta el cuerpo: envíe un objeto JSON.")
			}
		}
		in, refusals, err := decode[T](raw)
		if err != nil {
			return err
		}
		p.readClave()
		return h(p, in, refusals)
	})
}

// register declares an operation; a zero body is none.
func (s *server) register(op operacion, body reflect.Value, h handler) {
	if op.limite == 0 {
		op.limite = bodyLimit
	}
	if op.plazo == 0 {
		op.plazo = answerIn
	}
	if !op.raiz {
		op.path = base + op.path
	}
	doc := s.document(op, body)
	s.api.OpenAPI().AddOperation(doc)
	s.api.Adapter().Handle(doc, func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		ctx, cancel := context.WithTimeout(g.Request.Context(), op.plazo)
		defer cancel()
		p := &pedido{ctx: ctx, g: g}
		if err := s.serve(p, op, body.IsValid(), h); err != nil {
			s.refuse(g, err)
		}
	})
}

// serve keeps DOMAIN's order: who asks, what can be read, and then the rules.
func (s *server) serve(p *pedido, op operacion, body bool, h handler) error {
	if !op.publica {
		var err error
		if p.actor, err = s.authenticate(p.ctx, p.g); err != nil {
			return err
		}
	}
	p.consulta = newConsulta(p.g.Request.URL.RawQuery, op.query)
	if op.method == http.MethodGet {
		if err := p.err(); err != nil {
			return err
		}
		return h(p)
	}
	var err error
	if p.cuerpo, err = readBody(p.g, op.limite); err != nil {
		return err
	}
	p.ajenos = p.refusals
	if !body {
		if err := p.noBody(); err != nil {
			return err
		}
		p.readClave()
	}
	return h(p)
}

// noBody wants nothing, or an object without fields.
func (p *pedido) noBody() error {
	if len(p.cuerpo) == 0 || string(p.cuerpo) == "null" {
		p.cuerpo = nil
		return nil
	}
	_, refusals, err := decode[struct{}](p.cuerpo)
	p.ajenos = append(p.ajenos, refusals...)
	return err
}

// document is what huma documents of an operation.
func (s *server) document(op operacion, body reflect.Value) *huma.Operation {
	doc := &huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag},
		Summary: op.resumen, Description: op.texto,
		Parameters: s.parameters(op), Responses: s.responses(op, body.IsValid()),
		Security: []map[string][]string{{"token": {}}},
	}
	if op.publica {
		doc.Security = []map[string][]string{}
	}
	if body.IsValid() {
		doc.RequestBody = &huma.RequestBody{
			Required: !op.vacio,
			Content: map[string]*huma.MediaType{
				"application/json": {Schema: s.schema(body.Type()), Example: body.Interface()},
			},
		}
	}
	return doc
}

func (s *server) schema(t reflect.Type) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(t, true, "")
}

func (s *server) parameters(op operacion) []*huma.Param {
	var out []*huma.Param
	for part := range strings.SplitSeq(op.path, "/") {
		switch part {
		case "{id}":
			out = append(out, &huma.Param{Name: "id", In: "path", Required: true, Description: "Identificador",
				Schema: &huma.Schema{Type: "string", Format: "uuid"}, Example: idGestion})
		case "{mes}":
			out = append(out, &huma.Param{Name: "mes", In: "path", Required: true, Description: "Mes, AAAA-MM en hora local",
				Schema: &huma.Schema{Type: "string", Pattern: "^[0-9]{4}-[0-9]{2}$"}, Example: "2026-10"})
		}
	}
	for _, q := range op.query {
		schema := q.schema
		out = append(out, &huma.Param{Name: q.nombre, In: "query", Description: q.texto, Schema: &schema, Example: q.ejemplo})
	}
	if op.method != http.MethodGet && !op.repetible {
		what := "Un valor propio de este pedido. Repetido con el mismo cuerpo da lo mismo que la primera vez; con otro cuerpo se rechaza."
		if op.method != http.MethodPost {
			what += " Optativo aquí: el método ya es repetible."
		}
		out = append(out, &huma.Param{Name: "Idempotency-Key", In: "header", Required: op.method == http.MethodPost, Description: what,
			Schema: &huma.Schema{Type: "string", MinLength: ptr(1), MaxLength: ptr(maxClave), Pattern: "^[!-~]+$"}, Example: "0b9f6f1e-5a0c-4a55-9a5f-2f1d2f6f7a11"})
	}
	if op.conVersion {
		out = append(out, &huma.Param{Name: "If-Match", In: "header", Description: "La versión que usted vio, como la dio ETag; también puede ir en el cuerpo.",
			Schema: &huma.Schema{Type: "string", Pattern: `^"[0-9]+"$`}, Example: `"1"`})
	}
	return out
}

func ptr[T any](v T) *T { return &v }

func (s *server) responses(op operacion, body bool) map[string]*huma.Response {
	out := map[string]*huma.Response{}
	for _, o := range op.salidas {
		r, ok := out[strconv.Itoa(o.status)] // there is one where it comes in several types
		if !ok {
			r = &huma.Response{Description: o.texto, Headers: map[string]*huma.Param{}, Content: map[string]*huma.MediaType{}}
		}
		for name, text := range o.headers {
			r.Headers[name] = &huma.Param{Description: text, Schema: &huma.Schema{Type: "string"}}
		}
		kind, schema := o.tipo, &huma.Schema{Type: "string"}
		if kind == "" && o.ejemplo != nil {
			kind, schema = "application/json", s.schema(reflect.TypeOf(o.ejemplo))
		}
		if o.tipo == "application/json" { // a file
			schema = &huma.Schema{Type: "object"}
		}
		if kind != "" {
			r.Content[kind] = &huma.MediaType{Schema: schema, Example: o.ejemplo}
		}
		out[strconv.Itoa(o.status)] = r
	}
	for _, p := range problemsOf(op, body) {
		s.addProblem(out, p)
	}
	return out
}
