package httpapi

import (
	"net/http"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// cierre is a month's closing and its progress.
type cierre struct {
	Mes           string     `json:"mes"`
	Corte         *corte     `json:"corte,omitempty"`
	CerradoAt     *string    `json:"cerrado_at" format:"date-time" doc:"null mientras no está cerrado"`
	CerradoPor    string     `json:"cerrado_por,omitempty"`
	ConfirmadoPor string     `json:"confirmado_por,omitempty" doc:"La segunda persona de Recursos Humanos, donde hizo falta"`
	Huella        string     `json:"huella,omitempty" doc:"De lo que se cerró"`
	Motivo        string     `json:"motivo,omitempty"`
	Lineas        int64      `json:"lineas" doc:"Gestiones en planillas"`
	Avisadas      int64      `json:"avisadas" doc:"Cuántas de ellas ya lo saben en el motor"`
	PorAvisar     *porAvisar `json:"por_avisar,omitempty" doc:"Las que todavía no; falta cuando no queda ninguna. Pasados unos minutos son las que no se pudieron avisar: se reintenta hasta que se pueda"`
	Planillas     int64      `json:"planillas"`
	Archivos      *avance    `json:"archivos,omitempty" doc:"Los de sus planillas y el mes, en todos los formatos; falta mientras no está cerrado"`
	Probado       bool       `json:"probado" doc:"Si su manifiesto está firmado"`
	Orden         *ordenDada `json:"orden,omitempty" doc:"La última orden de cierre y cómo terminó"`
}

// avance is how much of something is done.
type avance struct {
	Escritos  int64 `json:"escritos"`
	Esperados int64 `json:"esperados"`
}

// porAvisar is what the drain has left.
type porAvisar struct {
	Gestiones int64  `json:"gestiones"`
	Desde     string `json:"desde" format:"date-time" doc:"Cuándo se cerró el mes"`
}

type ordenDada struct {
	ID            string  `json:"id" format:"uuid"`
	Momento       string  `json:"momento" format:"date-time"`
	Por           string  `json:"por" doc:"Quién la dio"`
	Huella        string  `json:"huella" doc:"De la vista previa que se ordenó cerrar"`
	Motivo        string  `json:"motivo,omitempty"`
	Estado        string  `json:"estado" enum:"por_confirmar,en_curso,cerro,no_cerro" doc:"por_confirmar: espera a otra persona de Recursos Humanos y nadie la lleva a cabo antes; en_curso: se está llevando a cabo"`
	ConfirmadaPor string  `json:"confirmada_por,omitempty"`
	ConfirmadaAt  *string `json:"confirmada_at,omitempty" format:"date-time"`
	Cerrado       *bool   `json:"cerrado" doc:"null mientras no se lleva a cabo"`
	Codigo        string  `json:"codigo,omitempty" doc:"Por qué no cerró; RETIRADA y REEMPLAZADA, antes de que se confirmara"`
}

func ordenOf(o app.Orden) *ordenDada {
	out := &ordenDada{
		ID: string(o.ID), Momento: moment(o.CreadoAt), Por: o.Autor, Huella: o.Huella, Motivo: o.Motivo, Estado: "en_curso",
		ConfirmadaPor: o.Confirmo, ConfirmadaAt: momentOf(o.ConfirmadaAt), Cerrado: o.Cerrado, Codigo: string(o.Codigo),
	}
	switch {
	case o.Regla().PorConfirmar():
		out.Estado = "por_confirmar"
	case o.Cerrado != nil && *o.Cerrado:
		out.Estado = "cerro"
	case o.Cerrado != nil:
		out.Estado = "no_cerro"
	}
	return out
}

type corte struct {
	Momento string `json:"momento" format:"date-time"`
	Por     string `json:"por,omitempty"`
	Sellado bool   `json:"sellado" doc:"Ya pasó y se miró: lo que se guarde desde entonces cuenta para el mes siguiente"`
}

type cierres struct {
	Cierres []cierre `json:"cierres"`
}

func cierreOf(c app.Cierre) cierre {
	out := cierre{
		Mes: c.Mes.String(), CerradoAt: momentOf(c.CerradoAt), CerradoPor: c.CerradoPor, ConfirmadoPor: c.ConfirmadoPor, Huella: c.Huella, Motivo: c.Motivo,
		Lineas: c.Lineas, Avisadas: c.Avisadas, Planillas: c.Planillas, Probado: c.Probado,
	}
	if c.Corte != nil {
		out.Corte = &corte{moment(c.Corte.At), c.CortePor, c.Sellado}
	}
	if c.CerradoAt != nil {
		out.Archivos = &avance{c.Archivos, c.Esperados}
		if left := c.Lineas - c.Avisadas; left > 0 {
			out.PorAvisar = &porAvisar{left, moment(*c.CerradoAt)}
		}
	}
	if o := c.Orden; o != nil {
		out.Orden = ordenOf(*o)
	}
	return out
}

// monthly adapts a use case about the path's month that takes nothing else.
func monthly[T any](read func(*pedido, pa0580.Mes) (T, error)) handler {
	return func(p *pedido) error {
		mes, err := p.mes()
		if err := p.refusal(pa0580.RefusalsIn(err)); err != nil {
			return err
		}
		out, err := read(p, mes)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, out)
	}
}

// momentAsked reads when HR wants the corte; nil is now.
func momentAsked(s string) (*time.Time, *pa0580.Refusal) {
	if s == "" {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return nil, pa0580.Refuse(0, pa0580.CodeField, "momento", "El momento se escribe con fecha, hora y desfase, por ejemplo 2026-11-03T18:00:00-03:00.")
	}
	return &t, nil
}
