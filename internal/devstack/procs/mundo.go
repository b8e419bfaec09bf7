package procs

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"ande.gov.py/gestiones/internal/app"
	"ande.gov.py/gestiones/internal/boot"
	"ande.gov.py/gestiones/internal/pa0580"
)

// World is the size of an invented utility.
type World struct {
	Unidades    int // under a root
	Agentes     int // in each
	Referencias int // NIS in OPEN SGC's mirror
}

// Persona is somebody with a token that every role of theirs goes with.
type Persona struct {
	ID     pa0580.FuncionarioID
	Unidad pa0580.UnidadID // where they attend or that they head; zero: neither
	Token  string
}

// People are who there is in a populated database.
type People struct {
	Agentes []Persona // the units in turn: agent i is of unit i mod World.Unidades
	Jefes   []Persona // jefe i heads unit i
	Gerente Persona   // heads the root
	RRHH    [2]Persona
	Admin   [2]Persona
	Auditor Persona
}

// JefeDe is who heads the unit of agent i.
func (p People) JefeDe(i int) Persona { return p.Jefes[i%len(p.Jefes)] }

// CI is the document of a customer, one for each number from 0.
func CI(n int) string { return fmt.Sprint(1_000_000 + n) }

// NIS is a supply of the mirror, one for each number from 0 to World.Referencias.
func NIS(n int) string { return fmt.Sprint(1_000_000 + n) }

// What the world's clock may be moved over: tokens and roster hold throughout.
const (
	yearsBack  = 2
	tokensLast = 10 * 365 * 24 * time.Hour
)

// Populate fills a migrated, empty database.
func Populate(ctx context.Context, databaseURL string, w World) (People, error) {
	system, err := boot.Open(ctx, boot.Config{
		PostgreSQL: boot.PostgreSQL{URL: databaseURL}, Reglas: boot.DefaultReglas(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return People{}, err
	}
	defer system.Close()
	now := time.Now()
	b := builder{System: system, now: now, since: pa0580.DiaOf(now.AddDate(-yearsBack, 0, 0))}
	people, err := b.people(ctx, w)
	if err != nil {
		return People{}, fmt.Errorf("populate: %w", err)
	}
	for year := b.since.Year; year <= now.Year()+yearsBack; year++ {
		for _, f := range pa0580.FeriadosFijos(year) {
			if _, err := b.save(ctx, app.Cambio{Feriado: &app.FeriadoFicha{Feriado: f}}); err != nil {
				return People{}, fmt.Errorf("populate the calendar: %w", err)
			}
		}
	}
	if _, err := system.Store.ImportReferencias(ctx, mirror(w.Referencias), true); err != nil {
		return People{}, fmt.Errorf("populate OPEN SGC's mirror: %w", err)
	}
	return people, nil
}

// mirror has one supply in ten in media tensión.
func mirror(n int) iter.Seq2[app.ReferenciaSGC, error] {
	return func(yield func(app.ReferenciaSGC, error) bool) {
		for i := range n {
			r := app.ReferenciaSGC{Referencia: pa0580.Referencia{Tipo: pa0580.NIS, Numero: NIS(i)}, Tension: pa0580.BT}
			if i%10 == 0 {
				r.Tension = pa0580.MT
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

type builder struct {
	*boot.System
	now   time.Time
	since pa0580.Dia
	count int // of people
}

func (b *builder) save(ctx context.Context, c app.Cambio) (string, error) {
	return b.Store.Save(ctx, "", b.now, app.Clave{}, c)
}

func (b *builder) people(ctx context.Context, w World) (People, error) {
	var out People
	root, err := b.unidad(ctx, "RAIZ", "Gerencia Comercial", "")
	if err != nil {
		return out, err
	}
	if out.Gerente, err = b.jefe(ctx, root); err != nil {
		return out, err
	}
	for i := range w.Unidades {
		unit, err := b.unidad(ctx, fmt.Sprintf("U-%03d", i+1), fmt.Sprintf("Sección Comercial %d", i+1), root)
		if err != nil {
			return out, err
		}
		head, err := b.jefe(ctx, unit)
		if err != nil {
			return out, err
		}
		out.Jefes = append(out.Jefes, head)
	}
	for i := range w.Unidades * w.Agentes {
		agent, err := b.agente(ctx, out.Jefes[i%w.Unidades].Unidad)
		if err != nil {
			return out, err
		}
		out.Agentes = append(out.Agentes, agent)
	}
	for _, one := range []struct {
		who  *Persona
		role app.Rol
	}{{&out.RRHH[0], app.RolRRHH}, {&out.RRHH[1], app.RolRRHH}, {&out.Admin[0], app.RolAdmin}, {&out.Admin[1], app.RolAdmin}, {&out.Auditor, app.RolAuditor}} {
		if *one.who, err = b.persona(ctx, one.role, ""); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (b *builder) unidad(ctx context.Context, codigo, nombre string, padre pa0580.UnidadID) (pa0580.UnidadID, error) {
	id, err := b.save(ctx, app.Cambio{Unidad: &pa0580.Unidad{Codigo: codigo, Nombre: nombre, Padre: padre, Activa: true}})
	return pa0580.UnidadID(id), err
}

func (b *builder) jefe(ctx context.Context, u pa0580.UnidadID) (Persona, error) {
	p, err := b.persona(ctx, app.RolJefe, u)
	if err == nil {
		_, err = b.save(ctx, app.Cambio{Jefatura: &app.JefaturaFicha{Jefatura: pa0580.Jefatura{Unidad: u, Jefe: p.ID, Desde: b.since}}})
	}
	return p, err
}

func (b *builder) agente(ctx context.Context, u pa0580.UnidadID) (Persona, error) {
	p, err := b.persona(ctx, app.RolAgente, u)
	if err == nil {
		_, err = b.save(ctx, app.Cambio{Asignacion: &pa0580.Asignacion{Funcionario: p.ID, Unidad: u, Modo: pa0580.Permanente, Desde: b.since}})
	}
	return p, err
}

func (b *builder) persona(ctx context.Context, role app.Rol, u pa0580.UnidadID) (Persona, error) {
	b.count++
	f := app.Funcionario{
		Legajo: fmt.Sprintf("F-%05d", b.count), CI: fmt.Sprint(4_000_000 + b.count),
		Nombre: fmt.Sprintf("Persona %d", b.count), Roles: []app.Rol{role}, Activo: true,
	}
	id, err := b.save(ctx, app.Cambio{Funcionario: &f})
	if err != nil {
		return Persona{}, err
	}
	token, _, err := b.App.IssueToken(ctx, pa0580.FuncionarioID(id), "banco de pruebas", f.Roles, tokensLast)
	return Persona{ID: pa0580.FuncionarioID(id), Unidad: u, Token: token}, err
}
