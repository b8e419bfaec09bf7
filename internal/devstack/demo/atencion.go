package demo

import (
	"fmt"
	"strings"

	"ande.gov.py/gestiones/internal/pa0580"
)

// carga is what an agent types.
type carga struct {
	TipoDocumento, Documento   string
	TipoReferencia, Referencia string
	Tipo                       pa0580.TipoGestion
	Observacion                string
}

var observaciones = map[pa0580.TipoGestion][]string{
	pa0580.GrandesClientes: {
		"Consulta por demanda contratada y factor de potencia.",
		"Solicita reprogramar la lectura del medidor en media tensión.",
		"Pide detalle de la facturación por horario de punta.",
	},
	pa0580.Preferencial: {
		"Adulto mayor: se actualizó el número de contacto.",
		"Clienta embarazada: atendida con prioridad.",
		"Persona con discapacidad: se explicó la tarifa social.",
	},
	pa0580.FraccionamientoDeuda: {
		"Acuerdo en 6 cuotas con entrega inicial.",
		"Acuerdo en 12 cuotas; firma el pagaré en el día.",
		"Se explicó el recargo por mora antes de firmar.",
	},
	pa0580.Solicitudes: {
		"Suministro nuevo monofásico: falta plano del inmueble.",
		"Cambio de titularidad por compraventa.",
		"Extensión de línea de 80 metros en zona rural.",
		"Alumbrado público: tres artefactos apagados en la cuadra.",
	},
	pa0580.ReclamosConsultas: {
		"Factura con lectura estimada por segundo mes.",
		"No recibió la factura en el domicilio.",
		"Pide corregir la dirección de entrega de facturas.",
		"Consumo fuera de lo habitual: se pide contraste del medidor.",
	},
}

// attend makes up a customer and their matter.
func (r *inventor) attend(e espejo) carga {
	var tipo pa0580.TipoGestion
	var about entrada
	switch n := r.IntN(100); {
	case n < 8:
		tipo, about = pa0580.GrandesClientes, pick(r, e.mt)
		if r.chance(10) {
			about = pick(r, e.bt) // the head is warned
		}
	case n < 25:
		tipo, about = pa0580.Preferencial, pick(r, e.bt)
	case n < 42:
		tipo, about = pa0580.FraccionamientoDeuda, pick(r, e.bt)
	case n < 65:
		tipo, about = pa0580.Solicitudes, pick(r, e.expedientes)
	default:
		tipo, about = pa0580.ReclamosConsultas, pick(r, e.reclamos)
		if r.chance(45) {
			about = pick(r, e.bt)
		}
	}
	c := carga{TipoReferencia: string(about.Tipo), Referencia: about.Numero, Tipo: tipo}
	c.TipoDocumento, c.Documento = r.documento(about.Titular)
	if r.chance(35) {
		c.Observacion = pick(r, observaciones[tipo])
	}
	return c
}

// documento is the holder's, or in a few cases somebody else's: who comes to
// the counter need not be the holder.
func (r *inventor) documento(titular string) (tipo, numero string) {
	if titular == "" || r.chance(6) {
		titular = fmt.Sprint(800_000 + r.IntN(6_400_000))
		if r.chance(15) {
			titular = withDigit(titular)
		}
	}
	base, digit, ruc := strings.Cut(titular, "-")
	if r.chance(40) {
		base = dotted(base)
	}
	if ruc {
		return string(pa0580.RUC), base + "-" + digit
	}
	return string(pa0580.CI), base
}

// dotted writes a number as people type it, with dots between thousands.
func dotted(s string) string {
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
