package httpapi

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
)

type document struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Schemas map[string]any `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string                `json:"operationId"`
	Summary     string                `json:"summary"`
	Description string                `json:"description"`
	Tags        []string              `json:"tags"`
	Security    []map[string][]string `json:"security"`
	Parameters  []parameter           `json:"parameters"`
	RequestBody *content              `json:"requestBody"`
	Responses   map[string]content    `json:"responses"`
}

type parameter struct {
	Name    string          `json:"name"`
	In      string          `json:"in"`
	Schema  json.RawMessage `json:"schema"`
	Example any             `json:"example"`
}

type content struct {
	Description string `json:"description"`
	Content     map[string]struct {
		Schema   json.RawMessage `json:"schema"`
		Example  any             `json:"example"`
		Examples map[string]struct {
			Value any `json:"value"`
		} `json:"examples"`
	} `json:"content"`
}

// served is the document as clients get it.
func served(t *testing.T) document {
	t.Helper()
	res := httptest.NewRecorder()
	New(nil, Options{}).ServeHTTP(res, httptest.NewRequest("GET", "/openapi.json", nil))
	var doc document
	if err := json.Unmarshal(res.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("the document: OpenAPI %q, %v", doc.OpenAPI, err)
	}
	return doc
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

func TestEveryRouteIsDocumented(t *testing.T) {
	t.Parallel()
	doc := served(t)
	said := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			said[strings.ToUpper(method)+" "+braces.ReplaceAllString(path, ":$1")] = true
		}
	}
	for _, r := range New(nil, Options{}).Routes() {
		reader := strings.HasPrefix(r.Path, "/docs") || strings.HasPrefix(r.Path, "/openapi.")
		if !reader && !said[r.Method+" "+r.Path] {
			t.Errorf("%s %s is not documented", r.Method, r.Path)
		}
	}
	if len(said) < 50 {
		t.Errorf("only %d operations", len(said))
	}
}

func TestEveryOperationIsWhole(t *testing.T) {
	t.Parallel()
	doc := served(t)
	for path, methods := range doc.Paths {
		for method, op := range methods {
			what := method + " " + path
			if op.Summary == "" || op.Description == "" || op.OperationID == "" || len(op.Tags) != 1 {
				t.Errorf("%s lacks words: %+v", what, op)
			}
			api := strings.HasPrefix(path, base)
			if secured := len(op.Security) > 0; secured != api {
				t.Errorf("%s asks for a token: %v", what, secured)
			}
			owed := []string{"503"}
			if api {
				owed = append(owed, "401", "422", "429", "500")
			}
			if method == "post" || method == "put" {
				owed = append(owed, "400", "413", "415")
			}
			for _, status := range owed {
				if _, ok := op.Responses[status].Content["application/problem+json"]; !ok {
					t.Errorf("%s does not document its %s", what, status)
				}
			}
			for _, name := range braces.FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p parameter) bool { return p.In == "path" && p.Name == name[1] }) {
					t.Errorf("%s does not document {%s}", what, name[1])
				}
			}
		}
	}
}

// Whoever copies an example sends something valid, and gets what is shown.
func TestExamplesAreExact(t *testing.T) {
	t.Parallel()
	doc := served(t)
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	for name, raw := range doc.Components.Schemas {
		registry.Map()[name] = schemaOf(t, raw)
	}
	count := 0
	check := func(what string, schema json.RawMessage, example any) {
		count++
		var raw any
		if err := json.Unmarshal(schema, &raw); err != nil {
			t.Fatal(err)
		}
		var res huma.ValidateResult
		huma.Validate(registry, schemaOf(t, raw), huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, example, &res)
		for _, err := range res.Errors {
			t.Errorf("%s: %v", what, err)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			for _, p := range op.Parameters {
				check(method+" "+path+" "+p.Name, p.Schema, p.Example)
			}
			bodies := op.Responses
			if op.RequestBody != nil {
				bodies["request"] = *op.RequestBody
			}
			for status, body := range bodies {
				for kind, media := range body.Content {
					what := method + " " + path + " " + status
					if media.Example == nil && len(media.Examples) == 0 {
						t.Errorf("%s has no example", what)
					}
					if media.Example != nil && kind != csvType {
						check(what, media.Schema, media.Example)
					}
					for name, e := range media.Examples {
						check(what+" "+name, media.Schema, e.Value)
					}
				}
			}
		}
	}
	if count < 300 {
		t.Errorf("only %d examples", count)
	}
}

// schemaOf reads a schema as huma holds it.
func schemaOf(t *testing.T, raw any) *huma.Schema {
	t.Helper()
	m, _ := raw.(map[string]any)
	out := &huma.Schema{}
	take := func(name string, into any) {
		if v, ok := m[name]; ok {
			text, err := json.Marshal(v)
			if err == nil {
				err = json.Unmarshal(text, into)
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	switch kind := m["type"].(type) {
	case string:
		out.Type = kind
	case []any: // a type and null
		out.Type, out.Nullable = kind[0].(string), true
	}
	take("$ref", &out.Ref)
	take("format", &out.Format)
	take("enum", &out.Enum)
	take("minimum", &out.Minimum)
	take("maximum", &out.Maximum)
	take("minLength", &out.MinLength)
	take("maxLength", &out.MaxLength)
	take("minItems", &out.MinItems)
	take("maxItems", &out.MaxItems)
	take("pattern", &out.Pattern)
	take("required", &out.Required)
	switch more := m["additionalProperties"].(type) {
	case bool:
		out.AdditionalProperties = more
	case map[string]any:
		out.AdditionalProperties = schemaOf(t, more)
	}
	if items, ok := m["items"]; ok {
		out.Items = schemaOf(t, items)
	}
	if properties, ok := m["properties"].(map[string]any); ok {
		out.Properties = map[string]*huma.Schema{}
		for name, p := range properties {
			out.Properties[name] = schemaOf(t, p)
		}
	}
	out.PrecomputeMessages()
	return out
}

// The reader comes from the binary: nothing on its page is somebody else's.
func TestTheReaderIsOurs(t *testing.T) {
	t.Parallel()
	engine := New(nil, Options{})
	get := func(path string) string {
		res := httptest.NewRecorder()
		engine.ServeHTTP(res, httptest.NewRequest("GET", path, nil))
		if res.Code != 200 || !strings.Contains(res.Header().Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %d %v", path, res.Code, res.Header())
		}
		return res.Body.String()
	}
	page := get("/docs")
	found := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(page, -1)
	for _, ref := range found {
		if !strings.HasPrefix(ref[1], "/docs/") || get(ref[1]) == "" {
			t.Errorf("the page asks for %s", ref[1])
		}
	}
	if len(found) < 3 || !strings.Contains(get("/docs/start.js"), `"/openapi.json"`) || !strings.HasPrefix(get("/openapi.yaml"), "components:") {
		t.Error("the reader is not whole")
	}
}
