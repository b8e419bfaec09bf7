package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/devstack/demo"
)

// A newcomer's day: the first start plays its demonstration, agents load, the
// machine loses everything at once, and the next start has all that was
// acknowledged.
func TestKilledRunLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	data := filepath.Join(folder(t), "datos")
	first := startRun(t, data)
	var acknowledged []string
	for i := range 40 {
		if i == 20 { // half of them while OPEN SGC is away: received, not verified
			first.post(t, "ADMIN", "/local/sgc", `{"modo":"caido"}`)
		}
		got := first.post(t, "AGENTE", "/api/v1/gestiones", first.load())
		acknowledged = append(acknowledged, got["id"].(string))
	}
	first.kill(t)

	second := startRun(t, data)
	for _, id := range acknowledged {
		second.eventually(t, "gestión "+id+" pendiente", func() bool {
			return second.get(t, "AGENTE", "/api/v1/gestiones/"+id)["estado"] == "pendiente"
		})
	}
	refused := local(second.args...)
	if out, err := refused.CombinedOutput(); err == nil || !strings.Contains(string(out), data) {
		t.Errorf("a second start in the same folder: %v: %s", err, out)
	}
	second.stop(t)
}

func TestTakenPortIsSaid(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	data := filepath.Join(folder(t), "datos")
	out, err := local("run", "--data", data, "--listen", taken.Addr().String()).CombinedOutput()
	if err == nil || !strings.Contains(string(out), taken.Addr().String()) || !strings.Contains(string(out), "ocupado") {
		t.Errorf("%v: %s", err, out)
	}
}

// arranque is a `local run` under test.
type arranque struct {
	demo.Accounts
	cmd  *exec.Cmd
	args []string
	said *lineas
	done chan error
}

// lineas is what a program prints, read while it runs.
type lineas struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lineas) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lineas) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func startRun(t *testing.T, data string) *arranque {
	t.Helper()
	a := &arranque{said: &lineas{}, done: make(chan error, 1),
		args: []string{"run", "--data", data, "--listen", "127.0.0.1:0", "--temporal-port", "0", "--ui-port", "0"}}
	a.cmd = local(a.args...)
	a.cmd.Stdout, a.cmd.Stderr = a.said, a.said
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { a.done <- a.cmd.Wait() }()
	t.Cleanup(func() { _ = a.cmd.Process.Kill() })
	a.eventually(t, "ready", func() bool {
		select {
		case err := <-a.done:
			t.Fatalf("ended with %v: %s", err, a.said)
		default:
		}
		return strings.Contains(a.said.String(), "Ctrl-C")
	})
	raw, err := os.ReadFile(filepath.Join(data, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &a.Accounts); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(a.said.String(), "API ")
	a.URL = strings.TrimSuffix(strings.Fields(after)[0], "/api/v1")
	return a
}

// load is a body that OPEN SGC's mirror knows.
func (a *arranque) load() string {
	return fmt.Sprintf(`{"documento":{"tipo":"CI","numero":%q},"referencia":{"tipo":"NIS","numero":%q},"tipo_gestion":5}`, a.Get("CI"), a.Get("NIS"))
}

func (a *arranque) post(t *testing.T, quien, path, body string) map[string]any {
	t.Helper()
	return a.send(t, quien, http.MethodPost, path, body)
}

func (a *arranque) get(t *testing.T, quien, path string) map[string]any {
	t.Helper()
	return a.send(t, quien, http.MethodGet, path, "")
}

func (a *arranque) send(t *testing.T, quien, method, path, body string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, a.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Get(quien))
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", fmt.Sprint(time.Now().UnixNano()))
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var out map[string]any
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil || res.StatusCode > 299 {
		t.Fatalf("%s %s: %d %v %v", method, path, res.StatusCode, out, err)
	}
	return out
}

func (a *arranque) eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("%s: not in time: %s", what, a.said)
		case <-tick.C:
		}
	}
}

// kill ends the program and all it started, with no chance to tidy up.
func (a *arranque) kill(t *testing.T) {
	t.Helper()
	pids := append(descendants(t, a.cmd.Process.Pid), a.cmd.Process.Pid)
	if len(pids) < 3 {
		t.Errorf("only %v to kill: is PostgreSQL one of ours?", pids)
	}
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL) // one may have ended with its parent
	}
	<-a.done
}

// stop asks it to end, as Ctrl-C does, and checks that nothing is left.
func (a *arranque) stop(t *testing.T) {
	t.Helper()
	pids := descendants(t, a.cmd.Process.Pid)
	if err := a.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := <-a.done; err != nil {
		t.Errorf("ended with %v: %s", err, a.said)
	}
	for _, pid := range pids {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d is still there", pid)
		}
	}
}

// descendants lists the processes that pid started, and theirs.
func descendants(t *testing.T, pid int) []int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ps", "-e", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	children := map[int][]int{}
	for line := range strings.Lines(string(out)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	var all []int
	for queue := children[pid]; len(queue) > 0; queue = queue[1:] {
		all = append(all, queue[0])
		queue = append(queue, children[queue[0]]...)
	}
	return all
}
