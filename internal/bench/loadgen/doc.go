// Package loadgen asks for much at once, in two ways that answer two questions.
// A closed loop keeps so many clients busy: how much can be done. An open one
// lets requests arrive when they arrive, whether the earlier ones were answered
// or not: how long people wait.
package loadgen
