// Package host is what the engines ask of the machine they start on: a folder
// to themselves, free ports, somewhere to log, and words for whoever sits there
// when one of these is not to be had.
package host
