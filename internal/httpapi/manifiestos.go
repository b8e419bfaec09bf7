package httpapi

import (
	"crypto/sha256"
	"fmt"
	"net/http"

	"ande.gov.py/gestiones/internal/pa0580"
)

const manifestType = "text/plain; charset=utf-8"

// ejemploManifiesto is the beginning of one.
const ejemploManifiesto = `gestiones/cierre/1
mes 2026-10
corte 2026-11-03T21:00:00Z
…

— gestiones.ande.gov.py 3q2+7w…
`

func (s *server) manifiestos() {
	s.handle(operacion{
		id: "descargar-manifiesto", tag: "cierres", method: http.MethodGet, path: "/cierres/{mes}/manifiesto", resumen: "Descargar el manifiesto de un cierre",
		texto: "Lo que prueba el cierre: las huellas de sus planillas, el SHA-256 de cada archivo, el manifiesto del cierre anterior y hasta dónde está sellada la auditoría, firmado con Ed25519. " +
			"Guárdelo fuera del sistema: «gestiones verify» dice con él, sin conexión, si un archivo es el que se cerró. Para los roles rrhh y auditor.",
		niega: []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound},
		salidas: []salida{{status: 200, texto: "El manifiesto", tipo: manifestType, ejemplo: ejemploManifiesto, headers: map[string]string{
			"Content-Disposition": "El nombre del archivo", "ETag": "Su SHA-256",
		}}},
	}, func(p *pedido) error {
		mes, err := p.mes()
		if err := p.refusal(pa0580.RefusalsIn(err)); err != nil {
			return err
		}
		m, err := s.Manifiesto(p.ctx, p.actor, mes)
		if err != nil {
			return err
		}
		p.g.Header("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "cierre-"+mes.String()+".manifiesto"))
		p.g.Header("ETag", fmt.Sprintf("%q", fmt.Sprintf("%x", sha256.Sum256(m.Contenido))))
		p.g.Data(http.StatusOK, manifestType, m.Contenido)
		return nil
	})
}
