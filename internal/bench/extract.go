package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ande.gov.py/gestiones/internal/devstack/procs"
	"ande.gov.py/gestiones/internal/postgres/crowd"
)

// ExtractOptions say what to extract.
type ExtractOptions struct {
	Stand
	Rows int // gestiones of one unit
}

// extractDays is how many days the gestiones are spread over.
const extractDays = 400

// Extracted is one extraction as its client saw it, and the process's peak memory in
// bytes after it.
type Extracted struct {
	Rows, Bytes, Peak int64
	First, Took       time.Duration // until the first byte, and the last
}

// ExtractReport is what extracting took.
type ExtractReport struct {
	Start int64 // peak memory before any
	Tenth Extracted
	All   Extracted
	Gone  Cut // a client who goes in the middle
	Still Cut // one who stops reading
	After Extracted
	Book  Extracted // a workbook of as many as go into one
	Down  Cut       // serve is told to stop, with one who reads on
}

// Cut is an extraction that was not taken whole.
type Cut struct {
	Rows  int64         // that it had come to
	How   string        // what the audit says of its end
	Ended time.Duration // from when its client read no more until the audit said so
}

// extraction is a run in progress.
type extraction struct {
	ExtractOptions
	stack  *procs.Stack
	people procs.People
	sql    *pgx.Conn
	unit   string
}

// Extract has one serve give many gestiones of one unit, and looks at its memory.
func Extract(ctx context.Context, o ExtractOptions) (r ExtractReport, err error) {
	x := &extraction{ExtractOptions: o}
	defer func() { err = errors.Join(err, x.close()) }() //nolint:contextcheck // what was started is stopped though ctx has ended
	if err := x.start(ctx); err != nil {
		return r, err
	}
	if r.Start, err = x.stack.Serves[0].PeakMemory(); err != nil {
		return r, err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"una décima parte", func() (err error) { r.Tenth, err = x.csv(ctx, extractDays/10); return err }},
		{"todas", func() (err error) { r.All, err = x.csv(ctx, extractDays); return err }},
		{"un cliente que se va", func() (err error) { r.Gone, err = x.cut(ctx, true); return err }},
		{"un cliente que se detiene", func() (err error) { r.Still, err = x.cut(ctx, false); return err }},
		{"una décima parte, después", func() (err error) { r.After, err = x.csv(ctx, extractDays/10); return err }},
		{"un libro de Excel", func() (err error) { r.Book, err = x.book(ctx); return err }},
		{"serve se detiene", func() (err error) { r.Down, err = x.down(ctx, r.All.Bytes); return err }},
	} {
		_, end := o.Progress(step.name, 1)
		if err := step.do(); err != nil {
			return r, fmt.Errorf("%s: %w", step.name, err)
		}
		end()
	}
	return r, nil
}

func (x *extraction) start(ctx context.Context) (err error) {
	_, end := x.Progress("pila local", 1)
	if x.stack, err = x.Stand.stack(ctx, 1, 0, 0); err != nil {
		return err
	}
	if x.people, err = procs.Populate(ctx, x.stack.DatabaseURL(), procs.World{Unidades: 1, Agentes: 1, Referencias: 1}); err != nil {
		return err
	}
	end()
	_, end = x.Progress("gestiones", x.Rows)
	defer end()
	if err := crowd.Fill(ctx, x.stack.DatabaseURL(), crowd.Size{Rows: x.Rows, Days: extractDays, Unidades: 1}); err != nil {
		return err
	}
	if x.sql, err = pgx.Connect(ctx, x.stack.DatabaseURL()); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return x.sql.QueryRow(ctx, "SELECT id::text FROM unidades WHERE codigo = 'U0'").Scan(&x.unit)
}

func (x *extraction) close() error {
	if x.sql != nil {
		_ = x.sql.Close(context.Background()) // it was only read
	}
	if x.stack == nil {
		return nil
	}
	return x.stack.Close()
}

// ask extracts the last days.
func (x *extraction) ask(ctx context.Context, formato string, days int) (*http.Response, error) {
	until, err := time.Parse(time.DateOnly, crowd.Until)
	if err != nil {
		return nil, err
	}
	body := fmt.Sprintf(`{"unidad": %q, "desde": %q, "hasta": %q, "formato": %q}`,
		x.unit, until.AddDate(0, 0, -days).Format(time.DateOnly), until.Format(time.DateOnly), formato)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, x.stack.URL(0)+"/api/v1/extracciones", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+x.people.Auditor.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(res.Body)
		return nil, errors.Join(fmt.Errorf("extract: %s: %.300s", res.Status, said), res.Body.Close())
	}
	return res, nil
}

