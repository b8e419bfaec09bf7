package faults

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo answers every line with itself.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	return l.Addr().String()
}

// say sends a line over c and waits for the answer.
func say(c net.Conn, patience time.Duration) error {
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(c, "hola"); err != nil {
		return err
	}
	_, err := bufio.NewReader(c).ReadString('\n')
	return err
}

func TestProxyBreaksAsTold(t *testing.T) {
	t.Parallel()
	const patience = 2 * time.Second
	tests := map[Kind]func(established, fresh error, took time.Duration) bool{
		Cut: func(old, fresh error, _ time.Duration) bool {
			return old != nil && !late(old) && fresh != nil && !late(fresh)
		},
		Slow: func(old, fresh error, took time.Duration) bool {
			return old == nil && fresh == nil && took > 30*time.Millisecond
		},
		HalfOpen: func(old, fresh error, _ time.Duration) bool { return late(old) && late(fresh) },
		Reset: func(old, fresh error, _ time.Duration) bool {
			return old != nil && !late(old) && fresh != nil && !late(fresh)
		},
	}
	for averia, as := range tests {
		t.Run(string(averia), func(t *testing.T) {
			t.Parallel()
			p, err := NewProxy("echo", echo(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.Close)
			dial := func() (net.Conn, error) { return net.DialTimeout("tcp", p.Address(), patience) }
			established, err := dial()
			if err != nil {
				t.Fatal(err)
			}
			defer established.Close()
			if err := say(established, 10*patience); err != nil {
				t.Fatalf("before anything broke: %v", err)
			}
			if err := p.Break(averia); err != nil {
				t.Fatal(err)
			}
			begun := time.Now()
			old := say(established, patience)
			took := time.Since(begun)
			fresh := errors.New("refused")
			if c, err := dial(); err == nil {
				fresh = say(c, patience)
				c.Close()
			}
			if !as(old, fresh, took) {
				t.Errorf("an established connection: %v in %v; a fresh one: %v", old, took, fresh)
			}
			if err := p.Mend(t.Context()); err != nil {
				t.Fatal(err)
			}
			again, err := dial()
			if err != nil {
				t.Fatalf("mended: %v", err)
			}
			defer again.Close()
			if err := say(again, 10*patience); err != nil {
				t.Errorf("mended: %v", err)
			}
		})
	}
}

func late(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
