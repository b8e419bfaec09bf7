package postgres

import (
	"context"
	"slices"

	"github.com/uptrace/bun"
)

// parametro is a setting of PostgreSQL's and the values that do.
type parametro struct {
	name   string
	values []string
}

// ajenos gives the values of those settings that are known to PostgreSQL and have
// another than one that does.
func (s *Store) ajenos(ctx context.Context, wanted []parametro) (map[string]string, error) {
	names := make([]string, len(wanted))
	for i, w := range wanted {
		names[i] = w.name
	}
	var found []struct{ Name, Setting string }
	if err := s.db.NewRaw("SELECT name, setting FROM pg_settings WHERE name IN (?)", bun.List(names)).Scan(ctx, &found); err != nil {
		return nil, seek("read PostgreSQL's settings", err)
	}
	set := map[string]string{}
	for _, f := range found {
		set[f.Name] = f.Setting
	}
	out := map[string]string{}
	for _, w := range wanted {
		if now, known := set[w.name]; known && !slices.Contains(w.values, now) {
			out[w.name] = now
		}
	}
	return out, nil
}

// memoriosos are the settings without which what was committed may be forgotten:
// everything acknowledged rests on them.
var memoriosos = []parametro{
	{"fsync", []string{"on"}},
	{"full_page_writes", []string{"on"}},
	{"synchronous_commit", []string{"on", "local", "remote_write", "remote_apply"}},
}

// Olvidadizos lists the settings, each as it is, with which PostgreSQL may forget
// what it committed.
func (s *Store) Olvidadizos(ctx context.Context) ([]string, error) {
	found, err := s.ajenos(ctx, memoriosos)
	var out []string
	for _, m := range memoriosos {
		if now, other := found[m.name]; other {
			out = append(out, m.name+" = "+now)
		}
	}
	return out, err
}
