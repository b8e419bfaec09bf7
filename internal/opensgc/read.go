package opensgc

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// Read gives the references of one export in CSV, in their normal form. A line
// that cannot be imported comes as a *Rechazo and reading goes on; an *Ilegible
// or a fault ends it. Lines that hold nothing are passed over.
func Read(archivo string, r io.Reader, p pa0580.Patrones) iter.Seq2[app.ReferenciaSGC, error] {
	return newLector(p, archivo).read(0, r)
}

// lector reads files that are imported together: no reference may come twice in
// all of them.
type lector struct {
	patrones pa0580.Patrones
	archivos []string
	primeras primeras
}

func newLector(p pa0580.Patrones, archivos ...string) *lector {
	return &lector{patrones: p, archivos: archivos, primeras: primeras{}}
}

// read reads the file that stands at n in archivos. It may be read again, with
// the same answers.
func (l *lector) read(n int, r io.Reader) iter.Seq2[app.ReferenciaSGC, error] {
	archivo := l.archivos[n]
	return func(yield func(app.ReferenciaSGC, error) bool) {
		var none app.ReferenciaSGC
		in := newLineas(r)
		e, err := readEncabezado(in)
		var unusable *Ilegible
		if errors.As(err, &unusable) {
			unusable.Archivo = archivo
			yield(none, unusable)
			return
		}
		for err == nil {
			var fila app.ReferenciaSGC
			var bad *Rechazo
			fila, err = l.next(n, in, e)
			if errors.As(err, &bad) {
				bad.Archivo, bad.Linea, err = archivo, in.n, nil
				if !yield(none, bad) {
					return
				}
			} else if err == nil && !yield(fila, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(none, fmt.Errorf("read %s: %w", archivo, err))
		}
	}
}

// next reads a line that holds something. Fails as lineas.next does.
func (l *lector) next(n int, in *lineas, e encabezado) (app.ReferenciaSGC, error) {
	var buf [colCount + 1]string
	for {
		line, err := in.next()
		if err != nil {
			return app.ReferenciaSGC{}, err
		}
		fields, err := split(buf[:0], line, e.sep)
		if err != nil {
			return app.ReferenciaSGC{}, err
		}
		if strings.Join(fields, "") == "" {
			continue
		}
		return l.fila(e, fields, posicion{uint32(n), uint32(in.n)})
	}
}

// fila judges a line's fields. Fails with a *Rechazo.
func (l *lector) fila(e encabezado, fields []string, at posicion) (app.ReferenciaSGC, error) {
	var out app.ReferenciaSGC
	if len(fields) != colCount {
		return out, &Rechazo{Motivo: fmt.Sprintf("Se esperaban %d columnas y hay %d.", colCount, len(fields))}
	}
	ref, err := l.patrones.Parse(strings.ToUpper(fields[e.lugar[colTipo]]), fields[e.lugar[colNumero]])
	if err != nil {
		return out, refused(err, colNumero)
	}
	tension, err := parseTension(ref.Tipo, fields[e.lugar[colTension]])
	if err != nil {
		return out, err
	}
	titular, err := parseTitular(fields[e.lugar[colTitular]])
	if err != nil {
		return out, err
	}
	if first, ok := l.primeras.claim(ref, at); !ok {
		return out, &Rechazo{Columna: columnas[colNumero], Motivo: l.repetida(first, at)}
	}
	return app.ReferenciaSGC{Referencia: ref, Tension: tension, Titular: titular}, nil
}

func parseTension(tipo pa0580.TipoReferencia, s string) (pa0580.Tension, error) {
	t := pa0580.Tension(strings.ToUpper(s))
	switch {
	case t == "":
		return "", nil
	case tipo != pa0580.NIS:
		return "", &Rechazo{Columna: columnas[colTension], Motivo: "Solo un NIS tiene tensión: deje la columna vacía."}
	case t != pa0580.BT && t != pa0580.MT:
		return "", &Rechazo{Columna: columnas[colTension], Motivo: "La tensión es BT, MT o nada."}
	}
	return t, nil
}

// parseTitular takes what has a dash for a RUC, and the rest for a C.I.
func parseTitular(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	tipo := pa0580.CI
	if strings.Contains(s, "-") {
		tipo = pa0580.RUC
	}
	doc, err := pa0580.ParseDocumento(string(tipo), s)
	if err != nil {
		return "", refused(err, colTitular)
	}
	return doc.Normal, nil
}

// refused says in which column a rule found its reason. Rules never repeat
// what they judge.
func refused(err error, col int) error {
	refusals := pa0580.RefusalsIn(err)
	if len(refusals) == 0 {
		return err
	}
	if refusals[0].Code == pa0580.CodeReferenceType {
		col = colTipo
	}
	return &Rechazo{Columna: columnas[col], Motivo: refusals[0].Message}
}
