package app

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"ande.gov.py/gestiones/internal/pa0580"
)

// planillasAlAzar are sheets of a few units with a few people each, so that two of
// them share many rows.
func planillasAlAzar(t *rapid.T, name string) []Planilla {
	var out []Planilla
	for u := range 3 {
		p := Planilla{Unidad: pa0580.UnidadID(fmt.Sprint(u)), Codigo: fmt.Sprint("U", u), Huella: fmt.Sprint("h", rapid.IntRange(0, 1).Draw(t, name+" heading"))}
		for f := range 4 {
			n := rapid.IntRange(0, 2).Draw(t, name+" gestiones")
			if n == 0 {
				continue
			}
			p.Filas = append(p.Filas, Fila{
				Funcionario: pa0580.FuncionarioID(fmt.Sprint(f / 2)), Modo: []pa0580.Modo{pa0580.Permanente, pa0580.Apoyo}[f%2], Mes: pa0580.NewMes(2026, 10),
				Cuentas: Cuentas{Ordinarias: [5]int{n}}, Prueba: fmt.Sprint(n, rapid.IntRange(0, 1).Draw(t, name+" lines")),
			})
		}
		if len(p.Filas) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// What moved, done to what was seen, gives what is: nothing is left out, and nothing
// that stands still is told.
func TestDifferencesLeadFromOneToTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		antes, ahora := planillasAlAzar(t, "antes"), planillasAlAzar(t, "ahora")
		type fila struct {
			u pa0580.UnidadID
			f pa0580.FuncionarioID
			m pa0580.Modo
		}
		table := func(ps []Planilla) (map[fila]Cuentas, map[fila]string, map[pa0580.UnidadID]string) {
			counts, proofs, units := map[fila]Cuentas{}, map[fila]string{}, map[pa0580.UnidadID]string{}
			for _, p := range ps {
				units[p.Unidad] = p.Huella
				for _, f := range p.Filas {
					counts[fila{p.Unidad, f.Funcionario, f.Modo}] = f.Cuentas
					proofs[fila{p.Unidad, f.Funcionario, f.Modo}] = f.Prueba
				}
			}
			return counts, proofs, units
		}
		was, wasProof, wasUnit := table(antes)
		is, isProof, isUnit := table(ahora)
		headings := map[pa0580.UnidadID]bool{}
		last := -1
		for _, d := range movidas(antes, ahora) {
			if d.Funcionario == "" {
				headings[d.Unidad] = true
				continue
			}
			k := fila{d.Unidad, d.Funcionario, d.Modo}
			if was[k] != d.Antes || is[k] != d.Ahora || was[k] == is[k] && wasProof[k] == isProof[k] {
				t.Fatalf("told %+v of %v and %v", d, was[k], is[k])
			}
			if last >= 0 && d.size() > last {
				t.Fatalf("%+v after a smaller one", d)
			}
			last = d.size()
			was[k], wasProof[k] = is[k], isProof[k]
			wasUnit[d.Unidad] = isUnit[d.Unidad]
		}
		for k := range is {
			if was[k] != is[k] || wasProof[k] != isProof[k] {
				t.Fatalf("%v moved and nobody said so", k)
			}
		}
		for u, h := range isUnit {
			if headings[u] != (wasUnit[u] != h) {
				t.Fatalf("unit %s: its heading is told of: %t", u, headings[u])
			}
		}
	})
}

func TestDifferencesInWords(t *testing.T) {
	t.Parallel()
	mes := pa0580.NewMes(2026, 10)
	fila := func(f, nombre string, n int, prueba string) Fila {
		return Fila{Funcionario: pa0580.FuncionarioID(f), Nombre: nombre, Modo: pa0580.Permanente, Mes: mes, Cuentas: Cuentas{Ordinarias: [5]int{n}}, Prueba: prueba}
	}
	unit := func(code, huella string, fs ...Fila) Planilla {
		return Planilla{Unidad: pa0580.UnidadID(code), Codigo: code, Huella: huella, Filas: fs}
	}
	antes := []Planilla{unit("SCA", "1", fila("a", "Ana", 12, "x"), fila("b", "Beto", 3, "y")), unit("SCB", "2", fila("c", "Carla", 1, "z"))}
	for want, ahora := range map[string][]Planilla{
		"": antes,
		"SCA: Ana, de 12 a 13; SCA: Beto, las mismas cuentas con otras gestiones": {unit("SCA", "3", fila("a", "Ana", 13, "xx"), fila("b", "Beto", 3, "w")), antes[1]},
		"SCB: los datos de la unidad, de su gente o de su tarifa":                 {antes[0], unit("SCB", "otra", fila("c", "Carla", 1, "z"))},
		"SCA: Ana, de 12 a 0; SCA: Beto, de 3 a 0; SCB: Carla, de 1 a 0":          nil,
	} {
		if got := inWords(movidas(antes, ahora)); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}
