package apiclient

import (
	"context"
	"net/http"
	"net/url"

	"ande.gov.py/gestiones/internal/pa0580"
)

// Numerado is a document or a reference, as people type them.
type Numerado struct {
	Tipo   string `json:"tipo"`
	Numero string `json:"numero"`
}

// Carga is what an agent saves.
type Carga struct {
	Documento   Numerado `json:"documento"`
	Referencia  Numerado `json:"referencia"`
	TipoGestion int      `json:"tipo_gestion"`
	Observacion string   `json:"observacion,omitempty"`
	Unidad      string   `json:"unidad,omitempty"`
}

// Gestion is what the API tells of one.
type Gestion struct {
	ID         string        `json:"id"`
	Estado     pa0580.Estado `json:"estado"`
	Version    int64         `json:"version"`
	Mes        string        `json:"mes"`
	SinAplicar int           `json:"comandos_sin_aplicar"`
	Planilla   *struct {
		ID     string `json:"id"`
		Numero int64  `json:"numero"`
	} `json:"planilla"`
}

// Comando is a stored command with its result: en_espera, aplicado, sin_efecto.
type Comando struct {
	ID        string        `json:"id"`
	Gestion   string        `json:"gestion"`
	Accion    pa0580.Accion `json:"accion"`
	Resultado string        `json:"resultado"`
	Codigo    pa0580.Code   `json:"codigo"`
}

// Pedido is a command asked for: either it was applied and the gestión is here,
// or it is stored and Comando says which it is.
type Pedido struct {
	Gestion *Gestion
	Comando *Comando
}

// Decision is what a head asks; with Gestion, an item of a lote.
type Decision struct {
	Gestion string        `json:"gestion,omitempty"`
	Accion  pa0580.Accion `json:"accion,omitempty"`
	Version int64         `json:"version"`
	Motivo  string        `json:"motivo,omitempty"`
}

// Correccion is what an agent types anew; what is left out stays.
type Correccion struct {
	Version     int64     `json:"version"`
	Referencia  *Numerado `json:"referencia,omitempty"`
	TipoGestion int       `json:"tipo_gestion,omitempty"`
	Observacion string    `json:"observacion,omitempty"`
}

// Lote is a bulk request and how far it came.
type Lote struct {
	ID        string `json:"id"`
	Pedidos   int    `json:"pedidos"`
	Guardados int    `json:"almacenados"`
	EnEspera  int    `json:"en_espera"`
	Rechazos  []struct {
		Gestion string      `json:"gestion"`
		Codigo  pa0580.Code `json:"codigo"`
	} `json:"rechazos"`
	Comandos []Comando `json:"comandos"`
}

// Pagina is a page of a list, with the cursor of the next.
type Pagina struct {
	Gestiones []Gestion `json:"gestiones"`
	Siguiente string    `json:"siguiente"`
}

// Cargar saves a gestión; the status tells 201 pendiente from 202 recibida.
func (c *Client) Cargar(ctx context.Context, token, key string, in Carga) (Gestion, int, error) {
	var out Gestion
	status, err := c.post(ctx, Call{Token: token, Path: "/gestiones", Key: key, Body: in}, func(int) any { return &out })
	return out, status, err
}

// Gestion reads one.
func (c *Client) Gestion(ctx context.Context, token, id string) (Gestion, error) {
	var out Gestion
	err := c.Get(ctx, token, "/gestiones/"+id, &out)
	return out, err
}

// Decidir asks for a head's decision.
func (c *Client) Decidir(ctx context.Context, token, key, id string, d Decision) (Pedido, error) {
	return c.pedir(ctx, Call{Token: token, Path: "/gestiones/" + id + "/decisiones", Key: key, Body: d})
}

// Corregir asks for an agent's correction.
func (c *Client) Corregir(ctx context.Context, token, key, id string, in Correccion) (Pedido, error) {
	return c.pedir(ctx, Call{Token: token, Path: "/gestiones/" + id + "/correccion", Key: key, Body: in})
}

// Anular asks for an agent's annulment of the version they saw.
func (c *Client) Anular(ctx context.Context, token, key, id string, version int64, motivo string) (Pedido, error) {
	return c.pedir(ctx, Call{Token: token, Path: "/gestiones/" + id + "/anulacion", Key: key, Body: Decision{Version: version, Motivo: motivo}})
}

func (c *Client) pedir(ctx context.Context, call Call) (Pedido, error) {
	var out Pedido
	_, err := c.post(ctx, call, func(status int) any {
		if status == http.StatusAccepted {
			out.Comando = &Comando{}
			return out.Comando
		}
		out.Gestion = &Gestion{}
		return out.Gestion
	})
	return out, err
}

// PedirLote asks for many decisions at once.
func (c *Client) PedirLote(ctx context.Context, token, key string, ds []Decision) (Lote, error) {
	var out Lote
	err := c.Post(ctx, Call{Token: token, Path: "/lotes", Key: key, Body: map[string]any{"comandos": ds}}, &out)
	return out, err
}

// Lote reads one of one's own.
func (c *Client) Lote(ctx context.Context, token, id string) (Lote, error) {
	var out Lote
	err := c.Get(ctx, token, "/lotes/"+id, &out)
	return out, err
}

// Bandeja is one page of up to 200 of what waits for a head, oldest first; an
// empty cursor asks for the first.
func (c *Client) Bandeja(ctx context.Context, token, cursor string) (Pagina, error) {
	path := "/bandeja?limite=200"
	if cursor != "" {
		path += "&cursor=" + url.QueryEscape(cursor)
	}
	var out Pagina
	err := c.Get(ctx, token, path, &out)
	return out, err
}

// SinEfecto is what one asked for and had become illegal, until seen.
func (c *Client) SinEfecto(ctx context.Context, token string) ([]Comando, error) {
	var out struct {
		Comandos []Comando `json:"comandos"`
	}
	err := c.Get(ctx, token, "/comandos/sin-efecto", &out)
	return out.Comandos, err
}
