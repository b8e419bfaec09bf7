package report

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var (
	tasks = Figure{ID: "cuentas.tareas", Group: "Cuentas", Name: "tareas", Kind: Count, Value: 3, Budget: 3}
	path  = Figure{ID: "razones.camino", Group: "Razones", Name: "camino", Kind: Ratio, Value: 0.85, Budget: 0.8, More: true}
	loads = Figure{ID: "ritmos.cargas", Group: "Ritmos", Name: "cargas", Kind: Rate, Value: 1234.5, Unit: "/s", More: true}
)

func run(fs ...Figure) *Report {
	return &Report{
		Machine: Machine{Procesador: "uno", Nucleos: 2, Revision: "abc"}, Params: map[string]any{"n": 10.0, "semilla": 1.0},
		Begun: time.Date(2026, 10, 5, 9, 0, 0, 0, time.UTC), Took: 60, Figures: fs,
	}
}

func (f Figure) as(v float64) Figure { f.Value = v; return f }

func TestBudgets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in    Figure
		holds bool
	}{
		"at most, met":      {tasks, true},
		"at most, broken":   {tasks.as(3.01), false},
		"at least, met":     {path, true},
		"at least, broken":  {path.as(0.79), false},
		"none to be broken": {loads.as(1), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.in.Holds(); got != tt.holds {
				t.Errorf("%+v holds: %v", tt.in, got)
			}
		})
	}
	r := run(tasks.as(4), path.as(0.1), loads)
	if broken := r.Broken(Count); len(broken) != 1 || broken[0].ID != tasks.ID {
		t.Errorf("broken counts: %+v", broken)
	}
}

func TestTableShowsBudgetsBesideFigures(t *testing.T) {
	t.Parallel()
	inbox := Figure{Group: "Filas", Name: "bandeja", Kind: Ratio, Value: 1.5, Budget: 2, Least: 1.25, Most: 3}
	r := run(tasks.as(4), path, loads, inbox)
	r.Note("sin pg_walinspect")
	var out strings.Builder
	r.Table(&out)
	lines := map[string]string{}
	for line := range strings.Lines(out.String()) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			lines[name] = strings.Join(strings.Fields(rest), " ")
		}
	}
	for name, want := range map[string]string{
		"tareas": "4 ≤ 3 NO cuenta", "camino": "0,85 ≥ 0,80 sí razón", "cargas": "1.234 /s ritmo",
		"bandeja": "1,50 (1,25 a 3) ≤ 2 sí razón", "*": "sin pg_walinspect",
	} {
		if lines[name] != want {
			t.Errorf("%s: %q, want %q in\n%s", name, lines[name], want, out.String())
		}
	}
}

func TestAReportSurvivesItsFile(t *testing.T) {
	t.Parallel()
	r, file := run(tasks, path, loads), filepath.Join(t.TempDir(), "bench.json")
	if err := r.Write(file); err != nil {
		t.Fatal(err)
	}
	got, err := Read(file)
	if err != nil || !reflect.DeepEqual(got, r) {
		t.Errorf("read %+v, %v; wrote %+v", got, err, r)
	}
}

func TestComparisons(t *testing.T) {
	t.Parallel()
	elsewhere := Machine{Procesador: "otro", Nucleos: 2}
	tests := map[string]struct {
		before, after *Report
		want          map[string]Verdict
	}{
		"within the noise of its kind":      {run(tasks, path, loads), run(tasks, path.as(0.9), loads.as(1100)), map[string]Verdict{tasks.ID: Same, path.ID: Same, loads.ID: Same}},
		"fewer tasks, more of the rest":     {run(tasks, path, loads), run(tasks.as(2.5), path.as(1), loads.as(2000)), map[string]Verdict{tasks.ID: Better, path.ID: Better, loads.ID: Better}},
		"a count moves by little":           {run(tasks), run(tasks.as(3.1)), map[string]Verdict{tasks.ID: Worse}},
		"rates of two machines say nothing": {run(path, loads), &Report{Machine: elsewhere, Figures: []Figure{path.as(0.5), loads.as(10)}}, map[string]Verdict{path.ID: Worse, loads.ID: Unknown}},
		"figures come and go":               {run(tasks), run(path), map[string]Verdict{tasks.ID: Gone, path.ID: New}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]Verdict{}
			for _, c := range Compare(tt.before, tt.after) {
				got[c.ID] = c.Verdict
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	var out strings.Builder
	WriteChanges(&out, run(loads), run(loads.as(2469)))
	if got := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(got, "cargas 1.234 /s 2.469 /s 2 mejor") {
		t.Errorf("prints %s", got)
	}
}
