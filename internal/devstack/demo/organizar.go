package demo

import (
	"context"

	"ande.gov.py/gestiones/internal/pa0580"
)

// organize sets up units, people, roster, jefaturas and calendar, one after the
// other as an administrator would, and gives everybody their token.
func (p *player) organize(ctx context.Context) error {
	for _, part := range []func(context.Context) error{p.addUnidades, p.addPersonas, p.addMandos, p.addNomina, p.addFeriados} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	p.Say("Organización de demostración: %d unidades, %d personas, %d feriados.", len(p.unidades), len(p.personas), len(p.feriados))
	return nil
}

// admin posts one change of the organisation and gives what it made.
func (p *player) admin(ctx context.Context, path, about string, body any) (string, error) {
	var out creado
	err := p.api.post(ctx, p.Admin, path, path+" "+about, body, &out)
	return out.ID, err
}

func (p *player) addUnidades(ctx context.Context) error {
	for _, u := range p.unidades {
		body := map[string]any{"codigo": u.Codigo, "nombre": u.Nombre}
		if u.Padre != "" {
			body["padre"] = p.unidadIDs[u.Padre]
		}
		id, err := p.admin(ctx, "/unidades", u.Codigo, body)
		if err != nil {
			return err
		}
		p.unidadIDs[u.ID] = id
	}
	return nil
}

func (p *player) addPersonas(ctx context.Context) error {
	for _, f := range p.personas {
		id, err := p.admin(ctx, "/funcionarios", string(f.Legajo), map[string]any{
			"legajo": f.Legajo, "ci": f.CI, "nombre": f.Nombre, "roles": f.Roles,
		})
		if err != nil {
			return err
		}
		p.personIDs[f.Legajo] = id
		if p.tokens[f.Legajo], err = p.Token(ctx, pa0580.FuncionarioID(id), "demostración"); err != nil {
			return err
		}
	}
	return nil
}

// addMandos says who heads each unit, who substitutes and who answers for it.
func (p *player) addMandos(ctx context.Context) error {
	for _, j := range p.jefaturas {
		if _, err := p.admin(ctx, "/jefaturas", string(j.Unidad), span(j.Desde, j.Hasta, map[string]any{
			"unidad": p.unidadIDs[j.Unidad], "jefe": p.personIDs[j.Jefe],
		})); err != nil {
			return err
		}
	}
	for _, s := range p.subrogancias {
		if _, err := p.admin(ctx, "/subrogancias", string(s.Unidad), span(s.Desde, s.Hasta, map[string]any{
			"unidad": p.unidadIDs[s.Unidad], "subrogante": p.personIDs[s.Subrogante],
		})); err != nil {
			return err
		}
	}
	for _, u := range p.responde {
		body := map[string]any{"funcionario": p.personIDs[p.papeles.responsable]}
		if _, err := p.admin(ctx, "/unidades/"+p.unidadIDs[u]+"/responsables", "", body); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) addNomina(ctx context.Context) error {
	for _, a := range p.asignaciones {
		if _, err := p.admin(ctx, "/asignaciones", string(a.Funcionario)+" "+string(a.Unidad), span(a.Desde, a.Hasta, map[string]any{
			"funcionario": p.personIDs[a.Funcionario], "unidad": p.unidadIDs[a.Unidad], "modo": a.Modo,
		})); err != nil {
			return err
		}
	}
	return nil
}

func (p *player) addFeriados(ctx context.Context) error {
	for _, f := range p.feriados {
		body := map[string]any{"dia": f.Dia, "nombre": f.Nombre}
		if f.Unidad != "" {
			body["unidad"] = p.unidadIDs[f.Unidad]
		}
		if _, err := p.admin(ctx, "/calendario/feriados", f.Dia.String()+" "+string(f.Unidad), body); err != nil {
			return err
		}
	}
	return nil
}

// span adds the days from when to when; an open end is left out.
func span(desde, hasta pa0580.Dia, body map[string]any) map[string]any {
	body["desde"] = desde
	if hasta != (pa0580.Dia{}) {
		body["hasta"] = hasta
	}
	return body
}
