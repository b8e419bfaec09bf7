package procs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// readyIn bounds a start: PostgreSQL's recovery after a kill is the longest.
const readyIn = 2 * time.Minute

// Process is one part of Gestiones in a process of its own, which can be ended
// in any way and started again at the same address.
type Process struct {
	Name string

	command func() *exec.Cmd                // made anew for each start
	ready   func(ctx context.Context) error // nil once it serves
	dir     string

	mu    sync.Mutex
	cmd   *exec.Cmd
	ended <-chan struct{}
	said  *said         // its standard output since the last start
	from  int64         // size of its log at the last start
	spent time.Duration // CPU of its earlier lives
}

// Log is the file that it logs to.
func (p *Process) Log() string { return filepath.Join(p.dir, "logs", p.Name+".log") }

// Start launches it and returns once it serves. A process that ends before it
// does is an error with the end of its log.
func (p *Process) Start(ctx context.Context) error {
	if err := p.launch(); err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	err := host.Await(ctx, func(ctx context.Context) (bool, error) {
		if !p.Running() {
			return true, fmt.Errorf("it ended: %s", host.Tail(p.Log(), p.from))
		}
		err := p.ready(ctx)
		return err == nil, err
	})
	if err != nil {
		p.Kill()
		return fmt.Errorf("start %s: %w; its log is %s", p.Name, err, p.Log())
	}
	return nil
}

func (p *Process) launch() error {
	if p.Running() {
		return errors.New("it runs already")
	}
	log, err := host.OpenLog(p.dir, p.Name+".log")
	if err != nil {
		return err
	}
	defer log.Close() // it has its own
	info, err := log.Stat()
	if err != nil {
		return err
	}
	cmd, out := p.command(), &said{}
	cmd.Stdout, cmd.Stderr = out, log
	// Out of reach of the terminal's Ctrl-C: whoever started it ends it in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	ended, err := host.Launch(cmd, syscall.SIGTERM)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil { // it had ended by itself
		p.bury(0)
	}
	p.cmd, p.ended, p.said, p.from = cmd, ended, out, info.Size()
	return nil
}

// Running tells whether it was started and has not ended.
func (p *Process) Running() bool {
	select {
	case <-p.Ended():
		return false
	default:
		return true
	}
}

// Ended is closed while it does not run.
func (p *Process) Ended() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended == nil {
		never := make(chan struct{})
		close(never)
		return never
	}
	return p.ended
}

// Kill ends it with no chance to tidy up, and what it started directly first:
// PostgreSQL's postmaster has a parent of ours, and sees to its own children.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	pid := p.cmd.Process.Pid
	processes := snapshot()
	used := processes.cpu(pid)
	for _, child := range processes.children(pid) {
		_ = syscall.Kill(child, syscall.SIGKILL) // one may have ended by itself
	}
	_ = p.cmd.Process.Kill()
	p.bury(used)
}

// Stop asks it to end, waits, and kills it where ctx ends before.
func (p *Process) Stop(ctx context.Context) error {
	p.mu.Lock()
	if p.cmd == nil {
		p.mu.Unlock()
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it fails only where the process is gone
	ended := p.ended
	p.mu.Unlock()
	select {
	case <-ended:
		p.mu.Lock()
		defer p.mu.Unlock()
		p.bury(0)
		return nil
	case <-ctx.Done():
		p.Kill()
		return fmt.Errorf("stop %s: %w", p.Name, ctx.Err())
	}
}

// bury waits for the end and keeps what was used: whichever knows more, what was
// seen alive or what the system says of the dead, which misses orphans.
func (p *Process) bury(seen time.Duration) {
	<-p.ended
	if state := p.cmd.ProcessState; state != nil {
		seen = max(seen, state.UserTime()+state.SystemTime())
	}
	p.spent += seen
	p.cmd, p.ended = nil, nil
}

// Pids are its process and all that came of it; none where it does not run.
func (p *Process) Pids() []int {
	if root := p.pid(); root != 0 {
		return snapshot().tree(root)
	}
	return nil
}

// CPU is what it and its children used so far, over all its lives.
func (p *Process) CPU() time.Duration {
	p.mu.Lock()
	spent := p.spent
	p.mu.Unlock()
	if root := p.pid(); root != 0 {
		spent += snapshot().cpu(root)
	}
	return spent
}

func (p *Process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// printed is what it printed since the last start.
func (p *Process) printed() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// logged tells whether its log got a text since the last start.
func (p *Process) logged(text string) bool {
	p.mu.Lock()
	from := p.from
	p.mu.Unlock()
	log, err := os.ReadFile(p.Log())
	return err == nil && int64(len(log)) > from && bytes.Contains(log[from:], []byte(text))
}

// said keeps what a program prints, read while it runs.
type said struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}
