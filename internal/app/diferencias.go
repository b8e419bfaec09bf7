package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Cambios is what differs from something seen before.
type Cambios struct {
	Mes         pa0580.Mes // of that
	Huella      string     // of that, where it was a preview
	Por         string     // who saw it
	At          time.Time  // when, or when it was closed
	Diferencias []Diferencia
}

// Diferencia is what somebody has now and had then in a unit. Without a
// funcionario it is about the unit's heading, or about names and numbers of people.
type Diferencia struct {
	Unidad       pa0580.UnidadID
	Codigo       string
	UnidadNombre string
	Funcionario  pa0580.FuncionarioID
	Legajo       string
	Nombre       string
	Modo         pa0580.Modo
	Mes          pa0580.Mes // the gestiones' own; zero where months are compared
	Antes, Ahora Cuentas    // equal where the gestiones are others
}

// size is by how much what is paid differs.
func (d Diferencia) size() int {
	return max(d.Ahora.Neto()-d.Antes.Neto(), d.Antes.Neto()-d.Ahora.Neto())
}

// movidas are the differences between two previews of a month, row by row.
func movidas(antes, ahora []Planilla) []Diferencia {
	rows := diferencias(antes, ahora, func(f Fila) Fila { return f })
	told := map[pa0580.UnidadID]bool{}
	for _, d := range rows {
		told[d.Unidad] = true
	}
	before := map[pa0580.UnidadID]string{}
	for _, p := range antes {
		before[p.Unidad] = p.Huella
	}
	for _, p := range ahora {
		if !told[p.Unidad] && before[p.Unidad] != p.Huella { // the same rows under another heading, or other names
			rows = append(rows, Diferencia{Unidad: p.Unidad, Codigo: p.Codigo, UnidadNombre: p.Nombre})
		}
	}
	return rows
}

// overMonths compares people, whatever months and modes their gestiones are of.
func overMonths(f Fila) Fila {
	f.Mes, f.Modo, f.Prueba = pa0580.Mes{}, "", ""
	return f
}

// diferencias are the rows that differ between two sets of planillas, the greatest
// difference first. Rows that as leaves the same keys are one.
func diferencias(antes, ahora []Planilla, as func(Fila) Fila) []Diferencia {
	type clave struct {
		unidad      pa0580.UnidadID
		funcionario pa0580.FuncionarioID
		modo        pa0580.Modo
		mes         pa0580.Mes
	}
	type comparada struct {
		Diferencia
		pruebas [2]string
	}
	rows := map[clave]comparada{}
	for i, sheets := range [2][]Planilla{antes, ahora} {
		for _, p := range sheets {
			for _, f := range p.Filas {
				f = as(f)
				k := clave{p.Unidad, f.Funcionario, f.Modo, f.Mes}
				r := rows[k]
				sides := [2]*Cuentas{&r.Antes, &r.Ahora}
				*sides[i] = sides[i].Mas(f.Cuentas)
				r.pruebas[i] += f.Prueba
				r.Unidad, r.Codigo, r.UnidadNombre = p.Unidad, p.Codigo, p.Nombre
				r.Funcionario, r.Legajo, r.Nombre, r.Modo, r.Mes = f.Funcionario, f.Legajo, f.Nombre, f.Modo, f.Mes
				rows[k] = r
			}
		}
	}
	var out []Diferencia
	for _, r := range rows {
		if r.Antes != r.Ahora || r.pruebas[0] != r.pruebas[1] {
			out = append(out, r.Diferencia)
		}
	}
	slices.SortFunc(out, func(a, b Diferencia) int {
		return cmp.Or(cmp.Compare(b.size(), a.size()), cmp.Compare(a.Codigo, b.Codigo), cmp.Compare(a.Nombre, b.Nombre),
			cmp.Compare(a.Legajo, b.Legajo), cmp.Compare(a.Modo, b.Modo), cmp.Compare(a.Mes.String(), b.Mes.String()))
	})
	return out
}

// enPalabras is how many differences a sentence names.
const enPalabras = 5

// inWords tells differences in a sentence, the greatest ones by name.
func inWords(ds []Diferencia) string {
	var words []string
	for _, d := range ds[:min(enPalabras, len(ds))] {
		switch {
		case d.Funcionario == "":
			words = append(words, d.Codigo+": los datos de la unidad, de su gente o de su tarifa")
		case d.Antes.Importe != d.Ahora.Importe && d.size() == 0:
			words = append(words, fmt.Sprintf("%s: %s, %s", d.Codigo, d.Nombre, deImportes(d.Antes.Importe, d.Ahora.Importe)))
		case d.Antes == d.Ahora:
			words = append(words, fmt.Sprintf("%s: %s, las mismas cuentas con otras gestiones", d.Codigo, d.Nombre))
		case d.size() == 0:
			words = append(words, fmt.Sprintf("%s: %s, %d gestiones repartidas de otro modo", d.Codigo, d.Nombre, d.Ahora.Neto()))
		default:
			words = append(words, fmt.Sprintf("%s: %s, de %d a %d", d.Codigo, d.Nombre, d.Antes.Neto(), d.Ahora.Neto()))
		}
	}
	if more := len(ds) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("y %d más", more))
	}
	return strings.Join(words, "; ")
}

// deImportes tells amounts that differ where counts do not.
func deImportes(antes, ahora pa0580.Importe) string {
	if !antes.Hay {
		return "con importe en guaraníes, que antes no tenía"
	}
	return fmt.Sprintf("de %s a %s", antes.Guaranies, ahora.Guaranies)
}
