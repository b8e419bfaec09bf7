package planilla_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
	"ande.gov.py/gestiones/internal/planilla"
)

// How long each format takes and how large it is: figures for docs/adr/0013.
func BenchmarkPlanilla(b *testing.B) {
	for _, lines := range []int{0, 500, 20_000} {
		p := una(12, lines)
		for i := range p.Anexo { // ids as they are: they do not compress
			p.Anexo[i].Gestion = pa0580.GestionID(uuid.Must(uuid.NewV7()).String())
		}
		for _, f := range app.Formatos() {
			b.Run(fmt.Sprintf("%d/%s", lines, f), func(b *testing.B) {
				b.ReportAllocs()
				size := 0
				for b.Loop() {
					content, err := planilla.En(p, f)
					if err != nil {
						b.Fatal(err)
					}
					size = len(content)
				}
				b.ReportMetric(float64(size), "bytes")
			})
		}
	}
}
