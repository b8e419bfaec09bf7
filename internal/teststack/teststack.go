// Package teststack gives tests a real PostgreSQL and a real Temporal, in a
// process of their own: neither the race detector nor coverage then builds the
// Temporal server again, and a test that dies leaves nothing running.
//
// `local engines -- go test ./...` starts them once for all packages and says
// where they are in two variables; without these, the first test of a process
// that asks starts a pair for that process.
package teststack

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/devstack/namespace"
)

// Postgres is the URL of the database postgres, as superuser.
func Postgres(t testing.TB) string {
	t.Helper()
	return engines(t).postgres
}

// Temporal is host:port of the frontend.
func Temporal(t testing.TB) string {
	t.Helper()
	return engines(t).temporal
}

// namespaceRetention is how long Temporal keeps what ended; tests end before.
const namespaceRetention = 24 * time.Hour

// Namespace registers a namespace of the test's own and returns its name once
// every Temporal service knows it.
func Namespace(t testing.TB) string {
	t.Helper()
	dial(t)
	name := "t-" + unique()
	if err := namespace.Ensure(t.Context(), shared.client, name, namespaceRetention); err != nil {
		t.Fatalf("namespace for a test: %v", err)
	}
	return name
}

// shared is the process's client for namespaces, which no test closes.
var shared struct {
	once   sync.Once
	client client.Client
	err    error
}

func dial(t testing.TB) {
	t.Helper()
	address := Temporal(t)
	shared.once.Do(func() {
		shared.client, shared.err = client.NewLazyClient(client.Options{HostPort: address, Logger: silent{}})
	})
	if shared.err != nil {
		t.Fatalf("temporal client: %v", shared.err)
	}
}

// silent is the Temporal SDK's logger of that client.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// Database makes a database of the test's own, a copy of template or an empty
// one for "", and returns its URL. It is dropped when the test ends, with
// somebody connected or not.
func Database(t testing.TB, template string) string {
	t.Helper()
	admin := Postgres(t)
	name := "t_" + unique()
	statement := "CREATE DATABASE " + quote(name)
	if template != "" {
		statement += " TEMPLATE " + quote(template)
	}
	if err := execAlone(t.Context(), admin, statement); err != nil {
		t.Fatalf("database for a test: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), inUseTimeout)
		defer cancel()
		if err := exec(ctx, admin, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return databaseURL(t, admin, name)
}

// Template makes the database name by calling build with its URL, unless it
// exists, and returns name for Database. Of the packages that test at once, one
// builds and the others wait. The name must change with what build makes, since
// engines with a data folder keep it: put a digest of the migrations into it.
func Template(t testing.TB, name string, build func(url string) error) string {
	t.Helper()
	if err := makeTemplate(t, name, build); err != nil {
		t.Fatalf("template %s: %v", name, err)
	}
	return name
}

func makeTemplate(t testing.TB, name string, build func(url string) error) error {
	ctx, admin := t.Context(), Postgres(t)
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) // frees the advisory lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return err
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil || exists {
		return err
	}
	// One that was left half-built has another name than a finished one.
	building := name + "_building"
	for _, statement := range []string{
		"DROP DATABASE IF EXISTS " + quote(building) + " WITH (FORCE)",
		"CREATE DATABASE " + quote(building),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := build(databaseURL(t, admin, building)); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return execAlone(ctx, admin, "ALTER DATABASE "+quote(building)+" RENAME TO "+quote(name))
}

func databaseURL(t testing.TB, admin, name string) string {
	t.Helper()
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatalf("URL of PostgreSQL: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// unique is a part of a name that no other test has.
func unique() string { return strings.ToLower(rand.Text()[:16]) }
