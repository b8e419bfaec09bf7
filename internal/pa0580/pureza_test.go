package pa0580_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What the rules never import, though it is in the standard library: they
// neither read nor write anything, and roll no dice.
var outside = []string{"os", "io", "net", "log", "database", "syscall", "unsafe", "context", "math/rand", "crypto/rand", "runtime", "testing", "sync"}

// What they never use of time: clocks, timers, and the machine's own zones.
var clocks = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "Local", "LoadLocation",
}

func TestRulesArePure(t *testing.T) {
	t.Parallel()
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(pkg.GoFiles) < 5 {
		t.Fatalf("only %q found", pkg.GoFiles)
	}
	for _, name := range pkg.GoFiles {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, name+": impurities", impurities(t, string(source)), nil)
	}
	equal(t, "files for some systems only", pkg.IgnoredGoFiles, nil)
}

func TestImpuritiesAreFound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		source string
		want   []string
	}{
		"pure":              {`import "time"; var d = time.Hour`, nil},
		"the clock":         {`import "time"; var d = time.Now()`, []string{"time.Now"}},
		"the clock, passed": {`import "time"; var d = time.Now`, []string{"time.Now"}},
		"under a new name":  {`import reloj "time"; var d = reloj.Since(x)`, []string{"time.Since"}},
		"under no name":     {`import . "time"; var d = Now()`, []string{"dot import of time"}},
		"the system's zone": {`import "time"; var d = time.Local`, []string{"time.Local"}},
		"a file":            {`import "os"; var d = os.Args`, []string{"os"}},
		"a part of it":      {`import _ "os/exec"`, []string{"os/exec"}},
		"the network":       {`import _ "net/http"`, []string{"net/http"}},
		"another module":    {`import _ "pgregory.net/rapid"`, []string{"pgregory.net/rapid"}},
		"this module":       {`import _ "ande.gov.py/gestiones/internal/contract"`, []string{"ande.gov.py/gestiones/internal/contract"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "impurities", impurities(t, "package p; "+tc.source), tc.want)
		})
	}
}

func impurities(t *testing.T, source string) (found []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	timeName := ""
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		std, err := build.Import(path, "", build.FindOnly)
		first, _, _ := strings.Cut(path, "/")
		switch {
		case err != nil || !std.Goroot || slices.Contains(outside, path) || slices.Contains(outside, first):
			found = append(found, path)
		case path == "time" && spec.Name == nil:
			timeName = "time"
		case path == "time" && spec.Name.Name == ".":
			found = append(found, "dot import of time")
		case path == "time":
			timeName = spec.Name.Name
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == timeName && slices.Contains(clocks, sel.Sel.Name) {
				found = append(found, "time."+sel.Sel.Name)
			}
		}
		return true
	})
	return found
}
