package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
)

// client sends each request under a key made of what it is about.
type client struct{ api *apiclient.Client }

func newClient(url string) *client { return &client{apiclient.New(url, atOnce)} }

// keys turns what a request is about into its Idempotency-Key, the same in
// every play.
var keys = uuid.MustParse("7c4f2a36-5c3b-4d0e-9a58-0580a0de0580")

func key(about string) string { return uuid.NewSHA1(keys, []byte(about)).String() }

func (c *client) get(ctx context.Context, token, path string, out any) error {
	return c.api.Get(ctx, token, path, out)
}

// post sends a body under the key that about gives; out may be nil.
func (c *client) post(ctx context.Context, token, path, about string, body, out any) error {
	return c.api.Post(ctx, apiclient.Call{Token: token, Path: path, Key: key(about), Body: body}, out)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
