package pgcluster

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/host"
)

func TestAcknowledgedDataSurvivesKill(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := start(t, Options{Dir: dir})
	run(t, s, "CREATE TABLE canary (id int)")
	run(t, s, "INSERT INTO canary VALUES (7)")
	kill(t, s)
	stop(t, s)

	again := start(t, Options{Dir: dir})
	if n := count(t, again, "SELECT count(*) FROM canary WHERE id = 7"); n != 1 {
		t.Errorf("%d rows after a kill -9, want the one acknowledged", n)
	}
}

func TestStopLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: openFolder(t)})
	pid, data := s.cmd.Process.Pid, s.data()
	if !isPostmaster(pid, data) {
		t.Fatalf("process %d is not known as the server of %s", pid, data)
	}
	stop(t, s)
	if isPostmaster(pid, data) {
		t.Errorf("server %d goes on after Stop", pid)
	}
	if _, err := os.Stat(filepath.Join(data, "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("pid file after Stop: %v", err)
	}
	select {
	case <-s.Lost():
		t.Error("a server that was stopped counts as lost")
	default:
	}
	stop(t, s) // twice is harmless
}

func TestOneServerAFolder(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: openFolder(t)})
	_, err := Start(t.Context(), Options{Dir: filepath.Dir(s.root)})
	obstacle(t, err, "ya está en uso por el proceso "+strconv.Itoa(os.Getpid()))
	run(t, s, "SELECT 1") // the first one is unharmed
}

func TestTakenPortIsRefused(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", host.Loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	_, err = Start(t.Context(), Options{Dir: openFolder(t), Port: port})
	obstacle(t, err, "El puerto "+strconv.Itoa(port))
}

func TestOrphanedServerIsReplaced(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	orphan := start(t, Options{Dir: dir})
	run(t, orphan, "CREATE TABLE canary (id int)")
	for _, l := range orphan.locks { // as the end of its process would
		l.Release()
	}
	orphan.locks = nil
	s := start(t, Options{Dir: dir, Port: orphan.Port})
	<-orphan.Lost()
	if n := count(t, s, "SELECT count(*) FROM canary"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// After a restart of the machine the pid that a server left written may be
// anybody's.
func TestPidUsedAgainHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	s := start(t, Options{Dir: dir})
	left, err := os.ReadFile(filepath.Join(s.data(), "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	kill(t, s)
	stop(t, s)

	stranger := s.account.command(context.Background(), "/bin/sleep", "600")
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stranger.Process.Kill()
		stranger.Wait()
	})
	_, rest, _ := strings.Cut(string(left), "\n")
	forged := strconv.Itoa(stranger.Process.Pid) + "\n" + rest
	if err := os.WriteFile(filepath.Join(s.data(), "postmaster.pid"), []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, Options{Dir: dir})
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger with the server's old pid was hit: %v", err)
	}
}

func TestHalfMadeClusterIsMadeAgain(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	p, err := findPlace(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(p.data()+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.data()+".new", "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, start(t, Options{Dir: dir}), "SELECT 1")
}

// As root, the user that PostgreSQL runs as cannot enter a folder of root's own,
// such as those of mktemp -d.
func TestFolderClosedToThePostgresUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root has folders closed to the user that PostgreSQL runs as")
	}
	dir := filepath.Join(openFolder(t), "closed", "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, Options{Dir: dir})
	run(t, s, "CREATE TABLE canary (id int)")
	root := s.root
	if strings.HasPrefix(root, dir) {
		t.Fatalf("the cluster is in %s, which %s cannot enter", root, s.account)
	}
	stop(t, s)
	again := start(t, Options{Dir: dir})
	if n := count(t, again, "SELECT count(*) FROM canary"); n != 0 {
		t.Errorf("%d rows", n)
	}
	stop(t, again)
	if err := Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(root); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the cluster outside stays after Remove: %v", err)
	}
}

func TestRowsStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: openFolder(t)})
	run(t, s, "CREATE TABLE canary (documento text PRIMARY KEY)")
	run(t, s, "INSERT INTO canary VALUES ('80009735-1')")
	if err := s.exec(t.Context(), "INSERT INTO canary VALUES ('80009735-1')"); err == nil {
		t.Fatal("a duplicate was accepted")
	}
	stop(t, s)
	log, err := os.ReadFile(filepath.Join(filepath.Dir(s.root), "logs", "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(log), "canary_pkey") {
		t.Error("the log does not tell of the violated constraint: this test finds nothing")
	}
	if strings.Contains(string(log), "80009735") {
		t.Error("the log quotes the row")
	}
}

func TestLettersHaveCapitals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Dir: openFolder(t)})
	if n := count(t, s, "SELECT count(*) WHERE upper('ñandú') = 'ÑANDÚ' AND 'Ñandú' ILIKE 'ñ%'"); n != 1 {
		t.Error("ñ has no capital in this cluster")
	}
}

// start starts a server that the test's end stops.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

// kill ends the postmaster at once, as a power cut would.
func kill(t *testing.T, s *Server) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.Lost()
}

// openFolder is a new folder that PostgreSQL's user can enter; those of
// t.TempDir are closed to others.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pgcluster-")
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

func run(t *testing.T, s *Server, statement string) {
	t.Helper()
	if err := s.exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func count(t *testing.T, s *Server, query string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func obstacle(t *testing.T, err error, says string) {
	t.Helper()
	var o *host.Obstacle
	if !errors.As(err, &o) {
		t.Fatalf("error is %v, want an obstacle", err)
	}
	if !strings.Contains(o.Message, says) {
		t.Errorf("obstacle says %q, want %q in it", o.Message, says)
	}
}
