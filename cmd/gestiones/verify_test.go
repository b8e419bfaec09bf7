package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// HR holds a file against the manifest they kept, offline: as it was closed, whatever it
// is called now; and with any byte of it changed, taken out or put in.
func TestAFileIsHeldAgainstItsManifest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	public, err := manifiesto.NewClave("gestiones.example", filepath.Join(dir, "clave"))
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.ReadFile(filepath.Join(dir, "clave"))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := manifiesto.NewNotario(string(secret))
	if err != nil {
		t.Fatal(err)
	}
	csv := []byte("\ufefflegajo;nombre;total\r\n10427;Ana Benítez;96\r\nTOTAL;;96\r\n")
	signed, err := signer.Firmar(app.Manifiesto{
		Mes: pa0580.NewMes(2026, time.October), Huella: strings.Repeat("0", 64),
		Archivos: []app.ArchivoProbado{{Nombre: "planilla-412.csv", SHA256: sha256.Sum256(csv)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	manifest, key := write("cierre.manifiesto", signed), write("clave.pub", []byte(public+"\n"))
	verify := func(path, manifest, key string) error {
		c := verifyCmd{Archivos: []string{path}, Manifest: manifest, Key: []string{key}}
		if err := c.Validate(); err != nil {
			t.Fatal(err)
		}
		return c.Run(context.Background())
	}
	good := write("planilla-412.csv", csv)
	for name, path := range map[string]string{"as it was closed": good, "under another name": write("copia.csv", csv)} {
		for _, k := range []string{key, public} {
			if err := verify(path, manifest, k); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	wantAltered := func(what, path, manifest, key string) {
		t.Helper()
		var s status
		if err := verify(path, manifest, key); !errors.As(err, &s) || s != altered {
			t.Errorf("%s: %v", what, err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		at := random.IntN(len(csv))
		bad := bytes.Clone(csv)
		switch random.IntN(3) {
		case 0:
			bad[at] ^= byte(1 + random.IntN(255))
		case 1:
			bad = append(bad[:at], bad[at+1:]...)
		case 2:
			bad = append(bad[:at], append([]byte{byte(random.IntN(256))}, bad[at:]...)...)
		}
		if !bytes.Equal(bad, csv) {
			wantAltered("one byte", write("planilla-412.csv", bad), manifest, key)
		}
	}
	wantAltered("a cell", write("planilla-412.csv", bytes.Replace(csv, []byte("96"), []byte("97"), 1)), manifest, key)
	wantAltered("a line", write("planilla-412.csv", bytes.Replace(csv, []byte("10427;Ana Benítez;96\r\n"), nil, 1)), manifest, key)
	write("planilla-412.csv", csv)
	wantAltered("a manifest that was altered", good, write("otro", bytes.Replace(signed, []byte("lineas 0"), []byte("lineas 1"), 1)), key)
	if err := (&verifyCmd{Archivos: []string{good}, Manifest: manifest, Key: []string{key, public}}).Run(t.Context()); err != nil {
		t.Errorf("with several keys: %v", err)
	}
	stranger, err := manifiesto.NewClave("gestiones.example", filepath.Join(dir, "ajena"))
	if err != nil {
		t.Fatal(err)
	}
	wantAltered("another's key", good, manifest, stranger)
	if err := verify(good, manifest, filepath.Join(dir, "no existe")); err == nil || errors.As(err, new(status)) {
		t.Errorf("a key that cannot be read: %v", err)
	}
}
