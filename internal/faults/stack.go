package faults

import (
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"ande.gov.py/gestiones/internal/postgres"
)

// deep holds every frame between a driver's connection and the store's method
// that a use case or an activity called.
const deep = 48

// methods remembers what stacks stand for: walking names costs more than a
// statement of the fast kind.
type methods struct {
	mu    sync.RWMutex
	known map[[deep]uintptr]string
}

// owners are what a function's name begins with that is a method of ours.
var owners = func() []string {
	pkg := reflect.TypeFor[postgres.Store]().PkgPath()
	return []string{pkg + ".(*Store).", pkg + ".Espejo."}
}()

// running is the method of the store that is being carried out here: of those
// on the stack, the one that was called from outside.
func (m *methods) running() string {
	var pcs [deep]uintptr
	n := runtime.Callers(2, pcs[:])
	m.mu.RLock()
	name, known := m.known[pcs]
	m.mu.RUnlock()
	if known {
		return name
	}
	frames := runtime.CallersFrames(pcs[:n])
	for more := n > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if method, ok := exported(f.Function); ok {
			name = method // an outer one replaces an inner one
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[[deep]uintptr]string{}
	}
	m.known[pcs] = name
	return name
}

// exported gives the method's name, also from within its function literals.
func exported(function string) (string, bool) {
	for _, owner := range owners {
		if rest, ours := strings.CutPrefix(function, owner); ours {
			method, _, _ := strings.Cut(rest, ".")
			first, _ := utf8.DecodeRuneInString(method)
			return method, unicode.IsUpper(first)
		}
	}
	return "", false
}
