package opensgc

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLinea bounds a line in bytes. A legal one has some sixty; a file that is
// something else altogether must not fill the memory.
const maxLinea = 64 << 10

// lineas reads a file line by line. encoding/csv would let one stray quote
// swallow the rest of a file; here no value holds a line end, so every line
// stands alone and the next one can always be judged.
type lineas struct {
	r *bufio.Reader
	n int // of the line that next gave last, from 1
}

func newLineas(r io.Reader) *lineas { return &lineas{r: bufio.NewReaderSize(r, maxLinea)} }

// next gives a line without its end. Fails with a *Rechazo, after which it may
// go on; with io.EOF after the last line; any other error is a fault.
func (l *lineas) next() (string, error) {
	l.n++
	b, err := l.r.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
	}
	switch {
	case err != nil && (!errors.Is(err, io.EOF) || len(b) == 0):
		return "", err
	case long:
		return "", &Rechazo{Motivo: "La línea es demasiado larga."}
	case !utf8.Valid(b):
		return "", &Rechazo{Motivo: "La línea no está en UTF-8: guarde el archivo con esa codificación."}
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// split parts a line at sep and drops the quotes and white space round each
// field; fields are appended to into. Fails with a *Rechazo.
func split(into []string, line string, sep byte) ([]string, error) {
	for {
		field, rest, more, err := cut(line, sep)
		if err != nil {
			return into, err
		}
		into = append(into, strings.TrimSpace(field))
		if !more {
			return into, nil
		}
		line = rest
	}
}

func cut(line string, sep byte) (field, rest string, more bool, err error) {
	line = strings.TrimLeft(line, " ")
	if !strings.HasPrefix(line, `"`) {
		field, rest, more = strings.Cut(line, string(sep))
		if strings.Contains(field, `"`) {
			err = comilla()
		}
		return field, rest, more, err
	}
	end := closingQuote(line)
	if end < 0 {
		return "", "", false, comilla()
	}
	field, rest = strings.ReplaceAll(line[1:end], `""`, `"`), strings.TrimLeft(line[end+1:], " ")
	switch {
	case rest == "":
		return field, "", false, nil
	case rest[0] == sep:
		return field, rest[1:], true, nil
	}
	return "", "", false, comilla()
}

func comilla() *Rechazo { return &Rechazo{Motivo: "Hay una comilla sin su pareja."} }

// closingQuote finds the quote that ends the field that line begins with, past
// doubled ones; -1 where there is none.
func closingQuote(line string) int {
	for i := 1; i < len(line); i++ {
		if line[i] != '"' {
			continue
		}
		if i+1 == len(line) || line[i+1] != '"' {
			return i
		}
		i++
	}
	return -1
}
