package teststack_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"

	"ande.gov.py/gestiones/internal/teststack"
)

func TestDatabaseIsACopyOfItsTemplate(t *testing.T) {
	t.Parallel()
	var builds atomic.Int32
	build := func(url string) error {
		builds.Add(1)
		return run(t, url, "CREATE TABLE canary (id int); INSERT INTO canary VALUES (7)")
	}
	template := teststack.Template(t, "canary_of_"+t.Name(), build)
	teststack.Template(t, template, build)

	one, other := teststack.Database(t, template), teststack.Database(t, template)
	if err := run(t, one, "DELETE FROM canary"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, one); n != 0 {
		t.Errorf("own database has %d rows after deleting them", n)
	}
	if n := count(t, other); n != 1 {
		t.Errorf("another test's database has %d rows, want the template's one", n)
	}
	if builds.Load() > 1 {
		t.Errorf("template was built %d times", builds.Load())
	}
}

func TestHalfBuiltTemplateIsBuiltAgain(t *testing.T) {
	t.Parallel()
	name := "half_of_" + t.Name()
	broken := &recorder{TB: t}
	broken.do(func() {
		teststack.Template(broken, name, func(url string) error {
			return errors.Join(run(t, url, "CREATE TABLE canary (id int)"), errors.New("power cut"))
		})
	})
	if !broken.failed {
		t.Fatal("a build that failed went unnoticed")
	}
	template := teststack.Template(t, name, func(url string) error {
		return run(t, url, "CREATE TABLE canary (id int)")
	})
	if n := count(t, teststack.Database(t, template)); n != 0 {
		t.Errorf("%d rows in an empty table", n)
	}
}

func TestNamespaceIsUsableAtOnce(t *testing.T) {
	t.Parallel()
	namespace := teststack.Namespace(t)
	c, err := client.Dial(client.Options{HostPort: teststack.Temporal(t), Namespace: namespace})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "canary", TaskQueue: "none"}, "Nothing")
	if err != nil {
		t.Fatalf("start a workflow in a new namespace: %v", err)
	}
	if run.GetRunID() == "" {
		t.Error("the workflow has no run")
	}
}

// recorder takes a test's failure for itself.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper() {}
func (r *recorder) Fatalf(string, ...any) {
	r.failed = true
	panic(r)
}

func (r *recorder) do(f func()) {
	defer func() {
		if p := recover(); p != nil && p != any(r) {
			panic(p)
		}
	}()
	f()
}

func run(t *testing.T, url, statements string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	defer conn.Close(t.Context())
	_, err = conn.Exec(t.Context(), statements)
	return err
}

func count(t *testing.T, url string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM canary").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
