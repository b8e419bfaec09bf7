package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// state is the file in which runs of a long attack add up. Empty: they do not.
type state string

// read fills out with what earlier runs left; a file that is not there yet is
// none. One that holds anything else is refused: it would be written over.
func (s state) read(out any) error {
	if s == "" {
		return nil
	}
	raw, err := os.ReadFile(string(s))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		known := json.NewDecoder(bytes.NewReader(raw))
		known.DisallowUnknownFields()
		err = known.Decode(out)
	}
	if err != nil {
		return fmt.Errorf("state of earlier runs in %s: %w", s, err)
	}
	return nil
}

// write replaces the file as a whole: a run cut short leaves the last one's.
func (s state) write(all any) error {
	if s == "" {
		return nil
	}
	next := string(s) + ".new"
	raw, err := json.MarshalIndent(all, "", " ")
	if err == nil {
		err = os.WriteFile(next, raw, 0o600)
	}
	if err == nil {
		err = os.Rename(next, string(s))
	}
	if err != nil {
		return fmt.Errorf("keep the state of all runs: %w", err)
	}
	return nil
}
