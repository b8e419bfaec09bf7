//go:build !linux

package pgcluster

import (
	"os/exec"
	"strconv"
	"strings"
)

// isPostmaster says whether pid runs a PostgreSQL on data, by its command line.
// A pid alone proves nothing, since they are used again.
func isPostmaster(pid int, data string) bool {
	out, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres -D "+data+" ")
}
