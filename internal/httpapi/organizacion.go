package httpapi

import (
	"net/http"
	"strings"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

// hecho names what was made or changed.
type hecho struct {
	ID string `json:"id"`
}

// deAdmin are the refusals of a change of the organisation.
var deAdmin = []pa0580.Code{pa0580.CodeForbidden, pa0580.CodeNotFound, pa0580.CodeConflict}

// change declares creating and replacing one kind of thing. build makes the
// change of a body; an empty id asks for a new one.
func change[T any](s *server, path, one, texto string, example T, build func(in T, id string, c *campos) app.Cambio) {
	name := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-")
	handleBody(s, operacion{
		id: "crear-en-" + name, tag: "organizacion", method: http.MethodPost, path: path, resumen: "Crear " + one,
		texto: texto + " Lo hace el rol admin; la auditoría lo guarda.", niega: deAdmin,
		salidas: []salida{{status: 201, texto: "Hecho", ejemplo: hecho{idOtro}, headers: map[string]string{"Location": "Lo creado"}}},
	}, example, func(p *pedido, in T, ajenos pa0580.Refusals) error {
		c := &campos{refusals: ajenos}
		id, err := s.save(p, build(in, "", c), c)
		if err != nil {
			return err
		}
		return p.created(path, id, hecho{id})
	})
	handleBody(s, operacion{
		id: "cambiar-en-" + name, tag: "organizacion", method: http.MethodPut, path: path + "/{id}", resumen: "Cambiar " + one,
		texto: texto + " Reemplaza todo lo que había. Lo hace el rol admin; la auditoría lo guarda.", niega: deAdmin,
		salidas: []salida{{status: 200, texto: "Hecho", ejemplo: hecho{idOtro}}},
	}, example, func(p *pedido, in T, ajenos pa0580.Refusals) error {
		id, err := p.id()
		if err != nil {
			return err
		}
		p.ownClave()
		c := &campos{refusals: ajenos}
		id, err = s.save(p, build(in, id, c), c)
		if err != nil {
			return err
		}
		return p.answer(http.StatusOK, hecho{id})
	})
}

func (s *server) save(p *pedido, change app.Cambio, c *campos) (string, error) {
	if err := p.refusal(c.refusals); err != nil {
		return "", err
	}
	return s.Guardar(p.ctx, p.actor, change, p.clave)
}

// campos reads the fields of a body about the organisation and gathers what is
// wrong with them.
type campos struct{ refusals pa0580.Refusals }

// no refuses a field once: what its form was refused for says enough.
func (c *campos) no(campo, message string) {
	for _, r := range c.refusals {
		if r.Campo == campo {
			return
		}
	}
	c.refusals = append(c.refusals, pa0580.Refuse(0, pa0580.CodeField, campo, message))
}

// text wants one line with something in it.
func (c *campos) text(campo, value string, longest int) string {
	value = strings.TrimSpace(value)
	switch {
	case value == "":
		c.no(campo, "Falta «"+campo+"».")
	case len([]rune(value)) > longest || strings.ContainsFunc(value, pa0580.Hidden):
		c.no(campo, "«"+campo+"» debe ser una línea de texto más corta.")
	}
	return value
}

// id wants an identifier.
func (c *campos) id(campo, value string) string {
	if !isID(value) {
		c.no(campo, "Falta «"+campo+"»: se indica con su identificador.")
	}
	return value
}

func (c *campos) optionalID(campo, value string) string {
	if value != "" && !isID(value) {
		c.no(campo, "«"+campo+"» se indica con su identificador.")
	}
	return value
}

// day wants a date.
func (c *campos) day(campo, value string) pa0580.Dia {
	d, err := pa0580.ParseDia(value)
	if err != nil {
		c.no(campo, "Falta «"+campo+"»: la fecha se escribe AAAA-MM-DD, por ejemplo 2026-10-31.")
	}
	return d
}

// until is the last day, open where it is left out.
func (c *campos) until(value string, desde pa0580.Dia) pa0580.Dia {
	if value == "" {
		return pa0580.Dia{}
	}
	hasta := c.day("hasta", value)
	if hasta != (pa0580.Dia{}) && hasta.Before(desde) {
		c.no("hasta", "La fecha final no puede ser anterior a la inicial.")
	}
	return hasta
}

func optional(d pa0580.Dia) *string {
	if d == (pa0580.Dia{}) {
		return nil
	}
	return ptr(d.String())
}
