package boot

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/postgres"
	"ande.gov.py/gestiones/internal/teststack"
)

// opened is a system over a database, whose log can be read. It has no Temporal.
func opened(t *testing.T, url string) (*System, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := Open(t.Context(), Config{PostgreSQL: PostgreSQL{URL: url}, Reglas: DefaultReglas(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s, &log
}

func ready(s *System) int {
	res := httptest.NewRecorder()
	s.Handler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	return res.Code
}

// A process does not begin on a database that nobody migrated, and says what to
// run; once it was, the same process would do.
func TestStartNeedsAMigratedDatabase(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	s, _ := opened(t, url)
	if err := s.Check(t.Context()); !errors.Is(err, errUnmigrated) || !strings.Contains(err.Error(), "gestiones migrate") {
		t.Errorf("an empty database: %v", err)
	}
	if code := ready(s); code != http.StatusServiceUnavailable {
		t.Errorf("an empty database is ready: %d", code)
	}
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("a migrated database: %v", err)
	}
	if code := ready(s); code != http.StatusOK {
		t.Errorf("a migrated database is not ready: %d", code)
	}
	if err := s.Work(t.Context()); !errors.Is(err, errNoEngine) {
		t.Errorf("works without Temporal: %v", err)
	}
}

func TestStartNeedsPostgreSQL(t *testing.T) {
	t.Parallel()
	s, _ := opened(t, "postgres://nadie:secreta@127.0.0.1:1/gestiones")
	err := s.Check(t.Context())
	if err == nil || !strings.Contains(err.Error(), "GESTIONES_DATABASE_URL") || strings.Contains(err.Error(), "secreta") {
		t.Errorf("said %v", err)
	}
}

// With PostgreSQL's defaults a failing statement is logged with its values.
func TestStartWarnsOfATalkativeLog(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	if err := postgres.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	for settings, warned := range map[string]bool{
		"log_min_error_statement=error": true,
		"log_min_error_statement=panic&log_error_verbosity=terse&log_statement=none&log_min_duration_statement=-1": false,
	} {
		sep := "?"
		if strings.Contains(url, "?") {
			sep = "&"
		}
		s, log := opened(t, url+sep+settings)
		if err := s.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(log.String(), "log_min_error_statement = panic"); got != warned {
			t.Errorf("with %s logged %q", settings, log)
		}
	}
}
