package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// asLocal in the environment makes this test program be the program under test,
// so that it can be killed.
const asLocal = "GESTIONES_TEST_AS_LOCAL"

func TestMain(m *testing.M) {
	if os.Getenv(asLocal) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestCommandFindsTheEnginesAndItsStatusIsOurs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		command string
		status  int
	}{
		"success":         {`test -n "$` + envPostgres + `" && test -n "$` + envTemporal + `"`, 0},
		"its own failure": {"exit 7", 7},
		"a signal":        {"kill -TERM $$", 128 + int(syscall.SIGTERM)},
		"passed on":       {`trap 'exit 9' TERM; kill -TERM $PPID; while :; do sleep 0.1; done`, 9},
	}
	data := folder(t)
	for name, tt := range tests { // in one folder, so one after the other
		t.Run(name, func(t *testing.T) {
			out, err := local("engines", "--data", data, "--", "sh", "-c", tt.command).CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			status := 0
			if exit != nil {
				status = exit.ExitCode()
			}
			if status != tt.status {
				t.Errorf("status is %d, want %d: %s", status, tt.status, out)
			}
		})
	}
}

// The machine may lose us at any moment; what was acknowledged it may not.
func TestKilledProcessLosesNothing(t *testing.T) {
	t.Parallel()
	data := folder(t)
	first := startEngines(t, data)
	exec1(t, first.postgres, "CREATE TABLE canary AS SELECT 7 AS id")
	if err := first.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.cmd.Wait() // it was killed

	second := startEngines(t, data)
	exec1(t, second.postgres, "INSERT INTO canary SELECT 8 FROM canary WHERE id = 7")
	refused, err := local("engines", "--data", data, "--", "true").CombinedOutput()
	if err == nil || !strings.Contains(string(refused), "ya está en uso por el proceso") {
		t.Errorf("a second start in the folder: %v: %s", err, refused)
	}
	second.stdin.Close()
	if err := second.cmd.Wait(); err != nil {
		t.Errorf("end at the end of its input: %v: %s", err, second.said)
	}
	if _, err := os.Stat(filepath.Join(data, "postgres", "data", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("PostgreSQL was not stopped: %v", err)
	}
}

// running is the program under test without a command of its own to run.
type running struct {
	cmd      *exec.Cmd
	stdin    io.Closer
	said     *bytes.Buffer
	postgres string
}

func startEngines(t *testing.T, data string) *running {
	t.Helper()
	r := &running{cmd: local("engines", "--data", data, "--until-eof"), said: &bytes.Buffer{}}
	r.cmd.Stderr = r.said
	var err error
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.stdin.Close() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), envPostgres+"="); ok {
			r.postgres = url
		}
		if strings.HasPrefix(lines.Text(), envTemporal+"=") {
			return r
		}
	}
	_ = r.cmd.Wait() // what it said tells more
	t.Fatalf("no engines: %s", r.said)
	return nil
}

func local(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asLocal+"=1")
	return cmd
}

// folder is a new data folder that PostgreSQL's user can enter.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "local-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// exec1 runs one statement.
func exec1(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	tag, err := conn.Exec(t.Context(), statement)
	if err != nil || tag.RowsAffected() != 1 {
		t.Fatalf("%s: %v (%v)", statement, tag, err)
	}
}
