package demo

import (
	"fmt"
	"slices"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// entrada is one thing that exists in OPEN SGC.
type entrada struct {
	pa0580.Referencia
	Tension pa0580.Tension
	Titular string // document in normal form; empty where not given
}

// espejo is what OPEN SGC holds.
type espejo struct {
	bt, mt      []entrada // supplies by voltage level
	expedientes []entrada
	reclamos    []entrada

	todo map[pa0580.Referencia]entrada
}

// unknownNIS begins the numbers that no supply has.
const unknownNIS = 9_000_000

// newEspejo makes up supplies of 7 digits, one in twenty-five in media tensión,
// and cases as numbered in these two years.
func newEspejo(nis, casos, year int) espejo {
	r := newInventor(streamEspejo)
	var e espejo
	for i := range nis {
		in := entrada{Tension: pa0580.BT}
		in.Referencia = pa0580.Referencia{Tipo: pa0580.NIS, Numero: r.once(func() string { return fmt.Sprint(1_000_000 + r.IntN(2_400_000)) })}
		if i%25 == 0 {
			in.Tension = pa0580.MT
			in.Titular = r.ruc()
			e.mt = append(e.mt, in)
			continue
		}
		switch {
		case i == 1 || r.chance(45): // the first is an example
			in.Titular = r.ci()
		case r.chance(12):
			in.Titular = withDigit(r.ci())
		case r.chance(10):
			in.Titular = r.ruc()
		}
		e.bt = append(e.bt, in)
	}
	for range casos {
		e.expedientes = append(e.expedientes, r.caso(pa0580.Expediente, "%05d/%d", year))
		e.reclamos = append(e.reclamos, r.caso(pa0580.Reclamo, "R%06d-%d", year))
	}
	e.todo = map[pa0580.Referencia]entrada{}
	for _, in := range slices.Concat(e.bt, e.mt, e.expedientes, e.reclamos) {
		e.todo[in.Referencia] = in
	}
	return e
}

func (r *inventor) caso(tipo pa0580.TipoReferencia, format string, year int) entrada {
	in := entrada{Referencia: pa0580.Referencia{Tipo: tipo, Numero: r.once(func() string {
		return fmt.Sprintf(format, 100+r.IntN(48_000), year-r.IntN(2))
	})}}
	if r.chance(20) {
		in.Titular = r.ci()
	}
	return in
}

// csv is the export that the mirror is loaded from.
func (e espejo) csv() string {
	var b strings.Builder
	b.WriteString("tipo,numero,tension,titular\n")
	for _, in := range slices.Concat(e.bt, e.mt, e.expedientes, e.reclamos) {
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", in.Tipo, in.Numero, in.Tension, in.Titular)
	}
	return b.String()
}

// doubtful tells whether the rules warn the head about what was typed.
func (e espejo) doubtful(c carga) bool {
	doc, err := pa0580.ParseDocumento(c.TipoDocumento, c.Documento)
	in, exists := e.todo[pa0580.Referencia{Tipo: pa0580.TipoReferencia(c.TipoReferencia), Numero: c.Referencia}]
	g := pa0580.Gestion{
		Contenido: pa0580.Contenido{Documento: doc, Referencia: in.Referencia, Tipo: c.Tipo},
		Hallazgo:  &pa0580.Hallazgo{Existe: exists, Tension: in.Tension, Titular: in.Titular},
	}
	return err != nil || len(g.Advertencias(pa0580.Contexto{})) > 0
}
