package demo

import (
	"fmt"
	"math/rand/v2"

	"ande.gov.py/gestiones/internal/pa0580"
)

var (
	nombres = []string{
		"Ramona", "Blanca", "Gladys", "Nidia", "Fátima", "Rossana", "Mirta", "Noelia", "Cinthia", "Lourdes",
		"Zunilda", "Liz", "Patricia", "Estela", "Carolina", "Graciela", "Norma", "Sofía", "Perla", "Delia",
		"Juan", "José", "Luis", "Carlos", "Miguel", "Hugo", "Derlis", "Cristhian", "Óscar", "Rubén",
		"Blas", "Ramón", "Arnaldo", "Nelson", "Édgar", "Víctor", "Marcelo", "Osvaldo", "Fredy", "Gustavo",
	}
	apellidos = []string{
		"Benítez", "González", "Giménez", "Ovelar", "Villalba", "Ayala", "Cáceres", "Duarte", "Fleitas", "Franco",
		"Gómez", "Insfrán", "Jara", "Leguizamón", "Martínez", "Núñez", "Ortiz", "Paredes", "Quintana", "Riveros",
		"Rolón", "Samudio", "Talavera", "Vera", "Zárate", "Acosta", "Alfonzo", "Bogado", "Cabrera", "Cantero",
	}
)

// inventor makes up people and documents, none of them twice.
type inventor struct {
	*rand.Rand
	taken map[string]bool
}

func newInventor(stream uint64) *inventor {
	return &inventor{Rand: rand.New(rand.NewPCG(seed, stream)), taken: map[string]bool{}}
}

// once repeats make until it gives something new.
func (r *inventor) once(make func() string) string {
	for {
		if s := make(); !r.taken[s] {
			r.taken[s] = true
			return s
		}
	}
}

func (r *inventor) nombre() string {
	return r.once(func() string { return pick(r, nombres) + " " + pick(r, apellidos) + " " + pick(r, apellidos) })
}

func (r *inventor) ci() string {
	return r.once(func() string { return fmt.Sprint(800_000 + r.IntN(6_400_000)) })
}

// ruc is a company's; withDigit makes one of a C.I. number too.
func (r *inventor) ruc() string {
	return r.once(func() string { return withDigit(fmt.Sprint(80_000_000 + r.IntN(130_000))) })
}

func withDigit(base string) string { return fmt.Sprintf("%s-%d", base, pa0580.CheckDigit(base)) }

// chance is true in percent of the cases.
func (r *inventor) chance(percent int) bool { return r.IntN(100) < percent }

func pick[T any](r *inventor, from []T) T { return from[r.IntN(len(from))] }
