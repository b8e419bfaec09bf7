package opensgc

import (
	"crypto/sha256"
	"fmt"

	"ande.gov.py/gestiones/internal/pa0580"
)

// primeras remembers where each reference came first. It keeps half a SHA-256
// instead of the text, so that 3 million references of any length fit in some
// 150 MB; that two of them ever meet is out of reach.
type primeras map[huella]posicion

type huella [16]byte

type posicion struct{ archivo, linea uint32 }

// claim gives at the reference, or says who came before. A second reading of
// the same files gives the same answers.
func (p primeras) claim(r pa0580.Referencia, at posicion) (first posicion, ok bool) {
	sum := sha256.Sum256([]byte(string(r.Tipo) + " " + r.Numero))
	h := huella(sum[:len(huella{})])
	if first, taken := p[h]; taken {
		return first, first == at
	}
	p[h] = at
	return at, true
}

func (l *lector) repetida(first, at posicion) string {
	if first.archivo == at.archivo {
		return fmt.Sprintf("Repite la referencia de la línea %d.", first.linea)
	}
	return fmt.Sprintf("Repite la referencia de la línea %d de %s.", first.linea, l.archivos[first.archivo])
}
