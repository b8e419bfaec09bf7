package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// found is the first group of pattern in a file of the repository.
func found(t *testing.T, file, pattern string) string {
	t.Helper()
	text, err := os.ReadFile(root + file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(pattern).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no %s", file, pattern)
	}
	return string(m[1])
}

func TestImageIsBuiltAsTheBinaryIs(t *testing.T) {
	t.Parallel()
	if image, module := found(t, "Dockerfile", `FROM golang:([0-9.]+)`), found(t, "go.mod", `\ngo ([0-9.]+)`); image != module {
		t.Errorf("the image is built with Go %s, go.mod says %s", image, module)
	}
	line := `go build|\$\(GO\) build`
	made := found(t, "Makefile", `CGO_ENABLED=0 (?:`+line+`) (.*) -o .*\./cmd/gestiones`)
	imaged := found(t, "Dockerfile", `CGO_ENABLED=0 (?:`+line+`) (.*) -o .*\./cmd/gestiones`)
	if strings.ReplaceAll(imaged, "${VERSION}", "$(VERSION)") != made {
		t.Errorf("the image is built with %s, make builds with %s", imaged, made)
	}
}

func TestImageAsksTheProgramForItsHealth(t *testing.T) {
	t.Parallel()
	var check []string
	if err := json.Unmarshal([]byte(found(t, "Dockerfile", `HEALTHCHECK.* CMD (\[.*\])`)), &check); err != nil {
		t.Fatal(err)
	}
	parser, err := kong.New(&cli{}, kong.Vars{"version": "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(check[1:]); err != nil {
		t.Errorf("%v: %v", check, err)
	}
}

// What .dockerignore keeps out must not be what the program is made of.
func TestImageIsBuiltFromAllItNeeds(t *testing.T) {
	t.Parallel()
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if .Module}}{{if .Module.Main}}{{.ImportPath}}{{end}}{{end}}", ".")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	module := found(t, "go.mod", `^module (\S+)`) + "/"
	needed := strings.Fields(string(out))
	if len(needed) < 2 {
		t.Fatalf("the program is made of %v", needed)
	}
	ignored, err := os.ReadFile(root + ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	for dir := range strings.Lines(string(ignored)) {
		dir = strings.TrimSpace(dir)
		for _, p := range needed {
			if dir != "" && strings.HasPrefix(strings.TrimPrefix(p, module)+"/", dir+"/") {
				t.Errorf(".dockerignore keeps out %s, which %s is in", dir, p)
			}
		}
	}
}
