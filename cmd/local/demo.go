package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/devstack/demo"
	"ande.gov.py/gestiones/internal/opensgc"
	"ande.gov.py/gestiones/internal/pa0580"
)

const tokenLife = 10 * 365 * 24 * time.Hour // the clock may be moved by years

// demo plays the demonstration on the first start, through the API itself, and
// then tells a person what there is and how to begin.
func (c *RunCmd) demo(ctx context.Context, s *stack, url string, say func(string, ...any)) error {
	accounts, err := c.accounts(ctx, s, url, say)
	if err != nil {
		return err
	}
	accounts.URL = url
	if err := os.WriteFile(c.file("demo.env"), []byte(accounts.Env()), 0o600); err != nil {
		return fmt.Errorf("write demo.env: %w", err)
	}
	say("Listo.")
	c.welcome(s, url, accounts)
	return nil
}

// accounts reads what the first start played, or plays it.
func (c *RunCmd) accounts(ctx context.Context, s *stack, url string, say func(string, ...any)) (demo.Accounts, error) {
	var out demo.Accounts
	if saved, err := os.ReadFile(c.file("demo.json")); err == nil {
		return out, json.Unmarshal(saved, &out)
	}
	if err := os.WriteFile(c.file("demo.empezada"), nil, 0o600); err != nil {
		return out, fmt.Errorf("mark demo: %w", err)
	}
	admin, err := s.firstAdmin(ctx)
	if err != nil {
		return out, err
	}
	out.Admin = admin
	if c.Demo {
		out, err = demo.Play(ctx, demo.Options{
			URL: url, Admin: admin, Now: time.Now(), Clock: s.clock.Move, Say: say,
			Token: func(ctx context.Context, id pa0580.FuncionarioID, nombre string) (string, error) {
				secret, _, err := s.system.App.IssueToken(ctx, id, nombre, app.Roles(), tokenLife)
				return secret, err
			},
			Import: s.importMirror,
		})
		s.clock.Move(time.Time{})
		if err != nil {
			return out, err
		}
	}
	saved, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return out, fmt.Errorf("write accounts: %w", err)
	}
	return out, os.WriteFile(c.file("demo.json"), saved, 0o600)
}

// firstAdmin is the account that makes all others.
func (s *stack) firstAdmin(ctx context.Context) (string, error) {
	admin := app.Funcionario{Legajo: "ADMIN", CI: "1", Nombre: "Administración del sistema", Roles: []app.Rol{app.RolAdmin}, Activo: true}
	id, err := s.system.Store.Save(ctx, "", s.clock.Now(), app.Clave{}, app.Cambio{Funcionario: &admin})
	if err != nil {
		return "", err
	}
	secret, _, err := s.system.App.IssueToken(ctx, pa0580.FuncionarioID(id), "local", admin.Roles, tokenLife)
	return secret, err
}

func (s *stack) importMirror(ctx context.Context, csv string) error {
	rows := opensgc.Read("demo.csv", strings.NewReader(csv), pa0580.PatronesANDE())
	_, err := s.system.Store.ImportReferencias(ctx, rows, false)
	return err
}

func (c *RunCmd) welcome(s *stack, url string, a demo.Accounts) {
	fmt.Printf(`
  API                  %[1]s/api/v1
  Documentación        %[1]s/docs
  Workflows            http://%[2]s
  Registros            %[3]s

`, url, s.engines.UIAddress(), c.file("logs"))
	people := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, p := range a.People() {
		_, _ = fmt.Fprintf(people, "  %s\t%s\t%s\n", p.Variable, p.Quien, p.Token)
	}
	_ = people.Flush()
	fmt.Printf(`
En otra terminal:

  . %s
  curl -s $GESTIONES/api/v1/gestiones -H "Authorization: Bearer $AGENTE" -H "Idempotency-Key: prueba-1" \
    -d "{\"documento\": {\"tipo\": \"CI\", \"numero\": \"$CI\"}, \"referencia\": {\"tipo\": \"NIS\", \"numero\": \"$NIS\"}, \"tipo_gestion\": 5}"
  curl -s $GESTIONES/api/v1/bandeja -H "Authorization: Bearer $JEFE"

Ctrl-C detiene todo; los datos quedan en %s.
`, c.file("demo.env"), c.Data)
}
