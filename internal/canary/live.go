package canary

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/devstack/host"
	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/postgres"
)

// patience bounds what may have to wait for an engine that was killed.
const patience = 2 * time.Minute

// lives are gestiones full of canaries, and what the API said no with.
type lives struct {
	stack    *procs.Stack
	watch    string // where work shows its metrics
	people   procs.People
	api      *apiclient.Client
	seed     *rand.Rand
	flocks   []flock
	loaded   []loaded
	said     bytes.Buffer // every answer that is not a success
	measured []Place      // metrics of the processes that lived all this
}

type loaded struct {
	id    string
	agent int
}

// flocks is how many sets of canaries the gestiones share.
const flocks = 8

// mirror adds the flocks' holders to OPEN SGC's mirror, a supply each.
func (l *lives) mirror(ctx context.Context) error {
	store, err := postgres.Open(ctx, l.stack.DatabaseURL(), postgres.Options{})
	if err != nil {
		return err
	}
	defer store.Close() //nolint:errcheck // it only read and wrote what was checked
	_, err = store.ImportReferencias(ctx, l.supplies(), false)
	return err
}

func (l *lives) supplies() iter.Seq2[app.ReferenciaSGC, error] {
	return func(yield func(app.ReferenciaSGC, error) bool) {
		for i, f := range l.flocks {
			d, err := pa0580.ParseDocumento("RUC", f.titular)
			r := app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: supply(i)}, Tension: pa0580.BT, Titular: d.Normal}
			if !yield(r, err) {
				return
			}
		}
	}
}

func supply(flock int) string { return fmt.Sprint(5_000_000 + flock) }

// load saves a gestión whose every text is a canary; one in nine is refused.
func (l *lives) load(ctx context.Context, n int) error {
	f := l.flocks[n%len(l.flocks)]
	agent := n % len(l.people.Agentes)
	in := apiclient.Carga{
		Documento: apiclient.Numerado{Tipo: "CI", Numero: dots(f.ci)}, Referencia: apiclient.Numerado{Tipo: "NIS", Numero: supply(n % len(l.flocks))},
		TipoGestion: 1 + n%5, Observacion: f.observacion,
	}
	if n%2 == 1 {
		in.Documento = apiclient.Numerado{Tipo: "RUC", Numero: f.ruc}
	}
	if n%9 == 8 {
		in.Referencia.Numero = "99999999" // OPEN SGC does not have it
	}
	g, _, err := l.api.Cargar(ctx, l.people.Agentes[agent].Token, fmt.Sprint(f.clave, "-", n), in)
	if err != nil {
		return l.refused(err)
	}
	l.loaded = append(l.loaded, loaded{g.ID, agent})
	return nil
}

// refused keeps what a problem says; any other error is one.
func (l *lives) refused(err error) error {
	if apiclient.Refused(err) {
		_, _ = fmt.Fprintln(&l.said, err)
		return nil
	}
	return err
}

// live gives the n-th gestión a life: sent back and corrected, rejected and
// taken back, annulled, or approved.
func (l *lives) live(ctx context.Context, n int) error {
	g := l.loaded[n]
	f := l.flocks[n%len(l.flocks)]
	agent, head := l.people.Agentes[g.agent].Token, l.people.JefeDe(g.agent).Token
	decide := func(accion pa0580.Accion, motivo string) error {
		return l.retry(ctx, agent, g.id, func(version int64, key string) error {
			_, err := l.api.Decidir(ctx, head, key, g.id, apiclient.Decision{Accion: accion, Version: version, Motivo: motivo})
			return err
		})
	}
	steps := map[int][]func() error{
		0: {
			func() error { return decide(pa0580.Observar, f.motivo) },
			func() error {
				return l.retry(ctx, agent, g.id, func(version int64, key string) error {
					_, err := l.api.Corregir(ctx, agent, key, g.id, apiclient.Correccion{Version: version, Observacion: f.duda})
					return err
				})
			},
			func() error { return decide(pa0580.Aprobar, "") },
		},
		1: {
			func() error { return decide(pa0580.Rechazar, f.motivo) },
			func() error { return decide(pa0580.RetirarDecision, f.motivo) },
		},
		2: {func() error {
			return l.retry(ctx, agent, g.id, func(version int64, key string) error {
				_, err := l.api.Anular(ctx, agent, key, g.id, version, f.motivo)
				return err
			})
		}},
		3: {func() error { return decide(pa0580.Aprobar, f.motivo) }, func() error { return l.strange(ctx, agent, f) }},
	}
	for _, step := range steps[n%len(steps)] {
		if err := step(); err != nil {
			return fmt.Errorf("live gestión %s: %w", g.id, err)
		}
	}
	return nil
}

