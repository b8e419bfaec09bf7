package canary

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// Place is somewhere that was searched.
type Place struct {
	Donde   string
	Leido   int64    // bytes, or rows where it is a table
	Control bool     // what was planted there on purpose was found
	Halla   []string // what stands there of the canaries
}

// errBlind tells a search that does not even find what is there.
var errBlind = errors.New("the search does not find what was planted for it")

// text searches bytes for each canary, and for a control.
func text(donde string, raw []byte, control string, cs []Canary) Place {
	p := Place{Donde: donde, Leido: int64(len(raw)), Control: bytes.Contains(raw, []byte(control))}
	for _, c := range cs {
		if c.In(raw) {
			p.Halla = append(p.Halla, c.Que)
		}
	}
	return p
}

// database reads every row of every table as text, byte columns also as the text
// that they may hold.
func database(ctx context.Context, url, donde, control string, cs []Canary) ([]Place, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", donde, err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
	if err != nil {
		return nil, fmt.Errorf("tables of %s: %w", donde, err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("tables of %s: %w", donde, err)
	}
	var out []Place
	for _, table := range tables {
		p, err := searchTable(ctx, conn, table, control, cs)
		if err != nil {
			return nil, fmt.Errorf("search %s of %s: %w", table, donde, err)
		}
		p.Donde = donde + ": " + strings.TrimPrefix(table, "public.")
		out = append(out, p)
	}
	return out, nil
}

func searchTable(ctx context.Context, conn *pgx.Conn, table, control string, cs []Canary) (Place, error) {
	var p Place
	rows, err := conn.Query(ctx, "SELECT t::text FROM "+table+" t")
	if err != nil {
		return p, err
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var row string
		if err := rows.Scan(&row); err != nil {
			return p, err
		}
		p.Leido++
		raw := readable(row)
		p.Control = p.Control || bytes.Contains(raw, []byte(control))
		for _, c := range cs {
			if !found[c.Que] && c.In(raw) {
				found[c.Que] = true
				p.Halla = append(p.Halla, c.Que)
			}
		}
	}
	return p, rows.Err()
}

// readable is a row's text with its byte columns decoded: PostgreSQL writes them
// as \x and hexadecimal digits.
func readable(row string) []byte {
	out := []byte(row)
	for rest := row; ; {
		_, after, found := strings.Cut(rest, `\x`)
		if !found {
			return out
		}
		end := strings.IndexFunc(after, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
		if end < 0 {
			end = len(after)
		}
		if raw, err := hex.DecodeString(after[:end&^1]); err == nil {
			out = append(append(out, ' '), raw...)
		}
		rest = after[end:]
	}
}

// histories reads every event, memo and search attribute of every workflow as
// its client sees them.
func histories(ctx context.Context, c client.Client, namespace, control string, cs []Canary) (Place, error) {
	var all bytes.Buffer
	var page []byte
	for {
		list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace, PageSize: 500, NextPageToken: page})
		if err != nil {
			return Place{}, fmt.Errorf("list workflows: %w", err)
		}
		for _, w := range list.GetExecutions() {
			_, _ = all.WriteString(w.String())
			events := c.GetWorkflowHistory(ctx, w.GetExecution().GetWorkflowId(), w.GetExecution().GetRunId(), false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
			for events.HasNext() {
				e, err := events.Next()
				if err != nil {
					return Place{}, fmt.Errorf("history of %s: %w", w.GetExecution().GetWorkflowId(), err)
				}
				_, _ = all.WriteString(e.String())
			}
		}
		if page = list.GetNextPageToken(); len(page) == 0 {
			return text("Temporal: historias, memos y atributos", all.Bytes(), control, cs), nil
		}
	}
}

// logs reads every file of the log folder; controls name what each must hold.
func logs(dir string, controls map[string]string, cs []Canary) ([]Place, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no logs in %s: %w", dir, err)
	}
	var out []Place
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(file), ".log")
		kind, _, _ := strings.Cut(name, "-")
		out = append(out, text("registro de "+name, raw, controls[kind], cs))
	}
	return out, nil
}

// page reads what a URL answers.
func page(ctx context.Context, donde, url, control string, cs []Canary) (Place, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Place{}, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return Place{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return Place{}, err
	}
	return text(donde, raw, control, cs), nil
}
