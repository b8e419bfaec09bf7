package demo

import (
	"context"
	"errors"

	"ande.gov.py/gestiones/internal/devstack/apiclient"
	"ande.gov.py/gestiones/internal/pa0580"
)

// signOff is a head looking at their unit's month and giving their conformidad.
func (p *player) signOff(ctx context.Context, s step) error {
	token, path := p.tokens[p.jefe(s.Unidad)], "/cierres/"+s.Mes.String()
	var seen apiclient.Preparacion
	if err := p.api.get(ctx, token, path+"/preparacion", &seen); err != nil {
		return err
	}
	unidad := p.unidadIDs[s.Unidad]
	body := map[string]string{"unidad": unidad, "huella": seen.Huella(unidad)}
	return p.api.post(ctx, token, path+"/conformidades", p.about(s), body, nil)
}

// closeMonth is HR setting the corte, looking at the preview and closing.
func (p *player) closeMonth(ctx context.Context, s step) error {
	token, path := p.tokens[p.papeles.rrhh], "/cierres/"+s.Mes.String()
	if err := p.api.post(ctx, token, path+"/corte", "corte "+p.about(s), struct{}{}, nil); err != nil {
		return err
	}
	var preview struct {
		Huella string `json:"huella"`
	}
	if err := await(ctx, "preview of "+s.Mes.String(), func() (bool, error) {
		err := p.api.get(ctx, token, path+"/vista-previa", &preview)
		var no *apiclient.Problem
		if errors.As(err, &no) && no.Codigo == string(pa0580.CodeUnapplied) {
			return false, nil // a decision from before the corte is on its way
		}
		return true, err
	}); err != nil {
		return err
	}
	if err := p.api.post(ctx, token, path+"/cerrar", p.about(s), map[string]string{"huella": preview.Huella}, nil); err != nil {
		return err
	}
	c, err := p.cierre(ctx, s.Mes, func(c cierre) bool { return c.CerradoAt != "" })
	if err != nil {
		return err
	}
	p.Say("Cierre de %s: %d gestiones en planillas.", s.Mes, c.Lineas)
	return nil
}

// told waits until every gestión of the closed month knows its planilla.
func (p *player) told(ctx context.Context) error {
	_, err := p.cierre(ctx, p.Anterior, func(c cierre) bool { return c.Avisadas == c.Lineas })
	return err
}

func (p *player) cierre(ctx context.Context, mes pa0580.Mes, done func(cierre) bool) (cierre, error) {
	var c cierre
	err := await(ctx, "cierre "+mes.String(), func() (bool, error) {
		err := p.api.get(ctx, p.tokens[p.papeles.rrhh], "/cierres/"+mes.String(), &c)
		return done(c), err
	})
	return c, err
}