// retry asks again under one key until there is an answer: engines are killed
// meanwhile.
func (l *lives) retry(ctx context.Context, token, id string, ask func(version int64, key string) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	key := uuid.NewString()
	for {
		g, err := l.api.Gestion(ctx, token, id)
		if err == nil {
			err = ask(g.Version, key)
		}
		if err == nil || apiclient.Refused(err) || ctx.Err() != nil {
			return l.refused(err)
		}
		_, _ = fmt.Fprintln(&l.said, err)
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// strange sends what no client should: documents in URLs, headers, fields and
// types where none belong. It keeps every answer.
func (l *lives) strange(ctx context.Context, token string, f flock) error {
	base := l.stack.URL(0)
	for _, r := range []struct{ method, path, body string }{
		{http.MethodGet, "/api/v1/gestiones/" + f.ci, ""},
		{http.MethodGet, "/api/v1/gestiones?cursor=" + f.ci + "&persona=" + f.ruc, ""},
		{http.MethodGet, "/" + f.observacion, ""},
		{f.clave, "/api/v1/gestiones", ""},
		{http.MethodPost, "/api/v1/gestiones", `{"documento": "` + f.ci + `", "` + f.duda + `": true}`},
		{http.MethodPost, "/api/v1/gestiones", `{"documento": {"tipo": "` + f.ci + `", "numero": ["` + f.ruc + `"]`},
		{http.MethodPost, "/api/v1/gestiones", `{"documento": {"tipo": "RUC", "numero": "` + f.ci + `"}, "observacion": {"` + f.duda + `": 1}}`},
		{http.MethodPost, "/api/v1/gestiones", `{"documento": {"tipo": "CI", "numero": "` + f.ci + `"}, "referencia": {"tipo": "NIS", "numero": "` + f.observacion + `"}, "tipo_gestion": "` + f.ci + `", "guardada_at": "` + f.duda + `", "unidad": "` + f.ruc + `"}`},
		{http.MethodPost, "/api/v1/gestiones/buscar", `{"documento": {"tipo": "CI", "numero": "` + f.ci + ` ` + f.ruc + `"}}`},
	} {
		req, err := http.NewRequestWithContext(ctx, r.method, base+r.path, strings.NewReader(r.body))
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", f.clave)
		req.Header.Set("User-Agent", f.ci)
		req.Header.Set("X-Forwarded-For", f.ruc)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(res.Body)
		_ = res.Body.Close() // read whole
		if err != nil {
			return err
		}
		if res.StatusCode >= http.StatusBadRequest {
			_, _ = fmt.Fprintln(&l.said, string(raw), res.Header)
		}
	}
	return nil
}

// conclude closes a month, with canaries for reasons. What is still being
// applied after the engines' return makes a preview stale.
func (l *lives) conclude(ctx context.Context, mes string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	hr, f := l.people.RRHH[0].Token, l.flocks[0]
	if _, err := l.api.Corte(ctx, hr, uuid.NewString(), mes); err != nil {
		return err
	}
	return host.Await(ctx, func(ctx context.Context) (bool, error) {
		preview, err := l.api.VistaPrevia(ctx, hr, uuid.NewString(), mes, f.cierre)
		if err == nil {
			_, _, err = l.api.Cerrar(ctx, hr, uuid.NewString(), mes, preview.Huella, f.cierre)
		}
		if !apiclient.Refused(err) {
			return true, err
		}
		_ = l.refused(err) // only kept: what it says is searched
		return false, err
	})
}
