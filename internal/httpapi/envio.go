package httpapi

import (
	"fmt"
	"io"
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/app"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// takeIn is how long a client may take for what is written at once, some 64 kB: who
// takes no more holds nothing up for longer.
const takeIn = 30 * time.Second

// envio is a file that is sent while it is made. Nothing is, headers included, before
// its first byte: until then any problem can be answered.
type envio struct {
	p       *pedido
	formato app.Formato
	control *http.ResponseController
	begun   bool
	err     error // why the client took no more
}

// newEnvio begins one. From here on the server's own deadline for writing, made for
// answers that are sent whole, does not hold.
func newEnvio(p *pedido, f app.Formato) *envio {
	e := &envio{p: p, formato: f, control: http.NewResponseController(p.g.Writer)}
	e.until(extractIn + takeIn)
	return e
}

// until lets what is written wait for so long.
func (e *envio) until(d time.Duration) {
	_ = e.control.SetWriteDeadline(time.Now().Add(d)) // not every connection has one
}

// open sets the headers of a file with a name.
func (e *envio) open(nombre string) io.Writer {
	e.p.g.Header("Content-Type", map[app.Formato]string{app.CSV: csvType, app.XLSX: xlsxType}[e.formato])
	e.p.g.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%q", nombre))
	e.p.g.Header("Trailer", filasTrailer)
	e.p.g.Status(http.StatusOK)
	return e
}

func (e *envio) Write(b []byte) (int, error) {
	e.begun = true
	e.until(takeIn)
	n, err := e.p.g.Writer.Write(b)
	if err != nil {
		e.err = err
	}
	return n, err
}
