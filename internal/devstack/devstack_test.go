package devstack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/sdk/client"
)

// One server in a process is what it was made for: these tests take turns.

func TestEnginesComeBackWithWhatTheyHad(t *testing.T) {
	dir := openFolder(t)
	e := start(t, Options{Dir: dir})
	if err := e.CreateDatabase(t.Context(), "gestiones"); err != nil {
		t.Fatal(err)
	}
	if err := e.CreateDatabase(t.Context(), "gestiones"); err != nil {
		t.Errorf("a database that exists: %v", err)
	}
	run(t, e.PostgresURL("gestiones"), "CREATE TABLE canary (id int)")
	ensure(t, e, "gestiones")
	ensure(t, e, "gestiones")
	c := dial(t, e, "gestiones")
	if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "canary", TaskQueue: "none"}, "Nothing"); err != nil {
		t.Fatalf("start a workflow in a new namespace: %v", err)
	}
	c.Close()
	stop(t, e)

	e = start(t, Options{Dir: dir}) // on other ports
	run(t, e.PostgresURL("gestiones"), "INSERT INTO canary VALUES (1)")
	c = dial(t, e, "gestiones")
	defer c.Close()
	if _, err := c.DescribeWorkflowExecution(t.Context(), "canary", ""); err != nil {
		t.Errorf("the workflow after a restart: %v", err)
	}
}

// An operator may drop Temporal's databases: the workflows are rebuilt from the rows.
func TestDroppedTemporalDatabasesAreMadeAgain(t *testing.T) {
	dir := openFolder(t)
	e := start(t, Options{Dir: dir})
	ensure(t, e, "gestiones")
	stop(t, e)

	// A database without schema is what an interrupted first start leaves.
	e = &Engines{}
	if err := e.startPostgres(t.Context(), Options{Dir: dir, Say: func(string, ...any) {}}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []store{executions, visibility} {
		if err := e.postgres.DropDatabase(t.Context(), s.database); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.CreateDatabase(t.Context(), visibility.database); err != nil {
		t.Fatal(err)
	}
	stop(t, e)

	e = start(t, Options{Dir: dir})
	ensure(t, e, "gestiones")
	c := dial(t, e, "gestiones")
	defer c.Close()
	if _, err := c.DescribeWorkflowExecution(t.Context(), "canary", ""); err == nil {
		t.Error("a new engine knows an old workflow")
	}
}

func TestPostgresLostIsTold(t *testing.T) {
	e := start(t, Options{Dir: openFolder(t)})
	if err := syscall.Kill(postmaster(t, e), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-e.PostgresLost()
	stop(t, e) // ends in time and frees the folder all the same
}

func TestTakenTemporalPortIsRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	dir := openFolder(t)
	_, err = Start(t.Context(), Options{Dir: dir, TemporalPort: port})
	var o *Obstacle
	if !errors.As(err, &o) || !strings.Contains(o.Message, "El puerto "+strconv.Itoa(port)) {
		t.Fatalf("error is %v, want an obstacle about the port", err)
	}
	start(t, Options{Dir: dir}) // the refused start holds nothing
}

func TestCancelledStartHoldsNothing(t *testing.T) {
	dir := openFolder(t)
	ctx, cancel := context.WithCancel(t.Context())
	say := func(format string, _ ...any) {
		if strings.Contains(format, "Iniciando") {
			cancel()
		}
	}
	if _, err := Start(ctx, Options{Dir: dir, Say: say}); !errors.Is(err, context.Canceled) {
		t.Fatalf("error is %v", err)
	}
	start(t, Options{Dir: dir})
}

func TestWebInterface(t *testing.T) {
	e := start(t, Options{Dir: openFolder(t), UI: true, UINamespace: "gestiones"})
	ensure(t, e, "gestiones")
	for _, path := range []string{"/", "/api/v1/namespaces/gestiones"} {
		res, err := http.Get("http://" + e.UIAddress() + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}

func start(t *testing.T, o Options) *Engines {
	t.Helper()
	begin := time.Now()
	e, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(begin).Round(time.Millisecond))
	t.Cleanup(func() { stop(t, e) })
	return e
}

func stop(t *testing.T, e *Engines) {
	t.Helper()
	begin := time.Now()
	if err := e.Stop(context.Background()); err != nil {
		t.Error(err)
	}
	t.Logf("stopped in %v", time.Since(begin).Round(time.Millisecond))
}

func ensure(t *testing.T, e *Engines, namespace string) {
	t.Helper()
	begin := time.Now()
	if err := e.EnsureNamespace(t.Context(), namespace, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	t.Logf("namespace in %v", time.Since(begin).Round(time.Millisecond))
}

func dial(t *testing.T, e *Engines, namespace string) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: e.TemporalAddress(), Namespace: namespace})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// openFolder is a new folder that PostgreSQL's user can enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "devstack-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func postmaster(t *testing.T, e *Engines) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), e.PostgresURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var pid int
	const firstLine = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
	if err := conn.QueryRow(t.Context(), firstLine).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	return pid
}

func run(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
