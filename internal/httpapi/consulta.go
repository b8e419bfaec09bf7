package httpapi

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// consulta reads query parameters and gathers what is wrong with them.
type consulta struct {
	values   url.Values
	refusals pa0580.Refusals
}

// newConsulta parses a query; parameters the operation does not have are refused,
// and so are those given twice where once is meant.
func newConsulta(raw string, known []parametro) *consulta {
	values, err := url.ParseQuery(raw)
	c := &consulta{values: values}
	if err != nil {
		c.no("(otro)", "La consulta de la dirección está mal codificada.")
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(known, func(p parametro) bool { return p.nombre == name })
		switch {
		case i < 0:
			c.refusals = append(c.refusals, pa0580.Refuse(0, pa0580.CodeUnknownField, shown(name, false), "La consulta no tiene ese parámetro: quítelo o revise cómo se escribe."))
		case len(values[name]) > 1 && !known[i].repetible:
			c.no(name, "Ese parámetro está dos veces: deje uno.")
		case slices.ContainsFunc(values[name], func(v string) bool { return !utf8.ValidString(v) || strings.ContainsRune(v, 0) }):
			c.no(name, "El parámetro debe ser texto simple, en UTF-8.")
			delete(values, name)
		}
	}
	return c
}

func (c *consulta) no(campo, message string) {
	c.refusals = append(c.refusals, pa0580.Refuse(0, pa0580.CodeField, campo, message))
}

// err is everything refused so far; nil where nothing was.
func (c *consulta) err() error {
	if len(c.refusals) > 0 {
		return c.refusals
	}
	return nil
}

func (c *consulta) get(name string) string { return c.values.Get(name) }

// uuid reads an id; empty where it is not given.
func (c *consulta) uuid(name, value string) string {
	if value != "" && !isID(value) {
		c.no(name, fmt.Sprintf("«%s» debe ser un identificador, como los que da esta API.", name))
		return ""
	}
	return value
}

// month reads the parameter «mes»; zero where it is not given.
func (c *consulta) month(value string) pa0580.Mes {
	if value == "" {
		return pa0580.Mes{}
	}
	m, err := pa0580.ParseMes(value)
	if err != nil {
		c.no("mes", "El mes se escribe AAAA-MM, por ejemplo 2026-10.")
	}
	return m
}

// closing reads what closes: a month, or a complementaria of one.
func (c *consulta) closing(name, value string) pa0580.Mes {
	if value == "" {
		return pa0580.Mes{}
	}
	m, err := pa0580.ParseCierre(value)
	if err != nil {
		c.no(name, "El mes se escribe AAAA-MM, por ejemplo 2026-10, y una complementaria AAAA-MM-cN.")
	}
	return m
}

func (c *consulta) day(name, value string) pa0580.Dia {
	if value == "" {
		return pa0580.Dia{}
	}
	d, err := pa0580.ParseDia(value)
	if err != nil {
		c.no(name, "La fecha se escribe AAAA-MM-DD, por ejemplo 2026-10-31.")
	}
	return d
}

// number reads a whole number between two; absent where it is not given.
func (c *consulta) number(name, value string, low, high, absent int) int {
	if value == "" {
		return absent
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		c.no(name, fmt.Sprintf("«%s» debe ser un número entero de %d a %d.", name, low, high))
		return absent
	}
	return n
}

// Pages.
const (
	pageSize = 50
	maxPage  = 200
)

// Criterios are a list's filters as they were sent, in a query or in a body.
type Criterios struct {
	Estado     []string `json:"estado,omitempty" enum:"recibida,pendiente,observada,aprobada,rechazada,incluida,invalida,anulada" doc:"Solo en estos estados"`
	Unidad     string   `json:"unidad,omitempty" format:"uuid" doc:"Solo de esta unidad"`
	Agente     string   `json:"agente,omitempty" format:"uuid" doc:"Solo de este agente"`
	Mes        string   `json:"mes,omitempty" pattern:"^[0-9]{4}-[0-9]{2}$" doc:"Solo guardadas en este mes, hora local"`
	Tipo       int      `json:"tipo,omitempty" minimum:"1" maximum:"5" doc:"Solo de este tipo de gestión"`
	Jornada    string   `json:"jornada,omitempty" enum:"ordinaria,extraordinaria" doc:"Solo de esta jornada"`
	Referencia string   `json:"referencia,omitempty" doc:"Solo con este número de NIS, expediente o reclamo"`
	Cursor     string   `json:"cursor,omitempty" doc:"El «siguiente» de la página anterior"`
	Limite     int      `json:"limite,omitempty" minimum:"1" maximum:"200" default:"50" doc:"Cuántas por página"`
}

// criterios reads the filters from the query.
func (c *consulta) criterios() Criterios {
	out := Criterios{
		Unidad: c.get("unidad"), Agente: c.get("agente"), Mes: c.get("mes"), Jornada: c.get("jornada"),
		Referencia: c.get("referencia"), Cursor: c.get("cursor"),
		Tipo: c.number("tipo", c.get("tipo"), 1, 5, 0), Limite: c.number("limite", c.get("limite"), 1, maxPage, 0),
	}
	for _, v := range c.values["estado"] {
		out.Estado = append(out.Estado, strings.Split(v, ",")...)
	}
	return out
}

// filtro judges the filters.
func (c *consulta) filtro(in Criterios) app.Filtro {
	f := app.Filtro{
		Unidad: pa0580.UnidadID(c.uuid("unidad", in.Unidad)), Agente: pa0580.FuncionarioID(c.uuid("agente", in.Agente)),
		Mes: c.month(in.Mes), Jornada: pa0580.Jornada(in.Jornada), Tipo: pa0580.TipoGestion(in.Tipo),
		Referencia: strings.ToUpper(strings.TrimSpace(in.Referencia)), Limite: in.Limite,
	}
	for _, e := range in.Estado {
		if e = strings.TrimSpace(e); !slices.Contains(pa0580.Estados(), pa0580.Estado(e)) {
			c.no("estado", "Los estados son recibida, pendiente, observada, aprobada, rechazada, incluida, invalida y anulada.")
			break
		}
		f.Estados = append(f.Estados, pa0580.Estado(e))
	}
	if in.Tipo != 0 && (in.Tipo < 1 || in.Tipo > 5) {
		c.no("tipo", "El tipo de gestión va de 1 a 5.")
	}
	if in.Jornada != "" && f.Jornada != pa0580.Ordinaria && f.Jornada != pa0580.Extraordinaria {
		c.no("jornada", "La jornada es ordinaria o extraordinaria.")
	}
	if f.Limite == 0 {
		f.Limite = pageSize
	}
	if f.Limite < 0 || f.Limite > maxPage {
		c.no("limite", fmt.Sprintf("«limite» debe ser un número entero de 1 a %d.", maxPage))
	}
	if in.Cursor != "" {
		id := uncursor(in.Cursor)
		if !isID(id) {
			c.no("cursor", "El cursor no es de esta lista: empiece sin cursor.")
		}
		f.Tras = pa0580.GestionID(id)
	}
	return f
}

// cursorOf makes an opaque cursor of the last row's key.
func cursorOf(key string) *string {
	return ptr(base64.RawURLEncoding.EncodeToString([]byte(key)))
}

func uncursor(s string) string {
	key, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return ""
	}
	return string(key)
}
