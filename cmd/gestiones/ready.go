package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// readyIn is less than the image's health check waits, so that it says why.
const readyIn = 3 * time.Second

// readyCmd is the health check of an image that holds nothing but this program.
type readyCmd struct {
	URL string `name:"url" default:"http://127.0.0.1:8080/readyz" help:"Dónde preguntar."`
}

func (c *readyCmd) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyIn)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no contesta en %s: %s", readyIn, c.URL)
	case err != nil:
		return fmt.Errorf("no contesta: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("no está listo: %s contestó %s", c.URL, res.Status)
	}
	fmt.Println("listo")
	return nil
}
