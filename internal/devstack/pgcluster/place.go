package pgcluster

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// place is where a cluster lives and who runs it. Its root holds data, the
// cluster itself, and password, the superuser's.
type place struct {
	root    string
	account account
	outside bool // not under the data folder, which the account cannot enter
}

func (p place) data() string     { return filepath.Join(p.root, "data") }
func (p place) password() string { return filepath.Join(p.root, "password") }

// outsideMarker, in the data folder, holds the root of a cluster that had to go
// elsewhere: a new data folder in an old one's path must not find its data.
const outsideMarker = "postgres.location"

// outsideRoots are tried in this order for such a cluster.
var outsideRoots = []string{"/var/lib", "/var/tmp", os.TempDir()}

// findPlace finds dir's cluster, or a place for it, with the folder made.
func findPlace(dir string) (place, error) {
	root, outside := outsideRoot(dir)
	if !outside {
		root = filepath.Join(dir, "postgres")
	}
	p := place{root: root, outside: outside}
	var err error
	if p.account, err = postgresAccount(p.data()); err != nil {
		return place{}, err
	}
	if outside || p.account.canEnter(dir) {
		return p, p.make()
	}
	if _, err := os.Stat(p.data()); err == nil {
		return place{}, host.Obstruct(nil, "El usuario «%s» no puede entrar en %s, donde están sus datos. Permítalo con «chmod o+x» en esa carpeta y en las que la contienen.", p.account, dir)
	}
	return placeOutside(dir, p.account)
}

func (p place) make() error {
	err := os.Mkdir(p.root, 0o700)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("folder for PostgreSQL: %w", err)
	}
	return p.account.own(p.root)
}

func placeOutside(dir string, a account) (place, error) {
	id := make([]byte, 8)
	rand.Read(id)
	var errs []error
	for _, base := range outsideRoots {
		if !a.canEnter(base) {
			continue
		}
		p := place{root: filepath.Join(base, "gestiones-"+hex.EncodeToString(id)), account: a, outside: true}
		if err := p.make(); err != nil {
			errs = append(errs, err)
			continue
		}
		return p, os.WriteFile(filepath.Join(dir, outsideMarker), []byte(p.root+"\n"), 0o644)
	}
	return place{}, host.Obstruct(errors.Join(errs...), "El usuario «%s» no puede entrar en %s ni hay otro lugar para los datos de PostgreSQL. Use otra carpeta de datos.", a, dir)
}

// outsideRoot reads the marker.
func outsideRoot(dir string) (string, bool) {
	text, err := os.ReadFile(filepath.Join(dir, outsideMarker))
	root := strings.TrimSpace(string(text))
	return root, err == nil && filepath.IsAbs(root)
}
