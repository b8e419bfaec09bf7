package teststack

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Where engines that somebody else started are; cmd/local engines sets both.
const (
	envPostgres = "GESTIONES_TEST_POSTGRES"
	envTemporal = "GESTIONES_TEST_TEMPORAL"
)

// startTimeout bounds the start of the engines, not their build. The first one
// on a machine may have to fetch PostgreSQL.
const startTimeout = 5 * time.Minute

// addresses are where the engines are.
type addresses struct{ postgres, temporal string }

var found = sync.OnceValues(func() (addresses, error) {
	at := addresses{os.Getenv(envPostgres), os.Getenv(envTemporal)}
	if at.postgres != "" && at.temporal != "" {
		return at, nil
	}
	return startEngines()
})

func engines(t testing.TB) addresses {
	t.Helper()
	at, err := found()
	if err != nil {
		t.Fatalf("engines for tests: %v", err)
	}
	return at
}

// leash is the engines' standard input. They stop when it closes, which the
// system does however this process ends; it is a variable so that the garbage
// collector does not.
var leash io.WriteCloser

func startEngines() (addresses, error) {
	program, err := build("local")
	if err != nil {
		return addresses{}, err
	}
	cmd := osexec.Command(program, "engines", "--until-eof")
	if leash, err = cmd.StdinPipe(); err != nil {
		return addresses{}, err
	}
	// A file, since writing to a pipe without reader would kill them before they
	// cleaned up.
	said, err := os.CreateTemp("", "engines-*.log")
	if err != nil {
		return addresses{}, err
	}
	defer said.Close()
	defer os.Remove(said.Name())
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return addresses{}, err
	}
	if err := cmd.Start(); err != nil {
		return addresses{}, err
	}
	late := time.AfterFunc(startTimeout, func() { leash.Close() })
	defer late.Stop()
	at, err := readAddresses(out)
	if err != nil {
		leash.Close()
		_ = cmd.Wait() // what it said tells more than its status
		text, _ := os.ReadFile(said.Name())
		return addresses{}, fmt.Errorf("%s engines: %w: %s", program, err, text)
	}
	return at, nil
}

// readAddresses reads KEY=VALUE lines until it has both.
func readAddresses(r io.Reader) (at addresses, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), "=")
		switch key {
		case envPostgres:
			at.postgres = value
		case envTemporal:
			at.temporal = value
		}
		if at.postgres != "" && at.temporal != "" {
			return at, nil
		}
	}
	return at, errors.Join(errors.New("they ended before they were ready"), lines.Err())
}

// Program builds a program of the module, such as «local», and returns its path.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := build(name)
	if err != nil {
		t.Fatalf("program for a test: %v", err)
	}
	return path
}

// build builds cmd/<name> into the user's cache and returns its path. Test
// processes build one after the other; go leaves a program that is up to date
// as it is.
func build(name string) (string, error) {
	module, err := moduleFolder()
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(module))
	cache, err := os.UserCacheDir()
	if err != nil { // HOME may be unset
		cache = filepath.Join(os.TempDir(), fmt.Sprintf("gestiones-cache-%d", os.Geteuid()))
	}
	folder := filepath.Join(cache, "gestiones", "teststack-"+hex.EncodeToString(digest[:6]))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	turn, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	defer turn.Close()
	if err := syscall.Flock(int(turn.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("lock of the build: %w", err)
	}
	program := filepath.Join(folder, name)
	build := osexec.Command("go", "build", "-o", program, "./cmd/"+name)
	build.Dir = module
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build cmd/%s: %w: %s", name, err, out)
	}
	return program, nil
}

// moduleFolder is where go.mod is, from the package's folder that tests run in.
func moduleFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod above the tests")
		}
		dir = parent
	}
}
