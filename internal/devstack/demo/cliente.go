package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// client speaks to the API.
type client struct {
	http http.Client
	base string
}

// answerIn bounds one request: a close waits for its freeze.
const answerIn = 2 * time.Minute

func newClient(url string) *client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 2 * atOnce
	return &client{http: http.Client{Timeout: answerIn, Transport: transport}, base: url + "/api/v1"}
}

// Problem is the API saying no (RFC 9457).
type Problem struct {
	Request string // method and path
	Status  int    `json:"status"`
	Detail  string `json:"detail"`
	Codigo  string `json:"codigo"`
	Paso    int    `json:"paso"`
	Campo   string `json:"campo"`
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%s: %d %s %s", p.Request, p.Status, p.Codigo, p.Detail)
}

// keys turns what a request is about into its Idempotency-Key, the same in
// every play.
var keys = uuid.MustParse("7c4f2a36-5c3b-4d0e-9a58-0580a0de0580")

func key(about string) string { return uuid.NewSHA1(keys, []byte(about)).String() }

func (c *client) get(ctx context.Context, token, path string, out any) error {
	return c.do(ctx, http.MethodGet, token, path, "", nil, out)
}

// post sends a body under the key that about gives; out may be nil.
func (c *client) post(ctx context.Context, token, path, about string, body, out any) error {
	return c.do(ctx, http.MethodPost, token, path, key(about), body, out)
}

// do sends a request, again where the API asks for patience. Refusals come back
// as a *Problem.
func (c *client) do(ctx context.Context, method, token, path, key string, body, out any) error {
	sent, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	for {
		wait, err := c.once(ctx, method, token, path, key, sent, out)
		if wait == 0 {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// once gives how long to wait before the next attempt; zero where this one was
// the last.
func (c *client) once(ctx context.Context, method, token, path, key string, body []byte, out any) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("make request %s: %w", path, err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", path, err)
	}
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return time.Duration(max(1, seconds)) * time.Second, nil
	case resp.StatusCode >= http.StatusBadRequest:
		p := &Problem{}
		if json.Unmarshal(got, p) != nil {
			p.Detail = string(got)
		}
		p.Request, p.Status = method+" "+path, resp.StatusCode
		return 0, p
	case out == nil || len(got) == 0:
		return 0, nil
	}
	if err := json.Unmarshal(got, out); err != nil {
		return 0, fmt.Errorf("understand %s: %w", path, err)
	}
	return 0, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
