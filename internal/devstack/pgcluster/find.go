package pgcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// oldestMajor is the oldest PostgreSQL that we and Temporal work with.
const oldestMajor = 14

// programs are PostgreSQL's, all in one folder.
type programs struct {
	bin   string
	major int
}

// installRemedy tells a person how to get a PostgreSQL.
const installRemedy = "Instálelo (Debian y Ubuntu: «apt install postgresql»; Fedora: «dnf install postgresql-server»; macOS: «brew install postgresql@17») o indique la carpeta de sus programas en GESTIONES_POSTGRES_BIN."

// findPrograms returns programs that the account can run: of the version that
// made the cluster (major), or for a new one (0) the newest.
func findPrograms(ctx context.Context, at account, major int, o Options) (programs, error) {
	wish := o.Bin
	if wish == "" {
		wish = os.Getenv("GESTIONES_POSTGRES_BIN")
	}
	switch wish {
	case Download:
		return fetchPostgres(ctx, at, major, o)
	case "":
		if found := newest(ctx, at, major, installedBins()); found.bin != "" {
			return found, nil
		}
		return fetchPostgres(ctx, at, major, o)
	}
	found, err := examine(ctx, at, wish)
	if err != nil {
		return programs{}, host.Obstruct(err, "La carpeta %s no tiene un PostgreSQL que el usuario «%s» pueda usar: %v.", wish, at, err)
	}
	if !found.suits(major) {
		return programs{}, unsuited(found.major, major)
	}
	return found, nil
}

func (p programs) suits(major int) bool {
	return p.major == major || major == 0 && p.major >= oldestMajor
}

func unsuited(have, want int) error {
	if want == 0 {
		return host.Obstruct(nil, "PostgreSQL %d es muy antiguo: hace falta la versión %d o una más nueva. %s", have, oldestMajor, installRemedy)
	}
	return host.Obstruct(nil, "Estos datos son de PostgreSQL %d y esa versión no se encontró: instálela, indique su carpeta en GESTIONES_POSTGRES_BIN o use otra carpeta de datos.", want)
}

func newest(ctx context.Context, at account, major int, bins []string) programs {
	var best programs
	for _, bin := range bins {
		found, err := examine(ctx, at, bin)
		if err == nil && found.suits(major) && found.major > best.major {
			best = found
		}
	}
	return best
}

// installedBins lists the folders where systems put PostgreSQL's programs, which
// are often not in the PATH.
func installedBins() []string {
	var bins []string
	for _, program := range []string{"postgres", "initdb"} {
		if path, err := exec.LookPath(program); err == nil {
			if real, err := filepath.EvalSymlinks(path); err == nil {
				bins = append(bins, filepath.Dir(real))
			}
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		bins = append(bins, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",                           // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                    // PostgreSQL's own RPMs
		"/usr/libexec/postgresql*",                            // Alpine
		"/usr/local/pgsql/bin",                                // from source
		"/opt/homebrew/opt/postgresql@*/bin",                  // Homebrew on Apple silicon
		"/usr/local/opt/postgresql@*/bin",                     // Homebrew on Intel
		"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",     // Homebrew on Linux
		"/Applications/Postgres.app/Contents/Versions/*/bin/", // Postgres.app
	} {
		found, _ := filepath.Glob(pattern)
		bins = append(bins, found...)
	}
	slices.Sort(bins)
	return slices.Compact(bins)
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// examine runs both programs that we need, as the user who will: that finds
// missing libraries and folders closed to that user too.
func examine(ctx context.Context, at account, bin string) (programs, error) {
	var out string
	for _, program := range []string{"initdb", "postgres"} {
		path := filepath.Join(bin, program)
		if _, err := os.Stat(path); err != nil {
			return programs{}, err
		}
		var err error
		if out, err = at.run(ctx, path, "--version"); err != nil {
			return programs{}, err
		}
	}
	match := versionPattern.FindStringSubmatch(out)
	if match == nil {
		return programs{}, errors.New("no version in: " + out)
	}
	major, err := strconv.Atoi(match[1])
	if err != nil {
		return programs{}, fmt.Errorf("version in %s: %w", out, err)
	}
	return programs{bin: bin, major: major}, nil
}
