package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// The ways for the connections to an engine to go wrong.
const (
	Cut      Kind = "cut"       // no connection, and none stays
	Slow     Kind = "slow"      // everything comes late
	HalfOpen Kind = "half-open" // accepted, and nothing ever comes
	Reset    Kind = "reset"     // broken off as soon as something is said
)

// Averias are those that every proxy has.
var Averias = []Kind{Cut, Slow, HalfOpen, Reset}

// Proxy stands in front of an engine. It lets everything through until told
// otherwise.
type Proxy struct {
	Name string

	proxy *toxiproxy.Proxy
}

// NewProxy listens on a free loopback port for upstream, a host:port.
func NewProxy(name, upstream string) (*Proxy, error) {
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	p := &Proxy{Name: name, proxy: toxiproxy.NewProxy(server, name, "127.0.0.1:0", upstream)}
	if err := p.proxy.Start(); err != nil {
		return nil, fmt.Errorf("proxy for %s: %w", name, err)
	}
	return p, nil
}

// Address is where it listens.
func (p *Proxy) Address() string { return p.proxy.Listen }

// toxics are what an avería does to each direction.
var toxics = map[Kind]string{
	Slow:     `{"type": "latency", "attributes": {"latency": 60, "jitter": 40}}`,
	HalfOpen: `{"type": "timeout", "attributes": {"timeout": 0}}`,
	Reset:    `{"type": "reset_peer", "attributes": {"timeout": 0}}`,
}

// Break makes the engine unreachable in one way; connections there are feel it
// too. Mend it before breaking it in another.
func (p *Proxy) Break(a Kind) error {
	if a == Cut {
		p.proxy.Stop()
		return nil
	}
	toxic, ok := toxics[a]
	if !ok {
		return fmt.Errorf("no avería %q: there are %v", a, Averias)
	}
	for _, stream := range []string{"upstream", "downstream"} {
		var fields map[string]any
		if err := json.Unmarshal([]byte(toxic), &fields); err != nil {
			return fmt.Errorf("toxic %s: %w", a, err)
		}
		fields["stream"] = stream
		described, err := json.Marshal(fields)
		if err != nil {
			return fmt.Errorf("toxic %s: %w", a, err)
		}
		if _, err := p.proxy.Toxics.AddToxicJson(strings.NewReader(string(described))); err != nil {
			return fmt.Errorf("break %s: %w", p.Name, err)
		}
	}
	return nil
}

// Mend lets everything through again. Those who were left hanging are cut off.
func (p *Proxy) Mend(ctx context.Context) error {
	p.proxy.Toxics.ResetToxics(ctx)
	if err := p.proxy.Start(); err != nil && !errors.Is(err, toxiproxy.ErrProxyAlreadyStarted) {
		return fmt.Errorf("mend %s: %w", p.Name, err)
	}
	return nil
}

// Close ends it and its connections.
func (p *Proxy) Close() { p.proxy.Stop() }
