package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// pedido is one request, as handlers see it.
type pedido struct {
	*consulta
	ctx    context.Context
	g      *gin.Context
	actor  app.Actor
	cuerpo []byte
	clave  app.Clave
	ajenos pa0580.Refusals // what is wrong with headers and query
}

// authenticate finds who asks, and holds back whoever asks too often.
func (s *server) authenticate(ctx context.Context, g *gin.Context) (app.Actor, error) {
	secret, ok := bearer(g.GetHeader("Authorization"))
	if !ok {
		return app.Actor{}, noToken()
	}
	actor, found, err := s.Authenticate(ctx, secret)
	if err != nil {
		return app.Actor{}, err
	}
	if !found {
		// Only now: a desk with a good token does not pay for what others behind
		// the same address got wrong.
		if wait, ok := s.strange.take(g.ClientIP()); !ok {
			return app.Actor{}, tooMany(wait)
		}
		return app.Actor{}, noToken()
	}
	g.Set(keyActor, string(actor.ID))
	if wait, ok := s.tokens.take(hex.EncodeToString(app.HashToken(secret))); !ok {
		return app.Actor{}, tooMany(wait)
	}
	return actor, nil
}

func bearer(header string) (string, bool) {
	scheme, secret, ok := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	return secret, ok && strings.EqualFold(scheme, "Bearer") && secret != ""
}

// readBody reads what was sent, up to a limit.
func readBody(g *gin.Context, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(http.MaxBytesReader(g.Writer, g.Request.Body, limit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, unreadable("El cuerpo no llegó entero: repita el pedido.")
	case len(raw) == 0:
		return nil, nil
	}
	switch media, _, _ := mime.ParseMediaType(g.GetHeader("Content-Type")); media {
	case "", "application/json":
	case "application/x-www-form-urlencoded": // what curl -d says of any body
	default:
		return nil, notJSON()
	}
	return raw, nil
}

const maxClave = 200 // characters

// readClave reads Idempotency-Key and ties it to everything that makes the
// request what it is. A missing key stays empty: the use cases report it with
// the other refusals.
func (p *pedido) readClave() {
	values := p.g.Request.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return
	}
	clave := values[0]
	if len(values) > 1 || clave == "" || len(clave) > maxClave || strings.ContainsFunc(clave, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.ajenos = append(p.ajenos, pa0580.Refuse(0, pa0580.CodeField, "Idempotency-Key",
			"La cabecera Idempotency-Key lleva un solo valor, de 1 a 200 letras, dígitos o signos, sin espacios ni acentos."))
		return
	}
	var body bytes.Buffer
	_ = json.Compact(&body, p.cuerpo) // what is no JSON was refused, or is empty
	sum := sha256.New()
	for _, part := range []string{p.g.Request.Method, p.g.FullPath(), strings.ToLower(p.g.Request.URL.Path), p.g.GetHeader("If-Match"), body.String()} {
		_, _ = io.WriteString(sum, strconv.Itoa(len(part))+":"+part)
	}
	p.clave = app.Clave{Clave: clave, Cuerpo: sum.Sum(nil)}
}

// ownClave is for methods that are repeatable by themselves: without a key of
// the client's, each request gets one.
func (p *pedido) ownClave() {
	if p.clave.Clave == "" {
		p.clave.Clave = uuid.NewString()
		sum := sha256.Sum256([]byte(p.clave.Clave))
		p.clave.Cuerpo = sum[:]
	}
}

// version is the version of the gestión that the client saw, from the body or
// from If-Match; where both say it, they must agree.
func (p *pedido) version(body int64) int64 {
	header := p.g.GetHeader("If-Match")
	if header == "" {
		return body
	}
	n, err := strconv.ParseInt(strings.Trim(header, `"`), 10, 64)
	if err != nil || n < 1 || header != etag(n) {
		p.ajenos = append(p.ajenos, pa0580.Refuse(0, pa0580.CodeField, "If-Match", `La cabecera If-Match lleva la versión que usted vio, como la dio ETag: por ejemplo "3".`))
		return body
	}
	if body != 0 && body != n {
		p.ajenos = append(p.ajenos, pa0580.Refuse(0, pa0580.CodeField, "version", "La versión del cuerpo y la de If-Match difieren: envíe una sola."))
	}
	return n
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// id reads an id from the path. What is no id names nothing.
func (p *pedido) id() (string, error) {
	id := strings.ToLower(p.g.Param("id")) // as rows hold it
	if !isID(id) {
		return "", pa0580.Refuse(0, pa0580.CodeNotFound, "id", "No existe lo que indica la dirección: revise el identificador.")
	}
	return id, nil
}

func isID(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }

func (p *pedido) mes() (pa0580.Mes, error) { return pa0580.ParseCierre(p.g.Param("mes")) }

// refusal gathers what headers, query and body were refused for; nil where
// nothing was.
func (p *pedido) refusal(more pa0580.Refusals) error {
	if all := slices.Concat(p.ajenos, more); len(all) > 0 {
		return all
	}
	return nil
}

// firstStep finds the refusal of step 10, which speaks alone.
func firstStep(rs pa0580.Refusals) error {
	for _, r := range rs {
		if r.Paso == 10 {
			return r
		}
	}
	return nil
}

// answer writes v as JSON.
func (p *pedido) answer(status int, v any) error {
	write(p.g, status, "application/json", v)
	return nil
}

// named answers with what the path names, as do finds or leaves it.
func named[ID ~string, F, V any](show func(F) V, do func(*pedido, ID) (F, error)) handler {
	return func(p *pedido) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		found, err := do(p, ID(id))
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, show(found))
	}
}

func (p *pedido) created(path, id string, v any) error {
	p.g.Header("Location", base+path+"/"+id)
	return p.answer(http.StatusCreated, v)
}

func (p *pedido) nothing() error {
	p.g.Status(http.StatusNoContent)
	return nil
}

func write(g *gin.Context, status int, kind string, v any) {
	raw, err := json.Marshal(v)
	if err != nil { // answers are plain structs: it does not happen
		_ = g.Error(err)
		g.Status(http.StatusInternalServerError)
		return
	}
	g.Data(status, kind, append(raw, '\n'))
}
