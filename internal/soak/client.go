package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/procs"
)

// what a request is about decides how it is held against the rows later.
type what string

const (
	cargar    what = "cargar"
	comando   what = "comando"
	lote      what = "lote"
	visto     what = "visto"
	revelar   what = "revelar"
	cambio    what = "cambio"
	corte     what = "corte"
	previa    what = "vista-previa"
	ensayo    what = "ensayo"
	cerrar    what = "cerrar"
	confirmar what = "confirmar" // about an order
	retirar   what = "retirar"   // about an order
	conformar what = "conformar"
	ajuste    what = "ajuste"
	tarifa    what = "tarifa"
	reclamo   what = "reclamo"
)

// request is something asked under one key until it is answered.
type request struct {
	what   what
	who    procs.Persona
	method string // empty: POST
	path   string
	key    string
	body   any
	about  string  // gestión, comando, order or month
	to     *system // the serve that is asked; nil: now one and now the other
}

// answer is what somebody was told for good.
type answer struct {
	request
	status int
	body   body
}

// body is what the answers of the API have in common.
type body struct {
	ID       string `json:"id"`
	Estado   string `json:"estado"`
	Version  int64  `json:"version"`
	Codigo   string `json:"codigo"`
	Guardado int    `json:"almacenados"`
	Huella   string `json:"huella"`
	Detail   string `json:"detail"`

	Orden *apiclient.Orden `json:"orden"`
}

func (a answer) ok() bool { return a.status < http.StatusMultipleChoices }

const (
	attemptIn  = 15 * time.Second // somebody at a counter waits no longer
	closeIn    = time.Minute      // HR does
	vanishRate = 0.08
)

// ask sends a request until somebody answers it, now to one serve and now to
// the other. Some clients vanish before they hear, and ask again.
func (m *mundo) ask(ctx context.Context, random *rand.Rand, r request) (answer, bool) {
	if r.method == "" {
		r.method = http.MethodPost
	}
	r.key = fmt.Sprintf("%s-%d", r.what, m.model.next())
	patience := time.Now().Add(m.o.Episode.patience())
	for attempt := 0; ctx.Err() == nil; attempt++ {
		if time.Now().After(patience) {
			m.violation("%s of %s was never answered, key %s", r.what, r.path, r.key)
			return answer{}, false
		}
		status, raw, err := m.attempt(ctx, random, r)
		switch {
		case err == nil && status == http.StatusTooManyRequests:
			m.figures.add("told to wait", 1)
		case err == nil && status < http.StatusInternalServerError:
			a := answer{request: r, status: status}
			if len(raw) > 0 && json.Unmarshal(raw, &a.body) != nil {
				m.violation("%s of %s answered %d with what is no JSON", r.what, r.path, status)
			}
			if status == http.StatusUnauthorized {
				m.violation("%s of %s: a good token was refused", r.what, r.path)
			}
			m.figures.answered(a, attempt)
			m.model.remember(a)
			return a, true
		}
		if !rest(ctx, time.Duration(10+random.IntN(150))*time.Millisecond) {
			break
		}
	}
	return answer{}, false
}

func (m *mundo) attempt(ctx context.Context, random *rand.Rand, r request) (int, []byte, error) {
	patience := attemptIn
	if r.what == cerrar || r.what == confirmar {
		patience = closeIn
	}
	if random.Float64() < vanishRate {
		patience = time.Duration(2+random.IntN(120)) * time.Millisecond
		m.figures.add("clients vanished", 1)
	}
	one, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := m.pick(random)
	if r.to != nil {
		client = r.to.client
	}
	return client.Send(one, r.method, apiclient.Call{Token: r.who.Token, Path: r.path, Key: r.key, Body: r.body})
}

func (m *mundo) pick(random *rand.Rand) *apiclient.Client {
	return m.serves[random.IntN(len(m.serves))].client
}

// read asks once; under faults nobody promises an answer.
func (m *mundo) read(ctx context.Context, random *rand.Rand, who procs.Persona, path string, out any) bool {
	one, cancel := context.WithTimeout(ctx, attemptIn)
	defer cancel()
	status, raw, err := m.pick(random).Send(one, http.MethodGet, apiclient.Call{Token: who.Token, Path: path})
	m.figures.add("readings", 1)
	if err != nil || status != http.StatusOK {
		if err == nil && status == http.StatusUnauthorized {
			m.violation("GET %s: a good token was refused", path)
		}
		return false
	}
	return out == nil || json.Unmarshal(raw, out) == nil
}

// rest waits, false where there is nothing to wait for any more.
func rest(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
