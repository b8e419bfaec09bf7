package postgres

import "context"

// discretos are the settings that keep PostgreSQL's log free of statements and
// rows, with the values that do, the first being the one to set. bun writes
// values into the text of a statement: whatever logs one logs personal data.
// Not even 'fatal' will do for log_min_error_statement: a session terminated by
// an administrator ends with a FATAL, and its statement.
var discretos = []parametro{
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
	found, err := s.ajenos(ctx, discretos)
	var out []string
	for _, d := range discretos {
		if _, other := found[d.name]; other {
			out = append(out, d.name+" = "+d.values[0])
		}
	}
	return out, err
}
