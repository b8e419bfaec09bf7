package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/pa0580"
)

// registry opens only what accounts need: no Temporal.
type registry struct {
	boot.PostgreSQL `embed:""`
}

func (r registry) open(ctx context.Context, log *slog.Logger) (*boot.System, error) {
	return boot.Open(ctx, boot.Config{PostgreSQL: r.PostgreSQL, Reglas: boot.DefaultReglas(), Log: log})
}

// people lists funcionarios, in the order of their legajos.
type people interface {
	Funcionarios(ctx context.Context, f app.FiltroPersonas) ([]app.Funcionario, error)
}

// byPages is how many are asked for at once.
const byPages = 500

// find looks a funcionario up by personnel number. The list matches parts of
// it, and of names, so that "9" finds many: it is read to its end if need be.
func find(ctx context.Context, s people, legajo string) (app.Funcionario, error) {
	f := app.FiltroPersonas{Texto: legajo, Limite: byPages}
	for {
		found, err := s.Funcionarios(ctx, f)
		if err != nil {
			return app.Funcionario{}, err
		}
		if i := slices.IndexFunc(found, func(p app.Funcionario) bool { return p.Legajo == legajo }); i >= 0 {
			return found[i], nil
		}
		if len(found) < byPages {
			break
		}
		f.Tras = found[len(found)-1].Legajo
	}
	return app.Funcionario{}, fmt.Errorf("no hay un funcionario con legajo %s: délo de alta con «gestiones user add»", legajo)
}

type userAddCmd struct {
	registry `embed:""`
	Legajo   string   `required:"" help:"Número de legajo."`
	CI       string   `required:"" name:"ci" help:"C.I."`
	Nombre   string   `required:"" help:"Nombre y apellido."`
	Roles    []string `required:"" enum:"agente,jefe,responsable,rrhh,auditor,admin" help:"Roles: agente, jefe, responsable, rrhh, auditor, admin."`
}

func (c *userAddCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	doc, err := pa0580.ParseDocumento(string(pa0580.CI), c.CI)
	if err != nil {
		return err
	}
	f := app.Funcionario{Legajo: c.Legajo, CI: doc.Normal, Nombre: c.Nombre, Activo: true}
	for _, r := range c.Roles {
		f.Roles = append(f.Roles, app.Rol(r))
	}
	id, err := s.Store.Save(ctx, "", time.Now(), app.Clave{}, app.Cambio{Funcionario: &f})
	if err == nil {
		fmt.Println(id)
	}
	return err
}

type userListCmd struct {
	registry `embed:""`
	Texto    string `arg:"" optional:"" help:"Parte del nombre o del legajo."`
}

func (c *userListCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	found, err := s.Store.Funcionarios(ctx, app.FiltroPersonas{Texto: c.Texto, Limite: 1000})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "LEGAJO\tNOMBRE\tROLES\tACTIVO")
	for _, f := range found {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%v\n", f.Legajo, f.Nombre, roles(f.Roles), f.Activo)
	}
	return w.Flush()
}

type userDisableCmd struct {
	registry `embed:""`
	Legajo   string `arg:"" help:"Número de legajo."`
}

func (c *userDisableCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := find(ctx, s.Store, c.Legajo)
	if err != nil {
		return err
	}
	f.Activo = false
	_, err = s.Store.Save(ctx, "", time.Now(), app.Clave{}, app.Cambio{Funcionario: &f})
	return err
}

type tokenCreateCmd struct {
	registry `embed:""`
	Legajo   string   `arg:"" help:"Número de legajo."`
	Nombre   string   `required:"" help:"Para qué es, por ejemplo «mostrador 3»."`
	Dias     int      `default:"90" help:"Días de vigencia, de 1 a 400."`
	Roles    []string `help:"Solo estos de sus roles; sin indicar, todos."`
}

func (c *tokenCreateCmd) Run(ctx context.Context, log *slog.Logger) error {
	if c.Dias < 1 || c.Dias > 400 {
		return fmt.Errorf("--dias debe estar entre 1 y 400")
	}
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := find(ctx, s.Store, c.Legajo)
	if err != nil {
		return err
	}
	granted := f.Roles
	if len(c.Roles) > 0 {
		granted = nil
		for _, r := range c.Roles {
			if !(app.Actor{Roles: f.Roles}).Es(app.Rol(r)) {
				return fmt.Errorf("el funcionario no tiene el rol %s", r)
			}
			granted = append(granted, app.Rol(r))
		}
	}
	secret, t, err := s.App.IssueToken(ctx, f.ID, c.Nombre, granted, time.Duration(c.Dias)*24*time.Hour)
	if err != nil {
		return err
	}
	fmt.Println(secret)
	fmt.Fprintf(os.Stderr, "Token %s, válido hasta el %s. Guárdelo ahora: no vuelve a mostrarse.\n", t.ID, pa0580.Local(t.ExpiraAt).Format("02/01/2006"))
	return nil
}

type tokenListCmd struct {
	registry `embed:""`
	Legajo   string `arg:"" help:"Número de legajo."`
}

func (c *tokenListCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	f, err := find(ctx, s.Store, c.Legajo)
	if err != nil {
		return err
	}
	tokens, err := s.Store.Tokens(ctx, f.ID)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tNOMBRE\tROLES\tVENCE\tREVOCADO")
	for _, t := range tokens {
		revoked := ""
		if t.RevocadoAt != nil {
			revoked = pa0580.Local(*t.RevocadoAt).Format("02/01/2006")
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Nombre, roles(t.Roles), pa0580.Local(t.ExpiraAt).Format("02/01/2006"), revoked)
	}
	return w.Flush()
}

type tokenRevokeCmd struct {
	registry `embed:""`
	ID       string `arg:"" help:"Id del token, como lo muestra «token list»."`
}

func (c *tokenRevokeCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Store.RevokeToken(ctx, c.ID, time.Now())
}

func roles(rs []app.Rol) string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = string(r)
	}
	return strings.Join(out, ",")
}
