package manifiesto

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"ande.gov.py/gestiones/internal/app"
)

// Notario signs manifests with a private key; see [app.Notario].
type Notario struct {
	signer  note.Signer
	publica string
}

// NewClave makes a pair of keys for whoever signs under a name, such as
// «gestiones.ande.gov.py». The private one, a secret, goes into a file that must not
// exist yet and that nobody else may read; the public one is returned.
func NewClave(nombre, file string) (publica string, err error) {
	if nombre == "" || strings.ContainsAny(nombre, "+ \t\n") {
		return "", errors.New("el nombre de la clave no puede estar vacío ni tener espacios o «+»")
	}
	privada, publica, err := note.GenerateKey(rand.Reader, nombre)
	if err != nil {
		return "", fmt.Errorf("make keys: %w", err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = fmt.Fprintln(f, privada)
	return publica, errors.Join(err, f.Close())
}

// NewNotario signs with a private key that [NewClave] made.
func NewNotario(privada string) (*Notario, error) {
	privada = strings.TrimSpace(privada)
	signer, err := note.NewSigner(privada)
	if err != nil {
		return nil, errors.New("no es una clave privada de las que hace «gestiones key new»")
	}
	publica, err := publicaDe(privada)
	return &Notario{signer, publica}, err
}

// publicaDe computes the public key of a private one, «PRIVATE+KEY+name+hash+base64»:
// base64 holds a byte for the algorithm and the seed.
func publicaDe(privada string) (string, error) {
	parts := strings.SplitN(privada, "+", 5)
	raw, err := base64.StdEncoding.DecodeString(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errors.New("the private key holds no Ed25519 seed")
	}
	key, _ := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], key)
}

// Publica is the key that proves what n signs, as text: it is no secret.
func (n *Notario) Publica() string { return n.publica }

// Firmar writes and signs a manifest.
func (n *Notario) Firmar(m app.Manifiesto) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: texto(m)}, n.signer)
	if err != nil {
		return nil, fmt.Errorf("sign manifest of %s: %w", m.Mes, err)
	}
	return signed, nil
}

// Abrir proves a signed manifest with one of some public keys, and reads it. Its errors
// are for the person who asked.
func Abrir(signed []byte, publicas ...string) (app.Manifiesto, error) {
	var verifiers []note.Verifier
	known := map[string]bool{}
	for _, p := range publicas {
		p = strings.TrimSpace(p)
		v, err := note.NewVerifier(p)
		if err != nil {
			return app.Manifiesto{}, errors.New("la clave no es una clave pública: se escribe nombre+número+base64")
		}
		if !known[p] { // the same key twice would be ambiguous
			verifiers = append(verifiers, v)
		}
		known[p] = true
	}
	opened, err := note.Open(signed, note.VerifierList(verifiers...))
	var other *note.UnverifiedNoteError
	var wrong *note.InvalidSignatureError
	switch {
	case errors.As(err, &wrong):
		return app.Manifiesto{}, errors.New("la firma no es de este texto: el manifiesto fue alterado")
	case errors.As(err, &other):
		return app.Manifiesto{}, errors.New("no lo firmó ninguna de las claves dadas, o su firma fue alterada")
	case err != nil:
		return app.Manifiesto{}, errors.New("no es un manifiesto firmado, o su firma fue alterada")
	}
	m, err := leer(opened.Text)
	if err != nil {
		return app.Manifiesto{}, fmt.Errorf("no se puede leer: %w", err)
	}
	return m, nil
}
