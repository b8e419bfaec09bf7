package app

import "ande.gov.py/gestiones/internal/pa0580"

// ReferenciaSGC is one thing that exists in OPEN SGC: a line of its export and
// a row of its mirror. Everything in it is in normal form.
type ReferenciaSGC struct {
	pa0580.Referencia
	Tension pa0580.Tension // only of a NIS; empty where OPEN SGC gives none
	Titular string         // the holder's document, empty where not given
}
