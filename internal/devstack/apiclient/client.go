// Package apiclient speaks to the API over HTTP as an outsider would: bearer
// tokens, Idempotency-Keys, problems as RFC 9457 has them.
package apiclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Client speaks to one server. It is safe for use by many at once.
type Client struct {
	http http.Client
	base string
}

// answerIn bounds one request: a close waits for its freeze.
const answerIn = 2 * time.Minute

// New makes a client for whoever sends up to atOnce requests together to the
// server at url.
func New(url string, atOnce int) *Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns = 2 * atOnce
	transport.MaxIdleConnsPerHost = 2 * atOnce
	return &Client{http: http.Client{Timeout: answerIn, Transport: transport}, base: url + "/api/v1"}
}

// Problem is the API saying no, or that it cannot (RFC 9457).
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

// Refused tells whether err is the API's final no. Anything else, a lost answer
// or a server that cannot, says nothing of what became of the request: it may be
// sent again under its key.
func Refused(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status < http.StatusInternalServerError
}

// Call is one request.
type Call struct {
	Token string
	Path  string // after /api/v1
	Key   string // Idempotency-Key
	Body  any
}

// Get reads a path into out.
func (c *Client) Get(ctx context.Context, token, path string, out any) error {
	_, err := c.do(ctx, http.MethodGet, Call{Token: token, Path: path}, func(int) any { return out })
	return err
}

// Post sends a body; out may be nil.
func (c *Client) Post(ctx context.Context, call Call, out any) error {
	_, err := c.do(ctx, http.MethodPost, call, func(int) any { return out })
	return err
}

// post reads the answer into what its status calls for, and gives the status.
func (c *Client) post(ctx context.Context, call Call, out func(status int) any) (int, error) {
	return c.do(ctx, http.MethodPost, call, out)
}

// do sends a request, again where the API asks for patience. What it answers
// other than a success comes back as a *Problem.
func (c *Client) do(ctx context.Context, method string, call Call, out func(status int) any) (int, error) {
	sent, err := json.Marshal(call.Body)
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", call.Path, err)
	}
	for {
		status, wait, err := c.once(ctx, method, call, sent, out)
		if wait == 0 {
			return status, err
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// Send sends one request of any method, and gives what came whatever it says:
// an error means that no answer came.
func (c *Client) Send(ctx context.Context, method string, call Call) (status int, answer []byte, err error) {
	var body []byte
	if call.Body != nil {
		if body, err = json.Marshal(call.Body); err != nil {
			return 0, nil, fmt.Errorf("write %s: %w", call.Path, err)
		}
	}
	a, err := c.send(ctx, method, call, body)
	return a.status, a.body, err
}

// answer is what came, read whole.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

func (c *Client) send(ctx context.Context, method string, call Call, body []byte) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+call.Path, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("make request %s: %w", call.Path, err)
	}
	req.Header.Set("Authorization", "Bearer "+call.Token)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", call.Key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, fmt.Errorf("read %s: %w", call.Path, err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Retry-After"), got}, nil
}

// once gives how long to wait before the next attempt; zero where this one was
// the last.
func (c *Client) once(ctx context.Context, method string, call Call, body []byte, out func(status int) any) (int, time.Duration, error) {
	got, err := c.send(ctx, method, call, body)
	if err != nil {
		return 0, 0, err
	}
	switch {
	case got.status == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(got.retryAfter)
		return 0, time.Duration(max(1, seconds)) * time.Second, nil
	case got.status >= http.StatusBadRequest:
		p := &Problem{}
		if json.Unmarshal(got.body, p) != nil {
			p.Detail = string(got.body)
		}
		p.Request, p.Status = method+" "+call.Path, got.status
		return got.status, 0, p
	}
	into := out(got.status)
	if into == nil || len(got.body) == 0 {
		return got.status, 0, nil
	}
	if err := json.Unmarshal(got.body, into); err != nil {
		return got.status, 0, fmt.Errorf("understand %s: %w", call.Path, err)
	}
	return got.status, 0, nil
}
