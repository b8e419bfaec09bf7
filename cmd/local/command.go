package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// exitStatus is the status to end with, as a shell would; it says nothing more.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("estado de salida %d", int(s)) }

// afterDashes drops the «--» that parts our options from the command.
func afterDashes(args []string) []string {
	if len(args) > 0 && args[0] == "--" {
		return args[1:]
	}
	return args
}

// runCommand runs a program with the variables added to its environment, passes
// signals on, and returns its status as an exitStatus unless that is 0.
func runCommand(command, variables []string, signals <-chan os.Signal, lost <-chan struct{}) error {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), variables...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("no se pudo ejecutar %s: %w", command[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			if !fromTerminal(s) {
				_ = cmd.Process.Signal(s) // it fails only where the process is gone
			}
		case <-lost:
			fmt.Fprintln(os.Stderr, errPostgresLost)
			lost = nil // the command finds out by itself
		case err := <-ended:
			return statusOf(err)
		}
	}
}

// fromTerminal says whether the command got s as well: the terminal's own keys
// reach every process in the foreground, and two interrupts mean «at once» to
// many programs.
func fromTerminal(s os.Signal) bool {
	if s != syscall.SIGINT && s != syscall.SIGQUIT {
		return false
	}
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	defer tty.Close()
	foreground, err := unix.IoctlGetInt(int(tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

func statusOf(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitStatus(128 + int(status.Signal()))
	}
	return exitStatus(exit.ExitCode())
}
