package pgcluster

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// clusterMajor is the PostgreSQL version that made the cluster, or 0 for none.
func clusterMajor(at place) (int, error) {
	text, err := os.ReadFile(filepath.Join(at.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("cluster's version: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("cluster's version: %w", err)
	}
	return major, nil
}

// createCluster makes it aside and renames it into place: one interrupted
// half-way is thrown away by the next.
func createCluster(ctx context.Context, at place, programs programs) error {
	if err := writePassword(at); err != nil {
		return err
	}
	aside := at.data() + ".new"
	var errs []error
	for _, locale := range locales(programs.major) {
		if err := os.RemoveAll(aside); err != nil {
			return fmt.Errorf("remove half-made cluster: %w", err)
		}
		args := append([]string{
			"-D", aside, "--username=" + Superuser, "--pwfile=" + at.password(),
			"--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions",
		}, locale...)
		_, err := at.account.run(ctx, filepath.Join(programs.bin, "initdb"), args...)
		if err == nil {
			return os.Rename(aside, at.data())
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("create cluster in %s: %w", at.root, errors.Join(errs...))
}

// locales are initdb's options, best first: every letter has its capital and
// order is by code point, the same on every machine. Plain C knows ASCII only;
// it is for systems that have nothing else.
func locales(major int) [][]string {
	list := [][]string{{"--locale=C.UTF-8"}, {"--locale=C"}}
	if major >= 17 {
		builtin := []string{"--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
		list = append([][]string{builtin}, list...)
	}
	return list
}

func writePassword(at place) error {
	if err := os.WriteFile(at.password(), []byte(rand.Text()), 0o600); err != nil {
		return fmt.Errorf("superuser's password: %w", err)
	}
	return at.account.own(at.password())
}

func readPassword(at place) (string, error) {
	text, err := os.ReadFile(at.password())
	if err != nil {
		return "", fmt.Errorf("superuser's password: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
