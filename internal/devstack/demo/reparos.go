package demo

import (
	"ande.gov.py/gestiones/internal/pa0580"
)

// reparo is what a head finds wrong and how the agent mends it.
type reparo struct {
	motivo string
	mend   func(*inventor, carga, espejo) carga
}

var reparos = []reparo{
	{"El tipo de gestión no corresponde: es una consulta de facturación.", func(_ *inventor, c carga, _ espejo) carga {
		c.Tipo = pa0580.ReclamosConsultas
		return c
	}},
	{"Falta detallar en la observación qué solicitó el cliente.", func(r *inventor, c carga, _ espejo) carga {
		c.Observacion = pick(r, observaciones[c.Tipo])
		return c
	}},
	{"La referencia no coincide con lo atendido: verifique el número en OPEN SGC.", func(r *inventor, c carga, e espejo) carga {
		other := pick(r, e.bt)
		c.TipoReferencia, c.Referencia = string(other.Tipo), other.Numero
		return c
	}},
	{"El documento no es el del cliente atendido: corrija el número.", func(r *inventor, c carga, _ espejo) carga {
		c.TipoDocumento, c.Documento = r.documento("")
		return c
	}},
}

var motivos = map[pa0580.Accion][]string{
	pa0580.Rechazar: {
		"No corresponde a una atención personalizada: fue una consulta telefónica.",
		"El cliente no fue atendido en esta unidad.",
		"Gestión repetida: ya se cargó la misma atención.",
	},
	pa0580.Anular: {
		"Cargada por error: el cliente se retiró sin ser atendido.",
		"Me equivoqué de cliente.",
	},
	pa0580.RetirarDecision:    {"", "La decisión fue por error: se revisa de nuevo.", "El agente presentó el comprobante de la atención."},
	pa0580.RetirarObservacion: {"", "Aclarado con el agente: estaba bien cargada."},
}

func motivo(r *inventor, accion pa0580.Accion, kind reparo) string {
	if accion == pa0580.Observar {
		return kind.motivo
	}
	if texts := motivos[accion]; len(texts) > 0 {
		return pick(r, texts)
	}
	return ""
}
