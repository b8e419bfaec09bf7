package opensgc_test

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
	"pgregory.net/rapid"
)

// What is written in any of the accepted ways is read as it was.
func TestReadGivesWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOfNDistinct(genFila(), 0, 20, func(r app.ReferenciaSGC) pa0580.Referencia { return r.Referencia }).Draw(rt, "rows")
		text := write(rt, want)
		var got []app.ReferenciaSGC
		for fila, err := range opensgc.Read("sgc.csv", strings.NewReader(text), pa0580.PatronesANDE()) {
			if err != nil {
				rt.Fatalf("%q: %v", text, err)
			}
			got = append(got, fila)
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%q gave %+v", text, got)
		}
	})
}

func genFila() *rapid.Generator[app.ReferenciaSGC] {
	return rapid.Custom(func(rt *rapid.T) app.ReferenciaSGC {
		r := app.ReferenciaSGC{Titular: genTitular().Draw(rt, "holder")}
		r.Tipo = rapid.SampledFrom([]pa0580.TipoReferencia{pa0580.NIS, pa0580.Expediente, pa0580.Reclamo}).Draw(rt, "kind")
		r.Numero = rapid.StringMatching(`[0-9A-Z/.\-]{3,30}`).Draw(rt, "number")
		if r.Tipo == pa0580.NIS {
			r.Numero = rapid.StringMatching(`[0-9]{5,9}`).Draw(rt, "number")
			r.Tension = rapid.SampledFrom([]pa0580.Tension{"", pa0580.BT, pa0580.MT}).Draw(rt, "voltage")
		}
		return r
	})
}

func genTitular() *rapid.Generator[string] {
	ruc := rapid.Map(rapid.StringMatching(`[1-9][0-9]{1,6}[0-9A-D]`), func(base string) string {
		return fmt.Sprintf("%s-%d", base, pa0580.CheckDigit(base))
	})
	return rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[1-9][0-9]{0,7}`), ruc)
}

// write chooses separator, order of columns, line ends, quotes, letters and a
// BOM at random.
func write(rt *rapid.T, filas []app.ReferenciaSGC) string {
	sep := rapid.SampledFrom([]string{",", ";"}).Draw(rt, "separator")
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(rt, "line end")
	order := rapid.Permutation([]int{0, 1, 2, 3}).Draw(rt, "order")
	var b strings.Builder
	b.WriteString(rapid.SampledFrom([]string{"", "\ufeff"}).Draw(rt, "bom"))
	line := func(fields ...string) {
		out := make([]string, len(fields))
		for i, from := range order {
			out[i] = rapid.SampledFrom([]func(string) string{same, quoted, strings.ToLower, padded}).Draw(rt, "style")(fields[from])
		}
		b.WriteString(strings.Join(out, sep) + end)
	}
	line("tipo", "numero", "tension", "titular")
	for _, f := range filas {
		line(string(f.Tipo), f.Numero, string(f.Tension), f.Titular)
	}
	return b.String()
}

func same(s string) string   { return s }
func quoted(s string) string { return `"` + s + `"` }
func padded(s string) string { return "  " + s + " " }

// An export of the whole country must fit in a small machine: what stays in
// memory is a few words per reference, whatever its line holds. Not parallel:
// it weighs the heap.
func TestReadRemembersLittle(t *testing.T) {
	rows, perRow := 300_000, 64 // bytes
	if testing.Short() {
		rows = 30_000
	}
	before := heap()
	read, during := 0, uint64(0)
	for _, err := range opensgc.Read("sgc.csv", &generated{rows: rows}, pa0580.PatronesANDE()) {
		if err != nil {
			t.Fatal(err)
		}
		if read++; read == rows {
			during = heap()
		}
	}
	if read != rows {
		t.Fatalf("read %d rows, want %d", read, rows)
	}
	if grown := int(during) - int(before); grown > rows*perRow {
		t.Errorf("%d rows hold %d bytes each; want %d at most", rows, grown/rows, perRow)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// generated is an export that exists nowhere: line by line, all different and
// as long as they get.
type generated struct {
	rows, n int
	rest    string
}

func (g *generated) Read(p []byte) (int, error) {
	if g.rest == "" {
		switch {
		case g.n > g.rows:
			return 0, io.EOF
		case g.n == 0:
			g.rest = header
		default:
			g.rest = fmt.Sprintf("RECLAMO,%030d,,80009735-1\n", g.n)
		}
		g.n++
	}
	n := copy(p, g.rest)
	g.rest = g.rest[n:]
	return n, nil
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for range opensgc.Read("sgc.csv", &generated{rows: b.N}, pa0580.PatronesANDE()) {
	}
}
