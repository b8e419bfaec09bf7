package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// endOrphan ends a server that outlived the process that started it, and makes
// sure that the pid it left written holds nobody up. We hold the folder's lock,
// so nobody is using that server.
func endOrphan(ctx context.Context, data string, o Options) error {
	file := filepath.Join(data, "postmaster.pid")
	pid, rest, err := readPidFile(file)
	if err != nil || pid == 0 {
		return err
	}
	if isPostmaster(pid, data) {
		o.Say("Deteniendo un PostgreSQL que quedó de una ejecución anterior…")
		if !endProcess(ctx, pid, data) {
			return fmt.Errorf("orphaned postgres %d does not end", pid)
		}
		if pid, rest, err = readPidFile(file); err != nil || pid == 0 {
			return err
		}
	}
	if syscall.Kill(pid, 0) != nil {
		return nil //nolint:nilerr // no such process: PostgreSQL itself sees that the file is stale
	}
	// Another process has the number now and PostgreSQL would take it for a rival.
	// It takes its parent's, ours, for stale; the file must stay, since its other
	// lines tell it whether the dead server's children still hold shared memory.
	text := strconv.Itoa(os.Getpid()) + "\n" + rest
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return fmt.Errorf("stale pid file: %w", err)
	}
	return nil
}

// readPidFile returns postmaster.pid's first line and the others; 0 for none.
func readPidFile(file string) (pid int, rest string, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("pid file: %w", err)
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		return 0, "", fmt.Errorf("pid file %s: no pid in %q", file, first)
	}
	return pid, rest, nil
}

// endProcess is for a process that is not our child: it can only be asked for.
func endProcess(ctx context.Context, pid int, data string) bool {
	for _, step := range shutdown {
		_ = syscall.Kill(pid, step.signal)
		waiting, cancel := context.WithTimeout(ctx, step.wait)
		err := host.Await(waiting, func(context.Context) (bool, error) {
			return !isPostmaster(pid, data), nil
		})
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}
