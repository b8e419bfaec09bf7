package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/manifiesto"
	"ande.gov.py/gestiones/internal/pa0580"
)

// altered is the exit status where something is not as it was closed.
const altered status = 2

// unread is the one where it could not look.
const unread status = 1

// verifyCmd says offline whether files are those of a close, or walks the database.
type verifyCmd struct {
	Archivos []string `arg:"" optional:"" name:"archivo" help:"Archivos de planilla que verificar."`
	Manifest string   `placeholder:"ARCHIVO" help:"Manifiesto del cierre, guardado fuera del sistema."`
	Key      []string `placeholder:"CLAVE" sep:"none" help:"Clave pública con que se firmó, o el archivo que la tiene; varias veces, si se renovó."`
	Database string   `env:"GESTIONES_DATABASE_URL" placeholder:"postgres://…" help:"Base de datos que recorrer entera."`
}

// Validate is called by the command line before anything is read.
func (c verifyCmd) Validate() error {
	switch {
	case len(c.Archivos) > 0 && (c.Manifest == "" || len(c.Key) == 0):
		return errors.New("para verificar archivos hacen falta --manifest y --key")
	case len(c.Archivos) == 0 && c.Database == "":
		return errors.New("falta qué verificar: archivos, con --manifest y --key, o --database")
	case c.Manifest != "" && len(c.Key) == 0:
		return errors.New("para creer en un manifiesto hace falta --key")
	}
	return nil
}

// Run exits with 0 where all is as it was closed, 2 where something is not, and 1
// where it could not look.
func (c *verifyCmd) Run(ctx context.Context) error {
	var keys []string
	for _, k := range c.Key {
		key, err := publicKey(k)
		if err != nil {
			return err
		}
		keys = append(keys, key)
	}
	var outside *app.Manifiesto
	if c.Manifest != "" {
		raw, err := os.ReadFile(c.Manifest)
		if err != nil {
			return fmt.Errorf("--manifest: no se puede leer: %w", err)
		}
		m, err := manifiesto.Abrir(raw, keys...)
		if err != nil {
			fmt.Printf("%s: %v\n", c.Manifest, err)
			return altered
		}
		outside = &m
	}
	if len(c.Archivos) > 0 {
		return verifyFiles(*outside, c.Archivos)
	}
	return c.verifyDatabase(ctx, keys, outside)
}

// publicKey is a key itself, or what the file of that name holds.
func publicKey(s string) (string, error) {
	if strings.Count(s, "+") >= 2 {
		return s, nil
	}
	raw, err := os.ReadFile(s)
	if err != nil {
		return "", fmt.Errorf("--key: no es una clave ni un archivo que se pueda leer: %w", err)
	}
	return string(raw), nil
}

// verifyFiles says of each file whether the close made it: by its bytes, whatever it is
// called now.
func verifyFiles(m app.Manifiesto, paths []string) error {
	var wrong bool
	for _, path := range paths {
		sum, err := sha256Of(path)
		if err != nil {
			return err
		}
		said, good := judgeFile(m, filepath.Base(path), sum)
		fmt.Printf("%s: %s\n", path, said)
		wrong = wrong || !good
	}
	if wrong {
		return altered
	}
	return nil
}

func judgeFile(m app.Manifiesto, name string, sum [sha256.Size]byte) (string, bool) {
	for _, a := range m.Archivos {
		if a.SHA256 == sum {
			return fmt.Sprintf("es «%s» tal como se cerró %s, el %s.", a.Nombre, m.Mes, pa0580.Local(m.CerradoAt).Format("02/01/2006 15:04")), true
		}
	}
	for _, a := range m.Archivos {
		if a.Nombre == name {
			return fmt.Sprintf("NO es el que se cerró en %s: cambió después.", m.Mes), false
		}
	}
	return fmt.Sprintf("NO es ninguno de los %d archivos que se cerraron en %s.", len(m.Archivos), m.Mes), false
}

func sha256Of(path string) ([sha256.Size]byte, error) {
	var sum [sha256.Size]byte
	f, err := os.Open(path)
	if err != nil {
		return sum, fmt.Errorf("no se puede leer: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, fmt.Errorf("%s no se puede leer entero: %w", path, err)
	}
	copy(sum[:], h.Sum(nil))
	return sum, nil
}

func (c *verifyCmd) verifyDatabase(ctx context.Context, keys []string, outside *app.Manifiesto) error {
	system, err := boot.Open(ctx, boot.Config{PostgreSQL: boot.PostgreSQL{URL: c.Database}, Reglas: boot.DefaultReglas(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer system.Close()
	if err := system.Check(ctx); err != nil {
		return err
	}
	found, err := app.Verificar(ctx, system.Store, manifiesto.Abrir, keys, outside, func(text string) { fmt.Println(text) })
	if err != nil {
		return fmt.Errorf("no se pudo verificar todo: %w", err)
	}
	fmt.Printf("Líneas de planilla:    %d\nManifiestos:           %d\nAsientos sellados:     %d en %d bloques, y %d por sellar\n",
		found.Lineas, found.Manifiestos, found.Sellos.Filas, found.Sellos.Bloques, found.Sellos.SinSellar)
	if len(found.Sin) > 0 {
		fmt.Printf("Cierres sin manifiesto: %v\n", found.Sin)
	}
	if len(keys) == 0 {
		fmt.Println("Las firmas se miraron con las claves que guarda la misma base: con --key, y un --manifest guardado aparte, prueban algo ante quien pueda escribir en ella.")
	}
	if found.Hallazgos > 0 {
		fmt.Printf("No está como se cerró:  %d hallazgos\n", found.Hallazgos)
		return altered
	}
	fmt.Println("Todo está como se cerró.")
	return nil
}

// keyNewCmd makes the keys that closes are signed with.
type keyNewCmd struct {
	Name string `required:"" placeholder:"NOMBRE" help:"De quien firma, por ejemplo gestiones.ande.gov.py."`
	File string `required:"" type:"path" placeholder:"ARCHIVO" help:"Donde guardar la clave privada; no debe existir."`
}

// Run writes the private key where nobody else reads it, and prints the public one.
func (c *keyNewCmd) Run() error {
	public, err := manifiesto.NewClave(c.Name, c.File)
	if err != nil {
		return fmt.Errorf("no se pudo hacer la clave: %w", err)
	}
	fmt.Println(public)
	fmt.Fprintln(os.Stderr, "Guarde esta clave pública fuera del sistema: con ella se prueba cada cierre. La privada va en GESTIONES_SIGNING_KEY_FILE de «work».")
	return nil
}
