package bench

import (
	"math"
	"slices"
	"testing"
	"time"

	"ande.gov.py/gestiones/internal/bench/report"
)

// A session that is slow all its life moves neither the ratio nor its verdict,
// whichever table it asks; the spread shows it, and the milliseconds hold it.
func TestOneSlowSessionDoesNotDecide(t *testing.T) {
	t.Parallel()
	for slow := range 2 {
		found := newLooked()
		for round := range lookRounds {
			var took [2][]time.Duration
			for i, base := range []time.Duration{time.Millisecond, 1500 * time.Microsecond} {
				if round == 1 && i == slow {
					base *= 4
				}
				for n := range lookings {
					took[i] = append(took[i], base+time.Duration(n)*time.Microsecond/10)
				}
			}
			found.add(took)
		}
		figures := found.figures(lista{id: "x", budget: budgetInbox}, 10, 1000)
		at := func(id string) report.Figure {
			return figures[slices.IndexFunc(figures, func(f report.Figure) bool { return f.ID == "filas.x."+id })]
		}
		ratio := at("p99")
		if math.Abs(ratio.Value-1.46) > 0.02 || !ratio.Holds() || ratio.Budget != budgetInbox || at("p50").Budget != 0 {
			t.Errorf("slow %d: %+v", slow, ratio)
		}
		if small, large := ratio.Least < 0.5, ratio.Most > 5; small != (slow == 0) || large != (slow == 1) {
			t.Errorf("slow %d: between %v and %v", slow, ratio.Least, ratio.Most)
		}
		if all := []float64{at("p99.chica").Value, at("p99.grande").Value}; all[slow] < 4 || all[1-slow] > 2 {
			t.Errorf("slow %d: %v ms", slow, all)
		}
	}
}
