package opensgc

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// The columns of an export.
const (
	colTipo = iota
	colNumero
	colTension
	colTitular
	colCount
)

var columnas = [colCount]string{"tipo", "numero", "tension", "titular"}

const bom = "\ufeff"

// encabezado is how a file's lines are laid out.
type encabezado struct {
	sep   byte
	lugar [colCount]int // where each column stands
}

// readEncabezado reads the first line. Fails with an *Ilegible; it never
// repeats the line, which in a file without header is a customer's.
func readEncabezado(in *lineas) (encabezado, error) {
	e := encabezado{sep: ','}
	line, err := in.next()
	if errors.Is(err, io.EOF) {
		return e, &Ilegible{Motivo: "El archivo está vacío."}
	}
	var names []string
	if err == nil {
		line = strings.TrimPrefix(line, bom)
		if strings.Contains(line, ";") {
			e.sep = ';'
		}
		names, err = split(nil, line, e.sep)
	}
	var bad *Rechazo
	switch {
	case errors.As(err, &bad):
		return e, &Ilegible{Motivo: "La primera línea no sirve de encabezado. " + bad.Motivo}
	case err != nil:
		return e, err
	}
	return e, e.place(names)
}

func (e *encabezado) place(names []string) error {
	for i := range e.lugar {
		e.lugar[i] = -1
	}
	for i, name := range names {
		c := columna(name)
		if c < 0 {
			return &Ilegible{Motivo: fmt.Sprintf("La columna %d de la primera línea no es ninguna de: %s.", i+1, strings.Join(columnas[:], ", "))}
		}
		if e.lugar[c] >= 0 {
			return &Ilegible{Motivo: fmt.Sprintf("La primera línea repite la columna %s.", columnas[c])}
		}
		e.lugar[c] = i
	}
	for c, at := range e.lugar {
		if at < 0 {
			return &Ilegible{Motivo: fmt.Sprintf("Falta la columna %s en la primera línea.", columnas[c])}
		}
	}
	return nil
}

var sinAcentos = strings.NewReplacer("ó", "o", "ú", "u")

// columna finds a column by its name, whatever its case and accents; -1 where
// there is none.
func columna(name string) int {
	name = sinAcentos.Replace(strings.ToLower(name))
	for i, c := range columnas {
		if c == name {
			return i
		}
	}
	return -1
}
