package opensgc

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progreso begins a phase that reads so many bytes: what it returns is written
// each byte read, and closed when the phase ends.
type Progreso func(fase string, bytes int64) io.WriteCloser

// NewProgreso draws a bar where out is a terminal, and writes a line per phase
// where it is not: a log must not fill with bars.
func NewProgreso(out *os.File) Progreso {
	if !term.IsTerminal(int(out.Fd())) {
		return plain(out)
	}
	return func(fase string, bytes int64) io.WriteCloser {
		return barra{progressbar.NewOptions64(bytes,
			progressbar.OptionSetWriter(out),
			progressbar.OptionSetDescription(fase),
			progressbar.OptionShowBytes(true),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionOnCompletion(func() { _, _ = fmt.Fprintln(out) }),
		)}
	}
}

func plain(out io.Writer) Progreso {
	return func(fase string, bytes int64) io.WriteCloser {
		_, _ = fmt.Fprintf(out, "%s %s kB…\n", fase, miles((bytes+999)/1000))
		return silencio{io.Discard}
	}
}

func (p Progreso) begin(fase string, bytes int64) io.WriteCloser {
	if p == nil {
		return silencio{io.Discard}
	}
	return p(fase, bytes)
}

type silencio struct{ io.Writer }

func (silencio) Close() error { return nil }

// barra never fails: an import does not depend on its being drawn.
type barra struct{ bar *progressbar.ProgressBar }

func (b barra) Write(p []byte) (int, error) {
	_ = b.bar.Add(len(p))
	return len(p), nil
}

// Close leaves the bar where it is: a phase that broke off is not at 100 %.
func (b barra) Close() error {
	if b.bar.IsFinished() {
		return nil
	}
	return b.bar.Exit()
}
