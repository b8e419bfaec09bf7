package apiclient

import (
	"context"
	"net/http"
)

// Cierre is a month's closing and its progress.
type Cierre struct {
	Mes       string `json:"mes"`
	CerradoAt string `json:"cerrado_at"` // empty while open
	Huella    string `json:"huella"`
	Lineas    int64  `json:"lineas"`
	Avisadas  int64  `json:"avisadas"`
	Planillas int64  `json:"planillas"`
	Archivos  Avance `json:"archivos"`
	Orden     *Orden `json:"orden"`
}

// Avance is how many of its files are written.
type Avance struct {
	Escritos  int64 `json:"escritos"`
	Esperados int64 `json:"esperados"`
}

// Orden is the last order to close and how it ended.
type Orden struct {
	ID      string `json:"id"`
	Estado  string `json:"estado"`  // por_confirmar: it waits for a second person of HR
	Por     string `json:"por"`     // name of who gave it
	Cerrado *bool  `json:"cerrado"` // nil until carried out
	Codigo  string `json:"codigo"`
}

// VistaPrevia is what the planillas would hold.
type VistaPrevia struct {
	Huella string `json:"huella"`
	Lineas int64  `json:"lineas"`
}

// Preparacion is what is left to do before a close.
type Preparacion struct {
	Unidades []struct {
		Unidad struct {
			ID string `json:"id"`
		} `json:"unidad"`
		Huella string `json:"huella"` // what the unit's head signs
	} `json:"unidades"`
}

// Huella is what a unit's head signs; empty where there is no such unit.
func (p Preparacion) Huella(unidad string) string {
	for _, u := range p.Unidades {
		if u.Unidad.ID == unidad {
			return u.Huella
		}
	}
	return ""
}

// Corte cuts a month off now.
func (c *Client) Corte(ctx context.Context, token, key, mes string) (Cierre, error) {
	var out Cierre
	err := c.Post(ctx, Call{Token: token, Path: "/cierres/" + mes + "/corte", Key: key, Body: struct{}{}}, &out)
	return out, err
}

// VistaPrevia previews a month after its corte; with a reason, even where
// commands from before it wait.
func (c *Client) VistaPrevia(ctx context.Context, token, key, mes, motivo string) (VistaPrevia, error) {
	var out VistaPrevia
	path := "/cierres/" + mes + "/vista-previa"
	if motivo == "" {
		err := c.Get(ctx, token, path, &out)
		return out, err
	}
	err := c.Post(ctx, Call{Token: token, Path: path, Key: key, Body: map[string]string{"motivo": motivo}}, &out)
	return out, err
}

// Cerrar orders the close of what a preview showed. True: it is carried out;
// false: the order is stored.
func (c *Client) Cerrar(ctx context.Context, token, key, mes, huella, motivo string) (Cierre, bool, error) {
	var out Cierre
	body := map[string]string{"huella": huella, "motivo": motivo}
	status, err := c.post(ctx, Call{Token: token, Path: "/cierres/" + mes + "/cerrar", Key: key, Body: body}, func(int) any { return &out })
	return out, status == http.StatusOK, err
}

// Cierre reads a month's progress.
func (c *Client) Cierre(ctx context.Context, token, mes string) (Cierre, error) {
	var out Cierre
	err := c.Get(ctx, token, "/cierres/"+mes, &out)
	return out, err
}
