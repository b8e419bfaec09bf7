package httpapi

import "net/http"

type salud struct {
	Estado string `json:"estado" enum:"vivo,listo"`
}

// sistema declares what those who operate the service look at.
func (s *server) sistema() {
	s.handle(operacion{
		id: "vivo", tag: "sistema", method: http.MethodGet, path: "/healthz", resumen: "Saber si el proceso vive", raiz: true, publica: true,
		texto:   "Contesta mientras el proceso atienda, aunque PostgreSQL o Temporal no respondan.",
		salidas: []salida{{status: 200, texto: "Vive", ejemplo: salud{"vivo"}}},
	}, func(p *pedido) error { return p.answer(http.StatusOK, salud{"vivo"}) })
	s.handle(operacion{
		id: "listo", tag: "sistema", method: http.MethodGet, path: "/readyz", resumen: "Saber si puede atender", raiz: true, publica: true,
		texto:   "Depende de PostgreSQL, con su esquema al día, y de nada más: sin Temporal se sigue cargando.",
		salidas: []salida{{status: 200, texto: "Listo", ejemplo: salud{"listo"}}},
	}, func(p *pedido) error {
		if err := s.ready(p.ctx); err != nil {
			s.log.WarnContext(p.ctx, "not ready", "error", err)
			return unavailable()
		}
		return p.answer(http.StatusOK, salud{"listo"})
	})
}
