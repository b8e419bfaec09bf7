package report

import (
	"bufio"
	"os"
	"runtime"
	"strings"
)

// Machine is what a run was on. Times and rates of two runs compare only where
// it is the same.
type Machine struct {
	Procesador string `json:"procesador"`
	Nucleos    int    `json:"nucleos"`
	Memoria    string `json:"memoria"`
	Sistema    string `json:"sistema"`
	Go         string `json:"go"`
	Postgres   string `json:"postgres"`
	Temporal   string `json:"temporal"`
	Revision   string `json:"revision"` // of the program, as git describes it
	Carga      string `json:"carga"`    // of the machine before the run: the system's one-minute average
}

// ThisMachine reads what the system tells of itself. The engines' versions are
// the caller's to fill in.
func ThisMachine(revision string) Machine {
	m := Machine{
		Procesador: field("/proc/cpuinfo", "model name"), Nucleos: runtime.NumCPU(), Memoria: field("/proc/meminfo", "MemTotal"),
		Sistema: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Revision: revision,
	}
	if raw, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Carga, _, _ = strings.Cut(string(raw), " ")
	}
	return m
}

// field is a value of a «name: value» file; empty where there is none.
func field(file, name string) string {
	in, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer in.Close()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// Like tells whether times and rates of both compare.
func (m Machine) Like(o Machine) bool {
	return m.Procesador == o.Procesador && m.Nucleos == o.Nucleos && m.Sistema == o.Sistema
}
