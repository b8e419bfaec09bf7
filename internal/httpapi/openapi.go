package httpapi

import (
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"ande.gov.py/gestiones/internal/pa0580"
)

func init() { huma.DefaultArrayNullable = false } // a list without elements is []

const about = `Carga y aprobación de gestiones personalizadas de atención al cliente (PA0580).

**Rechazos.** Todo rechazo es un problema (RFC 9457) con «codigo» estable, «paso» del procedimiento, «campo» y una frase para mostrar. Con un documento inválido se responde solo el paso 10; con el documento válido, todo lo demás junto, en «errores».

**Repetir sin miedo.** Los POST que cambian algo llevan Idempotency-Key: la misma clave con el mismo cuerpo da lo mismo que la primera vez.

**Versiones.** Las gestiones traen ETag; los pedidos sobre ellas dicen qué versión se vio, en «version» o en If-Match.

**Fechas.** El servidor pone la hora. Los momentos son RFC 3339 con el desfase de Paraguay; los meses, AAAA-MM.`

func openAPI(version string) *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "Gestiones", Version: version, Description: about},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"token": {Type: "http", Scheme: "bearer", Description: "Token personal, gst_…"},
			},
		},
		Servers: []*huma.Server{{URL: "/"}},
		Tags: []*huma.Tag{
			{Name: "gestiones", Description: "Cargar, leer, corregir y anular"},
			{Name: "comandos", Description: "Lo que la jefatura decide, y lo pedido que espera"},
			{Name: "cierres", Description: "Preparar y cerrar un mes"},
			{Name: "planillas", Description: "Planillas de pago de bonificación"},
			{Name: "ajustes", Description: "Lo que corrige a los meses cerrados"},
			{Name: "reclamos", Description: "Lo que un funcionario reclama de su propio pago; no los de clientes en OPEN SGC"},
			{Name: "estados", Description: "El estado de cuenta de cada funcionario"},
			{Name: "organizacion", Description: "Unidades, personas, nómina, jefaturas y calendario"},
			{Name: "tarifas", Description: "Lo que paga cada gestión, en guaraníes"},
			{Name: "acceso", Description: "Quién pregunta"},
			{Name: "sistema", Description: "Para quien opera el servicio"},
		},
	}
}

// problemsOf are all the ways an operation says no.
func problemsOf(op operacion, body bool) []*problema {
	out := append([]*problema{fault(), unavailable()}, op.problemas...)
	if op.publica {
		return out[1:]
	}
	out = append(out, noToken(), tooMany(time.Second))
	codes := slices.Clone(deForma)
	if op.method != http.MethodGet {
		out = append(out, unreadable("El cuerpo no es JSON válido: revise alrededor del byte 17 de 120."), tooLarge(op.limite), notJSON())
		if !op.repetible {
			codes = append(codes, pa0580.CodeIdempotency)
		}
	}
	for _, code := range append(codes, op.niega...) {
		r := codigos[code].ejemplo
		r.Code = code
		out = append(out, refused(pa0580.Refusals{&r}))
	}
	if body && slices.Contains(op.niega, pa0580.CodeClientTime) {
		out = append(out, together())
	}
	return out
}

// together shows several refusals in one answer.
func together() *problema {
	var rs pa0580.Refusals
	for _, code := range []pa0580.Code{pa0580.CodeReferenceFormat, pa0580.CodeTipoGestion, pa0580.CodeUnknownField} {
		r := codigos[code].ejemplo
		r.Code = code
		rs = append(rs, &r)
	}
	p := refused(rs)
	return p
}

// addProblem documents one problem, as an example under its status.
func (s *server) addProblem(out map[string]*huma.Response, p *problema) {
	status := strconv.Itoa(p.Status)
	r, ok := out[status]
	if !ok {
		r = &huma.Response{Description: p.Title, Content: map[string]*huma.MediaType{}, Headers: map[string]*huma.Param{}}
		out[status] = r
	}
	const kind = "application/problem+json"
	media, ok := r.Content[kind]
	if !ok {
		media = &huma.MediaType{Schema: s.schema(reflect.TypeFor[problema]()), Examples: map[string]*huma.Example{}}
		r.Content[kind] = media
	}
	header := func(name, text string) {
		r.Headers[name] = &huma.Param{Description: text, Schema: &huma.Schema{Type: "string"}}
	}
	if p.retry > 0 {
		header("Retry-After", "Segundos a esperar")
	}
	if p.Status == http.StatusUnauthorized {
		header("WWW-Authenticate", "Bearer")
	}
	if p.Status == http.StatusUnprocessableEntity {
		r.Description = "El pedido fue rechazado"
	}
	shown := *p
	shown.Solicitud = idSolicitud
	name := p.Codigo
	if len(p.Errores) > 0 {
		name = "VARIOS"
	}
	media.Examples[name] = &huma.Example{Summary: p.Title, Value: shown}
}
