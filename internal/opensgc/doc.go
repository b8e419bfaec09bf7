// Package opensgc holds what Gestiones needs to live with OPEN SGC, the
// utility's commercial system: reading its exports into the mirror that answers
// step 20 ([Import]), and a switch that makes any [app.SGC] fail on purpose
// ([Faulty]). What every adapter must keep is in opensgctest.
//
// An export is personal data throughout. Nothing that this package prints,
// writes or returns as an error repeats a value of a file.
package opensgc
