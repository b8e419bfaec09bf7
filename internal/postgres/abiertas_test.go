package postgres

import (
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/pa0580"
)

// A sample has the oldest, the newest and any; what ended is in none.
func TestSomeOpenGestionesAreSampled(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	ended := m.pendiente(t, m.ana, contenido(0), manana)
	c := m.pedir(t, m.comando(ended, pa0580.Rechazar, m.jefa, manana))
	if _, err := m.ApplyUpTo(t.Context(), c.ID, manana); err != nil {
		t.Fatal(err)
	}
	var open []pa0580.GestionID
	for i := range 6 {
		open = append(open, m.cargar(t, m.ana, contenido(1+i), manana).ID)
	}
	for n, want := range map[int]int{1: 2, 3: 6, 10: 6} {
		got, err := m.MuestraAbiertas(t.Context(), n)
		if err != nil || len(got) < want || len(got) > min(3*n, len(open)) {
			t.Errorf("%d of each: %v, %v", n, got, err)
		}
		for i, id := range open {
			if extreme := i < n || i >= len(open)-n; extreme && !slices.Contains(got, id) {
				t.Errorf("%d of each lack the %dth", n, i)
			}
		}
		if slices.Contains(got, ended.ID) {
			t.Error("one that ended was sampled")
		}
	}
}

// A workflow that is not there is missing only where its row, read again, still
// asks for one.
func TestWhatMustHaveAWorkflowIsToldFromWhatEnded(t *testing.T) {
	t.Parallel()
	m := newMundo(t)
	later := manana.Add(time.Hour)
	open := m.cargar(t, m.ana, contenido(1), manana)
	fresh := m.cargar(t, m.ana, contenido(2), later)
	rejected := func(i int) pa0580.GestionID {
		f := m.pendiente(t, m.ana, contenido(i), manana)
		c := m.pedir(t, m.comando(f, pa0580.Rechazar, m.jefa, manana))
		if _, err := m.ApplyUpTo(t.Context(), c.ID, manana); err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	ended, recalled := rejected(3), rejected(4)
	m.pedir(t, m.comando(m.leer(t, recalled), pa0580.RetirarDecision, m.jefa, manana.Add(time.Minute)))

	got, err := m.SinTerminar(t.Context(), []pa0580.GestionID{open.ID, fresh.ID, ended, recalled}, later)
	slices.Sort(got)
	want := []pa0580.GestionID{open.ID, recalled}
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if got, err := m.SinTerminar(t.Context(), nil, later); err != nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}
