package httpapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/pa0580"
)

// declared reads the codes from the rules' own source.
func declared(t *testing.T) []pa0580.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../pa0580/refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []pa0580.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			code, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, pa0580.Code(code))
		}
		return true
	})
	return out
}

func TestEveryCodeHasItsAnswer(t *testing.T) {
	t.Parallel()
	all := declared(t)
	if len(all) < 20 || len(all) != len(codigos) {
		t.Errorf("%d codes are declared and %d answered", len(all), len(codigos))
	}
	for _, code := range all {
		r, ok := codigos[code]
		if !ok || http.StatusText(r.status) == "" || r.status < 400 || r.status > 499 || r.titulo == "" || r.ejemplo.Message == "" {
			t.Errorf("%s: %+v", code, r)
		}
	}
}

func TestManyRefusalsInOneProblem(t *testing.T) {
	t.Parallel()
	p := refused(pa0580.Refusals{
		pa0580.Refuse(40, pa0580.CodeRemark, "observacion", "larga"),
		pa0580.Refuse(0, pa0580.CodeForbidden, "actor", "no"),
		pa0580.Refuse(0, pa0580.CodeField, "Idempotency-Key", "inválida"),
		pa0580.Refuse(0, pa0580.CodeField, "Idempotency-Key", "falta"),
		pa0580.Refuse(20, pa0580.CodeReferenceFormat, "referencia.numero", "mala"),
	})
	if p.Status != 422 || p.Codigo != "SIN_PERMISO" || p.Paso != 0 || len(p.Errores) != 4 {
		t.Fatalf("answered %+v", p)
	}
	for i, campo := range []string{"actor", "Idempotency-Key", "referencia.numero", "observacion"} {
		if p.Errores[i].Campo != campo {
			t.Errorf("refusal %d is of %s, want %s", i, p.Errores[i].Campo, campo)
		}
	}
	one := refused(pa0580.Refusals{pa0580.Refuse(0, pa0580.CodeStale, "version", "cambió")})
	if one.Status != 412 || one.Errores != nil || one.Detail != "cambió" {
		t.Errorf("answered %+v", one)
	}
}
