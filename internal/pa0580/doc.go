// Package pa0580 holds the rules of ANDE's procedure PA0580, «Carga de Gestión
// Personalizada de Atención al Cliente»: which documents and references are
// valid, how a moment is classified, which estados a gestión passes through,
// who may decide on it and when a month may be closed.
//
// Everything here is a pure function of its arguments: standard library only,
// no clock, no database, no logging. A rule that says no is a [*Refusal];
// there are no other errors.
package pa0580
