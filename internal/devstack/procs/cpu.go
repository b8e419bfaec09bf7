package procs

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit that Linux counts CPU time in, in /proc, on every machine
// that Go runs on.
const tick = 10 * time.Millisecond

// process is a line of /proc/<pid>/stat.
type process struct {
	pid, parent int
	used        time.Duration // its own and that of children it has waited for
}

type processes []process

// snapshot is every process of the machine; empty where there is no /proc.
func snapshot() processes {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // only a bad pattern fails
	out := make(processes, 0, len(files))
	for _, file := range files {
		if p, ok := readStat(file); ok { // it may have ended meanwhile
			out = append(out, p)
		}
	}
	return out
}

// The fields of /proc/<pid>/stat after the name, from proc(5): state is 0.
const (
	statParent = 1
	statUser   = 11 // user, system, and both of children waited for
	statEnd    = 15
)

func readStat(file string) (process, bool) {
	text, err := os.ReadFile(file)
	open, end := bytes.IndexByte(text, ' '), bytes.LastIndexByte(text, ')') // a name may hold anything
	if err != nil || open < 0 || end < 0 {
		return process{}, false
	}
	fields := bytes.Fields(text[end+1:])
	if len(fields) < statEnd {
		return process{}, false
	}
	number := func(b []byte) int {
		n, _ := strconv.Atoi(string(b)) // the kernel writes numbers
		return n
	}
	p := process{pid: number(text[:open]), parent: number(fields[statParent])}
	for _, f := range fields[statUser:statEnd] {
		p.used += time.Duration(number(f)) * tick
	}
	return p, true
}

func (ps processes) children(of int) []int {
	var out []int
	for _, p := range ps {
		if p.parent == of {
			out = append(out, p.pid)
		}
	}
	return out
}

// tree is a process with all that came of it.
func (ps processes) tree(root int) []int {
	out := []int{root}
	for i := 0; i < len(out); i++ {
		out = append(out, ps.children(out[i])...)
	}
	return out
}

// cpu is what a tree used, the dead whose parents waited for them included.
func (ps processes) cpu(root int) time.Duration {
	used := map[int]time.Duration{}
	for _, p := range ps {
		used[p.pid] = p.used
	}
	var sum time.Duration
	for _, pid := range ps.tree(root) {
		sum += used[pid]
	}
	return sum
}
