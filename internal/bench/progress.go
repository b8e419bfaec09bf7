package bench

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress begins a phase of so many steps: the first function it returns counts
// some of them, the second ends the phase.
type Progress func(phase string, steps int) (step func(int), end func())

// NewProgress draws a bar where out is a terminal, and writes a line per phase
// where it is not.
func NewProgress(out *os.File) Progress {
	if !term.IsTerminal(int(out.Fd())) {
		return lines(out)
	}
	return func(phase string, steps int) (func(int), func()) {
		bar := progressbar.NewOptions(steps,
			progressbar.OptionSetWriter(out),
			progressbar.OptionSetDescription(fmt.Sprintf("%-40s", phase)),
			progressbar.OptionShowCount(),
			progressbar.OptionShowIts(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionOnCompletion(func() { fmt.Fprintln(out) }),
		)
		// Drawing it may fail, and no measurement depends on that.
		step := func(n int) { _ = bar.Add(n) }
		return step, func() { _ = bar.Finish() }
	}
}

func lines(out io.Writer) Progress {
	begun := time.Now()
	return func(phase string, steps int) (func(int), func()) {
		fmt.Fprintf(out, "%6.1f s  %s (%d)…\n", time.Since(begun).Seconds(), phase, steps)
		return func(int) {}, func() {}
	}
}
