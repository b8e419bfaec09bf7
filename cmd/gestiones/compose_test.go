package main

import (
	"context"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"

	"ande.gov.py/gestiones/internal/boot"
)

const (
	root        = "../../"
	composeFile = root + "docker-compose.yml"
	envExample  = root + ".env.example"
)

// compose reads the file as "docker compose config" does.
func compose(ctx context.Context, env types.Mapping) (*types.Project, error) {
	return loader.LoadWithContext(ctx, types.ConfigDetails{
		WorkingDir: root, Environment: env,
		ConfigFiles: []types.ConfigFile{{Filename: composeFile}},
	})
}

// passwords are what .env.example leaves empty, filled in.
func passwords(t *testing.T) types.Mapping {
	t.Helper()
	env, err := dotenv.Read(envExample)
	if err != nil || len(env) == 0 {
		t.Fatalf("%s asks for %d passwords, %v", envExample, len(env), err)
	}
	for name, value := range env {
		if value != "" {
			t.Errorf("%s gives %s a value: everybody would have the same", envExample, name)
		}
		env[name] = "c0ffee" + strings.ToLower(strings.ReplaceAll(name, "_", ""))
	}
	return env
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := compose(t.Context(), passwords(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestComposeStartsWithEveryPasswordOnly(t *testing.T) {
	t.Parallel()
	given := passwords(t)
	for name := range given {
		fewer := maps.Clone(given)
		delete(fewer, name)
		if _, err := compose(t.Context(), fewer); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// Docker gives ten seconds to stop unless told otherwise, and then kills.
func TestComposeLetsWhatWasAcceptedFinish(t *testing.T) {
	t.Parallel()
	p := project(t)
	for _, name := range []string{"serve", "work"} {
		if grace := p.Services[name].StopGracePeriod; grace == nil || time.Duration(*grace) <= boot.StopIn {
			t.Errorf("%s is killed after %v, and may take %s", name, grace, boot.StopIn)
		}
	}
}

func TestEnvExampleTellsOfEveryVariable(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(composeFile)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile(envExample)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z_]+)=`).FindAllSubmatch(example, -1) {
		told[string(m[1])] = true
	}
	used := map[string]bool{}
	// ${NAME…}, or NAME: with nothing after it, which takes .env's.
	for _, m := range regexp.MustCompile(`(?m)\$\{([A-Z_]+)|^ +([A-Z_]+):$`).FindAllSubmatch(file, -1) {
		used[string(m[1])+string(m[2])] = true
	}
	if !maps.Equal(told, used) {
		t.Errorf("%s tells of %v, %s uses %v", envExample, slices.Sorted(maps.Keys(told)), composeFile, slices.Sorted(maps.Keys(used)))
	}
}

func TestComposePinsEveryImage(t *testing.T) {
	t.Parallel()
	pinned := regexp.MustCompile(`:[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?$`)
	for name, s := range project(t).Services {
		if !ours(s) && !pinned.MatchString(s.Image) {
			t.Errorf("%s: %s is not pinned to a release", name, s.Image)
		}
	}
}

// One that is waited for until healthy must be able to say so, and one that is
// waited for until it ended must not be started again.
func TestComposeWaitsForWhatCanHappen(t *testing.T) {
	t.Parallel()
	services := project(t).Services
	for name, s := range services {
		if s.Restart == "" {
			t.Errorf("%s: nothing says what happens after it fails", name)
		}
		for on, d := range s.DependsOn {
			switch awaited := services[on]; d.Condition {
			case types.ServiceConditionHealthy:
				if awaited.HealthCheck == nil || awaited.HealthCheck.Disable {
					t.Errorf("%s waits for %s, which has no health check", name, on)
				}
			case types.ServiceConditionCompletedSuccessfully:
				if !strings.HasPrefix(awaited.Restart, types.RestartPolicyOnFailure) {
					t.Errorf("%s waits for the end of %s, which is started again: %s", name, on, awaited.Restart)
				}
			default:
				t.Errorf("%s waits for %s to be %s only", name, on, d.Condition)
			}
		}
	}
}

// A misspelt variable would be ignored in silence, and a wrong value found on
// the day of the installation.
func TestComposeTellsTheProgramWhatItKnows(t *testing.T) {
	seen := 0
	for name, s := range project(t).Services {
		if !ours(s) {
			continue
		}
		seen++
		t.Run(name, func(t *testing.T) {
			parser, err := kong.New(&cli{}, kong.Vars{"version": "test"})
			if err != nil {
				t.Fatal(err)
			}
			for variable, value := range s.Environment.Resolve(func(string) (string, bool) { return "", false }) {
				if value != nil {
					t.Setenv(variable, *value)
				}
			}
			command, err := parser.Parse(s.Command)
			if err != nil {
				t.Fatalf("%v: %v", s.Command, err)
			}
			known := map[string]bool{}
			for _, flag := range command.Flags() {
				for _, variable := range flag.Envs {
					known[variable] = true
				}
			}
			for variable := range s.Environment {
				if !known[variable] {
					t.Errorf("%v knows no %s", s.Command, variable)
				}
			}
		})
	}
	if seen < 3 {
		t.Errorf("%d services run this program", seen)
	}
}

func ours(s types.ServiceConfig) bool { return strings.HasPrefix(s.Image, "gestiones:") }
