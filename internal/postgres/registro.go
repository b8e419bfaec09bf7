package postgres

import (
	"context"
	"slices"
)

// discretos are the settings that keep PostgreSQL's log free of statements and
// rows, with the values that do, the first being the one to set. bun writes
// values into the text of a statement: whatever logs one logs personal data.
// Not even 'fatal' will do for log_min_error_statement: a session terminated by
// an administrator ends with a FATAL, and its statement.
var discretos = []struct {
	name   string
	values []string
}{
	{"log_min_error_statement", []string{"panic"}},
	{"log_error_verbosity", []string{"terse"}}, // DETAIL quotes rows and keys
	{"log_statement", []string{"none", "ddl"}},
	{"log_min_duration_statement", []string{"-1"}},
	{"log_min_duration_sample", []string{"-1"}},
	{"log_transaction_sample_rate", []string{"0"}},
	{"log_parameter_max_length_on_error", []string{"0"}},
	{"auto_explain.log_min_duration", []string{"-1"}}, // only where that is loaded
}

// Indiscretos lists the settings, each as what it should be, with which
// PostgreSQL may write personal data into its log.
func (s *Store) Indiscretos(ctx context.Context) ([]string, error) {
	var found []struct{ Name, Setting string }
	if err := s.db.NewRaw("SELECT name, setting FROM pg_settings WHERE name LIKE 'log%' OR name LIKE 'auto_explain%'").Scan(ctx, &found); err != nil {
		return nil, seek("read PostgreSQL's log settings", err)
	}
	set := map[string]string{}
	for _, f := range found {
		set[f.Name] = f.Setting
	}
	var out []string
	for _, d := range discretos {
		if now, known := set[d.name]; known && !slices.Contains(d.values, now) {
			out = append(out, d.name+" = "+d.values[0])
		}
	}
	return out, nil
}
