package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Lock keeps two processes from running engines in one folder. The kernel frees
// it however its holder ends, so a file left behind holds nobody up.
type Lock struct{ file *os.File }

// Acquire takes dir's lock or says, as an *Obstacle, which process has it.
func Acquire(dir string) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if errors.Is(err, os.ErrPermission) {
		return nil, Obstruct(err, "No hay permiso para usar la carpeta %s. Inicie con el usuario que la creó o use otra carpeta de datos.", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close()
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		return nil, Obstruct(err, "La carpeta %s ya está en uso por el proceso %s. Ciérrelo o use otra carpeta de datos.",
			dir, strings.TrimSpace(string(text)))
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	l := &Lock{f}
	if err := l.sign(); err != nil {
		l.Release()
		return nil, fmt.Errorf("sign lock: %w", err)
	}
	return l, nil
}

// sign leaves our pid for whoever finds the folder taken.
func (l *Lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// Release frees the folder. It unlocks before it closes: a process being
// started at this moment still holds the file between its fork and its exec.
func (l *Lock) Release() error {
	return errors.Join(syscall.Flock(int(l.file.Fd()), syscall.LOCK_UN), l.file.Close())
}
