package demo

import "ande.gov.py/gestiones/internal/pa0580"

// What travels: the API's own words, as far as the play needs them.

type numerado struct {
	Tipo   string `json:"tipo"`
	Numero string `json:"numero"`
}

// contenido is the body of a load and of a correction.
type contenido struct {
	Documento   numerado `json:"documento"`
	Referencia  numerado `json:"referencia"`
	TipoGestion int      `json:"tipo_gestion"`
	Observacion string   `json:"observacion,omitempty"`
	Unidad      string   `json:"unidad,omitempty"`
	Version     int64    `json:"version,omitempty"`
}

func (c carga) contenido() contenido {
	return contenido{
		Documento:   numerado{c.TipoDocumento, c.Documento},
		Referencia:  numerado{c.TipoReferencia, c.Referencia},
		TipoGestion: int(c.Tipo), Observacion: c.Observacion,
	}
}

// decision is the body of a decision, and with Gestion an item of a lote.
type decision struct {
	Gestion string        `json:"gestion,omitempty"`
	Accion  pa0580.Accion `json:"accion,omitempty"`
	Version int64         `json:"version"`
	Motivo  string        `json:"motivo,omitempty"`
}

type ficha struct {
	ID         string        `json:"id"`
	Estado     pa0580.Estado `json:"estado"`
	Version    int64         `json:"version"`
	SinAplicar int           `json:"comandos_sin_aplicar"`
}

type pagina struct {
	Gestiones []ficha `json:"gestiones"`
	Siguiente string  `json:"siguiente"`
}

type lote struct {
	ID       string `json:"id"`
	Pedidos  int    `json:"pedidos"`
	EnEspera int    `json:"en_espera"`
	Rechazos []struct {
		Codigo  string `json:"codigo"`
		Mensaje string `json:"mensaje"`
	} `json:"rechazos"`
}

type cierre struct {
	CerradoAt string `json:"cerrado_at"`
	Lineas    int64  `json:"lineas"`
	Avisadas  int64  `json:"avisadas"`
}

type creado struct {
	ID string `json:"id"`
}
