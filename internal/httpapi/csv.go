package httpapi

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

const csvType = "text/csv; charset=utf-8"

// Excel in the Spanish of Paraguay takes ';' between fields, for the comma is
// the decimal sign, and reads UTF-8 only behind a byte order mark.
const (
	csvComma = ';'
	csvMark  = "\uFEFF"
)

// unaFila is the documentation's row.
var unaFila = app.Fila{
	Legajo: "10427", CI: "2345678", Nombre: "Ana Benítez", Modo: pa0580.Permanente, Mes: pa0580.NewMes(2026, 10),
	Ordinarias: ejemploTotales.Ordinarias, Extraordinarias: ejemploTotales.Extraordinarias,
}

// csvFilas writes a planilla's rows and their totals.
func csvFilas(filas []app.Fila) []byte {
	head := []string{"legajo", "ci", "nombre", "modo", "mes"}
	for _, jornada := range []string{"ordinarias", "extraordinarias"} {
		for tipo := range pa0580.TiposGestion() {
			head = append(head, fmt.Sprintf("%s_tipo_%d", jornada, tipo+1))
		}
	}
	head = append(head, "total_ordinarias", "total_extraordinarias", "total")
	rows := [][]string{head}
	for _, f := range filas {
		rows = append(rows, append([]string{f.Legajo, f.CI, f.Nombre, string(f.Modo), f.Mes.String()}, counts(totalesOf([]app.Fila{f}))...))
	}
	return csvOf(append(rows, append([]string{"TOTAL", "", "", "", ""}, counts(totalesOf(filas))...)))
}

func counts(t Totales) []string {
	var out []string
	for _, n := range append(append(t.Ordinarias[:], t.Extraordinarias[:]...), t.TotalOrdinarias, t.TotalExtraordinarias, t.Total) {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// csvAnexo writes a planilla's annex.
func csvAnexo(lineas []app.Linea) []byte {
	rows := [][]string{{"gestion", "legajo", "modo", "mes", "documento", "referencia_tipo", "referencia", "tipo_gestion", "tipo_gestion_nombre", "jornada", "guardada"}}
	for _, l := range lineas {
		rows = append(rows, []string{
			string(l.Gestion), l.Legajo, string(l.Modo), l.Mes.String(), l.Documento, string(l.Referencia.Tipo), l.Referencia.Numero,
			strconv.Itoa(int(l.Tipo)), l.Tipo.String(), string(l.Jornada), pa0580.Local(l.GuardadaAt).Format("02/01/2006 15:04:05"),
		})
	}
	return csvOf(rows)
}

func csvOf(rows [][]string) []byte {
	var out bytes.Buffer
	out.WriteString(csvMark)
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = csvComma, true
	for _, row := range rows {
		for i := range row {
			row[i] = harmless(row[i])
		}
		_ = w.Write(row) // into memory: it does not fail
	}
	w.Flush()
	return out.Bytes()
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(cell string) string {
	if first := strings.TrimLeft(cell, " "); first != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(first)[0]) {
		return "'" + cell
	}
	return cell
}
