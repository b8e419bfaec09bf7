package opensgc

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"os"
)

// fuente is a file that is read twice and must be the same both times.
type fuente struct {
	*os.File
	info  os.FileInfo
	hash  hash.Hash // of what was read since rewind
	first []byte    // its sum after the first reading
}

type fuentes []*fuente

// openFuentes opens all or says which one cannot be; close what it returns
// either way.
func openFuentes(paths []string) (fuentes, error) {
	var out fuentes
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return out, fmt.Errorf("no se pudo abrir el archivo: %w", err)
		}
		source := &fuente{File: f, hash: sha256.New()}
		out = append(out, source)
		if source.info, err = f.Stat(); err != nil {
			return out, fmt.Errorf("no se pudo abrir el archivo: %w", err)
		}
		if !source.info.Mode().IsRegular() {
			return out, &Ilegible{Archivo: path, Motivo: "No es un archivo común: se lee dos veces, así que no puede ser una tubería ni una carpeta."}
		}
		if twin := out[:len(out)-1].same(source.info); twin != nil {
			return out, &Ilegible{Archivo: path, Motivo: "Es el mismo archivo que " + twin.Name() + "."}
		}
	}
	return out, nil
}

func (fs fuentes) same(info os.FileInfo) *fuente {
	for _, f := range fs {
		if os.SameFile(f.info, info) {
			return f
		}
	}
	return nil
}

func (fs fuentes) size() (bytes int64) {
	for _, f := range fs {
		bytes += f.info.Size()
	}
	return bytes
}

func (fs fuentes) close() {
	for _, f := range fs {
		_ = f.Close() // only read
	}
}

// rewind reads from the beginning; bar sees every byte.
func (f *fuente) rewind(bar io.Writer) (io.Reader, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("rewind: %w", err)
	}
	f.hash.Reset()
	return io.TeeReader(f.File, io.MultiWriter(f.hash, bar)), nil
}

// unchanged is asked at the end of each reading; the first one is always true.
func (f *fuente) unchanged() bool {
	sum := f.hash.Sum(nil)
	if f.first == nil {
		f.first = sum
	}
	return bytes.Equal(f.first, sum)
}
