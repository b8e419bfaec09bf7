package manifiesto

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// forma names the form of the text; another form would have another name.
const forma = "gestiones/cierre/1"

// nada stands for the manifest before the first.
const nada = "-"

// texto writes a manifest. The same manifest always gives the same text.
func texto(m app.Manifiesto) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line(forma)
	line("mes %s", m.Mes)
	line("corte %s", instante(m.Corte))
	line("cierre %s", instante(m.CerradoAt))
	line("lineas %d", m.Lineas)
	line("huella %s", m.Huella)
	line("acta %x", m.Acta)
	if m.Anterior == nil {
		line("anterior %s", nada)
	} else {
		line("anterior %s %x", m.Anterior.Mes, m.Anterior.SHA256)
	}
	line("auditoria %d %x", m.Sello.Bloque, m.Sello.Huella)
	line("planillas %d", len(m.Planillas))
	for _, p := range m.Planillas {
		line("planilla %d %s %d %s %x", p.Numero, p.Codigo, p.Lineas, p.Huella, p.Compromiso)
	}
	line("archivos %d", len(m.Archivos))
	for _, a := range m.Archivos {
		line("archivo %x  %s", a.SHA256, a.Nombre)
	}
	return b.String()
}

func instante(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// leer reads a text that [texto] wrote, and no other.
func leer(text string) (app.Manifiesto, error) {
	r := &lector{lines: bufio.NewScanner(strings.NewReader(text))}
	var m app.Manifiesto
	if r.next(); r.line != forma {
		return m, errors.New("no es un manifiesto de cierre de forma «" + forma + "»")
	}
	m.Mes = r.mes(r.field("mes"))
	m.Corte, m.CerradoAt = r.instante(r.field("corte")), r.instante(r.field("cierre"))
	m.Lineas = r.number(r.field("lineas"))
	m.Huella = r.field("huella")
	r.digest(m.Acta[:], r.field("acta"))
	if before := r.field("anterior"); before != nada {
		mes, sum, _ := strings.Cut(before, " ")
		m.Anterior = &app.ManifiestoAnterior{Mes: r.mes(mes)}
		r.digest(m.Anterior.SHA256[:], sum)
	}
	block, head, _ := strings.Cut(r.field("auditoria"), " ")
	m.Sello.Bloque = r.number(block)
	r.digest(m.Sello.Huella[:], head)
	for range r.number(r.field("planillas")) {
		if r.err != nil {
			break
		}
		m.Planillas = append(m.Planillas, r.planilla())
	}
	for range r.number(r.field("archivos")) {
		if r.err != nil {
			break
		}
		sum, name, _ := strings.Cut(r.field("archivo"), "  ")
		a := app.ArchivoProbado{Nombre: name}
		r.digest(a.SHA256[:], sum)
		m.Archivos = append(m.Archivos, a)
	}
	if r.err == nil && texto(m) != text { // one manifest, one text
		r.err = errors.New("tiene líneas de más, o escritas de otro modo")
	}
	return m, r.err
}

// lector reads line by line; the first thing that is wrong stays.
type lector struct {
	lines *bufio.Scanner
	line  string
	err   error
}

func (r *lector) next() {
	r.line = ""
	if r.lines.Scan() {
		r.line = r.lines.Text()
	}
}

func (r *lector) wrong() {
	if r.err == nil {
		r.err = fmt.Errorf("la línea «%.60s» no es la que debería", r.line)
	}
}

// field is what the next line says, which must begin with name.
func (r *lector) field(name string) string {
	r.next()
	value, ok := strings.CutPrefix(r.line, name+" ")
	if !ok {
		r.wrong()
	}
	return value
}

func (r *lector) planilla() app.PlanillaProbada {
	parts := strings.Split(r.field("planilla"), " ")
	if len(parts) != 5 {
		r.wrong()
		return app.PlanillaProbada{}
	}
	p := app.PlanillaProbada{Numero: r.number(parts[0]), Codigo: parts[1], Lineas: r.number(parts[2]), Huella: parts[3]}
	r.digest(p.Compromiso[:], parts[4])
	return p
}

func (r *lector) number(s string) int64 {
	var n int64
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || n < 0 {
		r.wrong()
		return 0
	}
	return n
}

func (r *lector) mes(s string) pa0580.Mes {
	m, err := pa0580.ParseCierre(s)
	if err != nil {
		r.wrong()
	}
	return m
}

func (r *lector) instante(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		r.wrong()
	}
	return t
}

func (r *lector) digest(into []byte, s string) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(into) {
		r.wrong()
	}
	copy(into, raw)
}
