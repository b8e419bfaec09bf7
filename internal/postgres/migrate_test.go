package postgres

import (
	"testing"

	"ande.gov.py/gestiones/internal/teststack"
)

// Whoever only asks for the schema's version leaves an empty database empty.
func TestAskingForTheVersionChangesNothing(t *testing.T) {
	t.Parallel()
	url := teststack.Database(t, "")
	s := open(t, url)
	var latest int64
	for range 2 {
		current, newest, err := MigrationStatus(t.Context(), url)
		if err != nil || current != 0 || newest < 1 {
			t.Fatalf("an empty database: %d of %d, %v", current, newest, err)
		}
		latest = newest
		var tables int
		if err := s.db.NewRaw("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").Scan(t.Context(), &tables); err != nil || tables != 0 {
			t.Fatalf("it holds %d relations, %v", tables, err)
		}
	}
	if err := Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	if current, newest, err := MigrationStatus(t.Context(), url); err != nil || current != latest || newest != latest {
		t.Errorf("a migrated database: %d of %d, %v", current, newest, err)
	}
}
