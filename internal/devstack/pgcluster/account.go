package pgcluster

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// account is the system user that PostgreSQL runs as: ourselves, or another one
// when we are root, which PostgreSQL refuses to be.
type account struct {
	name     string
	uid, gid uint32
	switched bool
}

func (a account) String() string { return a.name }

// postgresAccount chooses the user for a cluster. As root: the owner of one that
// exists, or else the first of postgres and nobody that the system knows.
func postgresAccount(cluster string) (account, error) {
	uid := uint32(os.Geteuid())
	owner, exists := ownerOf(cluster)
	if uid != 0 {
		if exists && owner.uid != uid {
			return account{}, host.Obstruct(nil, "La carpeta %s es de otro usuario del sistema (%s). Inicie con ese usuario o use otra carpeta de datos.", cluster, owner)
		}
		return account{name: strconv.Itoa(int(uid)), uid: uid, gid: uint32(os.Getegid())}, nil
	}
	if exists && owner.uid != 0 {
		return owner, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{name: name, uid: uint32(uid), gid: uint32(gid), switched: true}, nil
		}
	}
	return account{}, host.Obstruct(nil, "PostgreSQL no se ejecuta como root y no hay usuario «postgres» ni «nobody» en este sistema. Inicie con un usuario común.")
}

func ownerOf(path string) (account, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return account{}, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return account{}, false
	}
	a := account{name: strconv.Itoa(int(st.Uid)), uid: st.Uid, gid: st.Gid, switched: os.Geteuid() == 0}
	if u, err := user.LookupId(a.name); err == nil {
		a.name = u.Username
	}
	return a, true
}

// own gives path to the account; ours it is already.
func (a account) own(path string) error {
	if !a.switched {
		return nil
	}
	return os.Chown(path, int(a.uid), int(a.gid))
}

// canEnter says whether the account can reach dir from the root. It judges by
// the permission bits alone: where an access list says more, we choose another
// folder without need, no harm done.
func (a account) canEnter(dir string) bool {
	if !a.switched {
		return true
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return false
	}
	for {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return false
		}
		bit := os.FileMode(0o001)
		switch {
		case st.Uid == a.uid:
			bit = 0o100
		case st.Gid == a.gid:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// command prepares a program of PostgreSQL to run as the account, out of reach
// of the terminal's Ctrl-C, deaf to the caller's PG* variables and locale.
func (a account) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = "/"
	cmd.Env = append(neutralEnv(), "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.switched {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return cmd
}

func neutralEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, "PG") || strings.HasPrefix(kv, "LC_") || strings.HasPrefix(kv, "LANG") || strings.HasPrefix(kv, "TZ=") {
			continue
		}
		env = append(env, kv)
	}
	return env
}

// run runs a program to its end and puts what it said into the error.
func (a account) run(ctx context.Context, program string, args ...string) (string, error) {
	out, err := a.command(ctx, program, args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", filepath.Base(program), err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}
