package host

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxLog is the size in bytes from which a log begins anew at the next start.
const maxLog = 20 << 20

// OpenLog opens dir/logs/name to append; a big one is put aside first, as name.1.
func OpenLog(dir, name string) (*os.File, error) {
	folder := filepath.Join(dir, "logs")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("folder for logs: %w", err)
	}
	path := filepath.Join(folder, name)
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, fmt.Errorf("put log aside: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return f, nil
}

// Tail returns what a log has from the byte at from on, at most its last 2 KB,
// to put into an error.
func Tail(path string, from int64) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		from = max(from, info.Size()-2048)
	}
	text, err := io.ReadAll(io.NewSectionReader(f, from, 2048))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
