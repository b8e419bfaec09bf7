package app

import (
	"fmt"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Identidad is what a month's planillas pay, told in two ways that share nothing: by
// what they hold, and by the commands that heads gave. A close where they differ is
// refused.
type Identidad struct {
	Lineas     int64 // of the month's own gestiones
	Tardias    int64 // of earlier months'
	Aprobadas  int64 // approvals of these, of the month's own gestiones
	Retiradas  int64 // of these approvals, taken back
	Tardio     int64 // approvals less those taken back, of earlier months'
	SinPedido  int64 // lines whose decision is no command of its head's
	Perdidas   int64 // approvals that stand, of gestiones that are not approved
	DeMas      int64 // gestiones that would be paid more than once, or taken back unpaid
	Contadas   int64 // what the rows count
	Ajustes    int64 // net of the ajustes to be included
	DeLasFilas int64 // the same, by the rows

	Importe   pa0580.Importe // by the rows
	DeTarifas pa0580.Importe // the same, by what the rules make of lines and tariffs
}

// Cuadra tells that lines = approved − taken back + late, that every line has the command
// that approved it and every approval its line, that nobody is paid twice, and that the
// rows count these lines and ajustes and nothing else, and pay what tariffs say of them.
func (i Identidad) Cuadra() bool {
	return i.Lineas == i.Aprobadas-i.Retiradas && i.Tardias == i.Tardio && i.SinPedido == 0 && i.Perdidas == 0 && i.DeMas == 0 &&
		i.Contadas == i.Lineas+i.Tardias && i.Ajustes == i.DeLasFilas && i.Importe == i.DeTarifas
}

// Neto is what is paid in the end.
func (i Identidad) Neto() int64 { return i.Lineas + i.Tardias + i.Ajustes }

func (i Identidad) String() string {
	s := fmt.Sprintf("%d = %d aprobadas - %d retiradas + %d tardías + (%d) ajustes", i.Neto(), i.Aprobadas, i.Retiradas, i.Tardio, i.Ajustes)
	if i.Importe.Hay {
		s += "; " + i.Importe.Guaranies.String()
	}
	return s
}
