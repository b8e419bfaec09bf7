package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ande.gov.py/gestiones/internal/bench"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

// programas are what a measurement runs.
type programas struct {
	Programas string `default:"bin" type:"existingdir" help:"Carpeta con los programas local, gestiones y bench."`
}

// in measures in a new folder, which goes with it.
func (p programas) in(name string, measure func(bench.Stand) error) (err error) {
	root, err := newFolder(name)
	if err != nil {
		return err
	}
	s := bench.Stand{
		Dir: filepath.Join(root, "datos"), Local: p.program("local"), Gestiones: p.program("gestiones"), Bench: p.program("bench"),
		Progress: bench.NewProgress(os.Stderr),
	}
	defer func() { err = errors.Join(err, procs.Remove(s.Dir), os.Remove(root)) }()
	return measure(s)
}

func (p programas) program(name string) string { return filepath.Join(p.Programas, name) }

// newFolder is one that PostgreSQL's user gets through.
func newFolder(name string) (string, error) {
	root, err := os.MkdirTemp("", "gestiones-"+name+"-")
	if err == nil {
		err = os.Chmod(root, 0o711)
	}
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	return root, nil
}
