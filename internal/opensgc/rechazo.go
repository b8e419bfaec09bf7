package opensgc

import "fmt"

// Rechazo is one line that cannot be imported. It says where and why and never
// what the line holds: a document may have ended up in any column.
type Rechazo struct {
	Archivo string // as the command named it
	Linea   int    // from 1, the header's
	Columna string // empty where the line as a whole is wrong
	Motivo  string // Spanish, for the person who mends the file
}

func (r *Rechazo) Error() string {
	if r.Columna == "" {
		return fmt.Sprintf("%s, línea %d: %s", r.Archivo, r.Linea, r.Motivo)
	}
	return fmt.Sprintf("%s, línea %d, columna %s: %s", r.Archivo, r.Linea, r.Columna, r.Motivo)
}

// Ilegible is a file of which no line can be judged, such as one without a
// header. Skipping lines does not help.
type Ilegible struct {
	Archivo string
	Motivo  string
}

func (i *Ilegible) Error() string { return i.Archivo + ": " + i.Motivo }
