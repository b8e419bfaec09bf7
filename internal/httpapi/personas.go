package httpapi

import (
	"net/http"
	"regexp"
	"slices"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/pa0580"
)

type funcionario struct {
	ID     string   `json:"id" format:"uuid"`
	Legajo string   `json:"legajo"`
	CI     string   `json:"ci"`
	Nombre string   `json:"nombre"`
	Roles  []string `json:"roles" enum:"agente,jefe,responsable,rrhh,auditor,admin"`
	Activo bool     `json:"activo"`
}

type listaFuncionarios struct {
	Funcionarios []funcionario `json:"funcionarios"`
	Siguiente    *string       `json:"siguiente" doc:"El cursor de la página siguiente; null en la última"`
}

type datosFuncionario struct {
	Legajo string   `json:"legajo" pattern:"^[0-9A-Z-]{1,20}$"`
	CI     string   `json:"ci"`
	Nombre string   `json:"nombre" maxLength:"200"`
	Roles  []string `json:"roles,omitempty" enum:"agente,jefe,responsable,rrhh,auditor,admin"`
	Activo *bool    `json:"activo,omitempty" doc:"Si falta, sí"`
}

var legajo = regexp.MustCompile(`^[0-9A-Z-]{1,20}$`)

func funcionarioOf(f app.Funcionario) funcionario {
	return funcionario{string(f.ID), f.Legajo, f.CI, f.Nombre, rolesOf(f.Roles), f.Activo}
}

func rolesOf(rs []app.Rol) []string { return mapped(rs, func(r app.Rol) string { return string(r) }) }

func (s *server) personas() {
	s.handle(operacion{
		id: "listar-funcionarios", tag: "organizacion", method: http.MethodGet, path: "/funcionarios", resumen: "Listar funcionarios",
		texto: "Por legajo, de a páginas. Los ven los roles admin, rrhh y auditor.", niega: []pa0580.Code{pa0580.CodeForbidden},
		query: []parametro{
			text("texto", "Parte del nombre o el legajo", "Benítez"),
			text("cursor", "El «siguiente» de la página anterior", *cursorOf("10427")),
			number("limite", "Cuántos por página; 50 si no se dice", 1, maxPage, pageSize),
		},
		salidas: []salida{{status: 200, texto: "Una página", ejemplo: listaFuncionarios{
			[]funcionario{{idAgente, "10427", "2345678", "Ana Benítez", []string{"agente"}, true}}, cursorOf("10427"),
		}}},
	}, s.funcionarios)
	change(s, "/funcionarios", "un funcionario", "Una persona de la institución y lo que puede hacer.",
		datosFuncionario{Legajo: "10427", CI: "2345678", Nombre: "Ana Benítez", Roles: []string{"agente"}},
		func(in datosFuncionario, id string, c *campos) app.Cambio {
			if !legajo.MatchString(in.Legajo) {
				c.no("legajo", "El legajo lleva hasta 20 dígitos, letras mayúsculas y guiones.")
			}
			doc, err := pa0580.ParseDocumento(string(pa0580.CI), in.CI)
			if err != nil {
				c.no("ci", pa0580.RefusalsIn(err)[0].Message)
			}
			f := &app.Funcionario{
				ID: pa0580.FuncionarioID(id), Legajo: in.Legajo, CI: doc.Normal,
				Nombre: c.text("nombre", in.Nombre, 200), Activo: in.Activo == nil || *in.Activo,
			}
			for _, r := range in.Roles {
				if !slices.Contains(app.Roles(), app.Rol(r)) {
					c.no("roles", "Los roles son agente, jefe, responsable, rrhh, auditor y admin.")
				}
				if !slices.Contains(f.Roles, app.Rol(r)) {
					f.Roles = append(f.Roles, app.Rol(r))
				}
			}
			return app.Cambio{Funcionario: f}
		})
}

func (s *server) funcionarios(p *pedido) error {
	limit := p.number("limite", p.get("limite"), 1, maxPage, pageSize)
	f := app.FiltroPersonas{Texto: p.get("texto"), Limite: limit + 1}
	if cursor := p.get("cursor"); cursor != "" {
		if f.Tras = uncursor(cursor); !legajo.MatchString(f.Tras) {
			p.no("cursor", "El cursor no es de esta lista: empiece sin cursor.")
		}
	}
	if err := p.err(); err != nil {
		return err
	}
	all, err := s.Funcionarios(p.ctx, p.actor, f)
	if err != nil {
		return err
	}
	out := listaFuncionarios{}
	if len(all) > limit {
		all = all[:limit]
		out.Siguiente = cursorOf(all[limit-1].Legajo)
	}
	out.Funcionarios = mapped(all, funcionarioOf)
	return p.answer(http.StatusOK, out)
}
