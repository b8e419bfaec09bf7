package planilla

import "ande.gov.py/gestiones/internal/app"

// En writes a unit's planilla in one format.
func En(p app.Planilla, f app.Formato) ([]byte, error) { return Imprenta{}.en(deUnidad(p), f) }
