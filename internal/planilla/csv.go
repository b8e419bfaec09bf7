package planilla

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Excel in the Spanish of Paraguay takes ';' between fields, for the comma is
// the decimal sign, and reads UTF-8 only behind a byte order mark.
const (
	csvComma = ';'
	csvMark  = "\uFEFF"
)

// csv writes a table with CRLF between lines (RFC 4180).
func (t tabla) csv() []byte {
	var out bytes.Buffer
	w := newCSV(&out)
	head := make([]any, len(t.columnas))
	for i, c := range t.columnas {
		head[i] = c.clave
	}
	rows := append([][]any{head}, t.filas...)
	if t.total {
		rows = append(rows, t.totales())
	}
	line := make([]string, len(head))
	for _, row := range rows {
		for i, cell := range row {
			line[i] = csvCell(cell)
		}
		_ = w.Write(line) // into memory: it does not fail
	}
	w.Flush()
	return out.Bytes()
}

// newCSV begins a file on out. Where that fails, so does what is written behind.
func newCSV(out io.Writer) *csv.Writer {
	_, _ = io.WriteString(out, csvMark)
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = csvComma, true
	return w
}

func csvCell(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case int:
		return strconv.Itoa(v)
	case pa0580.Guaranies:
		return strconv.FormatInt(int64(v), 10)
	case time.Time:
		return v.Format("02/01/2006 15:04:05")
	case string:
		return harmless(v)
	}
	panic("planilla: a cell of no class") // columns hold what clase says
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if first := strings.TrimLeft(cell, " "); first != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(first)[0]) {
		return "'" + cell
	}
	return cell
}
