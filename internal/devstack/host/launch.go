package host

import (
	"os/exec"
	"runtime"
	"syscall"
)

// Launch starts a program that the system sends a signal to when this process
// ends, however that happens, so that a kill -9 of ours leaves nothing running.
// The channel is closed once the program is gone; cmd.ProcessState then says how.
func Launch(cmd *exec.Cmd, atOurEnd syscall.Signal) (<-chan struct{}, error) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	endWithParent(cmd.SysProcAttr, atOurEnd)
	launched, ended := make(chan error), make(chan struct{})
	go func() {
		// The system takes the end of the thread that launched a process for the
		// parent's death, so this thread stays until the process is gone.
		runtime.LockOSThread()
		err := cmd.Start()
		launched <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in cmd.ProcessState
		}
		close(ended)
	}()
	return ended, <-launched
}
