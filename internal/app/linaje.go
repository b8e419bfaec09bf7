package app

import (
	"context"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Linaje is where a gestión's lines come from, and where it went: so that HR can defend
// each of them, and a funcionario see what became of theirs.
type Linaje struct {
	Gestion   Ficha     // with what OPEN SGC answered, and when
	Decision  *Pedido   // the command by which it stands as it does, with its authority
	Decide    string    // name of who gave it
	Renglones []Renglon // oldest first
	Reclamos  []ReclamoFicha
}

// Renglon is a line in a planilla: one that pays the gestión, or an ajuste of it.
type Renglon struct {
	Planilla    string // id
	Numero      int64
	Mes         pa0580.Mes // of the planilla
	Codigo      string     // of its unit
	CerradaAt   time.Time
	CerradoPor  string
	Conformidad string          // who signed the unit's month off as it was closed; empty where nobody did
	Ajuste      pa0580.AjusteID // empty for a line
	Signo       pa0580.Signo    // zero for a line
	Motivo      string
	Jefatura    string                      // who approved the ajuste as head
	RRHH        string                      // and as human resources
	Probado     bool                        // a signed manifest proves it
	Reclamo     pa0580.ReclamoFuncionarioID // that the ajuste answers; empty where none did
	Importe     pa0580.Importe
	Norma       string // of the tariff by which it pays that
}

// Neto is 1 where the lines together pay the gestión, 0 where they do not.
func (l Linaje) Neto() int {
	n := 0
	for _, r := range l.Renglones {
		if r.Ajuste == "" {
			n++
		} else {
			n += int(r.Signo)
		}
	}
	return n
}

// reclamosDeLinaje bounds those of one gestión: one is open at a time.
const reclamosDeLinaje = 100

// Linaje tells it of a gestión that the actor may see. Refuses with CodeNotFound.
func (a *App) Linaje(ctx context.Context, actor Actor, id pa0580.GestionID) (Linaje, error) {
	v, err := a.vision(ctx, actor)
	if err != nil {
		return Linaje{}, err
	}
	var out Linaje
	if out.Gestion, err = a.Store.Gestion(ctx, v, id); err != nil {
		return Linaje{}, err
	}
	if out.Decision, out.Decide, err = a.Store.ComandoDe(ctx, id); err != nil {
		return Linaje{}, err
	}
	if out.Renglones, err = a.Store.Renglones(ctx, id); err != nil {
		return Linaje{}, err
	}
	out.Reclamos, err = a.Reclamos(ctx, actor, FiltroReclamos{Gestion: id, Limite: reclamosDeLinaje})
	return out, err
}
