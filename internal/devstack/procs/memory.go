package procs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// PeakMemory is the most that it had in memory at once since it was started, in
// bytes, as Linux counts it.
func (p *Process) PeakMemory() (int64, error) {
	file := fmt.Sprintf("/proc/%d/status", p.pid())
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", p.Name, err)
	}
	_, rest, _ := bytes.Cut(text, []byte("VmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("kB"))
	kB, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %s does not tell", p.Name, file)
	}
	return kB << 10, nil
}
