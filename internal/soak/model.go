package soak

import (
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// model is what people were told, kept apart from the system's own records.
type model struct {
	keys atomic.Int64

	mu      sync.Mutex
	answers []answer
	own     map[string][]string // gestiones by the agent who loaded them
	version map[string]int64    // last seen, by gestión
}

func (m *model) init() { m.own, m.version = map[string][]string{}, map[string]int64{} }

func (m *model) next() int64 { return m.keys.Add(1) }

func (m *model) remember(a answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers = append(m.answers, a)
	if !a.ok() || a.body.ID == "" {
		return
	}
	if a.what == cargar {
		m.own[a.who.Token] = append(m.own[a.who.Token], a.body.ID)
	}
	if a.body.Version > m.version[a.body.ID] {
		m.version[a.body.ID] = a.body.Version
	}
}

// saw keeps a version somebody read.
func (m *model) saw(id string, version int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.version[id] = max(m.version[id], version)
}

// one is a gestión of an agent's own, mostly a recent one.
func (m *model) one(token string, random *rand.Rand) (id string, version int64, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.own[token]
	if len(all) == 0 {
		return "", 0, false
	}
	id = all[len(all)-1-random.IntN(min(len(all), 12))]
	return id, m.version[id], true
}

// told are all answers so far.
func (m *model) told() []answer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answers[:len(m.answers):len(m.answers)]
}

// figures count what happened.
type figures struct {
	mu sync.Mutex
	n  map[string]int
}

func (f *figures) add(name string, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n == nil {
		f.n = map[string]int{}
	}
	f.n[name] += by
}

func (f *figures) answered(a answer, attempts int) {
	f.add("commands", 1)
	f.add("asked again", attempts)
	if !a.ok() {
		f.add("refused", 1)
	}
}

func (f *figures) all() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.n)
}
