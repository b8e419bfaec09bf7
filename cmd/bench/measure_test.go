package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ande.gov.py/gestiones/internal/teststack"
)

// figures are the lines of a table without lists, of a run too small for the
// 99th percentile.
const figures = `
cuenta.tareas cuenta.tareas.media cuenta.eventos cuenta.eventos.media cuenta.escrituras cuenta.escrituras.temporal
cpu.total cpu.minimo cpu.razon cpu.postgres cpu.serve cpu.temporal cpu.work
razon.camino razon.camino.inmediato razon.camino.suelo razon.congelado razon.drenaje
ritmo.cargas ritmo.decisiones ritmo.lotes ritmo.drenaje ritmo.camino ritmo.suelo
ritmo.minimo ritmo.minimo.comienzo ritmo.minimo.comienzo.inmediato ritmo.minimo.mensaje ritmo.minimo.fin
cierre.vista cierre.congelado cierre.congelado.solo cierre.congelado.minimo
espera.carga.calma.p50 espera.carga.calma.p90 espera.carga.calma.máximo
espera.decision.calma.p50 espera.decision.calma.p90 espera.decision.calma.máximo
espera.carga.llegadas.p50 espera.carga.llegadas.p90 espera.carga.llegadas.máximo
espera.decision.llegadas.p50 espera.decision.llegadas.p90 espera.decision.llegadas.máximo
espera.carga.llegadas.tardias espera.decision.llegadas.tardias
espera.tardias`

// A month of a few gestiones, measured from end to end: each costs what it does
// in a large month, and no line of the table is missing.
func TestMeasureASmallMonth(t *testing.T) {
	c := measureCmd{N: 40, Seed: 580, Rate: 64, Arrivals: 32, Quiet: 8}
	for _, name := range []string{"local", "gestiones", "bench"} { // all in one folder
		c.Programas = filepath.Dir(teststack.Program(t, name))
	}
	r, err := c.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	value := map[string]float64{}
	for _, f := range r.Figures {
		ids = append(ids, f.ID)
		value[f.ID] = f.Value
		if math.IsNaN(f.Value) || math.IsInf(f.Value, 0) || f.Value < 0 {
			t.Errorf("%s is %v", f.ID, f.Value)
		}
	}
	if want := strings.Fields(figures); !slices.Equal(ids, want) {
		t.Errorf("figures %v, want %v; notes %v", ids, want, r.Notes)
	}
	if tasks, events, writes := value["cuenta.tareas"], value["cuenta.eventos"], value["cuenta.escrituras"]; tasks != 3 ||
		events == 0 || events > 20 || writes == 0 || writes > 6 {
		t.Errorf("%v tasks, %v events, %v transactions that write", tasks, events, writes)
	}
}

// Lists are measured alone, but not nothing.
func TestListsAloneNeedRows(t *testing.T) {
	t.Parallel()
	for c, ok := range map[measureCmd]bool{
		{N: 0, Rows: 1000}: true, {N: 0}: false, {N: 40, Rows: 1000}: false, {N: 200}: true, {N: 200, Rows: -1}: false,
	} {
		c.Arrivals, c.Quiet, c.Rate = 100, 10, 1
		if err := c.Validate(); (err == nil) != ok {
			t.Errorf("--n %d --rows %d: %v", c.N, c.Rows, err)
		}
	}
}
