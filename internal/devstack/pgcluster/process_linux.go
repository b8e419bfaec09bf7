package pgcluster

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// isPostmaster says whether pid runs a PostgreSQL on data: a server's working
// folder is its cluster. A pid alone proves nothing, since they are used again.
func isPostmaster(pid int, data string) bool {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
	if err != nil || !sameFolder(cwd, data) {
		return false
	}
	name, err := os.ReadFile(filepath.Join(proc, "comm"))
	return err == nil && strings.HasPrefix(string(name), "post")
}

func sameFolder(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(x, y)
}
