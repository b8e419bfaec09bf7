package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// HistoriesCmd records workflow histories from a running system, for the replay
// test: one of each shape, since ten thousand alike prove no more than one.
// Record from a release that is deployed, into a folder named after it.
type HistoriesCmd struct {
	Address   string `default:"127.0.0.1:7233" help:"Dirección de Temporal."`
	Namespace string `default:"gestiones" help:"Namespace."`
	Scan      int    `default:"5000" help:"Cuántos workflows mirar."`
	Out       string `arg:"" type:"path" help:"Carpeta donde escribir, por ejemplo workflows/testdata/replay/v0.1."`
}

// Run writes the histories as JSON, as Temporal's own tools do.
func (c *HistoriesCmd) Run() error {
	ctx := context.Background()
	temporal, err := client.Dial(client.Options{HostPort: c.Address, Namespace: c.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		return fmt.Errorf("connect to Temporal at %s: %w", c.Address, err)
	}
	defer temporal.Close()
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	shapes := map[string]bool{}
	var page []byte
	for seen := 0; seen < c.Scan; {
		list, err := temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 500, NextPageToken: page})
		if err != nil {
			return fmt.Errorf("list workflows: %w", err)
		}
		for _, w := range list.GetExecutions() {
			if err := c.record(ctx, temporal, w.GetType().GetName(), w.GetExecution(), shapes); err != nil {
				return err
			}
		}
		seen += len(list.GetExecutions())
		if page = list.GetNextPageToken(); len(page) == 0 {
			break
		}
	}
	fmt.Printf("%d formas de historia en %s\n", len(shapes), c.Out)
	return nil
}

func (c *HistoriesCmd) record(ctx context.Context, temporal client.Client, kind string, w *common.WorkflowExecution, shapes map[string]bool) error {
	events := temporal.GetWorkflowHistory(ctx, w.GetWorkflowId(), w.GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	h := &history.History{}
	var shape strings.Builder
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return fmt.Errorf("history of %s: %w", w.GetWorkflowId(), err)
		}
		h.Events = append(h.Events, e)
		shape.WriteString(e.GetEventType().String())
	}
	sum := sha256.Sum256([]byte(kind + shape.String()))
	name := fmt.Sprintf("%s-%02d-%s.json", strings.ToLower(kind), len(h.GetEvents()), hex.EncodeToString(sum[:4]))
	if shapes[name] {
		return nil
	}
	shapes[name] = true
	raw, err := temporalproto.CustomJSONMarshalOptions{Indent: " "}.Marshal(h)
	if err != nil {
		return fmt.Errorf("encode history of %s: %w", w.GetWorkflowId(), err)
	}
	return os.WriteFile(filepath.Join(c.Out, name), raw, 0o644)
}
