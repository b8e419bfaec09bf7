package postgres

import (
	"net/url"
	"strings"
	"testing"
)

// with is a URL whose sessions have settings of their own.
func with(t *testing.T, base string, settings map[string]string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, value := range settings {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// The settings that README asks for leave nothing to warn of; each of them, let
// go, is named with what to set.
func TestSettingsThatLetDataIntoTheLog(t *testing.T) {
	t.Parallel()
	base := database(t)
	quiet := map[string]string{
		"log_min_error_statement": "panic", "log_error_verbosity": "terse", "log_statement": "none", "log_min_duration_statement": "-1",
		"log_min_duration_sample": "-1", "log_transaction_sample_rate": "0", "log_parameter_max_length_on_error": "0",
	}
	tests := map[string]struct{ name, value, want string }{
		"as README asks":               {"log_statement", "none", ""},
		"changes of the schema":        {"log_statement", "ddl", ""},
		"statements that change data":  {"log_statement", "mod", "log_statement = none"},
		"statements that fail":         {"log_min_error_statement", "error", "log_min_error_statement = panic"},
		"statements that are killed":   {"log_min_error_statement", "fatal", "log_min_error_statement = panic"},
		"rows that break a constraint": {"log_error_verbosity", "default", "log_error_verbosity = terse"},
		"slow statements":              {"log_min_duration_statement", "1000", "log_min_duration_statement = -1"},
		"some slow statements":         {"log_min_duration_sample", "1000", "log_min_duration_sample = -1"},
		"some transactions":            {"log_transaction_sample_rate", "0.5", "log_transaction_sample_rate = 0"},
		"parameters of what fails":     {"log_parameter_max_length_on_error", "-1", "log_parameter_max_length_on_error = 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{}
			for k, v := range quiet {
				settings[k] = v
			}
			settings[tt.name] = tt.value
			got, err := open(t, with(t, base, settings)).Indiscretos(t.Context())
			if err != nil || strings.Join(got, "; ") != tt.want {
				t.Errorf("named %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// What may be forgotten once committed is named as it is; a stronger or a local
// promise is one.
func TestSettingsThatForget(t *testing.T) {
	t.Parallel()
	base := database(t)
	for value, want := range map[string]string{"on": "", "local": "", "off": "synchronous_commit = off"} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			got, err := open(t, with(t, base, map[string]string{"synchronous_commit": value})).Olvidadizos(t.Context())
			if err != nil || strings.Join(got, "; ") != want {
				t.Errorf("named %q, %v, want %q", got, err, want)
			}
		})
	}
}
