package opensgc

import (
	"fmt"
	"strconv"
	"strings"
)

// Resumen is what an import found and did.
type Resumen struct {
	Aceptadas  int64
	Rechazadas int64
	Importadas int64     // references stored; 0 where nothing was
	Rechazos   []Rechazo // the first ones
}

func (r *Resumen) reject(bad *Rechazo, keep int) {
	r.Rechazadas++
	if len(r.Rechazos) < keep {
		r.Rechazos = append(r.Rechazos, *bad)
	}
}

// String is the Resumen as the command prints it, in lines; empty where no line
// was read.
func (r Resumen) String() string {
	if r.Aceptadas+r.Rechazadas == 0 {
		return ""
	}
	var b strings.Builder
	for i := range r.Rechazos {
		fmt.Fprintln(&b, r.Rechazos[i].Error())
	}
	if more := r.Rechazadas - int64(len(r.Rechazos)); more > 0 {
		fmt.Fprintf(&b, "… y %s más\n", miles(more))
	}
	fmt.Fprintf(&b, "Líneas aceptadas: %s · rechazadas: %s\n", miles(r.Aceptadas), miles(r.Rechazadas))
	if r.Importadas > 0 {
		fmt.Fprintf(&b, "Referencias importadas: %s\n", miles(r.Importadas))
	}
	return b.String()
}

// miles writes a count as Paraguay does: 1.500.000.
func miles(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
