// Package attacks breaks a running Gestiones on purpose, each part in a process
// of its own, and then counts whether what was acknowledged is there: found,
// lost, doubled. What clients were told is kept here, outside of everything that
// is attacked.
package attacks
