package manifiesto

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

func alAzar(t *rapid.T) app.Manifiesto {
	digest := func(name string) (out [32]byte) {
		copy(out[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, name))
		return out
	}
	moment := func(name string) time.Time {
		return time.UnixMicro(rapid.Int64Range(1_600_000_000_000_000, 2_000_000_000_000_000).Draw(t, name)).UTC()
	}
	m := app.Manifiesto{
		Mes: pa0580.NewMes(2026, time.October), Corte: moment("corte"), CerradoAt: moment("cierre"),
		Lineas: rapid.Int64Range(0, 1e6).Draw(t, "lineas"), Huella: fmt.Sprintf("%x", digest("huella")), Acta: digest("acta"),
		Sello: app.Sello{Bloque: rapid.Int64Range(1, 1e6).Draw(t, "bloque"), Huella: digest("sello")},
	}
	if rapid.Bool().Draw(t, "not the first") {
		m.Anterior = &app.ManifiestoAnterior{Mes: m.Mes.Prev(), SHA256: digest("anterior")}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "planillas") {
		p := app.PlanillaProbada{Numero: int64(i) + 1, Codigo: rapid.StringMatching(`[A-Z0-9][A-Z0-9-]{0,8}`).Draw(t, "codigo"),
			Lineas: rapid.Int64Range(0, 500).Draw(t, "n"), Huella: fmt.Sprintf("%x", digest("h")), Compromiso: digest("compromiso")}
		m.Planillas = append(m.Planillas, p)
	}
	for range rapid.IntRange(0, 4).Draw(t, "archivos") {
		m.Archivos = append(m.Archivos, app.ArchivoProbado{Nombre: rapid.StringMatching(`[a-z0-9 .-]{1,20}`).Draw(t, "nombre"), SHA256: digest("archivo")})
	}
	return m
}

func notario(t *testing.T) *Notario {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clave")
	public, err := NewClave("gestiones.ande.gov.py", file)
	if err != nil {
		t.Fatal(err)
	}
	private, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, err := NewNotario(string(private))
	if err != nil || n.Publica() != public {
		t.Fatalf("the public key of a private one: %s instead of %s, %v", n.Publica(), public, err)
	}
	if _, err := NewClave("otra", file); err == nil {
		t.Error("a private key was overwritten")
	}
	return n
}

// What is signed is read back whole; with any byte of it changed, taken out or put in,
// or by another's key, it is not believed.
func TestASignedManifestIsReadBackOrRefused(t *testing.T) {
	t.Parallel()
	mine, other := notario(t), notario(t)
	rapid.Check(t, func(t *rapid.T) {
		m := alAzar(t)
		signed, err := mine.Firmar(m)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Abrir(signed, mine.Publica())
		if err != nil || !reflect.DeepEqual(back, m) {
			t.Fatalf("read back %+v, %v\nsigned    %+v", back, err, m)
		}
		if _, err := Abrir(signed, other.Publica()); err == nil {
			t.Fatal("another's key proves it")
		}
		at := rapid.IntRange(0, len(signed)-1).Draw(t, "at")
		for name, bad := range map[string][]byte{
			"changed":   append(append(bytes.Clone(signed[:at]), signed[at]^byte(rapid.IntRange(1, 255).Draw(t, "flip"))), signed[at+1:]...),
			"taken out": append(bytes.Clone(signed[:at]), signed[at+1:]...),
			"put in":    append(append(bytes.Clone(signed[:at]), 'x'), signed[at:]...),
		} {
			if got, err := Abrir(bad, mine.Publica()); err == nil && !bytes.Equal(bad, signed) && !reflect.DeepEqual(got, m) {
				t.Fatalf("byte %d %s: believed as %+v", at, name, got)
			}
		}
	})
}

// A text that is signed and is not a manifest's is refused, with what is wrong.
func TestOnlyManifestsAreRead(t *testing.T) {
	t.Parallel()
	good := texto(app.Manifiesto{Mes: pa0580.NewMes(2026, time.October), Huella: strings.Repeat("0", 64)})
	if _, err := leer(good); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"another form":  strings.Replace(good, "cierre/1", "cierre/2", 1),
		"one more line": good + "archivo x\n",
		"a line less":   strings.Replace(good, "planillas 0\n", "", 1),
		"a number":      strings.Replace(good, "lineas 0", "lineas 00", 1),
		"a count":       strings.Replace(good, "archivos 0", "archivos 9999999999", 1),
		"a month":       strings.Replace(good, "mes 2026-10", "mes 2026-13", 1),
		"nothing":       "",
	} {
		if m, err := leer(bad); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

// Whoever has not this program checks a manifest by what docs/prueba.md says: here with
// the standard library alone.
func TestOthersCheckItByThePublishedForm(t *testing.T) {
	t.Parallel()
	n := notario(t)
	content := []byte("una planilla")
	signed, err := n.Firmar(app.Manifiesto{
		Mes: pa0580.NewMes(2026, time.October), Huella: strings.Repeat("0", 64),
		Archivos: []app.ArchivoProbado{{Nombre: "planilla 1.pdf", SHA256: sha256.Sum256(content)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	text, signature, _ := strings.Cut(string(signed), "\n\n")
	text += "\n"
	encoded := strings.Fields(signature)[2] // «— name base64»
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(raw) != 4+ed25519.SignatureSize {
		t.Fatalf("a signature of %d bytes, %v", len(raw), err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.SplitN(n.Publica(), "+", 3)[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize {
		t.Fatalf("a key of %d bytes, %v", len(key), err)
	}
	if !ed25519.Verify(key[1:], []byte(text), raw[4:]) || ed25519.Verify(key[1:], []byte(text+" "), raw[4:]) {
		t.Error("the signature is not over the text")
	}
	if want := fmt.Sprintf("archivo %x  planilla 1.pdf\n", sha256.Sum256(content)); !strings.Contains(text, want) {
		t.Errorf("no line %q in\n%s", want, text)
	}
}