// csv takes the last days whole, and counts its lines itself.
func (x *extraction) csv(ctx context.Context, days int) (Extracted, error) {
	out, lines, err := x.take(ctx, "csv", days)
	if err == nil && lines != out.Rows+1 {
		err = fmt.Errorf("%d lines came, and the server counted %d rows", lines, out.Rows)
	}
	return out, err
}

func (x *extraction) take(ctx context.Context, formato string, days int) (out Extracted, lines int64, err error) {
	begun := time.Now()
	res, err := x.ask(ctx, formato, days)
	if err != nil {
		return out, 0, err
	}
	defer done(res.Body)
	out.First = time.Since(begun)
	buf := make([]byte, 256<<10)
	for in := bufio.NewReader(res.Body); err == nil; {
		var n int
		n, err = in.Read(buf)
		out.Bytes += int64(n)
		lines += int64(bytes.Count(buf[:n], []byte("\n")))
	}
	if !errors.Is(err, io.EOF) {
		return out, 0, err
	}
	out.Took = time.Since(begun)
	if out.Rows, err = strconv.ParseInt(res.Trailer.Get("Extraccion-Filas"), 10, 64); err != nil {
		return out, 0, fmt.Errorf("the file came without its count: %w", err)
	}
	out.Peak, err = x.stack.Serves[0].PeakMemory()
	return out, lines, err
}

// cut takes a little of everything, and then goes or reads no more.
func (x *extraction) cut(ctx context.Context, leave bool) (Cut, error) {
	res, err := x.ask(ctx, "csv", extractDays)
	if err != nil {
		return Cut{}, err
	}
	defer done(res.Body)
	if _, err := io.CopyN(io.Discard, res.Body, 1<<20); err != nil {
		return Cut{}, err
	}
	begun := time.Now()
	if leave {
		done(res.Body)
	}
	out, err := x.ended(ctx, begun)
	return out, errors.Join(err, x.nothingLeft(ctx), x.ready(ctx))
}

// ended waits for the audit to say how the last extraction ended.
func (x *extraction) ended(ctx context.Context, begun time.Time) (Cut, error) {
	var out Cut
	var err error
	waited := until(ctx, func() bool {
		err = x.sql.QueryRow(ctx, `SELECT detalle->>'fin', (detalle->>'filas')::bigint FROM auditoria WHERE accion = 'terminar_extraccion'
			AND objeto = (SELECT objeto FROM auditoria WHERE accion = 'extraer' ORDER BY id DESC LIMIT 1)`).Scan(&out.How, &out.Rows)
		return !errors.Is(err, pgx.ErrNoRows)
	})
	out.Ended = time.Since(begun)
	if err := errors.Join(err, waited); err != nil {
		return out, fmt.Errorf("read the audit: %w", err)
	}
	return out, nil
}

// slowly is how long down's client takes for the whole: longer than serve waits.
const slowly = 2 * time.Minute

// down stops serve under a client who reads on, of a file of so many bytes. Who is left
// with one that ends well is left with a part that seems whole.
func (x *extraction) down(ctx context.Context, size int64) (Cut, error) {
	const piece = 64 << 10
	res, err := x.ask(ctx, "csv", extractDays) //nolint:bodyclose // done does
	if err != nil {
		return Cut{}, err
	}
	defer done(res.Body)
	read := make(chan error, 1)
	go func() {
		tick := time.NewTicker(slowly * piece / time.Duration(size))
		defer tick.Stop()
		var err error
		for err == nil {
			_, err = io.CopyN(io.Discard, res.Body, piece)
			<-tick.C
		}
		read <- err
	}()
	begun := time.Now()
	if err := x.stack.Serves[0].Stop(ctx); err != nil {
		return Cut{}, err
	}
	out, err := x.ended(ctx, begun)
	if got := <-read; errors.Is(got, io.EOF) {
		err = errors.Join(err, errors.New("the file seemed whole"))
	}
	return out, errors.Join(err, x.nothingLeft(ctx))
}

// nothingLeft waits until no session has a snapshot.
func (x *extraction) nothingLeft(ctx context.Context) error {
	var err error
	waited := until(ctx, func() bool {
		var held int
		err = x.sql.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
			AND (state LIKE 'idle in transaction%' OR backend_xmin IS NOT NULL)`).Scan(&held)
		return err != nil || held == 0
	})
	if err := errors.Join(err, waited); err != nil {
		return fmt.Errorf("look for what is left: %w", err)
	}
	return nil
}

// ready asks serve whether it is well.
func (x *extraction) ready(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.stack.URL(0)+"/readyz", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer done(res.Body)
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("serve is not ready: %s", res.Status)
	}
	return nil
}

// book takes a workbook of nearly as many gestiones as go into one.
func (x *extraction) book(ctx context.Context) (Extracted, error) {
	const some = 195_000
	out, _, err := x.take(ctx, "xlsx", min(extractDays, extractDays*some/x.Rows))
	return out, err
}
