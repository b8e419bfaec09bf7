package attacks

import (
	"fmt"
	"sync"

	"ande.gov.py/gestiones/internal/pa0580"
)

// acuse is one acknowledgement: somebody was told that what they asked is stored.
type acuse struct {
	target string // what was under attack then
	actor  string
	clave  string // the Idempotency-Key it was asked with; empty for an item of a lote
	id     string // of the gestión or the command; empty where the answer names none
	hecho  bool   // they were told that the command is applied, and not only stored
}

// ledger is everything that clients were told, and the keys of what they were
// refused.
type ledger struct {
	mu      sync.Mutex
	target  string
	loads   []acuse
	orders  []acuse
	refused []acuse
	wrong   []string // answers that contradict each other
	given   map[string]string
}

func newLedger() *ledger { return &ledger{given: map[string]string{}} }

// under says what is attacked from here on.
func (l *ledger) under(target string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target = target
}

func (l *ledger) loaded(actor pa0580.FuncionarioID, clave, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.loads = append(l.loads, acuse{target: l.target, actor: string(actor), clave: clave, id: id})
	l.once("gestión", id, clave)
}

func (l *ledger) ordered(actor pa0580.FuncionarioID, clave, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.orders = append(l.orders, acuse{target: l.target, actor: string(actor), clave: clave, id: id})
	l.once("comando", id, clave)
}

// applied notes a command of which its author was told that it is applied; that
// answer does not name it.
func (l *ledger) applied(actor pa0580.FuncionarioID, clave string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.orders = append(l.orders, acuse{target: l.target, actor: string(actor), clave: clave, hecho: true})
}

func (l *ledger) denied(actor pa0580.FuncionarioID, clave string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = append(l.refused, acuse{target: l.target, actor: string(actor), clave: clave})
}

// once notices one thing acknowledged for two keys.
func (l *ledger) once(what, id, clave string) {
	if before, ok := l.given[id]; ok {
		l.wrong = append(l.wrong, fmt.Sprintf("%s %s acknowledged for %s and for %s", what, id, before, clave))
	}
	l.given[id] = clave
}

// copied is a ledger that no longer grows.
func (l *ledger) copied() (loads, orders, refused []acuse, wrong []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]acuse(nil), l.loads...), append([]acuse(nil), l.orders...), append([]acuse(nil), l.refused...), append([]string(nil), l.wrong...)
}
