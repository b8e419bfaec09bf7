package pgcluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// cacheFolder is where fetched programs stay for the next time, made if missing:
// per user, and open to the account that runs them. HOME may be unset.
func cacheFolder(at account) (string, error) {
	var candidates []string
	if dir, err := os.UserCacheDir(); err == nil {
		candidates = append(candidates, filepath.Join(dir, "gestiones"))
	}
	if at.switched {
		candidates = append(candidates, "/var/cache/gestiones")
	}
	candidates = append(candidates, filepath.Join(os.TempDir(), fmt.Sprintf("gestiones-cache-%d", os.Geteuid())))

	var errs []error
	for _, dir := range candidates {
		err := makeCache(dir)
		if err == nil && !at.canEnter(dir) {
			err = fmt.Errorf("user %s cannot enter %s", at, dir)
		}
		if err == nil {
			return dir, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("cache folder: %w", errors.Join(errs...))
}

// makeCache refuses a folder that somebody else made, or may write to: programs
// are run from it, and anybody can make folders in the temporary one.
func makeCache(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner, ok := ownerOf(dir)
	if !info.IsDir() || !ok || int(owner.uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a folder that only we write to", dir)
	}
	return nil
}
