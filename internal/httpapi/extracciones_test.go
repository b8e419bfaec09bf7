package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// archive is a Store with one unit that somebody of HR extracts; rows give what
// extracting does once it has begun.
type archive struct {
	door
	rows func(each func(app.Extraida) error) error
}

func (a archive) ActorByToken(context.Context, []byte, time.Time) (app.Actor, bool, error) {
	return app.Actor{ID: idAgente, Roles: []app.Rol{app.RolRRHH}}, true, nil
}

func (a archive) Organizacion(context.Context) (*pa0580.Organizacion, error) {
	return pa0580.NewOrganizacion(1, pa0580.NewCalendario(1, nil), []pa0580.Unidad{{ID: idUnidad, Codigo: "SCA"}}, nil, nil), nil
}

func (a archive) EmpezarExtraccion(context.Context, app.Extraccion) error { return nil }

func (a archive) TerminarExtraccion(context.Context, app.Extraccion, time.Time, int64, app.FinDeExtraccion) error {
	return nil
}

func (a archive) Extraer(_ context.Context, _ app.Extraccion, each func(app.Extraida) error) error {
	return a.rows(each)
}

// row is more than the server keeps to itself.
var row = strings.Repeat("fila ", 2000)

// lines is a Copista that sends each row as it comes.
type lines struct{ out io.Writer }

func (lines) Extraccion(_ app.Extraccion, out io.Writer) (app.Escritor, error) {
	return lines{out: out}, nil
}

func (l lines) Fila(app.Extraida) error {
	_, err := io.WriteString(l.out, row)
	return err
}
func (lines) Cerrar() error { return nil }
func (lines) Soltar()       {}

// clocked is a connection that remembers until when it may be written.
type clocked struct {
	net.Conn
	write *atomic.Pointer[time.Time]
}

func (c clocked) SetWriteDeadline(t time.Time) error {
	c.write.Store(&t)
	return c.Conn.SetWriteDeadline(t)
}

type clockedListener struct {
	net.Listener
	write atomic.Pointer[time.Time]
}

func (l *clockedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return clocked{conn, &l.write}, err
}

// serveArchive has the deadline of a server for answers that are sent whole.
func serveArchive(t *testing.T, store app.Store) (*httptest.Server, *clockedListener) {
	t.Helper()
	engine := New(&app.App{
		Store: store, Copista: lines{}, Reloj: time.Now, Config: app.DefaultConfig(), Log: slog.New(slog.DiscardHandler),
	}, Options{})
	server := httptest.NewUnstartedServer(engine)
	l := &clockedListener{Listener: server.Listener}
	server.Listener, server.Config.WriteTimeout = l, time.Minute
	server.Start()
	t.Cleanup(server.Close)
	return server, l
}

func extract(t *testing.T, url string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+base+"/extracciones",
		strings.NewReader(`{"unidad": "`+idUnidad+`", "desde": "2026-10-01", "hasta": "2026-10-31", "formato": "csv"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+secret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

// An extraction lasts longer than any other answer, and the server's deadline would end
// it. Each piece has its own instead.
func TestAnExtractionOutlastsTheServersDeadline(t *testing.T) {
	t.Parallel()
	var l *clockedListener
	store := archive{}
	store.rows = func(each func(app.Extraida) error) error {
		before := *l.write.Load()
		if err := each(app.Extraida{}); err != nil {
			return err
		}
		if after := *l.write.Load(); after.Equal(before) || time.Until(after) > takeIn {
			t.Errorf("a piece may be written until %s, as before: %t", after, after.Equal(before))
		}
		return each(app.Extraida{})
	}
	server, listener := serveArchive(t, store)
	l = listener
	res, body, err := extract(t, server.URL)
	if err != nil || res.StatusCode != http.StatusOK || string(body) != row+row || res.Trailer.Get(filasTrailer) != "2" {
		t.Errorf("%d, %d bytes, trailer %v, %v", res.StatusCode, len(body), res.Trailer, err)
	}
}

// What fails before the first byte is answered as anything else; after it, the file
// must not seem whole.
func TestAnExtractionThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	server, _ := serveArchive(t, archive{rows: func(func(app.Extraida) error) error { return broken }})
	if res, body, err := extract(t, server.URL); err != nil || res.StatusCode != http.StatusInternalServerError ||
		res.Header.Get("Content-Type") != "application/problem+json" || res.Header.Get("Content-Disposition") != "" {
		t.Errorf("nothing sent yet: %d %v %s, %v", res.StatusCode, res.Header, body, err)
	}
	server, _ = serveArchive(t, archive{rows: func(each func(app.Extraida) error) error {
		return errors.Join(each(app.Extraida{}), broken)
	}})
	for range 2 { // the first one's turn is over
		if res, body, err := extract(t, server.URL); res.StatusCode != http.StatusOK || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("in the middle: %d, %d bytes, %v", res.StatusCode, len(body), err)
		}
	}
}

// One of each person, one workbook, three in all; whoever ends makes room.
func TestTurnsToExtract(t *testing.T) {
	t.Parallel()
	c := newCupo()
	refused := func(who pa0580.FuncionarioID, f app.Formato) bool { _, busy := c.take(who, f); return busy != nil }
	end, _ := c.take("ana", app.XLSX)
	if !refused("ana", app.CSV) || !refused("beto", app.XLSX) {
		t.Error("a second one of hers, or a second workbook, was let in")
	}
	end()
	if refused("beto", app.XLSX) || refused("ana", app.CSV) || refused("carla", app.CSV) || !refused("dora", app.CSV) {
		t.Error("three, with one workbook, are let in; and no fourth")
	}
}

// An answer of HTTP/1.0 has no end but its connection's: none is given.
func TestNoExtractionWithoutAnEnd(t *testing.T) {
	t.Parallel()
	given := false
	server, _ := serveArchive(t, archive{rows: func(func(app.Extraida) error) error { given = true; return nil }})
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := `{"unidad": "` + idUnidad + `", "desde": "2026-10-01", "hasta": "2026-10-31", "formato": "csv"}`
	_, err = fmt.Fprintf(conn, "POST %s/extracciones HTTP/1.0\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", base, secret, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.Contains(string(answer), " 505 ") || !strings.Contains(string(answer), `"codigo":"HTTP_1_0"`) || given {
		t.Errorf("%v, rows asked for %t: %s", err, given, answer)
	}
}
