package boot

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/doctor"
	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// The doctor, the health of a worker and its metrics, on real engines: alone,
// then with a worker.
func TestAWorkingSystemIsExamined(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), Config{
		PostgreSQL: PostgreSQL{URL: url}, Temporal: Temporal{Address: teststack.Temporal(t), Namespace: teststack.Namespace(t)},
		Reglas: DefaultReglas(), EnProceso: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	findings := func() string {
		var text strings.Builder
		for _, f := range doctor.Judge(s.Examine(t.Context(), []string{t.TempDir()}, true)) {
			text.WriteString(f.Nivel.String() + " " + f.Tema + ": " + f.Que + "\n")
		}
		return text.String()
	}
	alone := findings()
	for _, want := range []string{"bien PostgreSQL: Versión", "grave Temporal: Contesta, pero ningún «gestiones work» trabaja", "aviso Reconciliación: No hubo ninguna", "grave OPEN SGC: Su espejo está vacío", "bien Coherencia: "} {
		if !strings.Contains(alone, want) {
			t.Errorf("without a worker, no %q in:\n%s", want, alone)
		}
	}
	watch := func(path string) (int, string) {
		res := httptest.NewRecorder()
		s.WatchHandler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, path, nil))
		return res.Code, res.Body.String()
	}
	if code, _ := watch("/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("ready without working: %d", code)
	}

	work(t, s)
	teststack.Eventually(t, "a worker's polling", patience, func() bool { return strings.Contains(findings(), "bien Temporal: Contesta (época") })
	if code, _ := watch("/readyz"); code != http.StatusOK {
		t.Errorf("working and not ready: %d", code)
	}
	code, text := watch("/metrics")
	for _, want := range []string{"gestiones_up 1", `gestiones_waiting{what="command"} 0`, `gestiones_waiting{what="file"} 0`, `gestiones_reconciliation_found{what="broken"} 0`, "gestiones_open 0", "gestiones_reconciliation_age_seconds"} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics (%d) lack %q", code, want)
		}
	}
}
