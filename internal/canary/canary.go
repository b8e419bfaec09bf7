// Package canary proves that personal data stay in PostgreSQL (Ley 7593/2025): it
// plants texts that stand nowhere else in whatever holds a customer's document,
// a supply's holder, free text or a reason, lives whole lives with them through
// faults and refusals, and then searches everything that the system leaves
// behind. Each search first has to find something that is known to be there,
// planted where that can be done, so that one that finds nothing is known to search.
package canary

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Canary is one planted text.
type Canary struct {
	Que   string // what it stands for
	Texto string
	form  *regexp.Regexp
}

// In tells whether it stands in text.
func (c Canary) In(text []byte) bool { return c.form.Match(text) }

// flock is one set of canaries.
type flock struct {
	ci, ruc           string // of customers, as typed
	titular           string // of a supply
	observacion, duda string // remarks
	motivo, cierre    string // reasons
	clave             string // a client's key
}

// newFlock draws canaries; n keeps flocks apart.
func newFlock(seed *rand.Rand, n int) flock {
	word := func(of string) string { return fmt.Sprintf("canario-%s-%d-%08x", of, n, seed.Uint32()) }
	return flock{
		ci: number(seed), ruc: ruc(seed), titular: ruc(seed),
		observacion: word("observacion"), duda: word("duda"), motivo: word("motivo"), cierre: word("cierre"), clave: word("clave"),
	}
}

func number(seed *rand.Rand) string { return fmt.Sprint(70_000_000 + seed.IntN(9_999_999)) }

// ruc is a RUC with a letter, which no other number of the system has.
func ruc(seed *rand.Rand) string {
	base := fmt.Sprintf("%d%c", 7_000_000+seed.IntN(999_999), "ABCD"[seed.IntN(4)])
	for digit := range 10 {
		if _, err := pa0580.ParseDocumento("RUC", fmt.Sprintf("%s-%d", base, digit)); err == nil {
			return fmt.Sprintf("%s-%d", base, digit)
		}
	}
	panic("no check digit fits " + base)
}

// canaries are the forms in which they could get out.
func (f flock) canaries() []Canary {
	base, _, _ := strings.Cut(f.ruc, "-")
	holder, _, _ := strings.Cut(f.titular, "-")
	return []Canary{
		alone("documento (C.I.)", f.ci), alone("documento (C.I.) con puntos", dots(f.ci)),
		alone("documento (RUC)", base), alone("titular", holder),
		anywhere("observación", f.observacion), anywhere("observación corregida", f.duda),
		anywhere("motivo", f.motivo), anywhere("motivo del cierre", f.cierre), anywhere("clave del cliente", f.clave),
	}
}

// alone is a number: longer ones, and digests, hold any short one sooner or later.
func alone(que, texto string) Canary {
	return Canary{que, texto, regexp.MustCompile(`(?i)(^|[^0-9A-Za-z])` + regexp.QuoteMeta(texto) + `($|[^0-9A-Za-z])`)}
}

// anywhere is a text that nothing else can hold: in bytes its neighbours may be
// lengths and tags that look like letters.
func anywhere(que, texto string) Canary {
	return Canary{que, texto, regexp.MustCompile(`(?i)` + regexp.QuoteMeta(texto))}
}

// dots writes a number as people do.
func dots(n string) string { return n[:2] + "." + n[2:5] + "." + n[5:] }
