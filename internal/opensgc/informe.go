package opensgc

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// informe writes every rejected line to a CSV that a spreadsheet opens as it
// is: with «;» and a BOM. The nil informe writes nothing.
type informe struct {
	file *os.File
	csv  *csv.Writer
}

// newInforme replaces what path held, unless it is one of the files to read.
func newInforme(path string, files fuentes) (*informe, error) {
	if path == "" {
		return nil, nil
	}
	if info, err := os.Stat(path); err == nil && files.same(info) != nil {
		return nil, &Ilegible{Archivo: path, Motivo: "El informe no puede escribirse sobre un archivo que se importa."}
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("no se pudo escribir el informe: %w", err)
	}
	out := &informe{file: f, csv: csv.NewWriter(f)}
	out.csv.Comma = ';'
	_, err = io.WriteString(f, bom)
	return out, errors.Join(err, out.write("archivo", "linea", "columna", "motivo"))
}

func (i *informe) add(r *Rechazo) error {
	return i.write(r.Archivo, strconv.Itoa(r.Linea), r.Columna, r.Motivo)
}

func (i *informe) write(fields ...string) error {
	if i == nil {
		return nil
	}
	if err := i.csv.Write(fields); err != nil {
		return fmt.Errorf("no se pudo escribir el informe: %w", err)
	}
	return nil
}

func (i *informe) close() error {
	if i == nil {
		return nil
	}
	i.csv.Flush()
	if err := errors.Join(i.csv.Error(), i.file.Close()); err != nil {
		return fmt.Errorf("no se pudo escribir el informe: %w", err)
	}
	return nil
}
