package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Rol is what somebody may do at all. Whose gestiones it holds for follows from
// roster, jefaturas, subrogancias and responsables.
type Rol string

// The roles of DOMAIN.
const (
	RolAgente      Rol = "agente"
	RolJefe        Rol = "jefe"
	RolResponsable Rol = "responsable"
	RolRRHH        Rol = "rrhh"
	RolAuditor     Rol = "auditor"
	RolAdmin       Rol = "admin"
)

// Roles lists them all.
func Roles() []Rol {
	return []Rol{RolAgente, RolJefe, RolResponsable, RolRRHH, RolAuditor, RolAdmin}
}

// Actor is who asks, as their token proves.
type Actor struct {
	ID     pa0580.FuncionarioID
	Nombre string
	Roles  []Rol
}

// Es tells whether the actor holds any of the roles.
func (a Actor) Es(roles ...Rol) bool {
	return slices.ContainsFunc(roles, func(r Rol) bool { return slices.Contains(a.Roles, r) })
}

func (a Actor) must(roles ...Rol) error {
	if a.Es(roles...) {
		return nil
	}
	return pa0580.Refuse(0, pa0580.CodeForbidden, "actor", "Su acceso no incluye esta acción: la hace "+join(roles)+".")
}

func join(roles []Rol) string {
	s := make([]string, len(roles))
	for i, r := range roles {
		s[i] = string(r)
	}
	return strings.Join(s, " o ")
}

// tokenPrefix lets secret scanners recognise a leaked token.
const tokenPrefix = "gst_"

// Token is a bearer token as it is kept: its secret is shown once and only its
// hash stays. 256 random bits need no slow hash.
type Token struct {
	ID          string
	Funcionario pa0580.FuncionarioID
	Nombre      string
	Roles       []Rol
	Hash        []byte // SHA-256 of the secret
	CreadoAt    time.Time
	ExpiraAt    time.Time
	RevocadoAt  *time.Time
}

// HashToken is what is kept of a secret.
func HashToken(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// IssueToken makes a token for somebody and returns its secret, which is not
// kept. Roles they do not hold are of no use: roles are judged at each request.
func (a *App) IssueToken(ctx context.Context, quien pa0580.FuncionarioID, nombre string, roles []Rol, vigencia time.Duration) (string, Token, error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails (crypto/rand, Go 1.24)
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(random)
	now := a.Reloj()
	t := Token{
		ID: uuid.NewString(), Funcionario: quien, Nombre: nombre, Roles: roles,
		Hash: HashToken(secret), CreadoAt: now, ExpiraAt: now.Add(vigencia),
	}
	return secret, t, a.Store.AddToken(ctx, t)
}

// Authenticate finds who a bearer token belongs to. The roles are those of
// both the token and the funcionario, today. False: unknown, expired, revoked
// or of somebody no longer active.
func (a *App) Authenticate(ctx context.Context, secret string) (Actor, bool, error) {
	if !strings.HasPrefix(secret, tokenPrefix) {
		return Actor{}, false, nil
	}
	return a.Store.ActorByToken(ctx, HashToken(secret), a.Reloj())
}
